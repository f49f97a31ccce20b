"""Who is signed in, as an id."""

import uuid

from django.http import HttpRequest


def signed_in_id(request: HttpRequest) -> uuid.UUID:
    """The id of the person behind the request. Raises PermissionError for nobody: pages let only people through."""
    if request.user.pk is None:
        raise PermissionError("Nobody is signed in.")
    return request.user.pk

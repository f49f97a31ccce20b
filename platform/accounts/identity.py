"""Who is signed in, as an id."""

import uuid

from django.http import HttpRequest

from accounts.models import User


def signed_in_id(request: HttpRequest) -> uuid.UUID:
    """The id of the person behind the request. Raises PermissionError for nobody: pages let only people through."""
    if request.user.pk is None:
        raise PermissionError("Nobody is signed in.")
    return request.user.pk


def signed_in_user(request: HttpRequest) -> User:
    """The person behind the request. Raises PermissionError for nobody."""
    if not isinstance(request.user, User):
        raise PermissionError("Nobody is signed in.")
    return request.user

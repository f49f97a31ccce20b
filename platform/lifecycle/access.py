"""Who may change how long files stay: the owner of the app's workspace; for others there is no such page."""

from collections.abc import Collection

from django.http import Http404, HttpRequest

from accounts.identity import signed_in_id
from tenancy.memberships import workspaces_of
from tenancy.models import MicroApp
from tenancy.roles import MAY_ADMINISTER, Role


def app_to_keep(request: HttpRequest, slug: str, roles: Collection[Role] = MAY_ADMINISTER) -> MicroApp:
    """The app, where the person owns its workspace, or is there what else is asked. Raises Http404."""
    if getattr(request, "membership", None) is None:
        raise Http404
    owned = workspaces_of(signed_in_id(request), roles)
    app: MicroApp | None = MicroApp.objects.filter(slug=slug, workspace__in=owned).select_related("workspace").first()
    if app is None:
        raise Http404
    return app

"""Who may see what was found in an app's files: whoever may see its pages. For others there is no such page: 404."""

from django.http import Http404, HttpRequest

from accounts.identity import signed_in_id
from tenancy.memberships import workspaces_of
from tenancy.models import MicroApp
from tenancy.roles import MAY_SEE_APP_PAGES


def app_seen(request: HttpRequest, slug: str) -> MicroApp:
    """The app, where the person may see its pages. Raises Http404."""
    if getattr(request, "membership", None) is None:
        raise Http404
    seen = workspaces_of(signed_in_id(request), MAY_SEE_APP_PAGES)
    app: MicroApp | None = MicroApp.objects.filter(slug=slug, workspace__in=seen).select_related("workspace").first()
    if app is None:
        raise Http404
    return app

"""What a sandbox may hold beyond its quota."""

from kernel.errors import SANDBOX_FULL, Problem
from tenancy.models import MicroApp, Workspace

MOST_APPS = 5


def require_room(workspace: Workspace) -> None:
    """Raises Problem SANDBOX_FULL for a sandbox that has all its apps. Must run in the tenant's scope."""
    if workspace.is_sandbox and MicroApp.objects.filter(workspace=workspace).count() >= MOST_APPS:
        raise Problem(SANDBOX_FULL, limit=str(MOST_APPS))

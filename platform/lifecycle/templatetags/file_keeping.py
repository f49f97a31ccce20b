"""How long one file stays and what keeps it: a part of the file's page, whichever room shows that."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from accounts.identity import signed_in_id
from kernel.decisions import Denied
from lifecycle.archiving import hours_to_fetch
from lifecycle.binding import binding_of
from lifecycle.holds import standing
from lifecycle.keeping import rules_for
from lifecycle.rules import FileFacts, may_delete
from policy.lifetimes import retained_until
from storage.archive import TAG
from storage.models import StoredFile
from storage.versions import versions_of
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.roles import MAY_ADMINISTER, MAY_CREATE_APPS

register = template.Library()


@register.inclusion_tag("lifecycle/_file_keeping.html", takes_context=True)
def file_keeping(context: Context, app: MicroApp, stored: StoredFile) -> dict[str, Any]:
    """Dates, holds, archive and older versions, with the buttons that the person may press."""
    now, rules, held = timezone.now(), rules_for(stored), standing(app).holds(stored.pk)
    membership = in_workspace(signed_in_id(context["request"]), app.workspace_id)
    role = membership.role if membership else ""
    until = retained_until(stored.created_at, rules)
    facts = FileFacts(stored.name, stored.created_at, is_on_hold=held)
    return {
        "app": app,
        "file": stored,
        "is_held": held,
        "binding": binding_of(app.id, stored.pk),
        "retained_until": until if until is not None and until > now else None,
        "is_marked_only": stored.archived_as == TAG,
        "hours": hours_to_fetch(stored),
        "versions": versions_of(stored.version_of or stored.pk)[:50],
        "may_hold": role in MAY_ADMINISTER and not held,
        "may_bring_back": role in MAY_CREATE_APPS and stored.archived_at and not stored.restore_asked_at,
        "may_take_out": role in MAY_CREATE_APPS and stored.trashed_at is not None and stored.locked_at is None,
        "may_delete": role in MAY_CREATE_APPS
        and stored.trashed_at is None
        and not isinstance(may_delete(facts, rules, now), Denied),
    }

"""Moving an app to another version of its template: forward with consent, back again, and in an emergency."""

from admission.models import Level
from admission.revocations import revoke
from audit.actions import AuditAction
from audit.record import record
from kernel.errors import NOT_ALLOWED, REGION_BLOCKED, TEMPLATE_NOT_READY, TEMPLATE_REFUSED, VALIDATION, Problem
from kernel.regions import place_of
from marketplace.consent_words import kept_words
from marketplace.customer_keys import key_for
from marketplace.differences import Difference, differences
from marketplace.installing import trusted
from marketplace.models import Installation, TemplateVersion, VersionChange
from marketplace.neighbours import neighbours
from marketplace.readiness import missing
from policy.abilities import here
from policy.document import Document, as_terms
from quotas.models import Quota
from storage.models import Keeping
from tenancy.models import Membership, MicroApp
from tenancy.principals import Principal, user_principal
from tenancy.roles import MAY_CREATE_APPS

Kind = VersionChange.Kind


def number_of(version: TemplateVersion) -> tuple[int, ...]:
    """A version's number as what it is sorted by."""
    return tuple(int(part) for part in version.version.split("."))


def newer_than(installation: Installation) -> TemplateVersion | None:
    """The newest version that the app could move to, or None."""
    rows = TemplateVersion.objects.filter(template_id=installation.version.template_id, withdrawn_at=None)
    newest = max(rows.select_related("template"), key=number_of, default=None)
    return newest if newest is not None and number_of(newest) > number_of(installation.version) else None


def preview(installation: Installation, version: TemplateVersion) -> tuple[Difference, ...]:
    """What the move would change. Raises Problem TEMPLATE_REFUSED for a version that isn't what was published."""
    return differences(installation.version.document, trusted(version))


def asks_again(before: Document, after: Document) -> bool:
    """Whether people agreed to other words than those of the other version."""
    return _agreed_to(before) != _agreed_to(after)


def _agreed_to(document: Document) -> tuple[object, ...]:
    return document.consent, document.surfaces, kept_words(document.lifecycle)


def upgrade(app: MicroApp, version: TemplateVersion, membership: Membership, *, agreed: bool) -> VersionChange:
    """Move the app forward; what is wider needs the person's word. Must run in the tenant's scope.

    Raises Problem NOT_ALLOWED, VALIDATION without the word, TEMPLATE_REFUSED, TEMPLATE_NOT_READY, REGION_BLOCKED.
    """
    installation = _locked(app)
    if membership.role not in MAY_CREATE_APPS:
        raise Problem(NOT_ALLOWED)
    _require_newer(installation, version)
    document = _usable(installation, version)
    if any(one.widens for one in preview(installation, version)) and not agreed:
        raise Problem(VALIDATION, detail="the app may do more afterwards. Say that you agree.")
    return _move(installation, version, document, Kind.UPGRADE, user_principal(membership.user_id))


def last_change(app: MicroApp) -> VersionChange | None:
    """The newest change of the app's version."""
    rows = VersionChange.objects.filter(app=app).select_related("before__template", "after__template")
    newest: VersionChange | None = rows.order_by("-id").first()
    return newest


def can_go_back(app: MicroApp) -> VersionChange | None:
    """The change that can be taken back: the last one, where it was an upgrade to nothing that is withdrawn since."""
    change = last_change(app)
    return change if change and change.kind == Kind.UPGRADE and change.before.withdrawn_at is None else None


def rollback(app: MicroApp, membership: Membership) -> VersionChange:
    """Take the last upgrade back, with the permissions that the app had before it.

    Raises Problem NOT_ALLOWED, TEMPLATE_REFUSED after an emergency, a withdrawal, or where nothing is to be taken back.
    """
    installation = _locked(app)
    if membership.role not in MAY_CREATE_APPS:
        raise Problem(NOT_ALLOWED)
    change = can_go_back(app)
    if change is None or change.after_id != installation.version_id:
        raise Problem(TEMPLATE_REFUSED, name=app.name, why="There is no upgrade that can be taken back.")
    installation.extra_permissions = change.permissions_before
    document = _usable(installation, change.before)
    return _move(installation, change.before, document, Kind.ROLLBACK, user_principal(membership.user_id))


def move_in_emergency(app: MicroApp, version: TemplateVersion, actor: Principal, reason: str) -> VersionChange | None:
    """Move an app whose version is older, whoever builds it; None where it isn't. Its access is taken back.

    What the installation can't do is refused by the new version's own rules: a safer version is never held up by that.
    """
    installation = _locked(app)
    if number_of(installation.version) >= number_of(version):
        return None
    change = _move(installation, version, trusted(version), Kind.EMERGENCY, actor, reason)
    revoke(Level.APP, str(app.id), tenant_id=app.tenant_id, actor=str(actor), reason=reason)
    record(AuditAction.ACCESS_REVOKED, actor=actor, app_id=app.id, subject=f"app:{app.id}", reason=reason)
    return change


def _move(
    installation: Installation, version: TemplateVersion, document: Document, kind: Kind, actor: Principal,
    reason: str = "",
) -> VersionChange:  # fmt: skip
    app, before = installation.app, installation.version
    old = before.document
    change: VersionChange = VersionChange.objects.create(
        tenant_id=app.tenant_id, app=app, before=before, after=version, kind=kind, reason=reason, made_by=str(actor),
        permissions_before=installation.extra_permissions,
    )  # fmt: skip
    offered = {action.value for action in document.permissions.optional}
    installation.version = version
    installation.extra_permissions = sorted(offered & set(installation.extra_permissions))
    installation.save(update_fields=["version", "extra_permissions"])
    _keep_space(app, old, document)
    _keep_days(app, old, document, actor)
    facts = {"before": before.version, "after": version.version, "digest": version.digest, "kind": str(kind)}
    name = f"{before.version} → {version.version}"
    record(AuditAction.APP_UPDATED, actor=actor, app_id=app.id, subject=f"app:{app.id}", name=name, **facts)
    return change


def _keep_space(app: MicroApp, old: Document, new: Document) -> None:
    """An app with its template's space gets the new one's; what an owner decided stays."""
    quota: Quota = Quota.objects.select_for_update().get(app=app)
    if (quota.bytes_limit, quota.objects_limit) == (old.quota.app_bytes, old.quota.app_objects):
        quota.bytes_limit, quota.objects_limit = new.quota.app_bytes, new.quota.app_objects
        quota.save(update_fields=["bytes_limit", "objects_limit"])


def _keep_days(app: MicroApp, old: Document, new: Document, actor: Principal) -> None:
    """The new version's bounds; the app's own rule stays within them, and its files' dates follow."""
    keeping: Keeping = Keeping.objects.select_for_update().get(app=app)
    before = (keeping.rules, keeping.by_label)
    was, longest, least = keeping.delete_after_days, new.lifecycle.delete_after_days, new.retention.minimum_days
    wanted = longest if was == old.lifecycle.delete_after_days else _within(was, least, longest)
    keeping.minimum_days, keeping.longest_days, keeping.label = least, longest, new.retention.label
    keeping.delete_after_days, keeping.terms = wanted, as_terms(new.lifecycle)
    keeping.latest_archive_days = latest = new.lifecycle.archive_after_days
    keeping.archive_after_days = min(keeping.archive_after_days or latest, latest) if latest else None
    keeping.save(
        update_fields=[
            "minimum_days", "longest_days", "label", "delete_after_days", "archive_after_days", "latest_archive_days",
            "terms",
        ]
    )  # fmt: skip
    if (keeping.rules, keeping.by_label) != before:
        neighbours().change_kept_days(app, wanted, actor)


def _within(days: int | None, least: int, longest: int | None) -> int | None:
    if days is None:
        return longest
    return max(least, days if longest is None else min(days, longest))


def _require_newer(installation: Installation, version: TemplateVersion) -> None:
    newer = number_of(version) > number_of(installation.version)
    if version.template_id != installation.version.template_id or not newer:
        raise Problem(TEMPLATE_REFUSED, name=installation.app.name, why="This is no newer version of its template.")


def _usable(installation: Installation, version: TemplateVersion) -> Document:
    document = trusted(version)
    if lacking := missing(document, here()):
        raise Problem(TEMPLATE_NOT_READY, name=document.name, missing=", ".join(lacking))
    key_for(document, installation.app.workspace)
    if installation.region not in document.regions:
        raise Problem(REGION_BLOCKED, place=place_of(installation.region))
    return document


def _locked(app: MicroApp) -> Installation:
    rows = Installation.objects.select_for_update(of=("self",)).select_related("app__workspace", "version__template")
    installation: Installation = rows.get(app=app)
    return installation

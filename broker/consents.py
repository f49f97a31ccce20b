"""What people agreed to before they shared their first file: a receipt each, which they may withdraw."""

import uuid
from collections.abc import Sequence

from audit.actions import AuditAction
from audit.record import record
from broker.grants import ConsentNeeded
from broker.living import living_tokens
from broker.models import Consent
from broker.revocation import revoke_token
from kernel import clock
from kernel.errors import CONSENT_REQUIRED, CONSENT_WITHDRAWN, ProblemType
from tenancy.models import MicroApp
from tenancy.principals import PrincipalKind, user_principal


def has_agreed(app: MicroApp, user_id: uuid.UUID, needed: ConsentNeeded) -> bool:
    """Whether the person agreed to exactly these words and hasn't withdrawn it."""
    return bool(agreed_to(app, user_id, (needed,)))


def agreed_to(app: MicroApp, user_id: uuid.UUID, asked: Sequence[ConsentNeeded]) -> tuple[ConsentNeeded, ...]:
    """Those of them to whose words, exactly as they are, the person agreed, and hasn't withdrawn it."""
    rows = Consent.objects.filter(app=app, user_id=user_id, withdrawn_at=None)
    given = set(rows.values_list("surface", "version"))
    return tuple(needed for needed in asked if (needed.surface, needed.version) in given)


def why_missing(app_id: uuid.UUID, principal: str, surface: str) -> ProblemType:
    """CONSENT_WITHDRAWN where the person once agreed and took it back, else CONSENT_REQUIRED."""
    kind, _, name = principal.partition(":")
    if kind != PrincipalKind.USER:
        return CONSENT_REQUIRED
    rows = Consent.objects.filter(app_id=app_id, user_id=uuid.UUID(name), surface=surface)
    newest = rows.order_by("-id").values_list("withdrawn_at", flat=True).first()
    return CONSENT_WITHDRAWN if newest is not None else CONSENT_REQUIRED


def agree(app: MicroApp, user_id: uuid.UUID, needed: ConsentNeeded) -> Consent:
    """The receipt that the person agrees; agreeing again to the same words gives the same one."""
    consent: Consent
    consent, is_new = Consent.objects.get_or_create(
        app=app,
        user_id=user_id,
        surface=needed.surface,
        version=needed.version,
        withdrawn_at=None,
        defaults={"tenant_id": app.tenant_id, "words": list(needed.lines)},
    )
    if is_new:
        record(
            AuditAction.CONSENT_GIVEN,
            actor=user_principal(user_id),
            app_id=app.id,
            subject=f"consent:{consent.id}",
            surface=needed.surface,
            version=needed.version,
        )
    return consent


def receipts(app: MicroApp, user_id: uuid.UUID) -> list[Consent]:
    """Everything that the person ever agreed to at this app, the newest first."""
    return list(Consent.objects.filter(app=app, user_id=user_id).order_by("-id"))


def withdraw(app: MicroApp, user_id: uuid.UUID, surface: str) -> int:
    """Take the person's agreement back: their tokens for this app die, and none follows. Returns how many receipts."""
    principal = str(user_principal(user_id))
    standing = Consent.objects.filter(app=app, user_id=user_id, surface=surface, withdrawn_at=None)
    withdrawn: int = standing.update(withdrawn_at=clock.now())
    if not withdrawn:
        return 0
    for token in living_tokens(app):
        if token.subject == principal:
            revoke_token(token, actor=principal, reason="consent withdrawn")
    record(
        AuditAction.CONSENT_WITHDRAWN,
        actor=principal,
        app_id=app.id,
        subject=f"app:{app.id}",
        surface=surface,
        receipts=withdrawn,
    )
    return withdrawn

"""What people agreed to before they shared their first file."""

import uuid

from audit.actions import AuditAction
from audit.record import record
from broker.grants import ConsentNeeded
from broker.models import Consent
from tenancy.models import MicroApp
from tenancy.principals import user_principal


def has_agreed(app: MicroApp, user_id: uuid.UUID, needed: ConsentNeeded) -> bool:
    """Whether the person agreed to exactly these words."""
    given: bool = Consent.objects.filter(
        app=app, user_id=user_id, surface=needed.surface, version=needed.version
    ).exists()
    return given


def agree(app: MicroApp, user_id: uuid.UUID, needed: ConsentNeeded) -> Consent:
    """Record that the person agrees; agreeing again to the same words changes nothing."""
    consent: Consent
    consent, is_new = Consent.objects.get_or_create(
        app=app,
        user_id=user_id,
        surface=needed.surface,
        version=needed.version,
        defaults={"tenant_id": app.tenant_id},
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

"""The tokens that still live: not expired, and not stopped at any level."""

import datetime as dt

from django.db.models import QuerySet

from admission.revocations import TokenFacts, dead_by
from broker.models import ScopedToken
from broker.tokens import user_in_tenant
from kernel import clock
from tenancy.models import MicroApp


def living_tokens(app: MicroApp) -> list[ScopedToken]:
    """An app's living tokens, the newest first. Must run in the tenant's scope."""
    rows: QuerySet[ScopedToken] = ScopedToken.objects.filter(app=app, expires_at__gt=clock.now()).order_by("-id")
    return [token for token in rows if dead_by(facts_of(token)) is None]


def facts_of(token: ScopedToken) -> TokenFacts:
    """What decides whether a recorded token was stopped."""
    return TokenFacts(
        token_id=str(token.id),
        ancestors=tuple(str(ancestor) for ancestor in token.ancestors),
        family=str(token.family),
        user=user_in_tenant(token.tenant_id, token.subject),
        app=str(token.app_id),
        template=token.template,
        tenant=str(token.tenant_id),
        issued_at_ms=milliseconds(token.epoch),
        expires_at=token.expires_at.timestamp(),
    )


def milliseconds(moment: dt.datetime) -> int:
    """Since the epoch, as Redis keeps moments."""
    return round(moment.timestamp() * 1000)

"""Signed webhooks, as the standard-webhooks specification has them, to addresses that owners gave."""

import datetime as dt
import uuid
from dataclasses import dataclass

import orjson
from django.conf import settings
from standardwebhooks import Webhook

from kernel import clock
from kernel.outbound import OutboundError, post
from notices.buttons import buttons_for
from notices.channels.port import Message, UndeliverableError
from notices.models import Notice
from notices.sealing import UnreadableSecretError, unseal
from policy.sentences import as_read
from tenancy.roles import Role

SECONDS = 10.0
_GONE = 410


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """One composed message; without a repr, since it holds the secret."""

    id: str
    url: str
    secret: str
    body: str

    def send(self) -> None:
        """Post it, signed for this moment. Only 2xx means that it arrived; a redirect isn't followed."""
        try:
            status = post(
                self.url,
                self.body.encode(),
                self._headers(clock.now()),
                seconds=SECONDS,
                allow_private=settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED,
            )
        except OutboundError as error:
            raise UndeliverableError(str(error)) from error
        if not 200 <= status < 300:
            raise UndeliverableError(f"The address answered: {status}.", is_gone=status == _GONE)

    def _headers(self, now: dt.datetime) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": "Gatehouse",
            "webhook-id": self.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(self.id, now, self.body),
        }


class WebhookChannel:
    """Calls to endpoints."""

    def compose(self, message: Message, now: dt.datetime) -> Call:
        """The call. Raises UndeliverableError where the secret can't be read."""
        endpoint = message.first.target
        try:
            secret = unseal(bytes(endpoint.sealed_secret), endpoint.pk)
        except UnreadableSecretError as error:
            raise UndeliverableError("The webhook's secret can't be read. Remove it and add it anew.") from error
        return Call(message_id(message.id), endpoint.url, secret, body_of(message.first.notice))


def message_id(message: uuid.UUID) -> str:
    """The `webhook-id` by which a receiver knows what it has had already."""
    return f"msg_{message.hex}"


def body_of(notice: Notice) -> str:
    """The payload: `type`, `timestamp` and `data` as the specification names them."""
    payload = {
        "type": notice.kind,
        "timestamp": notice.at.isoformat(),
        "data": {
            "id": str(notice.pk),
            "severity": notice.type.severity,
            "title": notice.title,
            "words": notice.words,
            "workspace": {"id": str(notice.workspace_id), "name": notice.workspace.name},
            "app": {"id": notice.app.publishable_id, "name": notice.app.name} if notice.app else None,
            "facts": {name: as_read(fact) for name, fact in notice.facts.items()},
            "remedies": [{"label": each.label, "url": each.url} for each in buttons_for(notice, Role.OWNER)],
        },
    }
    return orjson.dumps(payload).decode()

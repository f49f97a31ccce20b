"""Which channel carries what. What is in the app needs none: it has arrived as soon as it is written."""

from collections.abc import Mapping

from notices import kinds
from notices.channels.email import EmailChannel
from notices.channels.port import Channel
from notices.channels.webhook import WebhookChannel

CHANNELS: Mapping[str, Channel] = {
    kinds.Channel.EMAIL: EmailChannel(),
    kinds.Channel.WEBHOOK: WebhookChannel(),
}

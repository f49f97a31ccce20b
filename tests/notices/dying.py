"""A worker that is killed as it sends: `python -m tests.notices.dying before|after <tenant>`."""

# ruff: noqa: PLC0415 - models can be imported only once Django is set up

import os
import signal
import sys
import uuid
from typing import Any

import django


class DyingChannel:
    """A channel whose worker gets SIGKILL just before, or just after, something left."""

    def __init__(self, channel: Any, moment: str) -> None:
        self._channel, self._moment = channel, moment

    def compose(self, message: Any, now: Any) -> Any:
        return DyingLetter(self._channel.compose(message, now), self._moment)


class DyingLetter:
    def __init__(self, outgoing: Any, moment: str) -> None:
        self._outgoing, self._moment = outgoing, moment

    def send(self) -> None:
        if self._moment == "after":
            self._outgoing.send()
        os.kill(os.getpid(), signal.SIGKILL)


def main(moment: str, tenant_id: str) -> None:
    django.setup()
    from notices.channels.registry import CHANNELS
    from notices.deliveries import deliver_due

    deadly: Any = {name: DyingChannel(channel, moment) for name, channel in CHANNELS.items()}
    deliver_due(uuid.UUID(tenant_id), channels=deadly)


if __name__ == "__main__":
    main(*sys.argv[1:])

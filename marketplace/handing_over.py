"""Asking for a worker once a transaction has committed."""

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

ANALYSE = "marketplace.analyse"
"""The task that looks at what was handed in. The scheduler's round finds what was lost."""

SPREAD = "marketplace.spread"
"""The task that moves every app of a template. A lost one is repeated from the version's page, or by command."""

TELL_WITHDRAWN = "marketplace.tell_withdrawn"
"""The task that tells owners of a withdrawn version; repeated by withdrawing again."""

_log = structlog.get_logger(__name__)


def hand_over(task: str, *facts: str) -> None:
    """Ask for this task after the commit."""
    transaction.on_commit(partial(_send, task, *facts))


def _send(task: str, *facts: str) -> None:
    try:
        current_app.send_task(task, args=facts)
    except OperationalError as error:
        _log.error("queue_out_of_reach", task=task, reason=str(error))

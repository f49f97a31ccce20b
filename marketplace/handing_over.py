"""Asking for a worker once a transaction has committed. Without a queue the scheduler's round finds the work."""

import uuid
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

ANALYSE = "marketplace.analyse"
"""The name of the task that looks at what was handed in."""

_log = structlog.get_logger(__name__)


def hand_over(task: str, *ids: uuid.UUID) -> None:
    """Ask for this task after the commit."""
    transaction.on_commit(partial(_send, task, *(str(one) for one in ids)))


def _send(task: str, *ids: str) -> None:
    try:
        current_app.send_task(task, args=ids)
    except OperationalError as error:
        _log.warning("queue_out_of_reach", task=task, reason=str(error))

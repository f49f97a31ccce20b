"""The marketplace's jobs. Each may run twice."""

import uuid

from celery import shared_task

from accounts.models import User
from marketplace import emergencies, reviews, withdrawals
from marketplace.handing_over import ANALYSE, SPREAD, TELL_WITHDRAWN
from marketplace.models import TemplateVersion


@shared_task(name=ANALYSE)
def analyse(review_id: str) -> None:
    """Let the machine look at what was handed in."""
    reviews.run(uuid.UUID(review_id))


@shared_task(name="marketplace.analyse_waiting")
def analyse_waiting() -> None:
    """Take up what a lost or killed worker left."""
    for review_id in reviews.left_waiting():
        reviews.run(review_id)


@shared_task(name=SPREAD)
def spread(version_id: str, person_id: str, reason: str) -> None:
    """Move every app of the template to this version."""
    version = TemplateVersion.objects.select_related("template").get(pk=version_id)
    emergencies.update_all(version, User.objects.get(pk=person_id), reason)


@shared_task(name=TELL_WITHDRAWN)
def tell_withdrawn(version_id: str) -> None:
    """Tell the owners of apps that were made of it."""
    withdrawals.tell_all(TemplateVersion.objects.select_related("template").get(pk=version_id))

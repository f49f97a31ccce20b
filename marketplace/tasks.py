"""The marketplace's jobs. They take ids alone, and may run twice."""

import uuid

from celery import shared_task

from marketplace import reviews
from marketplace.handing_over import ANALYSE


@shared_task(name=ANALYSE)
def analyse(review_id: str) -> None:
    """Let the machine look at what was handed in."""
    reviews.run(uuid.UUID(review_id))


@shared_task(name="marketplace.analyse_waiting")
def analyse_waiting() -> None:
    """Take up what a lost or killed worker left."""
    for review_id in reviews.left_waiting():
        reviews.run(review_id)

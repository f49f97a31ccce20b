"""What the broker's scheduler orders."""

import datetime as dt

from celery import shared_task
from oauth2_provider.models import clear_expired

from broker.models import SpentCode
from kernel import clock

REMEMBERED = dt.timedelta(days=31)
"""A used code is known again for as long as a refresh token that it gave may live, and a day more."""


@shared_task(name="broker.forget_expired")
def forget_expired() -> None:
    """Delete codes and platform tokens that nothing can be done with any more."""
    clear_expired()
    SpentCode.objects.filter(spent_at__lt=clock.now() - REMEMBERED).delete()

"""What the broker's scheduler orders."""

import datetime as dt

from celery import shared_task
from oauth2_provider.models import clear_expired

from broker.models import SpentCode
from broker.rotation import rotate_when_due
from broker.storage_websites import TELL_STORAGE, tell_storage
from kernel import clock

REMEMBERED = dt.timedelta(days=31)
"""A used code is known again for as long as a refresh token that it gave may live, and a day more."""


@shared_task(name="broker.forget_expired")
def forget_expired() -> None:
    """Delete codes and platform tokens that nothing can be done with any more."""
    clear_expired()
    SpentCode.objects.filter(spent_at__lt=clock.now() - REMEMBERED).delete()


@shared_task(name="broker.rotate_signing_keys")
def rotate_signing_keys() -> None:
    """Change the signing key when its time has come."""
    rotate_when_due()


@shared_task(name=TELL_STORAGE)
def tell_storage_of_websites() -> None:
    """Let in at storage the websites that apps' people listed; whatever failed is done by the next round."""
    tell_storage()

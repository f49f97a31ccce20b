"""What `manage.py check` says of the scanner's settings."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from scanning.engines.clamd import Address


@register
def clamd_address_is_one(**_: Any) -> list[Error]:
    """An address that can't be understood is told before the first file waits for it."""
    if not settings.CLAMD_URL:
        return []
    try:
        Address.parse(settings.CLAMD_URL)
    except ValueError as error:
        return [Error(str(error), hint="Set CLAMD_URL, or leave it empty.", id="scanning.E001")]
    return []

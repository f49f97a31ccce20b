"""What `manage.py check` says of the rates in the settings."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from admission.limits import LimitsError, default_limits, require_fit

_HINT = "Set APP_REQUESTS_BURST to at least the cost of every operation, or neither of the two."


@register
def rates_hold_what_operations_cost(**_: Any) -> list[Error]:
    """Rates that no operation of some kind fits into would refuse it for ever, or divide by nothing."""
    if settings.APP_REQUESTS_PER_MINUTE < 1 or settings.APP_REQUESTS_BURST < 1:
        return [
            Error("APP_REQUESTS_PER_MINUTE and APP_REQUESTS_BURST are at least 1.", hint=_HINT, id="admission.E001")
        ]
    try:
        require_fit(default_limits())
    except LimitsError as error:
        return [Error(each.detail, hint=_HINT, id="admission.E002") for each in error.errors]
    return []

"""What `manage.py check` says of the marketplace's settings."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from marketplace.signing import key_names
from policy.rego.opa_server import OpaServer


@register
def template_keys_are_usable(**_: Any) -> list[Error]:
    """A key that can't verify would make every template unusable."""
    try:
        key_names()
    except ValueError as error:
        hint = "Set TEMPLATE_SIGNING_KEY to the PEM of an EC P-256 key."
        return [Error(str(error), hint=hint, id="marketplace.E001")]
    return []


@register
def opa_address_is_one(**_: Any) -> list[Error]:
    """An address that can't be understood is told before the first decision needs it."""
    try:
        if settings.OPA_URL:
            OpaServer(settings.OPA_URL)
    except ValueError as error:
        return [Error(str(error), hint="Set OPA_URL, or leave it empty.", id="marketplace.E002")]
    return []


@register
def review_model_is_whole(**_: Any) -> list[Error]:
    """An endpoint needs the name of a model."""
    if settings.REVIEW_MODEL_URL and not settings.REVIEW_MODEL_NAME:
        return [Error("REVIEW_MODEL_URL needs REVIEW_MODEL_NAME.", id="marketplace.E003")]
    if settings.REVIEW_MODEL_URL and not settings.REVIEW_MODEL_URL.startswith(("https://", "http://")):
        return [Error("REVIEW_MODEL_URL must begin with https:// or http://.", id="marketplace.E003")]
    return []

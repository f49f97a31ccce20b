"""The room's registration with Django."""

from django.apps import AppConfig
from django.conf import settings

from policy.abilities import Ability, announce
from policy.rego.asking import ask_through
from policy.rego.opa_server import OpaServer


class MarketplaceConfig(AppConfig):
    """The marketplace."""

    name = "marketplace"
    verbose_name = "Marketplace"

    def ready(self) -> None:
        """Register the room's checks, spread changes of policies, and let an OPA server answer where one is set."""
        # Django wants what touches models imported once apps are loaded.
        from marketplace import settings_checks, snapshots  # noqa: F401, PLC0415

        snapshots.spread_changes()

        announce(Ability.PUBLIC_UPLOADS, Ability.PROOF_OF_WORK)
        if settings.S3_CUSTOMER_KEYS:
            announce(Ability.CUSTOMER_KEYS)
        if settings.OPA_URL:
            ask_through(OpaServer(settings.OPA_URL, settings.OPA_TOKEN))

"""The room's registration with Django."""

from django.apps import AppConfig

from policy.abilities import Ability, announce


class GatewayConfig(AppConfig):
    """The gateway."""

    name = "gateway"
    verbose_name = "Gateway"

    def ready(self) -> None:
        """Say what the gateway can do beyond the operations."""
        announce(Ability.PUBLIC_READ)

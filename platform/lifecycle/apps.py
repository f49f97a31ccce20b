"""The room's registration with Django."""

from django.apps import AppConfig

from policy.abilities import Ability, announce


class LifecycleConfig(AppConfig):
    """Time passing."""

    name = "lifecycle"
    verbose_name = "Lifecycle"

    def ready(self) -> None:
        """Say what the room can do."""
        announce(Ability.ARCHIVING)

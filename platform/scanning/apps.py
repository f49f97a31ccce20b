"""The room's registration with Django."""

from django.apps import AppConfig

from policy.abilities import Ability, announce


class ScanningConfig(AppConfig):
    """Looking at what arrived."""

    name = "scanning"
    verbose_name = "Scanning"

    def ready(self) -> None:
        """Register the room's checks, and say what it can do."""
        from scanning import checks  # noqa: F401, PLC0415 - Django wants checks imported once the apps are loaded

        announce(Ability.SMALLER_PICTURES)

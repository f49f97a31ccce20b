"""The room's registration with Django."""

from importlib.util import find_spec

from django.apps import AppConfig

from policy.abilities import Ability, announce


class ScanningConfig(AppConfig):
    """Looking at what arrived."""

    name = "scanning"
    verbose_name = "Scanning"

    def ready(self) -> None:
        """Register the room's checks, and say what templates may ask for."""
        from scanning import checks  # noqa: F401, PLC0415 - Django wants checks imported once the apps are loaded

        if find_spec("yara_x"):  # a worker's, see requirements/worker.in
            from scanning import rules_checks  # noqa: F401, PLC0415 - the same
        announce(Ability.SMALLER_PICTURES, Ability.PERSONAL_DATA_SCAN, Ability.SECRETS_SCAN)

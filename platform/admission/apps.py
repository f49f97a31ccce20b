"""The room's registration with Django."""

from django.apps import AppConfig


class AdmissionConfig(AppConfig):
    """The gate."""

    name = "admission"
    verbose_name = "Admission"

    def ready(self) -> None:
        """Look at the settings' rates, and let a quota that an owner changed be asked at once."""
        from admission import (  # noqa: PLC0415 - Django wants what touches models imported once the apps are loaded
            checks,  # noqa: F401 - they register themselves
            space,
        )

        space.forget_on_change()

"""The room's registration with Django."""

from django.apps import AppConfig


class AdmissionConfig(AppConfig):
    """The gate."""

    name = "admission"
    verbose_name = "Admission"

    def ready(self) -> None:
        """Let a quota that an owner changed be asked at once."""
        from admission import space  # noqa: PLC0415 - Django wants what touches models imported once apps are loaded

        space.forget_on_change()

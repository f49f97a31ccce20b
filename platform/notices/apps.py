"""The room's registration with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices."""

    name = "notices"
    verbose_name = "Notices"

"""The room's registration with Django."""

from django.apps import AppConfig


class QuotasConfig(AppConfig):
    """Space."""

    name = "quotas"
    verbose_name = "Quotas"

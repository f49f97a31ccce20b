"""The room's registration with Django."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Whose things are whose."""

    name = "tenancy"
    verbose_name = "Workspaces and apps"

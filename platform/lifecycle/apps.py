"""The room's registration with Django."""

from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    """Time passing."""

    name = "lifecycle"
    verbose_name = "Lifecycle"

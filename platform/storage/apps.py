"""The room's registration with Django."""

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """What is stored."""

    name = "storage"
    verbose_name = "Files"

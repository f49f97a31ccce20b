"""The room's registration with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in."""

    name = "accounts"
    verbose_name = "People"

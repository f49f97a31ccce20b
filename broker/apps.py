"""The room's registration with Django."""

from django.apps import AppConfig


class BrokerConfig(AppConfig):
    """Tokens and consents."""

    name = "broker"
    verbose_name = "Token broker"

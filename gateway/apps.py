"""The room's registration with Django."""

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """The gateway."""

    name = "gateway"
    verbose_name = "Gateway"

"""The room's registration with Django."""

from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    """The marketplace."""

    name = "marketplace"
    verbose_name = "Marketplace"

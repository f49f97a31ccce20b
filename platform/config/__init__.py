"""The composition root: settings, addresses, servers' entry points. Nothing imports it but the servers."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

"""The entry point of the web server: `granian --interface rsgi --loop uvloop config.rsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - Django comes first

from config.errors import refused  # noqa: E402
from gateway.door.door import Door  # noqa: E402

application = Door(
    _django,
    page=refused,
    threads=settings.WEB_THREADS,
    places=settings.WEB_WAITING_ROOM,
    body_seconds=settings.WEB_BODY_SECONDS,
)

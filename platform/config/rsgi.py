"""The entry point of the web server: `granian --interface rsgi --loop uvloop config.rsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - Django comes first
from django.urls import get_resolver  # noqa: E402

from config.errors import refused  # noqa: E402
from config.language import spoken_to  # noqa: E402
from gateway.door.door import Door  # noqa: E402

application = Door(
    _django,
    page=refused,
    own_origin=settings.SITE_URL,
    threads=settings.WEB_THREADS,
    places=settings.WEB_WAITING_ROOM,
    body_seconds=settings.WEB_BODY_SECONDS,
    spoken_to=spoken_to,
)

get_resolver().check()  # imports every view now, not at the first request
gc.collect()
gc.freeze()  # what stays for good isn't searched for garbage again: that stopped every thread for 0.15 s at a time

"""The least that Django does: a view that answers, without middleware, database or anything else.

`granian tests.bench.floors:application`.
"""

from django.conf import settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="for measuring alone", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="tests.bench.floors", MIDDLEWARE=[]
    )

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/json")


urlpatterns = [path("empty", empty)]
application = get_wsgi_application()

"""django-oauth-toolkit as it comes: its own settings, views, validators and hashers, on the same PostgreSQL.

A Django project in one module: `granian tests.bench.defaults:application`; as a program it makes its tables and a
client, whose secret is BENCH_SECRET, and prints nothing.
"""

# ruff: noqa: E402 - models can be imported only once Django is set up

import os
import sys

import django
import environ
from django.conf import settings

SCHEMA = "bench_defaults"

if not settings.configured:
    database = environ.Env.db_url_config(os.environ["BENCH_DATABASE_URL"])
    database["OPTIONS"] = {"options": f"-c search_path={SCHEMA}"}
    database["CONN_MAX_AGE"] = None
    settings.configure(
        SECRET_KEY="for measuring alone",
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
        ROOT_URLCONF="tests.bench.defaults",
        OAUTH2_PROVIDER={"SCOPES": {"files": "Files", "introspection": "Introspection"}},
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import path
from oauth2_provider.models import get_application_model
from oauth2_provider.views import IntrospectTokenView, TokenView

urlpatterns = [path("o/token/", TokenView.as_view()), path("o/introspect/", IntrospectTokenView.as_view())]
application = get_wsgi_application()


def prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    call_command("migrate", verbosity=0)
    get_application_model().objects.create(
        client_id="bench",
        client_secret=os.environ["BENCH_SECRET"],
        client_type="confidential",
        authorization_grant_type="client-credentials",
        name="bench",
    )


if __name__ == "__main__":
    prepare()
    sys.exit(0)

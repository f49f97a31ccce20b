"""Pages, static files and the API's shell."""

from typing import Any

from config.settings import environment as env

STATIC_URL = "static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(env.PROJECT / ".data" / "static"))
STATICFILES_DIRS = [env.PROJECT / "static", ("sdk", env.PROJECT / "platform" / "sdk" / "javascript")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [env.PROJECT / "platform" / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "notices.unread.unread_notices",
            ]
        },
    }
]

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "gateway.api.problems.answer_exception",
    "DEFAULT_AUTHENTICATION_CLASSES": ["gateway.api.authentication.ScopedTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["gateway.api.authentication.HasScopedToken"],
    "DEFAULT_RENDERER_CLASSES": ["gateway.api.rendering.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "gateway.api.rendering.AlwaysJSON",
    "DEFAULT_PARSER_CLASSES": ["gateway.api.parsing.JSONBytesParser"],
    "DEFAULT_SCHEMA_CLASS": "gateway.document.openapi.GatewaySchema",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Gatehouse",
    "DESCRIPTION": "Bring files in, find them, open them: with a token of minutes, straight to and from storage.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/"}],
    "POSTPROCESSING_HOOKS": ["gateway.document.openapi.complete"],
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}
OPENAPI_FILE = env.PROJECT / "docs" / "openapi.yaml"
"""The document as it is kept beside the code, so that a change of the API is a change that somebody reads."""


WEB_THREADS = env.whole_number("WEB_THREADS", 8)
"""How many requests a process works on at once; each thread has a connection to PostgreSQL of its own."""

WEB_WAITING_ROOM = env.whole_number("WEB_WAITING_ROOM", 64)
"""How many more may wait for a thread; beyond that, by priority, they are asked to come back."""

WEB_BODY_SECONDS = env.whole_number("WEB_BODY_SECONDS", 20)
"""How long a request's body may take to arrive."""

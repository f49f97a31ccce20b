"""What the site is made of."""

import django_stubs_ext

from config.settings import environment as env
from telemetry.logs import configure_structlog, logging_settings

django_stubs_ext.monkeypatch()

SECRET_KEY = env.text("DJANGO_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.listed("DJANGO_SECRET_KEY_FALLBACKS")
DEBUG = False
DEVELOPMENT = env.DEVELOPMENT
SITE_URL = env.text("SITE_URL").rstrip("/")
ALLOWED_HOSTS = env.listed("ALLOWED_HOSTS")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "accounts",
    "tenancy",
    "audit",
    "quotas",
    "storage",
    "admission",
    "notices",
    "broker",
    "marketplace",
    "scanning",
    "lifecycle",
    "gateway",
    "operations",
    "django.contrib.auth",
    "django.contrib.humanize",  # allauth's page of passkeys says with it how long ago one was used
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "config.admin.AdminConfig",
    "django.forms",
    "oauth2_provider",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
]

MIDDLEWARE = [
    "telemetry.middleware.RequestIdMiddleware",
    "telemetry.middleware.MetricsMiddleware",
    "config.middleware.RoomMiddleware",
    "config.middleware.SecurityHeadersMiddleware",
    "broker.origins.CrossOriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.PolicyMiddleware",
    "config.middleware.StaticFilesMiddleware",
    "config.middleware.SessionMiddleware",
    "config.middleware.LanguageMiddleware",
    "config.middleware.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.AuthenticationMiddleware",
    "config.middleware.MessageMiddleware",
    "config.middleware.TenantScopeMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [env.PROJECT / "locale" / place for place in ("", "vocabulary", "libraries")]
"""The words of templates and code; those of vocabularies, whose rooms know no Django; what libraries say otherwise."""

LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = logging_settings(env.text("LOG_LEVEL", "INFO"))
configure_structlog()

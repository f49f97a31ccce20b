"""PostgreSQL holds the truth, Redis what can be rebuilt."""

from typing import Any

import environ

from config.settings import environment as env

DATABASES: dict[str, dict[str, Any]] = {"default": environ.Env.db_url_config(env.text("DATABASE_URL"))}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        **DATABASES["default"].get("OPTIONS", {}),
        "connect_timeout": 2,
        "application_name": "gatehouse",
    },
}
DATABASE_APPLICATION_ROLE = env.text("DATABASE_APPLICATION_ROLE", "gatehouse_app")
"""The role that serves requests: it owns no table and can't bypass row-level security. Migrations run as the owner."""

REDIS_URL = env.text("REDIS_URL")
REDIS_TIMEOUT_SECONDS = env.whole_number("REDIS_TIMEOUT_MILLISECONDS", 50) / 1000
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}

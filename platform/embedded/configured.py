"""Checks under complete production settings whose secrets were made up; no server that is named there exists."""

import os
import secrets
import subprocess
from collections.abc import Sequence

from embedded.management import PROJECT
from embedded.vault import new_signing_key


def configured(command: Sequence[str]) -> int:
    """Run a command as if everything were set for production; returns its exit code."""
    environment = {**os.environ, **production_like_settings()}
    return subprocess.run(command, env=environment, cwd=PROJECT, check=False).returncode


def production_like_settings() -> dict[str, str]:
    """Every setting that production must name."""
    return {
        "GATEHOUSE_ENV": "production",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "https://gatehouse.example",
        "ALLOWED_HOSTS": "gatehouse.example",
        "DATABASE_URL": "postgres://gatehouse_app:unused@127.0.0.1:1/gatehouse",
        "REDIS_URL": "rediss://:unused@redis.example:6379/0",
        "S3_ENDPOINT_URL": "https://s3.example",
        "S3_ACCESS_KEY_ID": "unused",
        "S3_SECRET_ACCESS_KEY": "unused",
        "CLAMD_URL": "tcp://clamd.example:3310",
        "BROKER_SIGNING_KEY": new_signing_key(),
        "TEMPLATE_SIGNING_KEY": new_signing_key(),
    }

"""Tokens of tenants that no other test has, and a Redis of one's own to break."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from admission.connection import connection
from admission.revocations import Level, TokenFacts, earliest_issue, revoke
from embedded import parts
from kernel.identifiers import new_id

TEMPLATE = "team-photo-share"


@pytest.fixture(autouse=True)
def patience(settings: Any) -> Iterator[None]:
    """A machine that runs everything else at once may take longer than production's 50 ms."""
    settings.REDIS_TIMEOUT_SECONDS = 5
    connection.cache_clear()
    yield
    connection.cache_clear()


@pytest.fixture
def own_valkey(tmp_path: Path, settings: Any, patience: None) -> Iterator[Any]:
    with parts.valkey(tmp_path) as valkey:
        settings.REDIS_URL = valkey.url
        connection.cache_clear()
        yield valkey
    connection.cache_clear()


def facts(**changes: Any) -> TokenFacts:
    """A token that was issued just now, of a tenant, an app and a template of its own."""
    tenant, now = str(new_id()), time.time()
    return replace(
        TokenFacts(
            token_id=str(new_id()),
            ancestors=(str(new_id()),),
            family=str(new_id()),
            user=f"{tenant}/user:{new_id()}",
            app=str(new_id()),
            template=f"t-{new_id()}/1.0.0",
            tenant=tenant,
            issued_at_ms=round(now * 1000),
            expires_at=now + 300,
        ),
        **changes,
    )


def reissued(token: TokenFacts) -> TokenFacts:
    """Another token for the same person and app, issued now."""
    fresh = replace(token, token_id=str(new_id()), ancestors=(), family=str(new_id()))
    fresh = replace(fresh, issued_at_ms=round(time.time() * 1000))
    return replace(fresh, issued_at_ms=earliest_issue(fresh))


SUBJECTS: dict[Level, Callable[[TokenFacts], str]] = {
    Level.TOKEN: lambda token: token.token_id,
    Level.FAMILY: lambda token: token.family,
    Level.USER: lambda token: token.user,
    Level.APP: lambda token: token.app,
    Level.TEMPLATE: lambda token: token.template,
    Level.TENANT: lambda token: token.tenant,
}


def stop(level: Level, subject: str, **changes: Any) -> None:
    """Revoke and commit."""
    with transaction.atomic():
        revoke(level, subject, **{"tenant_id": uuid.UUID(int=1), "actor": "user:test", "reason": "a test"} | changes)

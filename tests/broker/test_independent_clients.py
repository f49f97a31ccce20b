"""Clients that we did not write, unmodified, against the running server: what they need of OAuth is there."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from django.conf import settings as django_settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet
from requests_oauthlib import OAuth2Session

from broker.clients import make_secret
from broker.revocation import revoke_app
from embedded.management import PROJECT
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.broker.server import running
from tests.gateway.conftest import Person
from tests.web import web

COMES_BACK_TO = "https://photos.example/signed-in"
SCRIPT = PROJECT / "tests" / "broker" / "oauth4webapi"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock(), running(tmp_path_factory.mktemp("server"), django_settings.REDIS_URL) as address:
        yield address


@pytest.fixture
def secret(person: Person) -> str:
    with tenant_scope(person.app.tenant_id):
        return make_secret(person.app, actor=user_principal(person.user.pk))


def test_authlib_gets_checks_and_ends_a_token(server: str, person: Person, secret: str) -> None:
    session = AuthlibSession(person.app.publishable_id, secret, scope="files:list")
    token = session.fetch_token(f"{server}/oauth/token", grant_type="client_credentials")
    assert (token["token_type"], token["scope"]) == ("Bearer", "files:list")
    assert session.get(f"{server}/api/v1/files").status_code == 200

    def introspected() -> dict[str, Any]:
        answer = session.introspect_token(f"{server}/oauth/introspect", token=token["access_token"])
        return dict(answer.json())

    told = introspected()
    assert (told["active"], told["client_id"], told["scope"]) == (True, person.app.publishable_id, "files:list")
    assert session.revoke_token(f"{server}/oauth/revoke", token=token["access_token"]).status_code == 200
    assert introspected() == {"active": False}


def test_authlibs_validators_accept_our_metadata_and_our_tokens(server: str, person: Person, secret: str) -> None:
    told = web.get(f"{server}/.well-known/oauth-authorization-server").json()
    secure = json.loads(json.dumps(told).replace("http://", "https://"))
    AuthorizationServerMetadata(secure).validate()
    assert told["issuer"] == server

    class Validator(JWTBearerTokenValidator):  # type: ignore[misc]  # the library has no types
        def get_jwks(self) -> Any:
            return KeySet.import_key_set(web.get(told["jwks_uri"]).json())

    session = AuthlibSession(person.app.publishable_id, secret, scope="files:list files:write")
    value = session.fetch_token(f"{server}/oauth/token", grant_type="client_credentials")["access_token"]
    validator = Validator(issuer=server, resource_server=f"{server}/api/v1")
    token = validator.authenticate_token(value)
    validator.validate_token(token, ["files:list"], OAuth2Request("GET", f"{server}/api/v1/files"))
    assert token["client_id"] == person.app.publishable_id


def test_requests_oauthlib_signs_a_person_in_with_pkce_and_refreshes(
    server: str, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    person.app.application.redirect_uris = COMES_BACK_TO
    person.app.application.save()
    program = OAuth2Session(person.app.publishable_id, redirect_uri=COMES_BACK_TO, scope=["files:list"], pkce="S256")
    address, state = program.authorization_url(f"{server}/oauth/authorize")
    back = agree(person, address)
    token = program.fetch_token(f"{server}/oauth/token", authorization_response=back, include_client_id=True)
    assert f"state={state}" in back
    refreshed = program.refresh_token(f"{server}/oauth/token", client_id=person.app.publishable_id)
    assert refreshed["access_token"] != token["access_token"]
    assert refreshed["refresh_token"] != token["refresh_token"]


def agree(person: Person, address: str) -> str:
    """Press the page's button as the person; where they are sent back to."""
    browser = Client()
    browser.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    parts = urlsplit(address)
    asked = browser.get(f"{parts.path}?{parts.query}")
    assert asked.status_code == 200
    hidden = {field.name: field.value() or "" for field in asked.context["form"] if field.is_hidden}
    answered = browser.post(parts.path, {**hidden, "allow": "Authorize"})
    assert answered.status_code == 302
    return str(answered["Location"])


@pytest.mark.skipif(shutil.which("npm") is None, reason="Node is not installed: oauth4webapi was left out")
def test_oauth4webapi_finds_exchanges_checks_and_revokes(server: str, person: Person, secret: str) -> None:
    install(SCRIPT)
    command = ["node", str(SCRIPT / "client.mjs"), server, person.app.publishable_id, secret]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["given"]["scope"] == "files:write files:list"
    assert told["exchanged"]["scope"] == told["claims"]["scope"] == "files:list"
    assert "refresh_token" not in told["exchanged"]
    assert told["claims"]["prefix"] == "Holiday photos"
    assert told["claims"]["act"] == {"sub": f"app:{person.app.publishable_id}"}
    assert told["before"]["active"] is True
    assert told["after"] == {"active": False}


def install(folder: Path) -> None:
    """What the lock file names, into a folder that git ignores."""
    if not (folder / "node_modules").exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=folder, check=True, timeout=90, stdout=sys.stderr)


def test_right_after_a_stop_new_tokens_are_not_from_the_future(server: str, person: Person, secret: str) -> None:
    session = AuthlibSession(person.app.publishable_id, secret, scope="files:list")
    with tenant_scope(person.app.tenant_id):
        revoke_app(person.app, actor=user_principal(person.user.pk), reason="a test")
    value = session.fetch_token(f"{server}/oauth/token", grant_type="client_credentials")["access_token"]
    claims = jwt.decode(value, KeySet.import_key_set(web.get(f"{server}/.well-known/jwks.json").json())).claims
    assert claims["iat"] <= time.time()
    assert session.get(f"{server}/api/v1/files").status_code == 200

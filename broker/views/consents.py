"""`/oauth/consents`: a person agrees, reads their receipts, withdraws."""

import json
import uuid

from django.http import HttpRequest, HttpResponse
from django.views import View

from accounts.identity import signed_in_id
from broker import consents
from broker.grants import ConsentNeeded, GrantSource
from broker.models import Consent
from broker.oauth_errors import OAuthError
from broker.parameters import is_text
from broker.views.answers import answer, speaks_oauth
from kernel.errors import KEY_MISSING
from tenancy.addresses import tenant_of_publishable_id
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope


class ConsentView(View):
    """One person's consents to one app; signed in, from one of our pages (Django's CSRF check holds here)."""

    http_method_names = ["get", "post", "delete"]  # noqa: RUF012 - the base class declares it on instances
    grants: GrantSource | None = None

    @speaks_oauth
    def get(self, request: HttpRequest) -> HttpResponse:
        """`GET ?app=`: the receipts, the newest first."""
        user_id = _person(request)
        with tenant_scope(_tenant(request.GET.get("app", ""))):
            app, _asked = self._app(request.GET.get("app", ""), user_id)
            found = [_receipt(consent) for consent in consents.receipts(app, user_id)]
        return answer({"receipts": found})

    @speaks_oauth
    def post(self, request: HttpRequest) -> HttpResponse:
        """`{app, version}`: agree to exactly these words of one surface. 409 where they are no longer current."""
        user_id = _person(request)
        publishable_id, version = _named(request, "app", "version")
        with tenant_scope(_tenant(publishable_id)):
            app, asked = self._app(publishable_id, user_id)
            needed = next((one for one in asked if one.version == version), None)
            if needed is None:
                raise OAuthError("stale_words", "The words have changed. Read them again.")
            consent = consents.agree(app, user_id, needed)
            return answer(_receipt(consent), 201)

    @speaks_oauth
    def delete(self, request: HttpRequest) -> HttpResponse:
        """`{app, surface}`: withdraw; the person's tokens for the app die with it."""
        user_id = _person(request)
        publishable_id, surface = _named(request, "app", "surface")
        with tenant_scope(_tenant(publishable_id)):
            app, _asked = self._app(publishable_id, user_id)
            return answer({"withdrawn": consents.withdraw(app, user_id, surface)})

    def _app(self, publishable_id: str, user_id: uuid.UUID) -> tuple[MicroApp, tuple[ConsentNeeded, ...]]:
        app = MicroApp.objects.select_related("workspace").get(publishable_id=publishable_id)
        membership = in_workspace(user_id, app.workspace_id)
        held = self.grants(publishable_id) if self.grants else None
        grant = held.grant(Role(membership.role)) if held and membership else None
        if grant is None:
            raise _no_such_app()
        return app, grant.consents


def _person(request: HttpRequest) -> uuid.UUID:
    if not request.user.is_authenticated:
        raise OAuthError.of_problem("login_required", KEY_MISSING)
    return signed_in_id(request)


def _named(request: HttpRequest, *names: str) -> list[str]:
    try:
        content = json.loads(request.body)
        named = [content[name] for name in names]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise OAuthError("invalid_request", f"Send JSON with {' and '.join(names)}.") from error
    if not all(is_text(value) for value in named):
        raise OAuthError("invalid_request", f"{' and '.join(names)} must be text.")
    return named


def _tenant(publishable_id: str) -> uuid.UUID:
    tenant_id = tenant_of_publishable_id(publishable_id)
    if tenant_id is None:
        raise _no_such_app()
    return tenant_id


def _receipt(consent: Consent) -> dict[str, object]:
    return {
        "id": str(consent.id),
        "surface": consent.surface,
        "version": consent.version,
        "words": consent.words,
        "given_at": consent.given_at.isoformat(),
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
    }


def _no_such_app() -> OAuthError:
    return OAuthError("no_such_app", "There is no such app.")

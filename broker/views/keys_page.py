"""`/apps/<app>/keys/`: who may do what with an app right now, and the buttons that end it."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in_id, signed_in_user
from accounts.models import User
from admission.models import Level
from broker import clients, origins
from broker.access import app_of_theirs, members_only
from broker.forms import AddressesForm, OriginsForm, RevocationForm
from broker.living import living_tokens
from broker.models import ScopedToken
from broker.revocation import Stop, revoke_user
from broker.stopping import stop_in_app
from kernel import clock
from kernel.errors import Problem
from kernel.language import said
from policy.actions import Action
from tenancy.models import MicroApp
from tenancy.principals import Principal, user_principal

SHOWN = 100


@require_safe
@members_only
def keys(request: HttpRequest, slug: str) -> HttpResponse:
    """Who holds a token, what it may do, how long it still lives."""
    return _page(request, app_of_theirs(request, slug))


@require_POST
@members_only
def revoke(request: HttpRequest, slug: str) -> HttpResponse:
    """Stop one token, a chain, a person or the whole app."""
    app = app_of_theirs(request, slug)
    form = RevocationForm(request.POST)
    if not form.is_valid():
        raise Http404
    reason = form.cleaned_data["reason"] or "stopped on the app's page"
    wanted = Stop(Level(form.cleaned_data["what"]), form.cleaned_data["subject"], reason)
    try:
        stop_in_app(signed_in_user(request), app, wanted)
    except Problem as problem:
        raise Http404 from problem
    return redirect("app-keys", slug=app.slug)


@require_POST
@members_only
def make_secret(request: HttpRequest, slug: str) -> HttpResponse:
    """A new secret for a server, shown in this answer and never again."""
    app = app_of_theirs(request, slug)
    value = clients.make_secret(app, actor=_actor(request))
    response = _page(request, app, new_secret=value)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@members_only
def retire_secrets(request: HttpRequest, slug: str) -> HttpResponse:
    """End every secret of the app at once, and the tokens that were given for them."""
    app = app_of_theirs(request, slug)
    clients.retire_secrets(app, at=clock.now(), actor=_actor(request))
    revoke_user(f"app:{app.publishable_id}", actor=_actor(request), reason="its secrets were ended")
    return redirect("app-keys", slug=app.slug)


@require_POST
@members_only
def addresses(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the addresses that people may be sent back to."""
    app = app_of_theirs(request, slug)
    form = AddressesForm(request.POST)
    if not form.is_valid():
        return _page(request, app, form=form, status=422)
    app.application.redirect_uris = form.cleaned_data["redirect_uris"]
    app.application.save(update_fields=["redirect_uris"])
    return redirect("app-keys", slug=app.slug)


@require_POST
@members_only
def websites(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the websites whose pages may use the app."""
    app = app_of_theirs(request, slug)
    form = OriginsForm(request.POST)
    if not form.is_valid():
        return _page(request, app, websites_form=form, status=422)
    origins.keep(app, form.cleaned_data["origins"], actor=_actor(request))
    return redirect("app-keys", slug=app.slug)


def _page(
    request: HttpRequest,
    app: MicroApp,
    *,
    form: AddressesForm | None = None,
    websites_form: OriginsForm | None = None,
    new_secret: str = "",
    status: int = 200,
) -> HttpResponse:
    living = living_tokens(app)
    kept = app.application.redirect_uris.replace(" ", "\n")
    context = {
        "app": app,
        "tokens": _rows(living[:SHOWN], signed_in_id(request)),
        "more": max(len(living) - SHOWN, 0),
        "secrets": clients.living_secrets(app),
        "new_secret": new_secret,
        "form": form or AddressesForm(initial={"redirect_uris": kept}),
        "websites": websites_form or OriginsForm(initial={"origins": "\n".join(origins.of(app))}),
    }
    return render(request, "broker/keys.html", context, status=status)


def _rows(living: list[ScopedToken], viewer: uuid.UUID) -> list[dict[str, object]]:
    """The tokens with their holders' addresses, which only people who look after the app see."""
    ids = {token.subject.partition(":")[2] for token in living if token.subject.startswith("user:")}
    emails = {str(user.pk): user.email for user in User.objects.filter(pk__in=ids)}
    return [_row(token, emails, viewer) for token in living]


def _row(token: ScopedToken, emails: dict[str, str], viewer: uuid.UUID) -> dict[str, object]:
    kind, _, name = token.subject.partition(":")
    holder = emails.get(name, name) if kind == "user" else {"app": said("A server of this app")}.get(kind, name)
    return {
        "token": token,
        "holder": said("You") if name == str(viewer) else holder,
        "may": ", ".join(said(action.words) for action in Action if action in token.actions),
        "where": token.prefix or said("everywhere in the app"),
        "handed_on": len(token.ancestors),
        "seconds": max(int((token.expires_at - clock.now()).total_seconds()), 0),
    }


def _actor(request: HttpRequest) -> Principal:
    return user_principal(signed_in_id(request))

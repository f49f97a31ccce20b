"""`/apps/<app>/settings/`: what builders set, what an owner decides, what the template fixed, and who to ask."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity import signed_in_id
from kernel.errors import Problem
from kernel.language import said
from marketplace import app_settings
from marketplace.access import app_for, is_owner_of, member_page
from marketplace.app_forms import SettingsForm
from marketplace.installations import policy_of
from marketplace.models import Installation
from marketplace.setting_rows import fixed_rows, owners_of, owners_rows, permission_rows
from marketplace.transforms import rows_of
from marketplace.versions import last_change, newer_than
from policy.actions import Action
from tenancy.models import MicroApp
from tenancy.principals import user_principal
from tenancy.roles import MAY_ADMINISTER, MAY_CREATE_APPS


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def app_settings_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, and its form."""
    app = app_for(request, slug, MAY_CREATE_APPS)
    form = _form(request, app)
    if request.method == "POST" and form.is_valid() and _save(request, app, form):
        messages.success(request, _("Saved."))
        return redirect("app-settings", slug=app.slug)
    return _page(request, app, form)


@require_POST
@member_page
def app_uploads(request: HttpRequest, slug: str) -> HttpResponse:
    """Pause uploads, or open them again."""
    app, person = app_for(request, slug, MAY_CREATE_APPS), signed_in_id(request)
    if request.POST.get("uploads") == "pause":
        app_settings.pause(app, person)
        messages.success(request, _("Uploads are paused. Files that are here stay."))
    else:
        app_settings.reopen(app, person)
        messages.success(request, _("Uploads are open."))
    return redirect("app-settings", slug=app.slug)


@require_POST
@member_page
def app_permission(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an optional permission away, or, as an owner, give it."""
    app, person = app_for(request, slug, MAY_CREATE_APPS), signed_in_id(request)
    action = _action(request)
    if request.POST.get("may") == "no":
        app_settings.disallow(app, action, person)
    else:
        app_for(request, slug, MAY_ADMINISTER)
        _allow(app, action, request)
    return redirect("app-settings", slug=app.slug)


def _allow(app: MicroApp, action: Action, request: HttpRequest) -> None:
    try:
        app_settings.allow(app, policy_of(app).document, action, user_principal(signed_in_id(request)))
    except Problem as problem:
        raise Http404 from problem


def _action(request: HttpRequest) -> Action:
    """Raises Http404 for what is no action."""
    try:
        return Action(request.POST.get("action", ""))
    except ValueError as error:
        raise Http404 from error


def _form(request: HttpRequest, app: MicroApp) -> SettingsForm:
    installation, document = Installation.objects.get(app=app), policy_of(app).document
    chosen = [option.name for option in document.options if installation.options.get(option.name, option.default)]
    options = [(option.name, said(option.label)) for option in document.options]
    return SettingsForm(request.POST or None, name=app.name, options=options, chosen=chosen)


def _save(request: HttpRequest, app: MicroApp, form: SettingsForm) -> bool:
    person = signed_in_id(request)
    try:
        app_settings.rename(app, form.cleaned_data["name"], person)
    except Problem as problem:
        form.add_error("name", problem.user_message)
        return False
    app_settings.choose(app, policy_of(app).document, frozenset(form.cleaned_data.get("options", [])), person)
    return True


def _page(request: HttpRequest, app: MicroApp, form: SettingsForm) -> HttpResponse:
    policy = policy_of(app)
    context: dict[str, Any] = {
        "app": app,
        "form": form,
        "is_owner": is_owner_of(request, app),
        "owners": owners_of(app.workspace_id),
        "permissions": permission_rows(policy),
        "owners_rows": owners_rows(app),
        "fixed_rows": fixed_rows(policy.document, policy.region),
        "transforms": rows_of(app.tenant_id, policy.document.slug),
        "template": policy.document,
        "newer": newer_than(Installation.objects.select_related("version__template").get(app=app)),
        "last": last_change(app),
    }
    return render(request, "marketplace/app_settings.html", context, status=422 if form.errors else 200)

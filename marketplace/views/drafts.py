"""`/drafts/`: making a template of one's own, from an app, from answers, or in YAML."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity import signed_in_id
from kernel.errors import POLICY_UNAVAILABLE, Problem
from kernel.sizes import MB
from marketplace import draft as drafting
from marketplace.brought_files import takes_a_document
from marketplace.draft_access import author_of, author_page, draft_for, drafts_of, keep_to_rate
from marketplace.draft_content import as_yaml, blank, with_answers
from marketplace.draft_forms import DraftForm, FromAppForm, TryForm, YamlForm, add_document_errors
from marketplace.draft_page import draft_page
from marketplace.models import TemplateDraft
from policy.document import DocumentError
from policy.rego.port import PolicyBusyError
from tenancy.memberships import workspaces_of
from tenancy.models import MicroApp
from tenancy.roles import MAY_CREATE_APPS

_NEW_RATE = "60/h"


@require_safe
@author_page
def draft_list(request: HttpRequest) -> HttpResponse:
    """The person's drafts, and three ways to a new one."""
    context = {"drafts": drafts_of(request).order_by("-changed_at"), "has_apps": _apps(request).exists()}
    return render(request, "marketplace/draft_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@author_page
def draft_from_app(request: HttpRequest) -> HttpResponse:
    """What an app does today, as a template."""
    form = FromAppForm(request.POST or None, apps=_apps(request))

    def make() -> TemplateDraft:
        app, name = form.cleaned_data["app"], form.cleaned_data["name"]
        return drafting.create_from_app(app, author_of(request), name)

    return _made(request, form, make) or _form_page(request, form, _("From an app that works"), _("Make the template"))


@require_http_methods(["GET", "HEAD", "POST"])
@author_page
def draft_from_form(request: HttpRequest) -> HttpResponse:
    """A template from answers."""
    form = DraftForm(request.POST or None, content=blank())

    def make() -> TemplateDraft:
        content = with_answers(blank(), form.cleaned_data) | {"slug": drafting.slug_of(form.cleaned_data["name"])}
        return drafting.from_form(content, author_of(request))

    return _made(request, form, make) or _form_page(request, form, _("A new template"), _("Make the template"))


@takes_a_document
@require_http_methods(["GET", "HEAD", "POST"])
@author_page
def draft_from_yaml(request: HttpRequest) -> HttpResponse:
    """A template for who would rather write it."""
    form = YamlForm(request.POST or None, initial={"text": as_yaml(blank() | {"name": "My template", "summary": "…"})})

    def make() -> TemplateDraft:
        return drafting.from_yaml(form.cleaned_data["text"], author_of(request))

    return _made(request, form, make) or _form_page(request, form, _("A new template in YAML"), _("Make the template"))


@require_safe
@author_page
def draft_detail(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Its facts, a dry run, what the checks say, and how its review stands."""
    draft, _ = draft_for(request, draft_id)
    form = TryForm(request.GET or None)
    context = {"draft": draft, "page": draft_page(draft), "form": form, "own": _tried(draft, form)}
    return render(request, "marketplace/draft_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@author_page
def draft_edit(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """The answers once more."""
    draft, membership = draft_for(request, draft_id)
    form = DraftForm(request.POST or None, content=draft.content)

    def make() -> TemplateDraft:
        return drafting.change(draft, with_answers(draft.content, form.cleaned_data), membership)

    return _made(request, form, make) or _form_page(
        request, form, _("Change %(name)s") % {"name": draft.content["name"]}, _("Save"), draft
    )


@takes_a_document
@require_http_methods(["GET", "HEAD", "POST"])
@author_page
def draft_yaml(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """The whole document as text."""
    draft, membership = draft_for(request, draft_id)
    form = YamlForm(request.POST or None, initial={"text": as_yaml(draft.content)})

    def make() -> TemplateDraft:
        return drafting.change(draft, drafting.content_of_yaml(form.cleaned_data["text"]), membership)

    heading = _("%(name)s in YAML") % {"name": draft.content["name"]}
    return _made(request, form, make) or _form_page(request, form, heading, _("Save"), draft)


def _made(request: HttpRequest, form: forms.Form, make: Callable[[], TemplateDraft]) -> HttpResponse | None:
    """What the form makes; None where there is something to correct, which the form then says."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        keep_to_rate(request, "draft", _NEW_RATE)
        draft = make()
    except DocumentError as error:
        add_document_errors(form, error.errors)
        return None
    except PolicyBusyError:
        form.add_error(None, Problem(POLICY_UNAVAILABLE).user_message)
        return None
    except Problem as problem:
        form.add_error(None, problem.user_message)
        return None
    messages.success(request, _("Saved. Nobody else sees it before it is handed in."))
    return redirect("draft", draft_id=draft.pk)


def _form_page(
    request: HttpRequest, form: forms.Form, heading: str, button: str, draft: TemplateDraft | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "heading": heading, "button": button, "draft": draft}
    return render(request, "marketplace/draft_form.html", context, status=422 if form.errors else 200)


def _tried(draft: TemplateDraft, form: TryForm) -> drafting.Tried | None:
    if not form.is_valid() or not form.cleaned_data["file"]:
        return None
    size = int((form.cleaned_data["mb"] or 0) * MB)
    return drafting.tried(draft.document, form.cleaned_data["file"], size)


def _apps(request: HttpRequest) -> Any:
    workspaces = workspaces_of(signed_in_id(request), MAY_CREATE_APPS)
    return MicroApp.objects.filter(workspace__in=workspaces, installation__isnull=False).order_by("name")

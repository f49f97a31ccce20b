"""What is done to a draft: put right what a check found, its own rules in and out, handed in for review."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import POLICY_UNAVAILABLE, Problem
from marketplace import draft as drafting
from marketplace import reviews
from marketplace.brought_files import takes_a_document
from marketplace.draft_access import author_page, draft_for, keep_to_rate
from marketplace.draft_forms import BundleForm, RulesForm, add_document_errors
from marketplace.models import TemplateDraft
from marketplace.review.patches import PatchError
from policy.document import DocumentError
from policy.rego import bundles
from policy.rego.port import PolicyBusyError
from tenancy.models import Membership

_REVIEW_RATE = "20/h"


@require_POST
@author_page
def draft_fix(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Change what a check found, as it proposes."""
    draft, membership = draft_for(request, draft_id)
    try:
        drafting.fix(draft, request.POST.get("code", ""), request.POST.get("pointer", ""), membership)
        messages.success(request, _("Put right. The checks looked again."))
    except Problem:
        messages.info(request, _("The checks no longer find that. Nothing was changed."))
    except (PatchError, DocumentError) as error:
        messages.error(request, _("This can't be put right by itself: %(why)s") % {"why": error})
    return redirect("draft", draft_id=draft.pk)


@require_POST
@author_page
def draft_submit(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Hand it in as it is now."""
    draft, membership = draft_for(request, draft_id)
    try:
        keep_to_rate(request, "review", _REVIEW_RATE)
        reviews.ask(draft, membership)
        messages.success(request, _("Handed in. The machine looks at it first, then a person of the platform team."))
    except Problem as problem:
        messages.error(request, problem.user_message)
    return redirect("draft", draft_id=draft.pk)


@takes_a_document
@require_http_methods(["GET", "HEAD", "POST"])
@author_page
def draft_rules(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Its own rules as text."""
    draft, membership = draft_for(request, draft_id)
    form = RulesForm(request.POST or None, initial={"rego": draft.content.get("rego") or ""})
    if request.method == "POST" and form.is_valid() and _kept(form, draft, form.cleaned_data["rego"], membership):
        messages.success(request, _("Saved. Nobody else sees it before it is handed in."))
        return redirect("draft", draft_id=draft.pk)
    return _rules_page(request, draft, form, BundleForm())


@takes_a_document
@require_POST
@author_page
def draft_bundle_in(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Its own rules from an OPA bundle."""
    draft, membership = draft_for(request, draft_id)
    form = BundleForm(request.POST, request.FILES)
    module = _module(form)
    if module is not None and _kept(form, draft, module, membership):
        messages.success(request, _("The bundle's rules are the template's now."))
        return redirect("draft", draft_id=draft.pk)
    return _rules_page(request, draft, RulesForm(initial={"rego": draft.content.get("rego") or ""}), form)


@require_safe
@author_page
def draft_bundle_out(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Its own rules as an OPA bundle. Raises Http404 for a draft without."""
    draft, _ = draft_for(request, draft_id)
    if not draft.document.rego:
        raise Http404
    answer = HttpResponse(bundles.write(draft.document.rego), content_type="application/gzip")
    answer["Content-Disposition"] = f'attachment; filename="{draft.document.slug}.tar.gz"'
    return answer


def _module(form: BundleForm) -> str | None:
    if not form.is_valid():
        return None
    try:
        return bundles.read(form.cleaned_data["bundle"].read(bundles.MAX_BUNDLE_BYTES + 1))
    except bundles.BundleError as error:
        form.add_error("bundle", str(error))
        return None


def _kept(form: forms.Form, draft: TemplateDraft, module: str | None, membership: Membership) -> bool:
    content = {name: value for name, value in draft.content.items() if name != "rego"}
    try:
        drafting.change(draft, content | ({"rego": module} if module else {}), membership)
    except DocumentError as error:
        draft.refresh_from_db(fields=["content"])
        add_document_errors(form, error.errors)
        return False
    except PolicyBusyError:
        form.add_error(None, Problem(POLICY_UNAVAILABLE).user_message)
        return False
    return True


def _rules_page(request: HttpRequest, draft: TemplateDraft, form: RulesForm, bundle: BundleForm) -> HttpResponse:
    wrong = bool(form.errors or bundle.errors)
    context = {"draft": draft, "form": form, "bundle": bundle}
    return render(request, "marketplace/draft_rules.html", context, status=422 if wrong else 200)

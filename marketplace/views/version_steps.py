"""What the platform's people do to a published version: withdraw it, publish a narrower one, move all apps to it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.errors import Problem
from marketplace import urgent
from marketplace.models import TamperedError, TemplateVersion
from marketplace.publishing import NotPublishableError, current_version
from marketplace.review_forms import UrgentForm
from marketplace.signing import CannotSignError
from marketplace.staff_pages import staff_of, staff_page
from policy.document import DocumentError


@require_POST
@staff_page
def version_withdraw(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """No app can be made of it any more; the owners of those that there are read why."""
    version = _version(slug, number)
    return _done(
        request,
        version,
        lambda: urgent.withdraw_and_tell(version, staff_of(request), request.POST.get("reason", "")),
        "Withdrawn. The owners of its apps are told.",
    )


@require_POST
@staff_page
def version_spread(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Every app of the template moves to it now."""
    version = _version(slug, number)
    return _done(
        request,
        version,
        lambda: urgent.spread(version, staff_of(request), request.POST.get("reason", "")),
        "Every app that has an older version is moved now; their owners are told.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def version_urgent(request: HttpRequest, slug: str) -> HttpResponse:
    """A narrower version at once."""
    version = current_version(slug)
    if version is None:
        raise Http404
    form = UrgentForm(request.POST or None, document=version.document)
    if request.method == "POST" and form.is_valid() and (made := _made(request, form, version)):
        messages.success(
            request,
            _("%(version)s is published. Every app is moved to it now; their owners are told.") % {"version": made},
        )
        return redirect("template", slug=slug)
    context = {"form": form, "version": version, "template": version.document}
    return render(request, "marketplace/version_urgent.html", context, status=422 if form.errors else 200)


def _made(request: HttpRequest, form: UrgentForm, version: TemplateVersion) -> TemplateVersion | None:
    try:
        return urgent.publish_urgently(version, form.wish(), staff_of(request), form.cleaned_data["reason"])
    except DocumentError as error:
        for one in error.errors:
            form.add_error(None, one.detail)
    except (NotPublishableError, TamperedError, CannotSignError) as error:
        form.add_error(None, str(error))
    return None


def _version(slug: str, number: str) -> TemplateVersion:
    version = TemplateVersion.objects.select_related("template").filter(template__slug=slug, version=number).first()
    if version is None:
        raise Http404
    return version


def _done(request: HttpRequest, version: TemplateVersion, do: Callable[[], object], words: str) -> HttpResponse:
    try:
        do()
        messages.success(request, words)
    except NotPublishableError as error:
        messages.error(request, str(error))
    except Problem as problem:
        messages.error(request, problem.user_message)
    return redirect("template-version", slug=version.template.slug, number=version.version)

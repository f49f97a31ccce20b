"""`/gallery/<app>/`: the files of an app that anyone may open, for whoever comes along.

A visitor holds no token. The gate charges the app and its tenant for every look, a link is signed for one object and
a minute, and each stands in the record as every other link does.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from admission.gate import Ask, admit
from admission.operations import Operation
from gateway.files import SignedUrl, link_to
from kernel.errors import NOT_FOUND, Problem
from kernel.identifiers import new_id, parse_id
from kernel.language import said
from kernel.object_keys import Area
from marketplace.installations import InstalledPolicy, policy_of
from marketplace.showing import shown_files, shows_files
from storage.models import StoredFile
from tenancy.addresses import tenant_of_slug
from tenancy.models import MicroApp
from tenancy.principals import visitor_principal
from tenancy.scoping import tenant_scope

_PAGE = 24
_SIZES = {"small": Area.THUMBS, "large": Area.PREVIEWS, "file": Area.FILES}


@dataclass(frozen=True, slots=True)
class OpenApp:
    """An app of which anyone may open something."""

    app: MicroApp
    policy: InstalledPolicy

    def charge(self, operation: Operation) -> None:
        """Let one look in. Raises Problem as the gate does."""
        admit(Ask(operation, tenant=str(self.app.tenant_id), app=str(self.app.id), template=self.policy.template))

    def page(self, before: str) -> list[StoredFile]:
        """A page of what is shown, the newest first, behind the file that the page before ended with; and one more."""
        files = shown_files(self.app, self.policy)
        last = parse_id(before)
        return list((files.filter(pk__lt=last) if last else files)[: _PAGE + 1])

    def file(self, file_id: uuid.UUID) -> StoredFile:
        """A file that is shown. Raises Problem NOT_FOUND for every other, alike."""
        stored: StoredFile | None = shown_files(self.app, self.policy).filter(pk=file_id).first()
        if stored is None:
            raise Problem(NOT_FOUND)
        return stored

    def link(self, stored: StoredFile, area: Area) -> SignedUrl:
        """A link to one object of it, recorded. Raises Problem NOT_FOUND where there is none, and the policy's."""
        return link_to(stored, area, self.policy, actor=str(visitor_principal(new_id())))


@require_safe
def gallery(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of pictures, the newest first."""

    def page(opened: OpenApp) -> HttpResponse:
        opened.charge(Operation.LIST)
        files = opened.page(request.GET.get("before", ""))
        context = {"app": opened.app, "files": files[:_PAGE], "more": files[_PAGE - 1].id if files[_PAGE:] else None}
        return render(request, "marketplace/gallery.html", context)

    return _answered(slug, page)


@require_safe
def picture(request: HttpRequest, slug: str, file_id: uuid.UUID) -> HttpResponse:
    """One picture, large."""

    def page(opened: OpenApp) -> HttpResponse:
        opened.charge(Operation.LIST)
        return render(request, "marketplace/gallery_picture.html", {"app": opened.app, "file": opened.file(file_id)})

    return _answered(slug, page)


@require_safe
def opened(request: HttpRequest, slug: str, file_id: uuid.UUID, size: str) -> HttpResponse:
    """Leads to the object itself, for as long as the link to it lives."""
    if size not in _SIZES:
        raise Http404

    def leads(opened: OpenApp) -> HttpResponse:
        opened.charge(Operation.GET_SIGNED_URL)
        link = opened.link(opened.file(file_id), _SIZES[size])
        answer = HttpResponseRedirect(link.url)
        answer["Cache-Control"] = "no-store"
        return answer

    return _answered(slug, leads)


def _answered(slug: str, answer: Callable[[OpenApp], HttpResponse]) -> HttpResponse:
    """The answer, or the refusal as a page that says when to come back. Raises Http404 for what isn't shown."""
    try:
        with _open(slug) as opened:
            return answer(opened)
    except Problem as problem:
        if problem.type is NOT_FOUND:
            raise Http404 from problem
        return _refusal(problem)


@contextmanager
def _open(slug: str) -> Iterator[OpenApp]:
    tenant_id = tenant_of_slug(slug)
    if tenant_id is None:
        raise Problem(NOT_FOUND)
    with tenant_scope(tenant_id):
        app = MicroApp.objects.select_related("workspace").get(slug=slug)
        policy = policy_of(app)
        if not shows_files(policy):
            raise Problem(NOT_FOUND)
        yield OpenApp(app, policy)


def _refusal(problem: Problem) -> HttpResponse:
    words = {"title": said(problem.type.title), "words": problem.user_message}
    answer = render(None, "503.html", words, status=problem.type.status)
    if problem.retry_after_s is not None:
        answer["Retry-After"] = str(problem.retry_after_s)
    return answer

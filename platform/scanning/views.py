"""`/apps/<app>/quarantine/`: what waits for a person. `/apps/<app>/files/<file>/`: all that is known of one file."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in_id
from kernel.errors import VALIDATION, Problem
from scanning import decisions, evidence
from scanning.access import app_seen
from storage.folders import path_of
from storage.models import Upload
from tenancy.models import MicroApp

_STEPS = {"release": decisions.release, "refuse": decisions.refuse}
_STEPS_OF_LOCKED = {"release": decisions.unlock, "refuse": decisions.give_up}
_DONE = {
    "release": gettext_noop("{name} goes on. It is checked for viruses once more."),
    "refuse": gettext_noop("{name} is refused and deleted."),
}
_DONE_WITH_LOCKED = {
    "release": gettext_noop("{name} can be opened again."),
    "refuse": gettext_noop("{name} stays locked and is deleted."),
}


@require_safe
@login_required
def quarantine(request: HttpRequest, slug: str) -> HttpResponse:
    """The inbox, with what speaks against each file."""
    return _inbox(request, app_seen(request, slug))


@require_POST
@login_required
def decide(request: HttpRequest, slug: str, file_id: uuid.UUID) -> HttpResponse:
    """Release a file or refuse it, with a reason that stays on the record."""
    app, wish = app_seen(request, slug), request.POST.get("decision", "")
    if wish not in _STEPS:
        raise Http404
    by, reason = signed_in_id(request), request.POST.get("reason", "")[:300]
    try:
        words = _decide(app, file_id, wish, by, reason)
    except Problem as problem:
        return _inbox(request, app, wrong=problem, about=file_id)
    messages.success(request, words)
    return redirect("app-quarantine", slug=app.slug)


def _decide(app: MicroApp, file_id: uuid.UUID, wish: str, by: uuid.UUID, reason: str) -> str:
    """Take the step; what was done, in words. Raises what the step raises, Http404."""
    stored = evidence.locked(app, file_id)
    if stored is not None:
        _STEPS_OF_LOCKED[wish](stored, by, reason)
        return _(_DONE_WITH_LOCKED[wish]).format(name=stored.name)
    upload = get_object_or_404(Upload, app=app, pk=file_id)
    _STEPS[wish](upload, by, reason)
    return _(_DONE[wish]).format(name=upload.name)


@require_safe
@login_required
def file_page(request: HttpRequest, slug: str, file_id: uuid.UUID) -> HttpResponse:
    """One file: what was found, what was decided, and how long it stays."""
    app = app_seen(request, slug)
    story = evidence.story_of(app, file_id)
    if story is None:
        raise Http404
    folder = story.stored.folder if story.stored else None
    return render(request, "scanning/file.html", {"app": app, "story": story, "folder": path_of(folder)})


def _inbox(
    request: HttpRequest, app: MicroApp, *, wrong: Problem | None = None, about: uuid.UUID | None = None
) -> HttpResponse:
    context = {
        "app": app,
        "waiting": evidence.waiting(app),
        "decided": evidence.decided(app),
        "may_decide": decisions.may_decide(signed_in_id(request), app),
        "wrong": _words(wrong) if wrong else "",
        "about": about,
    }
    return render(request, "scanning/quarantine.html", context, status=wrong.type.status if wrong else 200)


def _words(problem: Problem) -> str:
    return problem.errors[0].detail if problem.type == VALIDATION and problem.errors else problem.user_message

"""What people do with files: bring one back, throw it away, look into the trash, keep one from being deleted."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in_id
from kernel.errors import NOT_FOUND, Problem
from lifecycle import archiving, holds, trash
from lifecycle.access import app_to_keep
from lifecycle.forms import HoldForm
from storage import listing
from storage.models import StoredFile
from tenancy.memberships import in_workspace
from tenancy.principals import Principal, user_principal
from tenancy.roles import MAY_CREATE_APPS, MAY_SEE_APP_PAGES

SHOWN = 100


@require_POST
@login_required
def bring_back(request: HttpRequest, slug: str, file_id: uuid.UUID) -> HttpResponse:
    """Ask for an archived file."""
    app = app_to_keep(request, slug, MAY_CREATE_APPS)
    stored = archiving.ask_back(app, file_id, actor=_actor(request))
    if stored is None:
        raise Http404
    hours = archiving.hours_to_fetch(stored)
    words = _("{name} comes back within {hours} hours.") if hours else _("{name} comes back within minutes.")
    messages.success(request, words.format(name=stored.name, hours=hours))
    return redirect("app-file", slug=app.slug, file_id=file_id)


@require_POST
@login_required
def put_into_trash(request: HttpRequest, slug: str, file_id: uuid.UUID) -> HttpResponse:
    """Throw a file away, unless something keeps it."""
    return _moved(request, slug, file_id, trash.put, _("{name} is in the trash."))


@require_POST
@login_required
def take_out_of_trash(request: HttpRequest, slug: str, file_id: uuid.UUID) -> HttpResponse:
    """Take a file out of the trash again."""
    return _moved(request, slug, file_id, trash.take_out, _("{name} is out of the trash."))


def _moved(
    request: HttpRequest, slug: str, file_id: uuid.UUID, move: Callable[..., StoredFile], done: str
) -> HttpResponse:
    app = app_to_keep(request, slug, MAY_CREATE_APPS)
    try:
        stored = move(app, file_id, actor=_actor(request))
    except Problem as problem:
        if problem.type == NOT_FOUND:
            raise Http404 from problem
        messages.error(request, problem.user_message)
    else:
        messages.success(request, done.format(name=stored.name))
    return redirect("app-file", slug=app.slug, file_id=file_id)


@require_safe
@login_required
def trash_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What is in the trash, what was thrown away last first."""
    app = app_to_keep(request, slug, MAY_SEE_APP_PAGES)
    files, more = listing.trash_page(app, None, None, SHOWN)
    may_take_out = in_workspace(signed_in_id(request), app.workspace_id)
    context = {
        "app": app,
        "files": files,
        "has_more": more is not None,
        "may_take_out": may_take_out is not None and may_take_out.role in MAY_CREATE_APPS,
    }
    return render(request, "lifecycle/trash.html", context)


@require_POST
@login_required
def hold(request: HttpRequest, slug: str, file_id: uuid.UUID) -> HttpResponse:
    """Keep one file from being deleted, by a legal hold."""
    app = app_to_keep(request, slug)
    form = HoldForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: it stands in the record."))
        return redirect("app-file", slug=app.slug, file_id=file_id)
    try:
        holds.place(app, file_id, reason=form.cleaned_data["reason"], actor=_actor(request))
    except Problem as problem:
        raise Http404 from problem
    messages.success(request, _("A legal hold keeps this file."))
    return redirect("app-file", slug=app.slug, file_id=file_id)


def _actor(request: HttpRequest) -> Principal:
    return user_principal(signed_in_id(request))

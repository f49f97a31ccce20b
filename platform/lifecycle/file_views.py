"""What people do with one file on its page: bring it back, throw it away, keep it from being deleted."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.identity import signed_in_id
from kernel.errors import NOT_FOUND, Problem
from lifecycle import archiving, holds, trash
from lifecycle.access import app_to_keep
from lifecycle.forms import HoldForm
from tenancy.principals import Principal, user_principal
from tenancy.roles import MAY_CREATE_APPS


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
    app = app_to_keep(request, slug, MAY_CREATE_APPS)
    try:
        stored = trash.put(app, file_id, actor=_actor(request))
    except Problem as problem:
        if problem.type == NOT_FOUND:
            raise Http404 from problem
        messages.error(request, problem.user_message)
    else:
        messages.success(request, _("{name} is in the trash.").format(name=stored.name))
    return redirect("app-file", slug=app.slug, file_id=file_id)


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

"""`/upload/<app>/`: an upload without any script. One form says what will come, the next brings it to storage itself.

Nobody can tell the size before the file is chosen, so as much is held as the app takes at most, until it has arrived.
"""

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity import signed_in_id
from admission.gate import Ask, admit
from admission.operations import Operation
from broker.subjects import SESSION, Presented
from gateway.completion import settle_arrival
from gateway.grants import grants
from gateway.one_call import request_upload
from gateway.starting import UploadRequest
from kernel import clock
from kernel.errors import CATALOGUE, CONSENT_REQUIRED, CONSENT_WITHDRAWN, Problem
from kernel.language import said
from marketplace.access import app_for
from marketplace.installations import InstalledPolicy, policy_of
from marketplace.views.go import upload_limits
from policy.media_types import EXTENSIONS, extension_of, matches
from quotas.reservations import room_for
from scanning.kinds import type_words
from storage.grants import upload_form
from storage.models import Upload
from storage.object_store import object_store
from storage.part_store import part_store
from storage.states import IN_FLIGHT, UploadState
from tenancy.addresses import tenant_of_slug
from tenancy.models import MicroApp
from tenancy.principals import Principal, user_principal
from tenancy.roles import MAY_UPLOAD
from tenancy.scoping import tenant_scope

_UNAGREED = frozenset({CONSENT_REQUIRED, CONSENT_WITHDRAWN})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """The form that asks for a file's kind and name; its answer is the form that takes the file."""
    app, policy, most_bytes = _found(request, slug)
    kinds, places = _kinds(policy), _places(policy)
    context: dict[str, Any] = {
        "app": app, "limits": upload_limits(policy), "kinds": kinds, "places": places, "now": clock.now(),
    }  # fmt: skip
    if request.method != "POST":
        return _page(request, "upload_begin", context)
    kind, place = request.POST.get("kind", ""), request.POST.get("place", "")
    if kind not in dict(kinds) or place not in {"", *dict(places)}:
        raise Http404
    path = f"{place}/{_named(request.POST.get('name', '').strip(), kind)}"
    who = Presented("", SESSION, signed_in_id(request))
    try:
        started = request_upload(who, app.publishable_id, UploadRequest(path, most_bytes, kind), grants)
    except Problem as problem:
        if problem.type in _UNAGREED:
            return redirect("go-consent", slug=app.slug)
        answer = _page(request, "upload_begin", {**context, "problem": problem}, status=problem.type.status)
        if problem.retry_after_s is not None:
            answer["Retry-After"] = str(problem.retry_after_s)
        return answer
    return _to_storage(request, context, started.upload)


@require_safe
@login_required
def arrived(request: HttpRequest, slug: str, upload_id: uuid.UUID) -> HttpResponse:
    """Where storage sends the browser once it has the file: looks at what arrived, then tells how its checks go."""
    app, policy, _most = _found(request, slug)
    actor = user_principal(signed_in_id(request))
    problem = None
    try:
        upload = _looked_at(app, policy, upload_id, actor)
    except Problem as refused:
        problem, upload = refused, _own(app, upload_id, actor)
    if upload.problem_code:
        problem = Problem.of(CATALOGUE[upload.problem_code], upload.problem_facts)
    state = UploadState(upload.state)
    context = {"app": app, "upload": upload, "state": state, "problem": problem, "pending": state in IN_FLIGHT}
    return _page(request, "upload_arrived", context)


def _found(request: HttpRequest, slug: str) -> tuple[MicroApp, InstalledPolicy, int]:
    """The app, its policy, and the most bytes that one file of this person may have now. Raises Http404."""
    tenant_id = tenant_of_slug(slug)
    if tenant_id is None:
        raise Http404
    with tenant_scope(tenant_id):
        app = app_for(request, slug, MAY_UPLOAD)
        policy = policy_of(app)
        room = room_for(app, user_principal(signed_in_id(request)))
    return app, policy, max(1, min(room, policy.document.uploads.max_bytes))


def _kinds(policy: InstalledPolicy) -> list[tuple[str, str]]:
    """The types of files that the app takes and that have an ending, with their words."""
    types = policy.document.uploads.types
    return [(name, type_words(name)) for name in EXTENSIONS if matches(name, types)]


def _places(policy: InstalledPolicy) -> list[tuple[str, str]]:
    """The folders to which people agree apart, with their words."""
    return [(surface.folder, said(surface.folder)) for surface in policy.document.surfaces or ()]


def _named(name: str, kind: str) -> str:
    """A name with the kind's ending, whatever of it was typed."""
    named = name or f"{clock.now():%Y-%m-%d %H.%M.%S}"
    return named if extension_of(named) in EXTENSIONS[kind] else named + EXTENSIONS[kind][0]


def _to_storage(request: HttpRequest, context: dict[str, Any], upload: Upload) -> HttpResponse:
    back = settings.SITE_URL + reverse("plain-upload-arrived", args=[upload.app.slug, upload.id])
    form = upload_form(upload, clock.now(), then=back)
    answer = _page(request, "upload_send", {**context, "upload": upload, "form": form})
    storage = urlsplit(form.url)
    answer._csp_update = {"form-action": ["'self'", f"{storage.scheme}://{storage.netloc}"]}  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's way
    return answer


def _looked_at(app: MicroApp, policy: InstalledPolicy, upload_id: uuid.UUID, actor: Principal) -> Upload:
    """The upload, settled if it hadn't been. Raises Http404, and Problem as the gate and `settle_arrival` do."""
    upload = _own(app, upload_id, actor)
    is_new = upload.state == UploadState.STARTED
    operation = Operation.UPLOAD_COMPLETE if is_new else Operation.UPLOAD_STATUS
    admit(Ask(operation, tenant=str(app.tenant_id), app=str(app.id), user=str(actor), template=policy.template))
    return settle_arrival(upload, object_store(), part_store(), actor=actor) if is_new else upload


def _own(app: MicroApp, upload_id: uuid.UUID, actor: Principal) -> Upload:
    """The person's own upload. Raises Http404 for everybody else's."""
    with tenant_scope(app.tenant_id):
        uploads = Upload.objects.select_related("app", "folder", "reservation")
        upload: Upload | None = uploads.filter(pk=upload_id, app=app, started_by=str(actor)).first()
    if upload is None:
        raise Http404
    return upload


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = render(request, f"marketplace/{name}.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer

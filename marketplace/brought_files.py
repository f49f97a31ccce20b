"""The few pages that take a small file or a long text through the server itself: bundles and documents, never files.

Everywhere else uploaded files are dropped unread. Here one is kept in memory, and a body beyond the bound is answered
with the number rather than with a page of last resort.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from policy.document import MAX_DOCUMENT_BYTES

PageView = Callable[..., HttpResponse]
_MOST_BYTES = 1_000_000


def takes_a_document(view: PageView) -> PageView:
    """A page whose form brings a document. CSRF is checked after the handler is chosen, which reads the body."""
    protected = csrf_protect(view)

    @wraps(view)
    def taking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _length(request) > _MOST_BYTES:
            return _too_large(request)
        request.upload_handlers = [MemoryFileUploadHandler(request)]
        try:
            return protected(request, *args, **kwargs)
        except RequestDataTooBig:
            return _too_large(request)

    return cast("PageView", csrf_exempt(taking))


def _length(request: HttpRequest) -> int:
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(said) if said.isdecimal() else 0


def _too_large(request: HttpRequest) -> HttpResponse:
    return render(request, "marketplace/document_too_large.html", {"most": f"{MAX_DOCUMENT_BYTES:,}"}, status=413)

"""The OpenAPI document as JSON and YAML, its reference for people, and its explorer: open to all."""

import functools
import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_safe

from gateway.document.openapi import document
from gateway.document.page import contents
from gateway.document.writing import as_json, as_yaml

_HELD = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
_YAML = "application/yaml"


@functools.cache
def _json() -> bytes:
    return as_json(document())


@functools.cache
def _yaml() -> bytes:
    return as_yaml(document())


@functools.cache
def _contents() -> dict[str, Any]:
    return contents(document())


def _etag(request: HttpRequest) -> str:
    body = _yaml() if request.path.endswith("yaml") else _json()
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@csrf_exempt
@require_safe
@condition(etag_func=_etag)
def document_json(request: HttpRequest) -> HttpResponseBase:
    """The OpenAPI document as JSON, for any website's tools to read."""
    return HttpResponse(_json(), content_type="application/json", headers=_HELD)


@csrf_exempt
@require_safe
@condition(etag_func=_etag)
def document_yaml(request: HttpRequest) -> HttpResponseBase:
    """The same as YAML (RFC 9512)."""
    return HttpResponse(_yaml(), content_type=_YAML, headers=_HELD)


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The reference: made on the server, without any script."""
    return render(request, "gateway/reference.html", _contents())


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """Swagger UI, from here and under the same content policy as every page."""
    return render(request, "gateway/explorer.html")

"""What anyone may read: keys and metadata."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from broker import metadata
from broker.keys import key_ring


@csrf_exempt
@require_safe
def key_set(_request: HttpRequest) -> HttpResponse:
    """`GET /.well-known/jwks.json` (RFC 7517 §5)."""
    return _public(key_ring().public())


@csrf_exempt
@require_safe
def authorization_server(_request: HttpRequest) -> HttpResponse:
    """`GET /.well-known/oauth-authorization-server` (RFC 8414 §3)."""
    return _public(metadata.authorization_server())


@csrf_exempt
@require_safe
def protected_resource(_request: HttpRequest) -> HttpResponse:
    """`GET /.well-known/oauth-protected-resource/api/v1` (RFC 9728 §3.1), and the same without the path."""
    return _public(metadata.protected_resource())


def _public(content: dict[str, object]) -> HttpResponse:
    answer = JsonResponse(content)
    answer["Cache-Control"] = "public, max-age=300"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer

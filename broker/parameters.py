"""The parameters of requests to the broker's endpoints, as OAuth wants them: a form, each parameter once."""

import re
from collections.abc import Mapping
from typing import TypeGuard
from urllib.parse import parse_qsl, unquote, urlsplit

from django.http import HttpRequest

from broker.oauth_errors import OAuthError
from broker.tokens import audience
from kernel.paths import UnusablePathError, clean_path

FORM = "application/x-www-form-urlencoded"
MAX_BODY_BYTES = 64_000
MAX_LIFETIME_SECONDS = 10**6
MAX_PREFIX_CHARACTERS = 1000
_MAX_PARAMETERS = 100
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def parameters_of(request: HttpRequest) -> Mapping[str, str]:
    """The form's parameters; an empty one counts as absent (RFC 6749 §3.2), an unknown one is ignored by its reader.

    Raises OAuthError `invalid_request` for another content type, a query, a repeated or a broken parameter.
    """
    if request.content_type != FORM:
        raise OAuthError("invalid_request", f"Send the parameters as {FORM}.")
    if request.META.get("QUERY_STRING"):
        raise OAuthError("invalid_request", "Parameters belong into the body, never into the address.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        raise OAuthError("invalid_request", "The request is too long.")
    pairs = _form(request)
    form = dict(pairs)
    if len(form) < len(pairs):
        raise OAuthError("invalid_request", "A parameter stands there twice.")
    if not all(is_text(part) for pair in pairs for part in pair):
        raise OAuthError("invalid_request", "The parameters aren't text in UTF-8.")
    return {name: value for name, value in pairs if value}


def is_text(value: object) -> TypeGuard[str]:
    """Whether it is text that PostgreSQL keeps: neither NUL nor half of a surrogate pair, which JSON can carry."""
    return isinstance(value, str) and _NOT_TEXT.search(value) is None


def _form(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        return parse_qsl(request.body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS)
    except ValueError as error:
        raise OAuthError("invalid_request", "The request holds too much, or isn't a form in UTF-8.") from error


def required(parameters: Mapping[str, str], name: str) -> str:
    """One parameter's value. Raises OAuthError `invalid_request` where it is missing."""
    value = parameters.get(name, "")
    if not value:
        raise OAuthError("invalid_request", f"The parameter {name} is missing.")
    return value


def lifetime_in(parameters: Mapping[str, str]) -> int | None:
    """The lifetime asked for, in seconds; None where the most allowed is wanted. Raises OAuthError."""
    text = parameters.get("lifetime")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 0 < int(text) < MAX_LIFETIME_SECONDS):
        raise OAuthError("invalid_request", "lifetime must be a number of seconds.")
    return int(text)


def prefix_in(parameters: Mapping[str, str]) -> str | None:
    """The folder asked for, cleaned, from `prefix` or from `resource` (RFC 8707 §2); None where neither names one.

    A resource is the gateway's own address, or that of a folder below it: `…/api/v1/files/Holiday%20photos`.
    Raises OAuthError `invalid_target`.
    """
    prefix, resource = parameters.get("prefix"), parameters.get("resource")
    of_resource = _folder_of(resource) if resource is not None else None
    try:
        cleaned = [clean_path(path) for path in (prefix, of_resource) if path is not None]
    except UnusablePathError as error:
        raise OAuthError("invalid_target", str(error)) from error
    if len(set(cleaned)) > 1:
        raise OAuthError("invalid_target", "resource and prefix name two folders.")
    if any(len(path) > MAX_PREFIX_CHARACTERS for path in cleaned):
        raise OAuthError("invalid_target", f"A folder's path has at most {MAX_PREFIX_CHARACTERS} characters here.")
    return cleaned[0] if cleaned else None


def _folder_of(resource: str) -> str | None:
    gateway = urlsplit(audience())
    try:
        wanted = urlsplit(resource)
        segments = [unquote(part, errors="strict") for part in wanted.path.split("/")]
    except ValueError as error:
        raise _not_ours() from error
    if (wanted.scheme, wanted.netloc) != (gateway.scheme, gateway.netloc) or wanted.fragment or wanted.query:
        raise _not_ours()
    if wanted.path.rstrip("/") == gateway.path:
        return None
    files = f"{gateway.path}/files"
    if not f"{wanted.path}/".startswith(f"{files}/"):
        raise _not_ours()
    folder = segments[files.count("/") + 1 :]
    if any("/" in segment or unquote(segment) != segment for segment in folder):
        raise OAuthError("invalid_target", "A folder's name is encoded twice, or holds a slash.")
    return "/".join(folder).removesuffix("/")


def _not_ours() -> OAuthError:
    return OAuthError("invalid_target", f"The resource must be {audience()} or a folder below its /files/.")

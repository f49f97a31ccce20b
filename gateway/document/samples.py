"""An operation as a line for curl, to be pasted where `$GATEHOUSE` and `$TOKEN` are set."""

from typing import Any

import orjson

_INDENT = " \\\n  "


def curl(method: str, address: str, told: dict[str, Any], body: Any) -> str:
    """The line, with the body that the document shows first."""
    parts = [f'curl{"" if method == "GET" else f" -X {method}"} "$GATEHOUSE{address}"', *_who(told)]
    is_form = "application/x-www-form-urlencoded" in told.get("requestBody", {}).get("content", {})
    if is_form:
        parts += [f"-d {_quoted(f'{name}={value}')}" for name, value in body.items()]
    elif body is not None:
        parts += ['-H "Content-Type: application/json"', f"-d {_quoted(orjson.dumps(body).decode())}"]
    return _INDENT.join(parts)


def _who(told: dict[str, Any]) -> list[str]:
    first = next(iter(told["security"][0]), "")
    return {
        "scopedToken": ['-H "Authorization: Bearer $TOKEN"'],
        "appSecret": ['-u "$APP_ID:$APP_SECRET"'],
    }.get(first, [])


def _quoted(text: str) -> str:
    """For a POSIX shell."""
    return "'" + text.replace("'", "'\\''") + "'"

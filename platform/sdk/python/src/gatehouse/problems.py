"""What can go wrong, as errors whose words a person can read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SERVICE_PROBLEM = "There is a problem with the service. Nothing was lost."


@dataclass(frozen=True, slots=True)
class Remedy:
    """Where help comes from: who can press the button, what it says, where it leads."""

    who: str = ""
    action: str = ""
    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of the request that can't be used, as a JSON pointer (RFC 6901) and a sentence."""

    pointer: str = ""
    detail: str = ""


class GatehouseProblem(Exception):  # noqa: N818 - the standard's own word (RFC 9457)
    """A problem of the catalogue, with its members as in problem+json; `user_message` is for people.

    `status` is 0 where no answer came. `retry_after` is in seconds, None where waiting is no help. `upload_id` is set
    when the bytes arrived and only what follows failed: `upload_complete` goes on.
    """

    def __init__(self, content: Mapping[str, Any] | None = None, *, status: int = 0) -> None:
        content = content or {}
        self.status = status
        self.code = str(content.get("code") or "INTERNAL")
        self.user_message = str(content.get("user_message") or _SERVICE_PROBLEM)
        self.remedy = Remedy(**_known(Remedy, content.get("remedy"))) if content.get("remedy") else None
        self.errors = tuple(FieldError(**_known(FieldError, error)) for error in content.get("errors") or ())
        self.request_id = str(content.get("request_id") or "")
        self.retryable = bool(content.get("retryable", status >= 500))
        self.retry_after: float | None = content.get("retry_after_s")
        self.upload_id: str | None = None
        super().__init__(f"{self.code}: {self.user_message}")


class TokenRefused(GatehouseProblem):
    """401, also with a fresh token."""


class RateLimited(GatehouseProblem):
    """429 that asks for a longer wait than anybody has patience for, or doesn't say how long."""


class ConnectionBroken(GatehouseProblem):
    """No answer came: cable, server, or a silence that was too long."""

    def __init__(self) -> None:
        super().__init__(
            {
                "code": "STORAGE_UNAVAILABLE",
                "user_message": "The connection broke. Your file is still on your device.",
                "remedy": _TRY_AGAIN,
                "retryable": True,
            }
        )


class StorageRefused(GatehouseProblem):
    """Storage said no to what was signed for it."""


_TRY_AGAIN = {"who": "you", "action": "retry", "label": "Try again", "href": ""}
_BY_STATUS: Mapping[int, type[GatehouseProblem]] = {401: TokenRefused, 429: RateLimited}
_STORAGE_CODE = re.compile(r"<Code>(\w+)</Code>")
_STORAGE_WORDS = {
    "EntityTooLarge": ("UPLOAD_ALTERED", "The file grew while it was sent. It was not stored."),
    "EntityTooSmall": ("UPLOAD_ALTERED", "The file shrank while it was sent. It was not stored."),
    "AccessDenied": ("KEY_EXPIRED", "The upload took too long to start."),
}
_STORAGE_TROUBLE = ("STORAGE_UNAVAILABLE", "We cannot store files right now. Your file is still on your device.")


def problem_of(status: int, content: Any) -> GatehouseProblem:
    """The problem that an answer's content describes, whatever that content is."""
    known = content if isinstance(content, Mapping) else {}
    return _BY_STATUS.get(status, GatehouseProblem)(known, status=status)


def storage_problem(status: int, text: str) -> StorageRefused:
    """The problem that S3's error document describes."""
    found = _STORAGE_CODE.search(text)
    code, words = _STORAGE_WORDS.get(found[1] if found else "", _STORAGE_TROUBLE)
    content = {"code": code, "user_message": words, "remedy": _TRY_AGAIN, "retryable": True}
    return StorageRefused(content, status=status)


def file_changed(name: str) -> GatehouseProblem:
    """The file on disk isn't what was announced any more."""
    words = f"{name} changed while it was sent. It was not stored."
    return GatehouseProblem({"code": "UPLOAD_ALTERED", "user_message": words, "remedy": _TRY_AGAIN})


def nearly_limited() -> RateLimited:
    """Why a call that nobody has refused yet waits: the budget is nearly used up."""
    words = "Many people are using this right now."
    return RateLimited({"code": "RATE_LIMITED", "user_message": words, "retryable": True})


def _known(kind: type, content: Any) -> dict[str, str]:
    """Servers may say more than this client knows."""
    if not isinstance(content, Mapping):
        return {}
    return {name: str(content[name]) for name in kind.__dataclass_fields__ if name in content}  # type: ignore[attr-defined]

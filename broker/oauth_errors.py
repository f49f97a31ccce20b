"""OAuth's own error answers (RFC 6749 §5.2, RFC 8693 §2.2.2), with our remedy beside them where there is one."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kernel.decisions import Denied
from kernel.errors import Problem, ProblemType
from kernel.language import said

_STATUS = {
    "invalid_client": 401,
    "consent_required": 403,
    "access_denied": 403,
    "login_required": 401,
    "temporarily_unavailable": 503,
    "no_such_app": 404,
    "not_found": 404,
    "stale_words": 409,
}
_RETRY_AFTER_SECONDS = 5
_PLAIN = str.maketrans({'"': "'", "\\": "/", **dict.fromkeys("“”„‘’‚", "'"), "–": "-", "…": "...", "ß": "ss"})
_NOT_ALLOWED = re.compile(r"[^ -~]")


class OAuthError(Exception):
    """Answered as JSON by the broker's endpoints. `by` is whom it was refused to, where that is proven.

    `retry_after_s`: where waiting helps, the seconds after which the same request succeeds.
    """

    by = "unproven"
    retry_after_s: int | None = None

    def __init__(self, error: str, description: str, **extra: Any) -> None:
        self.error, self.description, self.extra = error, description, extra
        self.status = _STATUS.get(error, 400)
        super().__init__(f"{error}: {description}")

    @classmethod
    def of_problem(cls, error: str, problem: ProblemType) -> "OAuthError":
        """An error that says in our catalogue's words what a person can do."""
        words, remedy = problem.words_for({}), problem.remedy
        extra = {"who": remedy.who, "action": remedy.action, "label": said(remedy.label), "href": remedy.href}
        return cls(error, words, code=problem.code, user_message=words, remedy=extra)

    @classmethod
    def of_refusal(cls, problem: Problem) -> "OAuthError":
        """An error that says what is busy or out of reach, and when to come back; RFC 6749 has one code for both."""
        if problem.type.status not in {429, 503}:
            return cls.of_problem("invalid_request", problem.type)
        said = cls.of_problem("temporarily_unavailable", problem.type)
        said.description = said.extra["user_message"] = problem.user_message
        said.status, said.retry_after_s = problem.type.status, problem.retry_after_s or _RETRY_AFTER_SECONDS
        return said

    @classmethod
    def of_denial(cls, denied: Denied) -> "OAuthError":
        """An error that says what the app's own rules have against it, or that they can't be asked."""
        error = "temporarily_unavailable" if denied.problem.status >= 500 else "access_denied"
        said = cls.of_problem(error, denied.problem)
        said.description = said.extra["user_message"] = denied.reason
        said.retry_after_s = _RETRY_AFTER_SECONDS if said.status == 503 else None
        return said

    def as_json(self) -> dict[str, Any]:
        """The answer's body."""
        return {"error": self.error, "error_description": _in_ascii(self.description), **self.extra}


def _in_ascii(words: str) -> str:
    """The words in the characters that RFC 6749 §5.2 allows; `user_message` keeps all of them."""
    apart = unicodedata.normalize("NFKD", words.translate(_PLAIN))
    return _NOT_ALLOWED.sub("?", "".join(letter for letter in apart if not unicodedata.combining(letter)))


@contextmanager
def refusals_of(principal: str) -> Iterator[None]:
    """Name whom whatever is refused inside is refused to, for the record."""
    try:
        yield
    except OAuthError as error:
        error.by = principal
        raise

"""The problem catalogue: every answer that is not a success, with its words and its remedy (RFC 9457).

Words name the thing and the number, then say who can help. A code that is not here can't be answered.
"""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kernel.language import retold, said


@dataclass(frozen=True, slots=True)
class Remedy:
    """The one button of a problem: who can press it, what it does, what it says, where it leads."""

    who: str
    action: str
    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of the request that can't be used, as a JSON pointer (RFC 6901) and a sentence."""

    pointer: str
    detail: str


_IN_OUR_WORDS = frozenset({"action", "detail", "missing", "place", "reason", "state", "type", "types", "why"})
"""Facts that are words of a vocabulary or of a template, and no names that people gave."""


class _KnownFacts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return said("this")

    def __getitem__(self, key: str) -> str:
        fact = super().__getitem__(key)
        return retold(fact) if key in _IN_OUR_WORDS else fact


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One row of the catalogue; `words` has a placeholder for each fact that the raiser knows."""

    code: str
    status: int
    title: str
    words: str
    remedy: Remedy
    retryable: bool = False
    retry_after_s: int | None = None

    @property
    def help_path(self) -> str:
        """Where a person reads what lies behind it: the problem's `type` (RFC 9457 §3.1.1)."""
        return f"/help/errors/{self.code}/"

    @property
    def remedy_path(self) -> str:
        """Where the remedy's button leads; empty where the page that shows it carries it out itself."""
        by_itself = self.remedy.who in {"you", "nobody", "app"}
        return self.remedy.href or ("" if by_itself else f"{self.help_path}#what-to-do")

    def words_for(self, facts: Mapping[str, str]) -> str:
        """The sentence for a person in their language, with the facts filled in."""
        return string.Formatter().vformat(said(self.words), (), _KnownFacts(facts))


class Problem(Exception):
    """Raised anywhere below the surface; the surface answers it as problem+json or as a page."""

    def __init__(
        self,
        problem: ProblemType,
        *,
        errors: Iterable[FieldError] = (),
        retry_after_s: int | None = None,
        **facts: str,
    ) -> None:
        self.type = problem
        self.facts = facts
        self.errors = tuple(errors)
        self.retry_after_s = problem.retry_after_s if retry_after_s is None else retry_after_s
        super().__init__(problem.code)

    def __str__(self) -> str:
        return f"{self.type.code}: {self.user_message}"

    @classmethod
    def of(cls, problem: ProblemType, facts: Mapping[str, str]) -> "Problem":
        """A problem whose facts are at hand as a mapping."""
        made = cls(problem)
        made.facts = dict(facts)
        return made

    @property
    def user_message(self) -> str:
        """What happened, in words for the person in front of the screen."""
        return self.type.words_for(self.facts)


_CHOOSE_ANOTHER = Remedy("you", "choose_file", "Choose another file")
_TRY_AGAIN = Remedy("you", "retry", "Try again")
_NEW_KEY = Remedy("app", "refresh_token", "Try again")
_ASK_OWNER = Remedy("workspace_owner", "ask", "Ask the owner")

FILE_TOO_LARGE = ProblemType(
    "FILE_TOO_LARGE", 413, "The file is larger than this app takes",
    "{name} is {size}. This app takes files up to {limit}.",
    Remedy("you", "choose_file", "Choose a smaller file"),
)  # fmt: skip
FILE_TYPE_NOT_ALLOWED = ProblemType(
    "FILE_TYPE_NOT_ALLOWED", 415, "This kind of file is not taken here",
    "{name} can't be used here. The selected file must be {types}.", _CHOOSE_ANOTHER,
)  # fmt: skip
FILE_CONTENT_MISMATCH = ProblemType(
    "FILE_CONTENT_MISMATCH", 422, "The file is not what its name says",
    "{name} does not look like {type} inside. It was not stored.", _CHOOSE_ANOTHER,
)  # fmt: skip
PICTURE_TOO_LARGE = ProblemType(
    "PICTURE_TOO_LARGE", 422, "The picture unfolds to too much",
    "{name} unfolds to {pixels} million pixels. Pictures of up to {limit} million are taken. It was not stored.",
    Remedy("you", "choose_file", "Choose a smaller picture"),
)  # fmt: skip
FILE_ARCHIVED = ProblemType(
    "FILE_ARCHIVED", 409, "The file is in the archive",
    "{name} is in the archive. It must be brought back before it can be opened; that takes up to {hours} hours.",
    Remedy("app_owner", "bring_back", "Ask for it to be brought back"),
)  # fmt: skip
FILE_EMPTY = ProblemType(
    "FILE_EMPTY", 422, "The file is empty", "{name} is empty: it has 0 bytes.", _CHOOSE_ANOTHER,
)  # fmt: skip
FILE_UNCHECKABLE = ProblemType(
    "FILE_UNCHECKABLE", 422, "The file can't be checked",
    "{name} is packed so that it can't be checked for viruses. It was not stored.", _CHOOSE_ANOTHER,
)  # fmt: skip
FILE_INFECTED = ProblemType(
    "FILE_INFECTED", 422, "A virus was found",
    "{name} contains a virus. It is locked away and nobody can open it.",
    Remedy("app_owner", "tell_owner", "Tell the app owner"),
)  # fmt: skip
FILE_ARCHIVE_UNSAFE = ProblemType(
    "FILE_ARCHIVE_UNSAFE", 422, "The file can't be unpacked safely",
    "{name} can't be unpacked safely: {why}. It was not stored.", _CHOOSE_ANOTHER,
)  # fmt: skip
FILE_DAMAGED = ProblemType(
    "FILE_DAMAGED", 422, "The file is damaged", "{name} is damaged or cut off. It was not stored.",
    Remedy("you", "start_again", "Upload it again"),
)  # fmt: skip
FILE_NAME_MISLEADS = ProblemType(
    "FILE_NAME_MISLEADS", 422, "The name hides what the file is",
    "The name {name} hides what kind of file it is. It was not stored.",
    Remedy("you", "rename", "Use another name"),
)  # fmt: skip
FILE_ENCRYPTED = ProblemType(
    "FILE_ENCRYPTED", 409, "The file is locked with a password",
    "{name} is locked with a password, so it can't be checked. It waits until the workspace's owner decides.",
    Remedy("workspace_owner", "decide", "Ask the owner"),
)  # fmt: skip
FILE_HAS_MACROS = ProblemType(
    "FILE_HAS_MACROS", 409, "The file holds a program",
    "{name} holds a program, such as macros. It waits until the workspace's owner decides.",
    Remedy("workspace_owner", "decide", "Ask the owner"),
)  # fmt: skip
FILE_DOUBTFUL = ProblemType(
    "FILE_DOUBTFUL", 409, "It is not certain what the file is",
    "It is not certain that {name} is {type}. It waits until the workspace's owner decides.",
    Remedy("workspace_owner", "decide", "Ask the owner"),
)  # fmt: skip
FILE_HAS_PERSONAL_DATA = ProblemType(
    "FILE_HAS_PERSONAL_DATA", 409, "The file holds personal data",
    "{name} seems to hold personal data. It waits until the workspace's owner decides.",
    Remedy("workspace_owner", "decide", "Ask the owner"),
)  # fmt: skip
FILE_HAS_SECRETS = ProblemType(
    "FILE_HAS_SECRETS", 409, "The file holds passwords or keys",
    "{name} seems to hold passwords or keys. It waits until the workspace's owner decides.",
    Remedy("workspace_owner", "decide", "Ask the owner"),
)  # fmt: skip
FILE_UNREADABLE = ProblemType(
    "FILE_UNREADABLE", 409, "The text in the file can't be read",
    "The text in {name} can't be read, so it can't be searched. It waits until the workspace's owner decides.",
    Remedy("workspace_owner", "decide", "Ask the owner"),
)  # fmt: skip
FILE_SET_ASIDE = ProblemType(
    "FILE_SET_ASIDE", 409, "Another check wants a person to look",
    "A check of this organisation set {name} aside. It waits until the workspace's owner decides.",
    Remedy("workspace_owner", "decide", "Ask the owner"),
)  # fmt: skip
FILE_UNANSWERED = ProblemType(
    "FILE_UNANSWERED", 409, "A check of this organisation gave no answer",
    "A check of this organisation gave no answer about {name}. It waits until the workspace's owner decides.",
    Remedy("workspace_owner", "decide", "Ask the owner"),
)  # fmt: skip
FILE_FORBIDDEN = ProblemType(
    "FILE_FORBIDDEN", 422, "A check of this organisation refused the file",
    "A check of this organisation refused {name}. It was not stored.", _CHOOSE_ANOTHER,
)  # fmt: skip
FILE_REFUSED = ProblemType(
    "FILE_REFUSED", 422, "A person refused the file",
    "The workspace's owner looked at {name} and refused it. It was not stored.", _ASK_OWNER,
)  # fmt: skip
FILE_LOCKED = ProblemType(
    "FILE_LOCKED", 409, "The file is locked", "A later check found something in {name}. Nobody can open it for now.",
    Remedy("workspace_owner", "decide", "Ask the owner"),
)  # fmt: skip
SCAN_PENDING = ProblemType(
    "SCAN_PENDING", 409, "Still checking", "Still checking {name} for viruses. You can leave this page.",
    Remedy("nobody", "wait", "It continues by itself"), retryable=True, retry_after_s=2,
)  # fmt: skip
UPLOAD_CLOSED = ProblemType(
    "UPLOAD_CLOSED", 409, "This upload has ended", "The upload of {name} has ended: it is {state}.",
    Remedy("you", "start_again", "Start again"),
)  # fmt: skip
UPLOAD_NOT_RECEIVED = ProblemType(
    "UPLOAD_NOT_RECEIVED", 409, "The file has not arrived",
    "{name} has not arrived in storage yet. It is still on your device.",
    _TRY_AGAIN, retryable=True, retry_after_s=1,
)  # fmt: skip
UPLOAD_ALTERED = ProblemType(
    "UPLOAD_ALTERED", 422, "What arrived is not what was announced",
    "What arrived for {name} is not what was announced. It was not stored.",
    Remedy("you", "start_again", "Upload it again"),
)  # fmt: skip
QUOTA_APP_EXCEEDED = ProblemType(
    "QUOTA_APP_EXCEEDED", 403, "The app is full", "{app} has used all of its {limit}.",
    Remedy("workspace_owner", "raise_quota", "Ask for space"),
)  # fmt: skip
QUOTA_WORKSPACE_EXCEEDED = ProblemType(
    "QUOTA_WORKSPACE_EXCEEDED", 403, "The workspace is full", "{workspace} has used all of its {limit}.",
    Remedy("workspace_owner", "raise_quota", "Ask for space"),
)  # fmt: skip
QUOTA_TENANT_EXCEEDED = ProblemType(
    "QUOTA_TENANT_EXCEEDED", 403, "The organisation is full", "{tenant} has used all of its {limit}.",
    Remedy("workspace_owner", "raise_quota", "Ask for space"),
)  # fmt: skip
QUOTA_USER_EXCEEDED = ProblemType(
    "QUOTA_USER_EXCEEDED", 403, "Your own space is full", "You have used all of your {limit}.",
    Remedy("workspace_owner", "raise_quota", "Ask for space"),
)  # fmt: skip
REQUESTS_USED_UP = ProblemType(
    "REQUESTS_USED_UP", 429, "This month's requests are used up",
    "{of} has made all of its {count} requests of this month. It goes on by itself on {until}.",
    Remedy("workspace_owner", "raise_quota", "Ask for more requests"), retryable=True, retry_after_s=60,
)  # fmt: skip
RATE_LIMITED = ProblemType(
    "RATE_LIMITED", 429, "Many people are using this right now",
    "Many people are using this right now. We will try again in {seconds} seconds.",
    Remedy("nobody", "wait", "It continues by itself"), retryable=True, retry_after_s=5,
)  # fmt: skip
TEMPLATE_THROTTLED = ProblemType(
    "TEMPLATE_THROTTLED", 429, "Apps of this kind are slowed down for now",
    "Many people are using apps like this right now. We will try again in {seconds} seconds.",
    Remedy("nobody", "wait", "It continues by itself"), retryable=True, retry_after_s=5,
)  # fmt: skip
APP_PAUSED = ProblemType(
    "APP_PAUSED", 403, "Uploads are paused", "The owner of this page has paused uploads.", _ASK_OWNER,
)  # fmt: skip
KEY_MISSING = ProblemType(
    "KEY_MISSING", 401, "No access token", "This request came without an access token.", _NEW_KEY,
)  # fmt: skip
KEY_EXPIRED = ProblemType(
    "KEY_EXPIRED", 401, "The access token has ended", "The upload took too long to start.", _NEW_KEY,
)  # fmt: skip
KEY_REVOKED = ProblemType(
    "KEY_REVOKED", 401, "The access token was stopped", "Access to this app was stopped.", _ASK_OWNER,
)  # fmt: skip
SCOPE_NOT_GRANTED = ProblemType(
    "SCOPE_NOT_GRANTED", 403, "The token does not cover this", "This app may not {action}.", _ASK_OWNER,
)  # fmt: skip
REGION_BLOCKED = ProblemType(
    "REGION_BLOCKED", 403, "Files stay in their region",
    "This app keeps files in {place}. This action would move one out.",
    Remedy("you", "keep_region", "Keep it there"),
)  # fmt: skip
POLICY_REFUSED = ProblemType(
    "POLICY_REFUSED", 403, "The app's own rules refuse this", "This app's own rules refuse this: {reason}", _ASK_OWNER,
)  # fmt: skip
POLICY_BROKEN = ProblemType(
    "POLICY_BROKEN", 503, "The app's own rules don't work",
    "This app's own rules can't be checked: {why}. Nothing was allowed.",
    Remedy("app_owner", "tell_owner", "Tell the app owner"), retryable=True, retry_after_s=60,
)  # fmt: skip
POLICY_UNAVAILABLE = ProblemType(
    "POLICY_UNAVAILABLE", 503, "The app's own rules can't be checked right now",
    "This app's own rules can't be checked right now. Your file is still on your device.",
    _TRY_AGAIN, retryable=True, retry_after_s=2,
)  # fmt: skip
TEMPLATE_NOT_READY = ProblemType(
    "TEMPLATE_NOT_READY", 409, "This template can't be used here yet",
    "{name} can't be used here yet. Not available on this installation: {missing}.",
    Remedy("platform_owner", "ask", "Ask the platform team"),
)  # fmt: skip
CUSTOMER_KEY_MISSING = ProblemType(
    "CUSTOMER_KEY_MISSING", 409, "A key of the workspace's own is needed",
    "{name} encrypts files with a key of the workspace's own, and {workspace} has none yet.",
    Remedy("workspace_owner", "add_key", "Ask the workspace's owner"),
)  # fmt: skip
CUSTOMER_KEY_REFUSED = ProblemType(
    "CUSTOMER_KEY_REFUSED", 422, "This key can't be used", "This key can't be used. {why}",
    Remedy("workspace_owner", "check_key", "Check the key in your key service"),
)  # fmt: skip
REVIEW_BLOCKED = ProblemType(
    "REVIEW_BLOCKED", 409, "This can't be decided yet", "{name} can't be decided on yet: {why}",
    Remedy("you", "read_findings", "Read the findings"),
)  # fmt: skip
TEMPLATE_REFUSED = ProblemType(
    "TEMPLATE_REFUSED", 409, "This version can't be used", "{name} can't be used: {why}",
    Remedy("platform_owner", "ask", "Ask the platform team"),
)  # fmt: skip
CONSENT_REQUIRED = ProblemType(
    "CONSENT_REQUIRED", 403, "Nobody has agreed yet",
    "You have not agreed to share files yet. Nothing was sent.",
    Remedy("you", "consent", "Read and decide"),
)  # fmt: skip
CONSENT_WITHDRAWN = ProblemType(
    "CONSENT_WITHDRAWN", 403, "The agreement was taken back",
    "You took back that you share these files. Nothing was sent.",
    Remedy("you", "consent", "Read and decide"),
)  # fmt: skip
ORIGIN_NOT_ALLOWED = ProblemType(
    "ORIGIN_NOT_ALLOWED", 403, "This website is not on the app's list",
    "This page may not use this upload box yet.",
    Remedy("app_owner", "add_website", "Add this website"),
)  # fmt: skip
CAPTCHA_REQUIRED = ProblemType(
    "CAPTCHA_REQUIRED", 403, "The check that a person is there is missing", "Confirm you are a person to continue.",
    Remedy("you", "confirm", "Confirm"),
)  # fmt: skip
SANDBOX_FULL = ProblemType(
    "SANDBOX_FULL", 403, "The sandbox is full", "This sandbox holds up to {limit} apps, and it has them.",
    Remedy("you", "promote", "Make one of them live"),
)  # fmt: skip
NAME_TAKEN = ProblemType(
    "NAME_TAKEN", 409, "The name is in use", "There is already something called {name} here.",
    Remedy("you", "rename", "Use another name"),
)  # fmt: skip
FOLDER_NOT_EMPTY = ProblemType(
    "FOLDER_NOT_EMPTY", 409, "The folder is not empty", "{name} still holds something. Only an empty folder goes.",
    Remedy("you", "empty_folder", "Move or delete what is in it"),
)  # fmt: skip
IDEMPOTENCY_CONFLICT = ProblemType(
    "IDEMPOTENCY_CONFLICT", 422, "The Idempotency-Key was used for something else",
    "This Idempotency-Key came before with another request. Nothing was done.",
    Remedy("developer", "use_new_key", "Use a new key for each request"),
)  # fmt: skip
IDEMPOTENCY_IN_FLIGHT = ProblemType(
    "IDEMPOTENCY_IN_FLIGHT", 409, "The same request is still being worked on",
    "The same request is still being worked on. It is not done twice.",
    Remedy("nobody", "wait", "It continues by itself"), retryable=True, retry_after_s=1,
)  # fmt: skip
CHANGED_MEANWHILE = ProblemType(
    "CHANGED_MEANWHILE", 409, "Something changed at the same moment",
    "Something else changed this at the same moment. Nothing was done.",
    _TRY_AGAIN, retryable=True, retry_after_s=1,
)  # fmt: skip
NOT_ALLOWED = ProblemType(
    "NOT_ALLOWED", 403, "Someone else decides this", "Only workspace owners can change this.", _ASK_OWNER,
)  # fmt: skip
NOT_FOUND = ProblemType(
    "NOT_FOUND", 404, "Not there", "There is nothing here under that name.",
    Remedy("you", "check_address", "Check the address"),
)  # fmt: skip
METHOD_NOT_ALLOWED = ProblemType(
    "METHOD_NOT_ALLOWED", 405, "This address does not take that method",
    "This address does not take {method} requests.",
    Remedy("developer", "read_documentation", "Read the API reference"),
)  # fmt: skip
VALIDATION = ProblemType(
    "VALIDATION", 422, "Something in the request can't be used",
    "Something in the request can't be used: {detail}",
    Remedy("you", "correct", "Correct it"),
)  # fmt: skip
STORAGE_UNAVAILABLE = ProblemType(
    "STORAGE_UNAVAILABLE", 503, "Files can't be stored right now",
    "We cannot store files right now. Your file is still on your device.",
    _TRY_AGAIN, retryable=True, retry_after_s=5,
)  # fmt: skip
SERVER_BUSY = ProblemType(
    "SERVER_BUSY", 503, "Too many are asking at the same moment",
    "Too many are asking at the same moment. Nothing was done, and nothing is lost.",
    Remedy("nobody", "wait", "It continues by itself"), retryable=True, retry_after_s=1,
)  # fmt: skip
REQUEST_TOO_SLOW = ProblemType(
    "REQUEST_TOO_SLOW", 408, "The request took too long to arrive",
    "The request took too long to arrive. Nothing was done.",
    _TRY_AGAIN, retryable=True, retry_after_s=1,
)  # fmt: skip
INTERNAL = ProblemType(
    "INTERNAL", 500, "There is a problem with the service",
    "Sorry, there is a problem with the service. Nothing was lost. Reference {reference}.",
    _TRY_AGAIN, retryable=True,
)  # fmt: skip

FILE_ON_HOLD = ProblemType(
    "FILE_ON_HOLD", 409, "A legal hold keeps this file", "{name} is under a legal hold. Nothing deletes it meanwhile.",
    _ASK_OWNER,
)  # fmt: skip
FILE_RETAINED = ProblemType(
    "FILE_RETAINED", 409, "This file must be kept", "{name} must be kept until {until}. It can't be deleted before.",
    _ASK_OWNER,
)  # fmt: skip

CATALOGUE: Mapping[str, ProblemType] = {
    problem.code: problem for problem in tuple(globals().values()) if isinstance(problem, ProblemType)
}

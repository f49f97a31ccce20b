"""Every kind of notice there is: its words, how much it matters, who is told, and the buttons that help.

Words have a placeholder for each fact that the teller must know. `app`, `app_slug`, `workspace` and `workspace_slug`
are filled in by the outbox. A button whose page isn't part of this installation is left out when a notice is shown.
"""

import enum
import string
from collections.abc import Mapping
from dataclasses import dataclass

from kernel.errors import CATALOGUE, Remedy
from policy.sentences import Fact, Sentence
from tenancy.roles import Role

OWNER = "workspace_owner"
BUILDER = "builder"
ANYBODY = "you"
"""Who can press a button, as `Remedy.who` says it."""


class Channel(enum.StrEnum):
    """How a notice reaches somebody."""

    IN_APP = "in_app"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Severity(enum.StrEnum):
    """How much it matters. What is critical comes at once, by e-mail too, whatever somebody's settings say."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def words(self) -> str:
        """For people, beside the colour."""
        return {Severity.INFO: "Good to know", Severity.WARNING: "Needs attention", Severity.CRITICAL: "Act now"}[self]


class Audience(enum.Enum):
    """Which people are told."""

    OWNERS = frozenset({Role.OWNER})
    """The owners of the workspace."""

    OWNERS_AND_MAKER = frozenset({Role.OWNER, Role.BUILDER})
    """They, and whoever made the app, while that person still owns or builds there."""


class Kind(enum.StrEnum):
    """The vocabulary; also the `type` of a webhook's message, so a name that was released stays."""

    QUOTA_NEAR = "quota.near"
    QUOTA_NEARLY_FULL = "quota.nearly_full"
    QUOTA_FULL = "quota.full"
    REQUESTS_NEAR = "requests.near"
    REQUESTS_NEARLY_USED = "requests.nearly_used"
    REQUESTS_USED_UP = "requests.used_up"
    FILE_REJECTED = "file.rejected"
    FILE_HELD = "file.held"
    FILES_DELETED_SOON = "files.deleted_soon"
    ACCESS_COMPROMISED = "access.compromised"
    REQUEST_MADE = "request.made"
    REQUEST_DECIDED = "request.decided"
    APP_UPDATED = "app.updated"
    TEMPLATE_WITHDRAWN = "template.withdrawn"
    WEBHOOK_FAILING = "webhook.failing"
    WEBHOOK_TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class NoticeType:
    """One row of the vocabulary; `about` names it where people choose what they are told."""

    kind: Kind
    severity: Severity
    audience: Audience
    about: str
    title: str
    words: str
    remedies: tuple[Remedy, ...]
    channels: frozenset[Channel] = frozenset(Channel)

    @property
    def needs(self) -> frozenset[str]:
        """The facts without which it can't be put into words. Those of buttons aren't: a button is left out."""
        return frozenset(placeholders(self.title) | placeholders(self.words))

    @property
    def is_urgent(self) -> bool:
        """Whether it comes at once, whatever somebody's settings say."""
        return self.severity == Severity.CRITICAL

    def title_for(self, facts: Mapping[str, Fact]) -> str:
        """The one line."""
        return str(Sentence(self.title, _known(facts)))

    def words_for(self, facts: Mapping[str, Fact]) -> str:
        """The sentences below it."""
        return str(Sentence(self.words, _known(facts)))


def _known(facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """A reason that is a problem's sentence is made anew of the problem's own facts, which lie beside its code."""
    problem = CATALOGUE.get(str(facts.get("code", "")))
    if problem is None:
        return facts
    return {**facts, "reason": problem.words_for({name: str(fact) for name, fact in facts.items()})}


def placeholders(pattern: str) -> set[str]:
    """The names of the facts that a pattern needs."""
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


_OPEN_APP = Remedy(ANYBODY, "open_app", "Open the app", "/apps/{app_slug}/")
_SPACE = (
    Remedy(OWNER, "raise_quota", "Give it more space", "/admin/quotas/quota/{quota}/change/"),
    Remedy(ANYBODY, "shrink_photos", "Turn on smaller photos", "/apps/{app_slug}/settings/"),
    Remedy(BUILDER, "ask_for_space", "Ask for space", "/apps/{app_slug}/requests/new/"),
    _OPEN_APP,
)
_REQUESTS = (
    Remedy(OWNER, "raise_quota", "Allow more requests", "/admin/quotas/quota/{quota}/change/"),
    Remedy(ANYBODY, "look_at_activity", "See what happened", "/apps/{app_slug}/activity/"),
)

_KNOWN = (
    NoticeType(
        Kind.QUOTA_NEAR, Severity.INFO, Audience.OWNERS_AND_MAKER, "space is 80 % used",
        "{of} has used 80 % of its space",
        "{of} has used {used} of its {limit}. When it is full, new uploads are refused; nothing is deleted.",
        _SPACE,
    ),
    NoticeType(
        Kind.QUOTA_NEARLY_FULL, Severity.WARNING, Audience.OWNERS_AND_MAKER, "space is 95 % used",
        "{of} is almost full",
        "{of} has used {used} of its {limit}. When it is full, new uploads are refused; nothing is deleted.",
        _SPACE,
    ),
    NoticeType(
        Kind.QUOTA_FULL, Severity.WARNING, Audience.OWNERS_AND_MAKER, "space is used up",
        "{of} is full",
        "{of} has used all of its {limit}. New uploads are refused until there is space; nothing is deleted.",
        _SPACE,
    ),
    NoticeType(
        Kind.REQUESTS_NEAR, Severity.INFO, Audience.OWNERS_AND_MAKER, "80 % of a month's requests are made",
        "{of} has made 80 % of its requests of this month",
        "{of} has made {used} of its {limit} requests of this month. Past them, new ones are refused until the next.",
        _REQUESTS,
    ),
    NoticeType(
        Kind.REQUESTS_NEARLY_USED, Severity.WARNING, Audience.OWNERS_AND_MAKER, "95 % of a month's requests are made",
        "{of} has hardly any requests left this month",
        "{of} has made {used} of its {limit} requests of this month. Past them, new ones are refused until the next.",
        _REQUESTS,
    ),
    NoticeType(
        Kind.REQUESTS_USED_UP, Severity.WARNING, Audience.OWNERS_AND_MAKER, "a month's requests are used up",
        "{of} has used up its requests of this month",
        "{of} has made all of its {limit} requests of this month. New ones are refused until the next; uploads that "
        "were begun can be finished.",
        _REQUESTS,
    ),
    NoticeType(
        Kind.FILE_REJECTED, Severity.INFO, Audience.OWNERS_AND_MAKER, "a file was refused",
        "{file} was refused",
        "It was sent to {app}. {reason}",
        (Remedy(ANYBODY, "see_why", "See what was found", "/apps/{app_slug}/"),),
    ),
    NoticeType(
        Kind.FILE_HELD, Severity.WARNING, Audience.OWNERS_AND_MAKER, "a file waits for a person",
        "{file} waits for a person to check it",
        "It was sent to {app}. {reason}",
        (Remedy(ANYBODY, "decide", "Look at it", "/apps/{app_slug}/"),),
    ),
    NoticeType(
        Kind.FILES_DELETED_SOON, Severity.WARNING, Audience.OWNERS_AND_MAKER, "files are about to be deleted",
        "{count} in {app} will be deleted on {date}",
        "On {date} {count} in {app} will be as old as this app keeps files. Download before what must stay longer.",
        (
            Remedy(OWNER, "keep_longer", "See how long files stay", "/apps/{app_slug}/keeping/"),
            Remedy(ANYBODY, "open_files", "See the files", "/apps/{app_slug}/files/"),
        ),
    ),
    NoticeType(
        Kind.ACCESS_COMPROMISED, Severity.CRITICAL, Audience.OWNERS_AND_MAKER, "access was taken back for safety",
        "Access to {app} was stopped",
        "Access to {app} was taken back at {time}. {reason} What was given out before then no longer works.",
        (Remedy(ANYBODY, "look_at_activity", "See what happened", "/apps/{app_slug}/activity/"),),
    ),
    NoticeType(
        Kind.REQUEST_MADE, Severity.INFO, Audience.OWNERS, "somebody asks for something that you decide",
        "{app}: {about:words} is asked for",
        "Somebody who builds {app} asks: {about:words}, {wish}. {reason}",
        (Remedy(OWNER, "decide", "Decide", "/apps/{app_slug}/requests/"),),
    ),
    NoticeType(
        Kind.REQUEST_DECIDED, Severity.INFO, Audience.OWNERS_AND_MAKER, "a request was decided",
        "{app}: {about:words} was {decision:words}",
        "{about:words}, {wish}: {decision:words}. {reason}",
        (Remedy(ANYBODY, "open_requests", "See the requests", "/apps/{app_slug}/requests/"),),
    ),
    NoticeType(
        Kind.APP_UPDATED, Severity.WARNING, Audience.OWNERS_AND_MAKER, "an app was updated for safety",
        "{app} was updated for safety",
        "The platform team moved {app} to version {version} of its template. {reason} It can't be taken back.",
        (Remedy(ANYBODY, "see_change", "See what changed", "/apps/{app_slug}/update/"),),
    ),
    NoticeType(
        Kind.TEMPLATE_WITHDRAWN, Severity.WARNING, Audience.OWNERS_AND_MAKER, "an app's template was withdrawn",
        "{template} was withdrawn",
        "Version {version} of {template}, of which {app} is made, was withdrawn. {reason} The app goes on as it is.",
        (Remedy(ANYBODY, "see_template", "See why", "/templates/{template_slug}/versions/{version}/"), _OPEN_APP),
    ),
    NoticeType(
        Kind.WEBHOOK_FAILING, Severity.WARNING, Audience.OWNERS, "a webhook stopped answering",
        "Notices no longer reach {host}",
        "{host} did not take a notice, and it was given up. {reason:words} What it missed can be sent again.",
        (Remedy(OWNER, "open_webhook", "See what it missed", "/w/{workspace_slug}/webhooks/{endpoint}/"),),
        frozenset({Channel.IN_APP, Channel.EMAIL}),
    ),
    NoticeType(
        Kind.WEBHOOK_TEST, Severity.INFO, Audience.OWNERS, "a test was asked for",
        "A test for {host}",
        "Somebody asked for this test in {workspace}. There is nothing to do.",
        (),
        frozenset({Channel.WEBHOOK}),
    ),
)  # fmt: skip

NOTICE_TYPES: Mapping[Kind, NoticeType] = {known.kind: known for known in _KNOWN}

HEARD_BY_WEBHOOKS = tuple(
    known for known in _KNOWN if Channel.WEBHOOK in known.channels and known.kind != Kind.WEBHOOK_TEST
)
"""What the owner of a webhook may choose from."""

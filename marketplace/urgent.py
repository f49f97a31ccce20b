"""An urgent version: what is published today with less in it, by the platform team, without waiting for a review.

No second person looks at it first, so it may only take away; whatever gives more goes through a review.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from kernel.errors import NOT_ALLOWED, FieldError, Problem
from kernel.language import said
from marketplace.differences import differences
from marketplace.handing_over import SPREAD, hand_over
from marketplace.models import Template, TemplateVersion
from marketplace.publishing import NotPublishableError, check_module, publish_document, withdraw
from marketplace.withdrawals import tell_owners
from policy import document as documents
from policy.canonical import canonical_bytes
from policy.document import Document, DocumentError
from tenancy.principals import user_principal

_FEWEST_LETTERS = 10


@dataclass(frozen=True, slots=True)
class Narrower:
    """What an urgent version changes; None leaves it. Size in bytes, life in seconds."""

    max_bytes: int | None = None
    token_seconds: int | None = None
    captcha: bool = False


@transaction.atomic
def publish_urgently(version: TemplateVersion, wish: Narrower, person: User, reason: str) -> TemplateVersion:
    """Publish the narrower version under the next number, and move every app of the template to it after the commit.

    Raises Problem NOT_ALLOWED for anyone but the platform's people; NotPublishableError without a reason, for what
    changes nothing and for what gives more; DocumentError for what contradicts itself; TamperedError, CannotSignError.
    """
    _may(person, reason)
    template = Template.objects.select_for_update().get(pk=version.template_id)
    before = version.document
    after = documents.parse(canonical_bytes(_narrowed(version.content, wish, _next_number(template))))
    check_module(after)
    _only_narrower(before, after)
    published = publish_document(template, after, None, user_principal(person.pk))
    hand_over(SPREAD, str(published.pk), str(person.pk), reason.strip())
    return published


def spread(version: TemplateVersion, person: User, reason: str) -> None:
    """Move every app of the template to this version after the commit, without asking their makers.

    Raises Problem NOT_ALLOWED, NotPublishableError without a reason.
    """
    _may(person, reason)
    hand_over(SPREAD, str(version.pk), str(person.pk), reason.strip())


@transaction.atomic
def withdraw_and_tell(version: TemplateVersion, person: User, reason: str) -> TemplateVersion:
    """Take a version out of the catalogue, and tell the owners of apps that were made of it after the commit.

    Raises Problem NOT_ALLOWED, NotPublishableError without a reason.
    """
    _may(person, reason)
    withdrawn = withdraw(version, person, reason)
    tell_owners(withdrawn)
    return withdrawn


def _may(person: User, reason: str) -> None:
    if not (person.is_active and person.is_staff):
        raise Problem(NOT_ALLOWED)
    if len(reason.strip()) < _FEWEST_LETTERS:
        raise NotPublishableError(said("Give a reason that the owners of apps will understand."))


def _narrowed(content: dict[str, Any], wish: Narrower, number: str) -> dict[str, Any]:
    uploads, downloads, tokens = (dict(content[name]) for name in ("uploads", "downloads", "tokens"))
    costs = dict(content["costs"])
    if wish.max_bytes is not None:
        uploads["max_bytes"] = wish.max_bytes
        costs["bytes_per_file"] = min(costs["bytes_per_file"], wish.max_bytes)
    if wish.token_seconds is not None:
        tokens["ttl_seconds"] = wish.token_seconds
        for links in (uploads, downloads):
            links["url_ttl_seconds"] = min(links["url_ttl_seconds"], wish.token_seconds)
    changed = content | {
        "version": number, "uploads": uploads, "downloads": downloads, "tokens": tokens, "costs": costs,
    }  # fmt: skip
    return changed | ({"captcha": "proof_of_work"} if wish.captcha else {})


def _next_number(template: Template) -> str:
    numbers = [tuple(int(part) for part in one.version.split(".")) for one in template.versions.all()]
    major, minor, patch = max(numbers)
    return f"{major}.{minor}.{patch + 1}"


def _only_narrower(before: Document, after: Document) -> None:
    changes = differences(before, after)
    if not changes:
        raise NotPublishableError(said("This changes nothing."))
    if wider := [change for change in changes if change.widens]:
        told = said("{label}: {before} → {after} gives more.")
        facts = ({"label": one.label, "before": one.before, "after": one.after} for one in wider)
        fields = (FieldError("", told.format(**each)) for each in facts)
        raise DocumentError(*fields)

"""The Safety facts: what a template may do, costs and keeps, generated from the document that is enforced."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kernel.language import number, said
from kernel.regions import place_of
from kernel.sizes import in_words
from marketplace.consent_words import by_label_words
from marketplace.engines import ENGINE_WORDS
from marketplace.models import TemplateVersion
from marketplace.permission_facts import can_always, can_if_allowed, cannot, for_those_who_run_it
from marketplace.prices import price_book
from policy.costs import Estimate, estimate, in_currency
from policy.document import Document
from policy.lifetimes import rules_of
from policy.rego.reasons import reasons_of
from storage.durations import duration, kept_in_words
from storage.term_words import beside_the_end


@dataclass(frozen=True, slots=True)
class SafetyFacts:
    """The card's rows, in its fixed order."""

    can_required: tuple[str, ...]
    can_optional: tuple[str, ...]
    can_owners: tuple[str, ...]
    cannot: tuple[str, ...]
    cost_words: str
    cost_how: tuple[str, ...]
    where: tuple[str, ...]
    encrypted: str
    kept: str
    kept_beside: tuple[str, ...]
    kept_by_label: tuple[str, ...]
    checked: tuple[str, ...]
    version: str
    digest: str
    published_at: object
    limits: tuple[str, ...]


def safety_facts(
    version: TemplateVersion, region: str | None = None, as_installed: Document | None = None
) -> SafetyFacts:
    """The facts of one version; of an app, for its region and with what its workspace's owner set."""
    document = as_installed or version.document
    chosen = region or document.regions[0]
    cost = estimate(document, chosen, price_book(chosen))
    return SafetyFacts(
        can_required=can_always(document),
        can_optional=can_if_allowed(document),
        can_owners=for_those_who_run_it(document),
        cannot=cannot(document),
        cost_words=cost_words(cost),
        cost_how=cost.how,
        where=tuple(said(place_of(code)) for code in ([region] if region else document.regions)),
        encrypted=encryption_words(document),
        kept=kept_in_words(document.lifecycle.delete_after_days),
        kept_beside=beside_the_end(rules_of(document.lifecycle, document.retention.minimum_days)),
        kept_by_label=by_label_words(document),
        checked=tuple(ENGINE_WORDS[engine] for engine in document.scanning.engines),
        version=version.version,
        digest=version.digest,
        published_at=version.published_at,
        limits=_limits(document),
    )


def cost_words(cost: Estimate) -> str:
    """A typical month, and the month in which it is full."""
    figures = {"typical": in_currency(cost.typical_cents), "most": in_currency(cost.maximum_cents)}
    return _("about %(typical)s a month, %(most)s when full") % figures


def encryption_words(document: Document) -> str:
    """By whose key files are encrypted where they are stored."""
    return {
        "required": _("Encrypted with the workspace's own key"),
        "optional": _("Encrypted, with the workspace's own key where it has one"),
        "unavailable": _("Encrypted with the storage's own key"),
    }[document.encryption.customer_key]


def _limits(document: Document) -> tuple[str, ...]:
    uploads, quota = document.uploads, document.quota
    one = {"types": said(uploads.type_words), "size": in_words(uploads.max_bytes)}
    all_of_it = {"space": in_words(quota.app_bytes), "files": number(quota.app_objects)}
    return (
        _("Each file: %(types)s, up to %(size)s") % one,
        _("Altogether: %(space)s and %(files)s files") % all_of_it,
        _("An upload must begin within %(time)s") % {"time": duration(uploads.url_ttl_seconds)},
        _("A link to open a file works for %(time)s") % {"time": duration(document.downloads.url_ttl_seconds)},
        _("Access ends by itself after %(time)s") % {"time": duration(document.tokens.ttl_seconds)},
        *_own_rules(document),
    )


def _own_rules(document: Document) -> tuple[str, ...]:
    """What the template's own module refuses, in its words: they stand in the language of its author."""
    reasons = reasons_of(document.rego)
    rules = [_("Its own rule: %(rule)s") % {"rule": said(rule)} for rule in reasons.written]
    return (*rules, *([_("It has rules of its own that may refuse more")] if reasons.more else []))

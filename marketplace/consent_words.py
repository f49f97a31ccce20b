"""What a person is asked to agree to, made from the policy that is enforced."""

from dataclasses import dataclass

from django.utils.translation import override

from kernel.language import said
from kernel.regions import place_of
from marketplace.installations import InstalledPolicy
from policy.canonical import digest
from policy.document import Lifecycle
from storage.durations import kept_in_words
from tenancy.models import MicroApp


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The lines as the person reads them, and the digest that names this version of them in every language."""

    surface: str
    version: str
    lines: tuple[str, ...]


def consent_words(app: MicroApp, policy: InstalledPolicy) -> ConsentWords:
    """The words for one app: whose it is, where files go, how long they stay.

    A receipt names one wording, whoever reads it in whichever language: that of the template's lines in English.
    """
    consent, place = policy.document.consent, place_of(policy.region)
    facts = {"workspace": app.workspace.name, "kept": kept_words(policy.document.lifecycle), "place": said(place)}
    with override("en"):
        plain = facts | {"kept": kept_words(policy.document.lifecycle), "place": place}
    written = [line.format_map(plain) for line in consent.lines]
    lines = tuple(said(line).format_map(facts) for line in consent.lines)
    return ConsentWords(consent.surface, digest({"surface": consent.surface, "lines": written}), lines)


def kept_words(lifecycle: Lifecycle) -> str:
    """How long files stay, as the end of "kept …"."""
    return kept_in_words(lifecycle.delete_after_days)

"""What a person is asked to agree to, made from the policy that is enforced."""

from dataclasses import dataclass

from django.utils.translation import override

from kernel.language import said
from kernel.regions import place_of
from marketplace.installations import InstalledPolicy
from policy.canonical import digest
from policy.document import Document, Lifecycle
from policy.lifetimes import rules_of
from storage.durations import kept_in_words
from storage.term_words import in_lines, kept_in_lines
from tenancy.models import MicroApp


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The lines as the person reads them, and the digest that names this version of them in every language.

    They are about the whole app, or about a folder; an optional one is needed for what goes to its folder alone.
    """

    surface: str
    version: str
    lines: tuple[str, ...]
    folder: str = ""
    is_required: bool = True

    @property
    def title(self) -> str:
        """The folder, as the person who reads it calls it."""
        return said(self.folder) if self.folder else ""


def consent_words(app: MicroApp, policy: InstalledPolicy) -> ConsentWords:
    """The words for one app as a whole: whose it is, where files go, how long they stay."""
    consent = policy.document.consent
    return ConsentWords(consent.surface, *_worded(app, policy, consent.surface, consent.lines))


def consents_of(app: MicroApp, policy: InstalledPolicy) -> tuple[ConsentWords, ...]:
    """All that an app's people are asked to agree to: first about the whole, then about each folder that is apart."""
    apart = (
        ConsentWords(one.name, *_worded(app, policy, one.name, one.lines), one.folder, one.required)
        for one in policy.document.surfaces or ()
    )
    return consent_words(app, policy), *apart


def _worded(
    app: MicroApp, policy: InstalledPolicy, surface: str, given: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """The digest and the lines.

    A receipt names one wording, whoever reads it in whichever language: that of the template's lines in English.
    """
    place = place_of(policy.region)
    facts = {"workspace": app.workspace.name, "kept": kept_words(policy.document.lifecycle), "place": said(place)}
    with override("en"):
        plain = facts | {"kept": kept_words(policy.document.lifecycle), "place": place}
    written = [line.format_map(plain) for line in given]
    lines = tuple(said(line).format_map(facts) for line in given)
    return digest({"surface": surface, "lines": written}), lines


def by_label_words(document: Document) -> tuple[str, ...]:
    """What holds otherwise for some labels, a line each."""
    rules = rules_of(document.lifecycle, document.retention.minimum_days)
    return in_lines(document.lifecycle.labels or (), rules)


def kept_words(lifecycle: Lifecycle) -> str:
    """How long files stay, as the end of "kept …", with what holds otherwise for some labels in brackets."""
    others = kept_in_lines(lifecycle.labels or (), rules_of(lifecycle))
    return kept_in_words(lifecycle.delete_after_days) + (f" ({'; '.join(others)})" if others else "")

"""What a person is asked to agree to, made from the policy that is enforced."""

from dataclasses import dataclass

from django.utils.translation import override

from kernel.regions import place_of
from marketplace.installations import InstalledPolicy
from policy.canonical import digest
from policy.document import Lifecycle
from storage.durations import kept_in_words
from tenancy.models import MicroApp


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The lines, and the digest that names this version of them."""

    surface: str
    version: str
    lines: tuple[str, ...]


def consent_words(app: MicroApp, policy: InstalledPolicy) -> ConsentWords:
    """The words for one app: whose it is, where files go, how long they stay.

    In the language of the template's lines, whoever reads them: a receipt names one wording.
    """
    with override("en"):
        kept = kept_words(policy.document.lifecycle)
    facts = {"workspace": app.workspace.name, "place": place_of(policy.region), "kept": kept}
    lines = tuple(line.format_map(facts) for line in policy.document.consent.lines)
    surface = policy.document.consent.surface
    return ConsentWords(surface, digest({"surface": surface, "lines": list(lines)}), lines)


def kept_words(lifecycle: Lifecycle) -> str:
    """How long files stay, as the end of "kept …"."""
    return kept_in_words(lifecycle.delete_after_days)

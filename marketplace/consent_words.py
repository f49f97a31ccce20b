"""What a person is asked to agree to, made from the policy that is enforced."""

from dataclasses import dataclass

from kernel.regions import place_of
from marketplace.installations import InstalledPolicy
from policy.canonical import digest
from policy.document import Lifecycle
from tenancy.models import MicroApp


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The lines, and the digest that names this version of them."""

    surface: str
    version: str
    lines: tuple[str, ...]


def consent_words(app: MicroApp, policy: InstalledPolicy) -> ConsentWords:
    """The words for one app: whose it is, where files go, how long they stay."""
    facts = {
        "workspace": app.workspace.name,
        "place": place_of(policy.region),
        "kept": kept_words(policy.document.lifecycle),
    }
    lines = tuple(line.format_map(facts) for line in policy.document.consent.lines)
    surface = policy.document.consent.surface
    return ConsentWords(surface, digest({"surface": surface, "lines": list(lines)}), lines)


def kept_words(lifecycle: Lifecycle) -> str:
    """How long files stay, as the end of "kept …"."""
    days = lifecycle.delete_after_days
    return "as long as the app exists" if days is None else f"for {days} days"

"""What a document needs and an installation can't do: with anything missing, no app can be made of the template."""

from collections.abc import Callable, Collection

from policy.abilities import Ability
from policy.document import Document, Lifecycle
from policy.sentences import Sentence
from policy.shape import SMALLER_PICTURES

_ENGINES = {"personal_data": Ability.PERSONAL_DATA_SCAN, "secrets": Ability.SECRETS_SCAN}
_OPTIONS = {SMALLER_PICTURES: Ability.SMALLER_PICTURES}
_NEEDED_WHEN: tuple[tuple[Ability, Callable[[Document], bool]], ...] = (
    (Ability.PUBLIC_UPLOADS, lambda document: document.audience == "public"),
    (Ability.PROOF_OF_WORK, lambda document: document.captcha is not None),
    (Ability.PUBLIC_READ, lambda document: document.public_read is not None),
    (Ability.CUSTOMER_KEYS, lambda document: document.encryption.customer_key == "required"),
    (Ability.LISTED_WEBSITES, lambda document: bool(document.origins)),
    (Ability.ARCHIVING, lambda document: _archives(document.lifecycle)),
)


def _archives(lifecycle: Lifecycle) -> bool:
    """All files, or those of some label."""
    days = (lifecycle.archive_after_days, *(terms.archive_after_days for terms in lifecycle.labels or ()))
    return any(number is not None for number in days)


def missing(document: Document, abilities: Collection[Ability]) -> tuple[str, ...]:
    """What is missing, in words; nothing where every requirement of the document is held."""
    return tuple(map(str, lacking(document, abilities)))


def lacking(document: Document, abilities: Collection[Ability]) -> tuple[Sentence, ...]:
    """The same for whoever keeps it."""
    needed = [ability for ability, is_needed in _NEEDED_WHEN if is_needed(document)]
    needed += [_ENGINES[name] for name in document.scanning.engines if name in _ENGINES]
    needed += [_OPTIONS[option.name] for option in document.options if option.name in _OPTIONS]
    unknown = [option.label for option in document.options if option.name not in _OPTIONS]
    return (
        *(Sentence(ability.words) for ability in needed if ability not in abilities),
        *(Sentence("the choice “{label}”", {"label": label}) for label in unknown),
    )

"""Introduces rooms of one floor to each other: they may not import one another, and this room is above them all."""

from broker import consents, origins
from broker.forms import OriginsForm
from broker.grants import ConsentNeeded
from lifecycle import keeping
from marketplace.consent_words import ConsentWords
from marketplace.neighbours import Neighbours, introduce


def introduce_rooms() -> None:
    """Once in every process, when all rooms are loaded."""
    introduce(
        Neighbours(
            websites_of=origins.of_id,
            keep_websites=lambda app, websites, actor: origins.keep(app, websites, actor=actor),
            websites_form=OriginsForm,
            has_agreed=lambda app, person, words: consents.has_agreed(app, person, _needed(words)),
            agree=lambda app, person, words: consents.agree(app, person, _needed(words)),
            receipts=consents.receipts,
            withdraw_consent=consents.withdraw,
            change_kept_days=lambda app, days, actor: keeping.change(app, days, actor=actor),
        )
    )


def _needed(words: ConsentWords) -> ConsentNeeded:
    return ConsentNeeded(words.surface, words.version, words.lines)

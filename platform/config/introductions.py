"""Introduces rooms of one floor to each other: they may not import one another, and this room is above them all."""

from broker import consents, origins
from broker.forms import OriginsForm
from config.language import bring_dictionaries
from gateway.grants import needed
from lifecycle import keeping
from marketplace.app_settings import could_turn_on
from marketplace.neighbours import Neighbours, introduce
from notices.buttons import offer_only_where
from notices.models import Notice
from policy.shape import SMALLER_PICTURES
from scanning import evidence


def introduce_rooms() -> None:
    """Once in every process, when all rooms are loaded. Workers speak too: letters are written by them."""
    bring_dictionaries()
    introduce(
        Neighbours(
            websites_of=origins.of_id,
            keep_websites=lambda app, websites, actor: origins.keep(app, websites, actor=actor),
            websites_form=OriginsForm,
            has_agreed=lambda app, person, words: consents.has_agreed(app, person, needed(words)),
            agree=lambda app, person, words: consents.agree(app, person, needed(words)),
            receipts=consents.receipts,
            withdraw_consent=consents.withdraw,
            change_kept_days=lambda app, days, actor: keeping.change(app, days, actor=actor),
            files_waiting=evidence.count_waiting,
        )
    )
    offer_only_where("shrink_photos", _takes_smaller_pictures)


def _takes_smaller_pictures(notice: Notice) -> bool:
    """Whether somebody can turn that on in the app that the notice is about."""
    return notice.app_id is not None and could_turn_on(notice.tenant_id, notice.app_id, SMALLER_PICTURES)

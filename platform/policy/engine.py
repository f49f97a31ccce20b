"""One question, one answer: may this be done, and under which labels?"""

from kernel.decisions import Allowed, Decision
from policy.classification import labels_for
from policy.rego.asking import judged
from policy.rules import rules_for
from policy.shape import Document
from policy.wishes import OPEN, Ceiling, DownloadWish, UploadWish, Wish


def decide(document: Document, wish: Wish, ceiling: Ceiling = OPEN) -> Decision:
    """The first rule that objects decides; the template's own module is asked last, about what all others allow.

    An upload that is allowed comes with its labels. A module that can't answer denies.
    """
    denials = (rule(document, wish, ceiling) for rule in rules_for(wish))
    denied = next((denial for denial in denials if denial is not None), None)
    return denied or judged(document, wish, _allowed(document, wish))


def opens_every_file(document: Document, region: str) -> bool:
    """Whether each stored file may be opened, whichever it is: what the rules for downloads look at is the region."""
    if document.rego is not None:
        return False
    return isinstance(decide(document, DownloadWish("", 0, None, region)), Allowed)


def _allowed(document: Document, wish: Wish) -> Allowed:
    return Allowed(labels_for(document, wish)) if isinstance(wish, UploadWish) else Allowed()

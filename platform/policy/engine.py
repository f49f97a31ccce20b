"""One question, one answer: may this be done, and under which labels?"""

from kernel.decisions import Allowed, Decision
from policy.classification import labels_for
from policy.rules import RULES
from policy.shape import Document
from policy.wishes import OPEN, Ceiling, Wish


def decide(document: Document, wish: Wish, ceiling: Ceiling = OPEN) -> Decision:
    """The first rule that objects decides; where none does, the wish is allowed under the document's labels."""
    denials = (rule(document, wish, ceiling) for rule in RULES)
    denied = next((denial for denial in denials if denial is not None), None)
    return denied or Allowed(labels_for(document, wish))

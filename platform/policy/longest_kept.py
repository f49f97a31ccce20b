"""How long a template's files stay at most, by the labels that they can have: estimates of cost go by it. Pure."""

import math
from collections.abc import Iterable, Iterator
from itertools import product

from policy.classification import CLASSES, kind_of
from policy.lifetimes import Rules, rules_for, rules_of
from policy.shape import Document


def usual(document: Document) -> Rules:
    """What holds for the longest kept of the files that have the labels which the template gives by itself."""
    return _longest(document, [document.classification.default], _kinds(document))


def longest(document: Document) -> Rules:
    """The same of all labels that a file can end up with: searches and rules raise a class, a module names a kind."""
    raised = CLASSES[CLASSES.index(document.classification.default) :]
    named = (terms.kind for terms in document.lifecycle.labels or () if terms.kind)
    return _longest(document, raised, {*_kinds(document), *named})


def length(rules: Rules) -> float:
    """For comparing: in days, and for ever is longest."""
    return math.inf if rules.ends_after_days is None else rules.ends_after_days


def _longest(document: Document, classes: Iterable[str], kinds: Iterable[str]) -> Rules:
    base, by_label = rules_of(document.lifecycle, document.retention.minimum_days), document.lifecycle.labels or ()
    labelled = ({"classification": one, "kind": kind} for one, kind in product(classes, kinds))
    return max(
        (rules_for(labels, base, by_label) for labels in labelled),
        key=lambda rules: (length(rules), rules.minimum_days),
    )


def _kinds(document: Document) -> Iterator[str]:
    yield from sorted({kind_of(document, content_type) for content_type in document.uploads.types})

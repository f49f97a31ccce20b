"""Rules that put metadata and labels on what comes in, or leave out what an app sent. Pure.

Labels become the object's tags and metadata, metadata only the latter. What the platform itself goes by can't be
touched, but for the classification, which a rule may raise and never lower.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kernel.language import said
from policy.classification import CLASSES

MAX_ADDED_LABELS = 1
"""An object has ten tags at most (Amazon S3 API Reference, PutObjectTagging); nine may be the platform's own."""

MAX_ADDED_METADATA = 10
MAX_VALUE_CHARACTERS = 200
FACTS = ("tenant", "workspace", "app", "template", "region", "classification", "kind")
"""What values may speak of, as `{app}`: ids, plain names and codes, never what a person typed."""

_OWN_LABELS = frozenset(
    {"template", "classification", "kind", "retention", "region", "tenant", "app", "contains", "archive"}
)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_BEGINNING = re.compile(r"[a-z0-9-]{0,39}\*")
_VALUE = re.compile(r"[A-Za-z0-9 _.:/=+@-]{0,200}")
_HOLE = re.compile(r"\{(\w*)\}")


class Target(StrEnum):
    """What a rule changes."""

    LABEL = "label"
    METADATA = "metadata"


class Does(StrEnum):
    """What a rule does: put a value in place of whatever is there, or leave out what is there."""

    PUT = "put"
    STRIP = "strip"


@dataclass(frozen=True, slots=True)
class Transform:
    """One rule. `name` may end with `*` where it strips."""

    target: Target
    does: Does
    name: str
    value: str = ""

    def names(self, name: str) -> bool:
        """Whether the rule is about something of this name."""
        return name.startswith(self.name[:-1]) if self.name.endswith("*") else name == self.name


def objections_to(rule: Transform) -> Iterator[str]:
    """Why a rule can't be one; nothing for one that can."""
    fitting = _BEGINNING.fullmatch(rule.name) if rule.name.endswith("*") else _NAME.fullmatch(rule.name)
    if not fitting or (rule.does is Does.PUT and rule.name.endswith("*")):
        yield said("A name has up to 40 small letters, digits and hyphens; what is left out may end with *.")
    if rule.does is Does.STRIP and rule.value:
        yield said("What is left out has no value.")
    if unknown := sorted(set(_HOLE.findall(rule.value)) - set(FACTS)):
        yield said("A value speaks of {known}, not of “{other}”.").format(known=", ".join(FACTS), other=unknown[0])
    if not _VALUE.fullmatch(_HOLE.sub("", rule.value)):
        words = said("A value has up to {most} plain letters, digits, spaces and any of _ . : / = + @ -")
        yield words.format(most=MAX_VALUE_CHARACTERS)
    yield from _of_labels(rule)


def labels_after(rules: Iterable[Transform], labels: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, str]:
    """The labels as the rules leave them, one after the other."""
    changed = dict(labels)
    for rule in rules:
        if rule.target is Target.LABEL:
            _change(changed, rule, {**facts, "classification": changed["classification"]}, kept=_OWN_LABELS)
    changed["classification"] = max(changed["classification"], labels["classification"], key=CLASSES.index)
    return changed


def metadata_after(rules: Iterable[Transform], metadata: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, str]:
    """The metadata as the rules leave them, one after the other."""
    changed = dict(metadata)
    for rule in rules:
        if rule.target is Target.METADATA:
            _change(changed, rule, facts, kept=frozenset())
    return changed


def _change(changed: dict[str, str], rule: Transform, facts: Mapping[str, str], kept: frozenset[str]) -> None:
    if rule.does is Does.PUT:
        changed[rule.name] = _HOLE.sub(lambda hole: facts[hole[1]], rule.value)[:MAX_VALUE_CHARACTERS]
        return
    for name in [name for name in changed if rule.names(name) and name not in kept]:
        del changed[name]


def _of_labels(rule: Transform) -> Iterator[str]:
    if rule.target is not Target.LABEL or rule.name not in _OWN_LABELS:
        return
    if (rule.does, rule.name) != (Does.PUT, "classification"):
        yield said("This label is the platform's own.")
    elif rule.value not in CLASSES:
        yield said("A classification is one of {classes}.").format(classes=", ".join(CLASSES))

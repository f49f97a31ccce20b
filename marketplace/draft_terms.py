"""Authors' questions about the files of some labels: other days for them, a row of the form for each label."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from policy.classification import CLASSES
from policy.shape import LabelTerms
from storage.term_words import files_of

MOST_ROWS, EMPTY_ROWS = 10, 2
LONGEST_DAYS = 36_500
_DAYS = {
    "least": ("minimum_days", _("Must stay at least, in days")),
    "kept": ("delete_after_days", _("Deleted after, in days")),
    "archive": ("archive_after_days", _("In the archive after, in days")),
}
_ASKED_BY = {place: question for question, (place, _words) in _DAYS.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """The questions of one label, as the template shows them."""

    label: forms.BoundField
    days: tuple[forms.BoundField, ...]

    @property
    def has_errors(self) -> bool:
        """Whether something is to be corrected here."""
        return any(field.errors for field in (self.label, *self.days))


def add_rows(form: forms.Form, content: Mapping[str, Any], data: Mapping[str, Any] | None) -> None:
    """Ask about each label that the content has days for, and some more; as many as were answered, at most ten."""
    choices = [("", _("Choose")), *_choices(content)]
    for row in range(_count(content, data)):
        form.fields[f"terms{row}_label"] = forms.ChoiceField(choices=choices, required=False, label=_("Which files?"))
        for question, (_place, words) in _DAYS.items():
            form.fields[f"terms{row}_{question}"] = forms.IntegerField(
                min_value=1, max_value=LONGEST_DAYS, required=False, label=words
            )


def rows_of(form: forms.Form) -> list[Row]:
    """The rows as they are shown."""
    return [Row(form[f"terms{row}_label"], tuple(form[f"terms{row}_{it}"] for it in _DAYS)) for row in _rows(form)]


def check_rows(form: forms.Form) -> None:
    """Say what is missing in a row that was begun."""
    for row in _rows(form):
        label, days = _answers(form, row)
        if days and not label:
            form.add_error(f"terms{row}_label", _("Say which files these days are for."))
        if label and not days and not any(form.errors.get(f"terms{row}_{it}") for it in _DAYS):
            form.add_error(f"terms{row}_least", _("Say how many days, in one of the three fields at least."))


def answers_of_terms(content: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that a document's content stands for."""
    answers: dict[str, Any] = {}
    for row, terms in enumerate(content["lifecycle"].get("labels") or ()):
        answers[f"terms{row}_label"] = _value(terms)
        answers |= {f"terms{row}_{it}": terms[place] for it, (place, _words) in _DAYS.items() if place in terms}
    return answers


def terms_of(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the rows say, as a document has it."""
    found, row = list[dict[str, Any]](), 0
    while (label := answers.get(f"terms{row}_label")) is not None:
        if label:
            sort, _colon, name = label.partition(":")
            days = ((place, answers[f"terms{row}_{it}"]) for it, (place, _words) in _DAYS.items())
            found.append({sort: name, **{place: count for place, count in days if count is not None}})
        row += 1
    return found


def field_at(form: forms.Form, pointer: str) -> str | None:
    """The question that a place of the document's terms (RFC 6901) comes from."""
    position, _slash, place = pointer.removeprefix("/lifecycle/labels").strip("/").partition("/")
    answered = [row for row in _rows(form) if form.cleaned_data.get(f"terms{row}_label")]
    if not position.isdecimal() or int(position) >= len(answered):
        return None
    return f"terms{answered[int(position)]}_{_ASKED_BY.get(place, 'label')}"


def _rows(form: forms.Form) -> Iterator[int]:
    yield from (row for row in range(MOST_ROWS) if f"terms{row}_label" in form.fields)


def _count(content: Mapping[str, Any], data: Mapping[str, Any] | None) -> int:
    answered = [row for row in range(MOST_ROWS) if data and f"terms{row}_label" in data]
    wanted = max(answered) + 1 if answered else len(content["lifecycle"].get("labels") or ()) + EMPTY_ROWS
    return min(wanted, MOST_ROWS)


def _answers(form: forms.Form, row: int) -> tuple[str, list[int]]:
    days = (form.cleaned_data.get(f"terms{row}_{it}") for it in _DAYS)
    return form.cleaned_data.get(f"terms{row}_label") or "", [count for count in days if count is not None]


def _choices(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each class, and each kind that the document tells apart from others."""
    rules, named = content["classification"].get("rules") or (), content["lifecycle"].get("labels") or ()
    kinds = {rule["kind"] for rule in rules} | ({content["classification"]["kind"]} if rules else set())
    kinds |= {terms["kind"] for terms in named if "kind" in terms}
    labels = [{"classification": name} for name in CLASSES] + [{"kind": name} for name in sorted(kinds)]
    for label in labels:
        words = files_of(msgspec.convert(label, LabelTerms))
        yield _value(label), words[:1].upper() + words[1:]


def _value(label: Mapping[str, Any]) -> str:
    sort = "classification" if "classification" in label else "kind"
    return f"{sort}:{label[sort]}"

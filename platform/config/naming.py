"""What models, their fields and their choices are called in the administration, in the reader's language.

They are declared in plain English, which migrations keep; here each name becomes one that is said anew to every reader.
The dictionary of vocabularies has ours. Libraries that know other languages keep their own words.
"""

from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.utils.functional import Promise, lazy

from kernel.language import said

_ANEW = lazy(said, str)


def name_models() -> None:
    """Once in every process, before any form is made of a model."""
    for room in apps.get_app_configs():
        room.verbose_name = _said(room.verbose_name)
        for model in room.get_models():
            _name(model)


def _name(model: type[Model]) -> None:
    names: Any = model._meta
    if "verbose_name_plural" not in names.original_attrs and not isinstance(names.verbose_name, Promise):
        names.verbose_name_plural = f"{names.verbose_name}s"  # as Django makes it of the English, and lazily
    names.verbose_name, names.verbose_name_plural = _said(names.verbose_name), _said(names.verbose_name_plural)
    for field in (*names.local_fields, *names.local_many_to_many):
        _name_field(field)


def _name_field(field: "Field[Any, Any]") -> None:
    field.verbose_name, field.help_text = _said(field.verbose_name), _said(field.help_text)
    if field.choices:
        field.choices = [(value, _said(label)) for value, label in field.choices]


def _said(words: Any) -> Any:
    """What a library translates by itself, and what is no name, stays as it is."""
    return _ANEW(words) if isinstance(words, str) and words else words

"""A model's row in a hand-written statement: its columns, its values, its parameters, all from the model itself."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

import orjson
from django.db import connection, models
from django.db.models import Field, Model
from django.db.models.base import ModelState

_LENGTH = re.compile(r"\(\d+\)")
_Row = TypeVar("_Row", bound=Model)
_AS_THEY_ARE = (models.DateTimeField, models.UUIDField, models.IntegerField, models.BooleanField, models.ForeignKey)
"""Fields whose values the driver writes as they stand. (A UUIDField's own way alone costs more than the statement.)"""


class RowOf(Generic[_Row]):
    """The row of a model. Its parameters are named `{prefix}_{column}`, so that several rows stand in one statement."""

    def __init__(self, model: type[_Row], prefix: str) -> None:
        self._model, self._prefix = model, prefix

    @cached_property
    def table(self) -> str:
        """The table and its columns, as INSERT INTO takes them."""
        names = ", ".join(f'"{field.column}"' for field in self._fields)
        return f'"{self._model._meta.db_table}" ({names})'

    def values(self, **instead: str) -> str:
        """The values, as SELECT takes them; some columns by another expression."""
        return ", ".join(instead.get(str(field.column)) or self._value(field) for field in self._fields)

    def new(self, **values: Any) -> _Row:
        """A row that isn't saved, by its columns' attributes (`app_id`, not `app`); the fields' defaults for the rest.

        The same as the model's own call at a fraction of its cost, made as Django makes what it unpickles. Raises
        TypeError for what is no column.
        """
        if unknown := values.keys() - self._defaults.keys():
            raise TypeError(f"{self._model.__name__} has no {', '.join(sorted(unknown))}.")
        row = self._model.__new__(self._model)
        made = {name: make() for name, make in self._made_anew.items() if name not in values}
        row.__dict__ = {**self._defaults, **made, **values, "_state": ModelState()}
        return row

    def parameters(self, row: _Row) -> Mapping[str, Any]:
        """The values of one row, saved or not."""
        return {name: write(getattr(row, attribute)) for name, attribute, write in self._writers}

    @cached_property
    def no_parameters(self) -> Mapping[str, None]:
        """In place of a row's, where the statement's own condition leaves the row out."""
        return dict.fromkeys(name for name, _attribute, _write in self._writers)

    @cached_property
    def _fields(self) -> list["Field[Any, Any]"]:
        return [field for field in self._model._meta.concrete_fields if field.db_type(connection)]

    @cached_property
    def _defaults(self) -> Mapping[str, Any]:
        """Of all columns; those that are made anew for each row stand here too, to be replaced."""
        return {field.attname: field.get_default() for field in self._model._meta.concrete_fields}

    @cached_property
    def _made_anew(self) -> Mapping[str, Callable[[], Any]]:
        fields = self._model._meta.concrete_fields
        return {field.attname: field.get_default for field in fields if callable(field.default)}

    @cached_property
    def _writers(self) -> list[tuple[str, str, Callable[[Any], Any]]]:
        return [(f"{self._prefix}_{field.column}", field.attname, _writer(field)) for field in self._fields]

    def _value(self, field: "Field[Any, Any]") -> str:
        """Cast without a length: a cast cuts what is too long, where the column itself refuses it."""
        return f"%({self._prefix}_{field.column})s::{_LENGTH.sub('', str(field.db_type(connection)))}"


def _writer(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """How the field's values go to PostgreSQL, whose cast says the rest."""
    if isinstance(field, models.JSONField) and field.encoder is None:
        return _as_json
    if isinstance(field, models.CharField | models.TextField):
        return _as_text
    if isinstance(field, _AS_THEY_ARE):
        return _as_it_is
    return lambda value: field.get_db_prep_save(value, connection)


def _as_json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _as_it_is(value: Any) -> Any:
    return value

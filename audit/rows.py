"""A model's row in a hand-written statement: its columns, its values, its parameters, all from the model itself."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Field, Model

_LENGTH = re.compile(r"\(\d+\)")


class RowOf:
    """The row of a model. Its parameters are named `{prefix}_{column}`, so that several rows stand in one statement."""

    def __init__(self, model: type[Model], prefix: str) -> None:
        self._model, self._prefix = model, prefix

    @cached_property
    def table(self) -> str:
        """The table and its columns, as INSERT INTO takes them."""
        names = ", ".join(f'"{field.column}"' for field in self._fields)
        return f'"{self._model._meta.db_table}" ({names})'

    def values(self, **instead: str) -> str:
        """The values, as SELECT takes them; some columns by another expression."""
        return ", ".join(instead.get(str(field.column)) or self._value(field) for field in self._fields)

    def parameters(self, row: Model) -> Mapping[str, Any]:
        """The values of one row, saved or not."""
        return {
            f"{self._prefix}_{field.column}": field.get_db_prep_save(getattr(row, field.attname), connection)
            for field in self._fields
        }

    @cached_property
    def _fields(self) -> list["Field[Any, Any]"]:
        return [field for field in self._model._meta.concrete_fields if field.db_type(connection)]

    def _value(self, field: "Field[Any, Any]") -> str:
        """Cast without a length: a cast cuts what is too long, where the column itself refuses it."""
        return f"%({self._prefix}_{field.column})s::{_LENGTH.sub('', str(field.db_type(connection)))}"

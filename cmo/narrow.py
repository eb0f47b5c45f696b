"""Rows of several tables in one query: a union of narrow rows, because a round trip costs more than the rows do.

Every table is brought into the same columns; a column that a table does not have holds the column's empty value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Expression,
    F,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

#: Name of a column → (field that says its type, the value where a table has none).
Columns = Mapping[str, tuple[Any, Any]]
#: Name of a column → the field of the table, also of a related one, or the expression that fills it.
Given = Mapping[str, str | Expression]

#: Keeps the name of a column apart from a field of the same name.
_OWN = "narrow_"


def united(columns: Columns, parts: Mapping[str, tuple[QuerySet[Any], Given]], *order: str) -> Iterator[dict[str, Any]]:
    """The rows of all ``parts`` (tag → rows, and what fills their columns) sorted by the columns of ``order``.

    Each has the columns, its ``tag``, and its id as ``row``; one query.
    """
    every = {"tag": (CharField(), ""), "row": (BigIntegerField(), None), **columns}
    first, *others = (
        _part(rows, every, {"tag": Value(tag), "row": "id", **given}) for tag, (rows, given) in parts.items()
    )
    ordered = first.union(*others, all=True).order_by(*(f"{_OWN}{name}" for name in order))
    return (dict(zip(every, row, strict=True)) for row in ordered)


def _part(rows: QuerySet[Any], columns: Columns, given: Mapping[str, Any]) -> QuerySet[Any, tuple[Any, ...]]:
    """One table's rows in the shape of the union."""
    if unknown := given.keys() - columns.keys():
        raise ValueError(f"No such columns in the union: {', '.join(sorted(unknown))}")
    filled = {
        f"{_OWN}{name}": _filled(given.get(name, Value(empty)), field) for name, (field, empty) in columns.items()
    }
    return rows.order_by().annotate(**filled).values_list(*filled)


def _filled(source: Any, field: Any) -> Any:
    """A field is taken as it is: casts take longer to write down than their rows take to read, and SQLite's cuts moments
    to milliseconds. Values are cast here, a field of another type by whoever names it."""
    return F(source) if isinstance(source, str) else Cast(source, field)

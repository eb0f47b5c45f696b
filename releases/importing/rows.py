"""Typed rows out of cells: the heading says which column is which, every cell is understood or named as a fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpyxl.utils.datetime import from_excel

from cmo.clock import SHANGHAI
from cmo.errors import Finding

from .columns import Column
from .faults import fault, refused
from .reading import Formula, Line, cell_name

#: Largest number that a quantity may have.
MOST = 10**12
#: Excel's serial number of 9999-12-31.
_LAST_SERIAL = 2_958_465
_SPACES = re.compile(r"\s+")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_MOMENT = re.compile(_DAY.pattern + r"[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file with its values by column, and what could not be understood."""

    number: int
    values: dict[str, Any]
    faults: tuple[Finding, ...] = ()


def rows_of(lines: Sequence[Line], columns: Sequence[Column]) -> list[Row]:
    """The typed rows under the heading.

    :raises Refused: when the heading is not that of these columns, or nothing stands below it.
    """
    places = _places(lines[0], columns)
    if len(lines) == 1:
        raise refused("no_rows")
    return [_row(line, places) for line in lines[1:]]


def _name(text: Any) -> str:
    plain = unicodedata.normalize("NFKC", str(text)).replace("*", "")
    return _SPACES.sub(" ", plain).strip().casefold()


def _places(heading: Line, columns: Sequence[Column]) -> dict[Column, int]:
    known = {_name(word): column for column in columns for word in (column.zh, column.en, column.key)}
    places: dict[Column, int] = {}
    named = [(place, cell) for place, cell in enumerate(heading.cells) if cell not in (None, "")]
    if not any(_name(cell) in known for _place, cell in named):
        raise refused("no_heading")
    for place, cell in named:
        column, where = known.get(_name(cell)), cell_name(place, heading.number)
        if column is None:
            raise refused("column_unknown", name=str(cell)[:60], cell=where)
        if column in places:
            raise refused("column_twice", name=str(cell)[:60], cell=where)
        places[column] = place
    missing = [column for column in columns if column.required and column not in places]
    if missing:
        raise refused("columns_missing", names=("、".join(c.zh for c in missing), ", ".join(c.en for c in missing)))
    return {column: places[column] for column in columns if column in places}


def _row(line: Line, places: dict[Column, int]) -> Row:
    values: dict[str, Any] = {}
    faults: list[Finding] = []
    for column, place in places.items():
        cell = line.cells[place] if place < len(line.cells) else None
        value = understood(column, cell)
        if isinstance(value, Unclear):
            where = {"cell": cell_name(place, line.number), "name": column.words}
            faults.append(fault(value.code, **where, **value.facts))
        else:
            values[column.key] = value
    return Row(line.number, values, tuple(faults))


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a cell was not understood."""

    code: str
    facts: dict[str, Any]


def understood(column: Column, cell: Any) -> Any:
    """The value of a cell, empty text or None for an empty one; :class:`Unclear` when it cannot be one."""
    if isinstance(cell, Formula):
        return Unclear("formula", {})
    if isinstance(cell, str):
        cell = unicodedata.normalize("NFC", cell).strip()
    if cell in (None, ""):
        if column.required:
            return Unclear("missing", {})
        return "" if column.kind == "text" else None
    return _READERS[column.kind](column, cell)


def _text(column: Column, cell: Any) -> Any:
    if isinstance(cell, datetime):
        text = cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ", "minutes")
    elif isinstance(cell, float) and cell.is_integer():
        text = str(int(cell))
    else:
        text = str(cell)
    if any(unicodedata.category(sign) in {"Cc", "Cf"} and sign not in "\n\t" for sign in text):
        return Unclear("control_sign", {})
    return text if len(text) <= column.most else Unclear("too_long", {"limit": column.most})


def _day(column: Column, cell: Any) -> Any:
    moment = _excel(cell)
    if isinstance(moment, datetime):
        return moment.date() if moment.time() == time.min else _not("not_a_day", cell)
    if isinstance(cell, date):
        return cell
    found = _DAY.fullmatch(str(cell))
    try:
        return date(*(int(part) for part in found.groups())) if found else _not("not_a_day", cell)
    except ValueError:
        return _not("not_a_day", cell)


def _moment(column: Column, cell: Any) -> Any:
    moment = _excel(cell)
    if isinstance(moment, datetime):
        return _to_second(moment).replace(tzinfo=SHANGHAI)
    found = _MOMENT.fullmatch(str(cell))
    if found is None:
        return _not("not_a_moment", cell)
    *parts, fraction = found.groups()
    try:
        numbers = [int(part or 0) for part in parts]
        return datetime(*numbers, int((fraction or "0").ljust(6, "0")), tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]
    except ValueError:
        return _not("not_a_moment", cell)


def _to_second(moment: datetime) -> datetime:
    """Excel keeps times as fractions of a day: the nearest second is what was typed."""
    return datetime.fromtimestamp(round(moment.replace(tzinfo=SHANGHAI).timestamp()), SHANGHAI)


def _excel(cell: Any) -> datetime | None:
    """A date cell, or the serial number of one."""
    if isinstance(cell, datetime):
        return cell
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if is_number and 1 <= cell <= _LAST_SERIAL:
        found = from_excel(cell)
        return found if isinstance(found, datetime) else None
    return None


def _number(column: Column, cell: Any) -> Any:
    text = str(cell).replace(",", "").replace("，", "")
    if isinstance(cell, bool) or not re.fullmatch(r"[0-9]{1,13}(\.0+)?", text):
        return _not("not_a_number", cell)
    value = int(text.partition(".")[0])
    return value if value <= MOST else _not("not_a_number", cell)


def _choice(column: Column, cell: Any) -> Any:
    known = {_name(word): key for key, words in column.choices.items() for word in (key, *words)}
    found = known.get(_name(cell))
    if found is not None:
        return str(found)
    zh, en = zip(*column.choices.values(), strict=True)
    return Unclear("not_a_choice", {"found": str(cell)[:60], "choices": ("、".join(zh), ", ".join(en))})


def _not(code: str, cell: Any) -> Unclear:
    return Unclear(code, {"found": str(cell)[:60]})


_READERS = {"text": _text, "day": _day, "moment": _moment, "number": _number, "choice": _choice}


def plain(column: Column, value: Any) -> str:
    """A value as it stands in a list, in a template's form: what :func:`understood` understands again."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment_text(value)
    if column.kind == "choice" and value in column.choices:
        zh, en = column.choices[value]
        return zh if column.title == column.zh else en
    return value.isoformat() if isinstance(value, date) else str(value)


def moment_text(value: datetime) -> str:
    """``2026-05-31 08:30`` in Beijing time, with seconds and fractions only where there are any."""
    local = value.astimezone(SHANGHAI).replace(tzinfo=None)
    exact = "microseconds" if local.microsecond else "seconds" if local.second else "minutes"
    return local.isoformat(" ", exact)

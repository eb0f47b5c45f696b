"""Lists as they leave the house: the records of a pair, an empty template, the report of a run. All in one column order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..models import ImportRun
from ..states import IMPORT_ROWS
from .columns import COLUMNS, Column
from .kinds import KINDS
from .reading import REMARK
from .rows import plain


def record_lines(pair: Any, kind: str) -> Iterator[list[Any]]:
    """Every record of the pair under the heading; an import finds them all unchanged."""
    columns = COLUMNS[kind]
    yield [column.title for column in columns]
    for values in KINDS[kind](pair).listed():
        yield [_cell(column, values.get(column.key)) for column in columns]


def _cell(column: Column, value: Any) -> Any:
    """Days and numbers stay typed in XLSX; moments are text, because a spreadsheet knows no time zone."""
    return value if column.kind in {"day", "number"} and value is not None else plain(column, value)


def template_lines(kind: str) -> Iterator[list[str]]:
    """The heading, one example, and what each column takes; everything but the heading is a remark."""
    columns, place = COLUMNS[kind], 0 if _chinese() else 1
    yield [column.title for column in columns]
    examples = [column.example[place] for column in columns]
    yield [f"{REMARK} {examples[0]}", *examples[1:]]
    yield [f"{REMARK} {_('Rows that begin with # are not imported. What each column takes:')}"]
    for column in columns:
        demand = _("required") if column.required else _("may be empty")
        yield [f"{REMARK} {column.title}", demand, " ".join([column.note[place], _choices(column, place)]).strip()]


def _choices(column: Column, place: int) -> str:
    return _(", ").join(words[place] for words in column.choices.values())


def report_lines(run: ImportRun) -> Iterator[list[Any]]:
    """One line for each row of a run, and one more for each further reason or difference."""
    yield [_("Row"), _("Record"), _("Outcome"), _("Column"), _("On record"), _("In the file"), _("Reason")]
    titles = {column.key: column.title for column in COLUMNS[run.kind]}
    for row in run.report:
        first = [row["row"], row["label"], str(IMPORT_ROWS[row["state"]].word)]
        details = [*_change_cells(row.get("changes", ()), titles), *_error_cells(row.get("errors", ()))]
        for detail in details or [["", "", "", ""]]:
            yield [*first, *detail]


def _change_cells(changes: Iterable[Mapping[str, str]], titles: Mapping[str, str]) -> list[list[str]]:
    return [[titles.get(one["column"], one["column"]), one["old"], one["new"], ""] for one in changes]


def _error_cells(errors: Iterable[Mapping[str, str]]) -> list[list[str]]:
    return [["", "", "", error["zh" if _chinese() else "en"]] for error in errors]


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")

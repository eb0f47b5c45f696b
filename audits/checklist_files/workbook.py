"""Reading a workbook into the plain values of a YAML file, remembering the cell of each, so that a fault names it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from agreements.templates_data import Fault

from ..template_reading import AuditTemplateError
from .columns import (
    CHECKLIST,
    HEAD,
    ITEMS,
    NOTES,
    OUTCOMES,
    ROWS,
    SECTIONS,
    SEVERITY_NAMES,
    SHEETS,
    TABLES,
    Column,
    Sheet,
)

#: Rows and columns looked at in one sheet.
MOST_LINES, MOST_COLUMNS = 2000, 40
REMARK = "#"
#: What openpyxl raises for a file that lacks what the format demands.
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    SyntaxError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
)


@dataclass
class Read:
    """``content``: as in a YAML file; ``cells``: path of a value or row → its cell; ``faults``: what is wrong with the
    sheets themselves; ``sheets``: path of a list → the sheet it comes from.
    """

    content: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    sheets: dict[str, str] = field(default_factory=dict)

    def at_its_cell(self, fault: Fault) -> Fault:
        """A fault of the content at the cell of its value, else at the row it stands in, else at its sheet."""
        if fault.place in self.sheets:
            return Fault(self.sheets[fault.place], "没有数据行", "has no row")
        if fault.place in HEAD:
            zh, en = HEAD[fault.place]
            return Fault(self.cells.get(fault.place, f"{CHECKLIST.zh} {CHECKLIST.en}: {zh} {en}"), fault.zh, fault.en)
        path = fault.place
        while path and path not in self.cells:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return Fault(self._named(path, fault.place) if path else fault.place, fault.zh, fault.en)

    def _named(self, path: str, place: str) -> str:
        """The cell of a path; that of a whole row also names the column that lacks its value."""
        cell, key = self.cells[path], place[len(path) + 1 :]
        column = next((column for sheet in SHEETS for column in sheet.columns if column.key == key), None)
        return f"{cell} ({column.zh} {column.en})" if column else cell

    def wrong(self, place: str, zh: str, en: str) -> None:
        self.faults.append(Fault(place, zh, en))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a sheet: the cell that names it, key of column → (cell, value), and key → cell of what is empty."""

    cell: str
    values: dict[str, tuple[str, Any]]
    empty: dict[str, str]


def read_workbook(content: bytes) -> Read:
    """The plain values of a workbook. :raises AuditTemplateError: when it is none that can be read at all."""
    read = Read()
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheets = {sheet.key: list(_rows(read, book, sheet)) for sheet in SHEETS}
        _refuse_unknown(read, book)
    except _BROKEN as error:
        fault = Fault(
            "file", "无法读取该工作簿：内容不完整或已损坏", "the workbook cannot be read: it is incomplete or damaged"
        )
        raise AuditTemplateError([fault]) from error
    _fill(read, sheets)
    return read


def _refuse_unknown(read: Read, book: Any) -> None:
    known = {name.lower() for sheet in SHEETS for name in (sheet.zh, sheet.en)} | {name.lower() for name in NOTES}
    for name in book.sheetnames:
        if name.strip().lower() not in known:
            read.wrong(name[:40], "不认识的工作表，请删除或改名", "is a sheet that nobody knows; delete or rename it")


def _rows(read: Read, book: Any, sheet: Sheet) -> Iterator[_Row]:
    """The rows below the heading, without empty ones and remarks."""
    found = [name for name in book.sheetnames if name.strip().lower() in (sheet.zh.lower(), sheet.en.lower())]
    if len(found) != 1:
        if sheet.required or found:
            what = (
                ("缺少此工作表", "this sheet is missing")
                if not found
                else ("此工作表出现两次", "this sheet stands twice")
            )
            read.wrong(f"{sheet.zh} {sheet.en}", *what)
        return
    lines = book[found[0]]
    lines.reset_dimensions()
    heading: list[tuple[int, Column]] = []
    for number, line in enumerate(lines.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > MOST_LINES:
            read.wrong(found[0], f"超过{MOST_LINES}行", f"has more than {MOST_LINES} rows")
            return
        values = [cell.value.strip() if isinstance(cell.value, str) else cell.value for cell in line]
        if all(value in (None, "") for value in values) or str(values[0]).startswith(REMARK):
            continue
        if heading:
            yield _row(read, found[0], number, heading, line, values)
        else:
            heading = _heading(read, sheet, found[0], number, values)


def _heading(read: Read, sheet: Sheet, name: str, number: int, values: list[Any]) -> list[tuple[int, Column]]:
    """Place and column of each name in the heading; names in either language."""
    known = {title.lower(): column for column in sheet.columns for title in (column.zh, column.en, column.key)}
    found: list[tuple[int, Column]] = []
    for place, value in enumerate(values):
        column = known.get(str(value).strip().lower()) if value not in (None, "") else None
        cell = f"{name}!{get_column_letter(place + 1)}{number}"
        if value not in (None, "") and column is None:
            read.wrong(cell, f"不认识的列“{str(value)[:40]}”", f"column “{str(value)[:40]}” is not known")
        elif column and column in [other for _place, other in found]:
            read.wrong(cell, f"列“{column.zh}”出现两次", f"column “{column.en}” stands twice")
        elif column:
            found.append((place, column))
    for column in sheet.columns:
        if column.required and column not in [other for _place, other in found]:
            read.wrong(f"{name}!{number}", f"缺少列“{column.zh}”", f"column “{column.en}” is missing")
    return found or [(MOST_COLUMNS, sheet.columns[0])]


def _row(read: Read, name: str, number: int, heading: list[tuple[int, Column]], line: Any, values: list[Any]) -> _Row:
    found, empty = {}, {}
    for place, column in heading:
        if place >= len(values):
            continue
        cell = f"{name}!{get_column_letter(place + 1)}{number}"
        if values[place] in (None, ""):
            empty[column.key] = cell
        else:
            found[column.key] = (cell, _value(read, cell, column, line[place], values[place]))
    return _Row(f"{name}!{number}", found, empty)


def _value(read: Read, cell: str, column: Column, source: Any, value: Any) -> Any:
    """One cell as a YAML file would hold it."""
    if source.data_type == "f" or (isinstance(value, str) and value.startswith("=")):
        read.wrong(cell, "是公式，请改为文字或数值", "is a formula; enter its value")
        return "-"
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if column.kind == "number":
        return int(value) if isinstance(value, float) and value.is_integer() else value
    if isinstance(value, bool | float) or "%" in str(source.number_format):
        read.wrong(
            cell, "是数字，请把单元格设为文本格式后重新填写", "is a number; format the cell as text and enter it again"
        )
        return "-"
    text = str(value)
    if column.kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if column.kind == "severity":
        return next((key for key, names in SEVERITY_NAMES.items() if text.lower() in (key, *names)), text)
    return text


def _fill(read: Read, sheets: dict[str, list[_Row]]) -> None:
    """Put the rows of all sheets together."""
    _fill_head(read, sheets[CHECKLIST.key])
    for sheet in (SECTIONS, ITEMS):
        read.content[sheet.key] = _listed(read, sheet, sheets[sheet.key], sheet.key)
    if not sheets[TABLES.key]:
        for sheet in (OUTCOMES, ROWS):
            for row in sheets[sheet.key][:1]:
                read.wrong(row.cell, "没有判定表工作表中的判定表", "there is no judgement table on the sheet of tables")
        return
    tables = _listed(read, TABLES, sheets[TABLES.key], "tables")
    read.content["tables"] = tables
    numbers = {table.get("key"): number for number, table in enumerate(tables)}
    for sheet in (OUTCOMES, ROWS):
        for number, table in enumerate(tables):
            rows = [row for row in sheets[sheet.key] if row.values.get("table", ("", ""))[1] == table.get("key")]
            table[sheet.key] = _listed(read, sheet, rows, f"tables[{number}].{sheet.key}")
        for row in sheets[sheet.key]:
            cell, key = row.values.get("table", (row.cell, ""))
            if key not in numbers:
                read.wrong(cell, f"没有判定表“{key}”", f"there is no judgement table {key!r}")


def _fill_head(read: Read, rows: list[_Row]) -> None:
    known = {name.lower(): key for key, names in HEAD.items() for name in (*names, key)}
    for row in rows:
        cell, name = row.values.get("field", (row.cell, ""))
        key = known.get(str(name).lower())
        if key is None:
            read.wrong(cell, f"不认识的栏目“{str(name)[:40]}”", f"field “{str(name)[:40]}” is not known")
            continue
        if "value" in row.values:
            _put(read.content, key, row.values["value"][1])
        read.cells[key] = row.values["value"][0] if "value" in row.values else row.empty.get("value", row.cell)


def _listed(read: Read, sheet: Sheet, rows: list[_Row], path: str) -> list[dict[str, Any]]:
    """Rows as mappings, and the cells of their values."""
    found = []
    read.sheets[path] = f"{sheet.zh} {sheet.en}"
    for number, row in enumerate(rows):
        entry: dict[str, Any] = {}
        here = f"{path}[{number}]"
        read.cells[here] = row.cell
        read.cells |= {f"{here}.{key}": cell for key, cell in row.empty.items()}
        for key, (cell, value) in row.values.items():
            if key != "table":
                _put(entry, key, value)
                read.cells[f"{here}.{key}"] = cell
        found.append(entry)
    return found


def _put(target: dict[str, Any], key: str, value: Any) -> None:
    """Set ``a.b`` inside nested mappings."""
    outer, _dot, inner = key.partition(".")
    if inner:
        target.setdefault(outer, {})[inner] = value
    else:
        target[outer] = value

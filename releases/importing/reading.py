"""Opening an uploaded CSV or XLSX file: judged first, then read as plain cells. No formula is ever calculated."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from cmo.evidence.inspection import inspect
from cmo.web.export import neutralise

from .faults import refused

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_ROWS = 10_000
#: Rows looked at, empty ones and remarks included, before a sheet is refused.
MOST_LINES = 2 * MOST_ROWS
MOST_COLUMNS = 40
EXTENSIONS = ("xlsx", "csv")
DELIMITERS = (",", ";", "\t")
#: First bytes of the container of old Excel files and of encrypted new ones.
_OLE = b"\xd0\xcf\x11\xe0"
#: Rows whose first cell begins so are remarks: the example and the notes of a template.
REMARK = "#"


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula instead of a value."""

    text: str


class Line(NamedTuple):
    """One row of the file: its number as a spreadsheet shows it, and its cells."""

    number: int
    cells: tuple[Any, ...]


def cell_name(column: int, row: int) -> str:
    """``C5`` for column 2 (counted from 0) of row 5."""
    return f"{get_column_letter(column + 1)}{row}"


def read_lines(name: str, content: bytes) -> list[Line]:
    """The rows of the first sheet without empty rows and remarks, the heading first.

    :raises Refused: with the one reason why the file cannot be read.
    """
    extension = PurePath(name).suffix.lower().lstrip(".")
    if extension not in EXTENSIONS:
        raise refused("kind_of_file", found=extension or "—")
    if len(content) > MOST_BYTES:
        raise refused("too_large", limit=MOST_BYTES // (1024 * 1024))
    if content.startswith(_OLE):
        raise refused("locked_or_old")
    if extension == "xlsx":
        _refuse_large_sheets(content)
    inspect(ContentFile(content, name=f"list.{extension}"))
    lines = _xlsx_lines(content) if extension == "xlsx" else _csv_lines(content)
    return _counted(lines)


def _refuse_large_sheets(content: bytes) -> None:
    """Before anything is unpacked: what the archive itself declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        return  # said in its own words by the inspection
    if unpacked > MOST_UNPACKED:
        raise refused("too_large", limit=MOST_UNPACKED // (1024 * 1024))


def _counted(lines: Iterable[Line]) -> list[Line]:
    found: list[Line] = []
    for line in lines:
        if line.number > MOST_LINES or len(found) > MOST_ROWS:
            raise refused("too_many_rows", limit=MOST_ROWS)
        if any(cell not in (None, "") for cell in line.cells) and not _is_remark(line):
            found.append(line)
    if not found:
        raise refused("no_heading")
    return found


def _is_remark(line: Line) -> bool:
    return isinstance(line.cells[0], str) and line.cells[0].startswith(REMARK)


def _xlsx_lines(content: bytes) -> Iterator[Line]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
            yield Line(number, tuple(_xlsx_cell(cell) for cell in row))
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        SyntaxError,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
    ) as error:
        raise refused("unreadable") from error
    except (AttributeError, OverflowError) as error:  # openpyxl on parts that lack what the format demands
        raise refused("unreadable") from error


def _xlsx_cell(cell: Any) -> Any:
    value = cell.value
    if cell.data_type == "f" or (isinstance(value, str) and value.startswith("=")):
        return Formula(str(value))
    return value.strip() if isinstance(value, str) else value


def _csv_lines(content: bytes) -> Iterator[Line]:
    text = _decoded(content)
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            yield Line(number, tuple(_csv_cell(cell) for cell in row[:MOST_COLUMNS]) or ("",))
    except csv.Error as error:
        raise refused("unreadable") from error


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _csv_cell(text: str) -> Any:
    """The text of a cell; the apostrophe that our own exports put in front of dangerous text is taken away."""
    stripped = text.strip()
    if stripped.startswith("'") and neutralise(stripped[1:]) == stripped:
        return stripped[1:]
    return Formula(stripped) if stripped.startswith("=") else stripped

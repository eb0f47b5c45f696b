"""Lists as CSV and XLSX that no spreadsheet program can be tricked with (OWASP ASVS 1.2.10).

A text that a spreadsheet would read as a formula gets an apostrophe in front; plain numbers (``-5``) and telephone
numbers (``+86 571 8888 0000``) stay as they are. XLSX cells are typed, so text there is text whatever it begins with.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from cmo.web import wording

#: Beginnings that spreadsheet programs read as a formula, with their full-width twins.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_NUMBER = re.compile(r"[+-]?\d+(?:,\d{3})*(?:\.\d+)?\s?%?")
_TELEPHONE = re.compile(r"\+\d{1,3} [\d ()-]{4,24}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def neutralise(text: str) -> str:
    """``text`` as it may stand in a CSV cell: an apostrophe in front of anything that could be a formula."""
    start = text.lstrip(" \u3000\u00a0")
    if not start.startswith(DANGEROUS):
        return text
    if _NUMBER.fullmatch(text) or _TELEPHONE.fullmatch(text):
        return text
    return "'" + text


def plain(value: Any) -> Any:
    """A cell's value without markup: text, number, date, or empty text for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime):
        return wording.moment(value)
    if isinstance(value, int | float | Decimal | date):
        return value
    text = str(value) if isinstance(value, Promise) else value
    if isinstance(text, SafeString):
        text = strip_tags(text)
    return str(text)


def _csv_cell(value: Any) -> str:
    found = plain(value)
    return neutralise(found) if isinstance(found, str) else str(found)


class _Echo:
    """A file that hands back what is written to it, so that rows become lines."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV text line by line, with the mark by which Excel recognises UTF-8."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([_csv_cell(value) for value in row])


def _xlsx_cell(sheet: Any, value: Any) -> WriteOnlyCell:
    found = plain(value)
    if isinstance(found, str):
        cell = WriteOnlyCell(sheet, value=_CONTROL.sub("\ufffd", found)[:32_767])
        cell.data_type = "s"
        return cell
    cell = WriteOnlyCell(sheet, value=found)
    if isinstance(found, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def xlsx_bytes(rows: Iterable[Sequence[Any]], sheet_name: str, mark: str = "") -> bytes:
    """An XLSX file with one sheet; the first row is the heading and stays visible. ``mark``: for whom it was made, on a sheet
    of its own and on top of every printed page."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", sheet_name)[:31] or "Sheet")
    sheet.freeze_panes = "A2"
    for place, row in enumerate(rows):
        cells = [_xlsx_cell(sheet, value) for value in row]
        if place == 0:
            for cell in cells:
                cell.font = Font(bold=True)
        sheet.append(cells)
    if mark:
        sheet.oddHeader.center.text = mark.replace("&", "&&")
        note = book.create_sheet("Note")
        note.append([_xlsx_cell(note, mark)])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def response(rows: Iterable[Sequence[Any]], *, name: str, kind: str, mark: str = "") -> HttpResponse:
    """A download of ``rows`` named ``name`` as ``csv`` or ``xlsx``; ``mark``: for whom it was made, said in the file.

    :raises ValueError: for any other kind.
    """
    if kind == "csv":
        marked = [[mark], *rows] if mark else rows
        answer = HttpResponse("".join(csv_lines(marked)), content_type="text/csv; charset=utf-8")
    elif kind == "xlsx":
        answer = HttpResponse(xlsx_bytes(rows, name, mark), content_type=XLSX)
    else:
        raise ValueError(f"Unknown export {kind!r}.")
    answer["Content-Disposition"] = f'attachment; filename="{re.sub(r"[^A-Za-z0-9_.-]", "-", name)}.{kind}"'
    return answer

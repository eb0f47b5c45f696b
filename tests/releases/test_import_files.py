"""Files that are broken, hostile or merely careless: each is refused with a sentence in both languages, or read right."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from cmo.clock import SHANGHAI
from cmo.errors import Refused
from releases.importing import reading
from releases.importing.columns import COLUMNS, LOTS, PLANNED, PRESENCE, STEPS, Column
from releases.importing.faults import PROBLEMS, SENTENCES
from releases.importing.reading import Formula, read_lines
from releases.importing.rows import Unclear, moment_text, plain, rows_of, understood

HEADING = [column.zh for column in PLANNED]
GOOD = ["WT-1", date(2026, 6, 1), date(2026, 6, 2), ""]


def book(*lines: Any, sheet: Callable[[Any], None] | None = None) -> bytes:
    made = Workbook()
    for line in lines:
        made.active.append(line)
    if sheet:
        sheet(made.active)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def repacked(content: bytes, **changes: Any) -> bytes:
    """The same archive with parts replaced, added (``path``) or dropped (None)."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()} | changes
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = book(HEADING, GOOD)


def lying_archive() -> bytes:
    """A part that declares a hundredth of what it unpacks to."""
    content = repacked(PLAIN, **{"xl/media/a.bin": b"0" * 400_000})
    size = (400_000).to_bytes(4, "little")
    return content.replace(size, (4_000).to_bytes(4, "little"))


HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "nothing at all": ("a.xlsx", b"", "file_is_empty"),
    "an empty CSV": ("a.csv", b"", "file_is_empty"),
    "only empty lines": ("a.csv", b"\n\n\r\n", "no_heading"),
    "another kind": ("a.pdf", b"%PDF-1.7", "kind_of_file"),
    "without an extension": ("list", PLAIN, "kind_of_file"),
    "a macro book": ("a.xlsm", PLAIN, "kind_of_file"),
    "macros under an innocent name": (
        "a.xlsx",
        repacked(PLAIN, **{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
        "office_is_active",
    ),
    "a PDF called XLSX": ("a.xlsx", b"%PDF-1.7\n" + b"0" * 100, "content_differs_from_name"),
    "an old or encrypted book": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "locked_or_old"),
    "a truncated book": ("a.xlsx", PLAIN[:-200], "file_is_damaged"),
    "a book cut in the middle": ("a.xlsx", PLAIN[: len(PLAIN) // 2], "file_is_damaged"),
    "any archive": ("a.xlsx", repacked(PLAIN, **{"xl/workbook.xml": None}), "content_differs_from_name"),
    "a bomb by what it declares": ("a.xlsx", repacked(PLAIN, **{"xl/a.bin": b"0" * (70 << 20)}), "too_large"),
    "a bomb by its ratio": ("a.xlsx", repacked(PLAIN, **{"xl/a.bin": b"0" * (50 << 20)}), "unpacks_too_large"),
    "a bomb that lies about its size": ("a.xlsx", lying_archive(), "file_is_damaged"),
    "entities that multiply": (
        "a.xlsx",
        repacked(PLAIN, **{SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'}),
        "office_is_active",
    ),
    "a sheet that is no XML": ("a.xlsx", repacked(PLAIN, **{SHEET: b"<worksheet><sheetData><row"}), "unreadable"),
    "a book without its sheet": ("a.xlsx", repacked(PLAIN, **{SHEET: None}), "unreadable"),
    "a number that is none": (
        "a.xlsx",
        repacked(
            PLAIN,
            **{
                SHEET: b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                b'<sheetData><row r="1"><c r="A1"><v>x1</v></c></row></sheetData></worksheet>'
            },
        ),
        "unreadable",
    ),
    "a row a million lines below": (
        "a.xlsx",
        book(HEADING, GOOD, sheet=lambda sheet: sheet.cell(1_000_000, 1, "WT-1")),
        "too_many_rows",
    ),
    "more rows than allowed": (
        "a.csv",
        "\n".join([",".join(HEADING), *["WT-1,2026-06-01,2026-06-02,"] * 10_001]).encode(),
        "too_many_rows",
    ),
    "more bytes than allowed": ("a.csv", b"a," * (3 << 20), "too_large"),
    "binary called CSV": ("a.csv", bytes(range(256)) * 4, "content_differs_from_name"),
    "a book called CSV": ("a.csv", PLAIN, "content_differs_from_name"),
    "a quote that never closes": ("a.csv", ('"' + ",".join(HEADING) + "\n1,2").encode(), "unreadable"),
    "a cell of two hundred thousand signs": ("a.csv", f"{'x' * 200_000},b\n".encode(), "unreadable"),
    "another table": ("a.csv", b"name,price\nx,1\n", "no_heading"),
    "a column too many": ("a.csv", ",".join([*HEADING, "价格"]).encode(), "column_unknown"),
    "a column twice": ("a.csv", ",".join([*HEADING, HEADING[1]]).encode(), "column_twice"),
    "a column less": ("a.csv", (",".join(HEADING[1:]) + "\n1").encode(), "columns_missing"),
    "a heading alone": ("a.csv", ",".join(HEADING).encode(), "no_rows"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_or_hostile_file_is_refused_with_one_sentence_in_both_languages(name: str) -> None:
    file_name, content, code = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        rows_of(read_lines(file_name, content), PLANNED)
    (finding,) = refused.value.findings
    assert finding.code == code, finding.en
    assert finding.zh
    assert finding.en
    assert "{" not in finding.zh + finding.en


def test_a_book_is_never_unpacked_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    kept = zipfile.ZipFile.read

    def counted(archive: Any, member: Any, *args: Any) -> bytes:
        content = kept(archive, member, *args)
        read.append(len(content))
        return content

    content = repacked(PLAIN, **{"xl/a.bin": b"0" * (reading.MOST_UNPACKED + 1)})
    monkeypatch.setattr(zipfile.ZipFile, "read", counted)
    with pytest.raises(Refused):
        read_lines("a.xlsx", content)
    assert read == []


def rows(*cells: Any, columns: Any = PLANNED) -> Any:
    return rows_of(read_lines("a.xlsx", book([column.zh for column in columns], list(cells))), columns)


def test_formulas_are_named_by_their_cell_and_never_calculated() -> None:
    (row,) = rows("WT-1", "=TODAY()", date(2026, 6, 2), "=1+1")
    assert [fault.code for fault in row.faults] == ["formula", "formula"]
    assert "B2" in row.faults[0].en
    assert "D2" in row.faults[1].zh
    (typed,) = rows_of(
        read_lines("a.csv", (",".join(HEADING) + "\n=cmd|' /C calc'!A0,2026-6-1,2026-6-2,").encode()), PLANNED
    )
    assert [fault.code for fault in typed.faults] == ["formula"]


def test_every_fault_of_a_row_is_told_at_once() -> None:
    (row,) = rows("", "31.05.2026", "2026-02-30", "x" * 201)
    assert [fault.code for fault in row.faults] == ["missing", "not_a_day", "not_a_day", "too_long"]


def test_remarks_empty_rows_and_full_width_headings_are_read_as_meant() -> None:
    text = (
        "\ufeff" + "委托生产编号 ,计划开始日*,Last planned day,note\n#示例,1,2,3\n,,,\nWT-1,2026/6/1,2026年6月2日,x\n"
    )
    (row,) = rows_of(read_lines("a.csv", text.encode()), PLANNED)
    assert row.number == 4
    assert row.values == {
        "entrustment": "WT-1",
        "starts_on": date(2026, 6, 1),
        "ends_on": date(2026, 6, 2),
        "note": "x",
    }


DAY = Column("day", "日", "Day", "day")
MOMENT = Column("at", "时间", "Time", "moment")
NUMBER = Column("n", "数", "Number", "number")
TEXT = Column("t", "文字", "Text", most=10)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (DAY, 46_143, date(2026, 5, 1)),
        (DAY, 46_143.0, date(2026, 5, 1)),
        (DAY, datetime(2026, 5, 1), date(2026, 5, 1)),
        (DAY, "2026-05-01", date(2026, 5, 1)),
        (DAY, "2026.5.1", date(2026, 5, 1)),
        (DAY, 46_143.5, "not_a_day"),
        (DAY, "05/01/2026", "not_a_day"),
        (DAY, "0000-01-01", "not_a_day"),
        (DAY, -1, "not_a_day"),
        (DAY, True, "not_a_day"),
        (DAY, 10**9, "not_a_day"),
        (MOMENT, "2026-05-01 08:30", datetime(2026, 5, 1, 8, 30, tzinfo=SHANGHAI)),
        (MOMENT, "2026-05-01T08:30:15", datetime(2026, 5, 1, 8, 30, 15, tzinfo=SHANGHAI)),
        (MOMENT, 46_143.354166667, datetime(2026, 5, 1, 8, 30, tzinfo=SHANGHAI)),
        (MOMENT, "2026-05-01", "not_a_moment"),
        (MOMENT, "2026-05-01 24:30", "not_a_moment"),
        (NUMBER, 1000, 1000),
        (NUMBER, 1000.0, 1000),
        (NUMBER, "1,000", 1000),
        (NUMBER, 1.5, "not_a_number"),
        (NUMBER, -1, "not_a_number"),
        (NUMBER, "1e9", "not_a_number"),
        (NUMBER, "٣", "not_a_number"),
        (NUMBER, 10**12 + 1, "not_a_number"),
        (TEXT, 12.0, "12"),
        (TEXT, "e\u0301", "é"),
        (TEXT, "a\x00b", "control_sign"),
        (TEXT, "a\u202eb", "control_sign"),
        (TEXT, "x" * 11, "too_long"),
        (TEXT, Formula("=1"), "formula"),
        (TEXT, "  ", "missing"),
        (STEPS[3], "Key step", "key"),
        (STEPS[3], "key", "key"),
        (STEPS[3], "quick", "not_a_choice"),
    ],
)
def test_cells_are_understood_as_a_spreadsheet_shows_them_or_named(column: Column, cell: Any, value: Any) -> None:
    found = understood(column, cell)
    assert (found.code if isinstance(found, Unclear) else found) == value


@pytest.mark.parametrize("seconds", [0, 15, 15.25])
def test_a_moment_written_is_the_moment_read(seconds: float) -> None:
    at = datetime(2026, 5, 1, 8, 30, tzinfo=SHANGHAI) + timedelta(seconds=seconds)
    assert understood(MOMENT, moment_text(at)) == at


@pytest.mark.parametrize("columns", [LOTS, PLANNED, STEPS, PRESENCE])
def test_the_example_of_a_template_is_understood_in_both_languages(columns: tuple[Column, ...]) -> None:
    for column in columns:
        for example in column.example:
            found = understood(column, example)
            assert not isinstance(found, Unclear), (column.key, example)
            if example:
                assert understood(column, plain(column, found)) == found


def test_every_sentence_and_column_has_both_languages() -> None:
    assert all(zh and en for zh, en in [*SENTENCES.values(), *PROBLEMS.values()])
    assert all(column.zh and column.en for columns in COLUMNS.values() for column in columns)
    names = [{column.key for column in columns} for columns in COLUMNS.values()]
    assert all(len(keys) == len(columns) for keys, columns in zip(names, COLUMNS.values(), strict=True))

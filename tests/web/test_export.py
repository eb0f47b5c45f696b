"""Exports: no spreadsheet can be tricked, and nothing readable is spoiled."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from cmo.web import export


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://x","y")',
        "+SUM(A1)",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        "＝1+1",
        "＋SUM(A1)",
        "－1+A1",
        "＠SUM(1)",
        "  =1+1",
        "\u3000=1+1",
        "+86-571-8888",
        "-",
        "-5+A1",
    ],
)
def test_a_text_that_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert export.neutralise(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "+5",
        "-1,234.50",
        "-3.5 %",
        "+86 571 8888 0000",
        "+86 (571) 8888-0000",
        "HT2611007",
        "a=b",
        "",
        "髋关节假体",
    ],
)
def test_plain_numbers_telephone_numbers_and_other_text_stay_readable(text: str) -> None:
    assert export.neutralise(text) == text


@given(st.text(max_size=30))
def test_no_text_whatsoever_leaves_as_a_formula(text: str) -> None:
    done = export.neutralise(text)
    starts_badly = done.lstrip(" \u3000\u00a0").startswith(export.DANGEROUS)
    assert not starts_badly or not any(character.isalpha() or character in "=@|!\"'" for character in done)


def test_csv_can_be_read_back_with_chinese_and_line_breaks() -> None:
    rows = [["批号", "备注"], ["HT2611007", '第一行\n第二行,"引号"'], ["=1+1", -5]]
    text = "".join(export.csv_lines(rows))
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]))) == [
        ["批号", "备注"],
        ["HT2611007", '第一行\n第二行,"引号"'],
        ["'=1+1", "-5"],
    ]


def test_xlsx_keeps_numbers_and_dates_and_types_formulas_as_text() -> None:
    rows = [
        ["批号", "数量", "日期", "比例"],
        ["=1+1", 1200, date(2026, 11, 22), Decimal("0.5")],
        ["a\x01b", None, "", True],
    ]
    sheet = load_workbook(io.BytesIO(export.xlsx_bytes(rows, "批/次"))).active
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].value == 1200
    assert sheet["C2"].value == datetime(2026, 11, 22)
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert sheet["A3"].value == "a\ufffdb"
    assert sheet["D3"].value == "True"
    assert sheet["A1"].font.bold
    assert sheet.title == "批 次"


def test_markup_lazy_words_and_moments_become_plain_text() -> None:
    assert export.plain(mark_safe("<b>合格</b>")) == "合格"
    assert export.plain(gettext_lazy("plain")) == "plain"
    assert export.plain(datetime(2026, 11, 22, 6, 5, tzinfo=UTC)) == "2026-11-22 14:05 (UTC+8)"
    assert export.plain(None) == ""


def test_a_download_is_an_attachment_with_a_harmless_name() -> None:
    answer = export.response([["a"]], name='批次 "x"', kind="csv")
    assert answer["Content-Disposition"] == 'attachment; filename="----x-.csv"'
    assert b"".join(answer).decode() == '\ufeff"a"\r\n'
    with pytest.raises(ValueError, match="pdf"):
        export.response([["a"]], name="x", kind="pdf")

"""A checklist as a file to begin from: YAML, or a workbook in the reader's language. Reading gives the same content back."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import yaml
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .columns import (
    CHECKLIST,
    HEAD,
    ITEMS,
    NOTES,
    SECTIONS,
    SEVERITY_NAMES,
    SHEETS,
    TABLES,
    Column,
    Sheet,
)

YAML, XLSX = "yaml", "xlsx"
KINDS = (YAML, XLSX)
#: Two sections, three items and a judgement table: enough to see how a workbook is filled in.
EXAMPLE: dict[str, Any] = {
    "title_zh": "示例检查表",
    "title_en": "Example of a checklist",
    "use": "topic",
    "issuer_zh": "质量管理部",
    "issuer_en": "Quality management",
    "issued": "2026-11-01",
    "sections": [
        {"key": "people", "title_zh": "人员", "title_en": "People"},
        {"key": "documents", "title_zh": "文件", "title_en": "Documents"},
    ],
    "items": [
        {
            "serial": 1,
            "clause": "1.1",
            "severity": "critical",
            "section": "people",
            "title_zh": "质量安全关键岗位人员在岗",
            "title_en": "Key quality posts are filled",
            "checks_zh": ["质量负责人有任命文件", "生产负责人与质量负责人不互相兼任"],
            "checks_en": [
                "The head of quality is appointed in writing",
                "Heads of production and of quality are different people",
            ],
            "citation": "GMP25-13",
        },
        {
            "serial": 2,
            "clause": "1.2",
            "severity": "major",
            "section": "people",
            "title_zh": "培训",
            "title_en": "Training",
            "checks_zh": ["本年度培训有计划、有记录"],
            "checks_en": ["This year's training is planned and recorded"],
            "citation": "GMP25-15",
        },
        {
            "serial": 3,
            "clause": "2.1",
            "severity": "general",
            "section": "documents",
            "title_zh": "记录填写",
            "title_en": "Filling in of records",
            "checks_zh": ["更改处有签名和日期，原内容可辨认"],
            "checks_en": ["Corrections are signed and dated, the first entry stays legible"],
            "citation": "质量手册 4.2",
        },
    ],
    "tables": [
        {
            "key": "conclusion",
            "title_zh": "审核结论",
            "title_en": "Conclusion of the audit",
            "outcomes": [
                {"key": "effective", "title_zh": "体系运行有效", "title_en": "The system works effectively"},
                {"key": "correct", "title_zh": "限期整改", "title_en": "Correct within a time limit"},
                {"key": "stop", "title_zh": "暂停委托生产", "title_en": "Suspend the entrusted production"},
            ],
            "rows": [
                {"row": 1, "critical": "0", "major": "0", "general": "≤20%", "outcome": "effective"},
                {"row": 2, "critical": "0", "major": "0", "general": ">20%", "outcome": "correct"},
                {"row": 3, "critical": "0", "major": "≥1", "general": "-", "outcome": "correct"},
                {"row": 4, "critical": "≥1", "major": "-", "general": "-", "outcome": "stop"},
            ],
        }
    ],
}


def write_yaml(content: dict[str, Any]) -> str:
    """The content as a YAML file."""
    head = (
        "# use: annual_audit (touches every part of the product's annual checklist), topic, self_assessment, benchmark\n"
        "# severity: critical, major, general; serials count from 1; as many checks in Chinese as in English\n"
        "# citation: key of a legal reference, or words of at most 60 characters\n"
        '# bounds of a judgement table: "0", "1–2", "≥3", "≤20%", ">20%, <30%", "-" (any)\n'
    )
    return head + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


def write_workbook(content: dict[str, Any], *, chinese: bool) -> bytes:
    """The content as a workbook with a sheet for each part, and a sheet that says what each column takes."""
    book = Workbook(write_only=True)
    for sheet in SHEETS:
        _write_sheet(book, sheet, _lines(sheet, content, chinese), chinese)
    _write_notes(book, chinese)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _lines(sheet: Sheet, content: dict[str, Any], chinese: bool) -> Iterable[list[Any]]:
    """The rows of a sheet in the order of its columns."""
    if sheet is CHECKLIST:
        return [[names[0 if chinese else 1], _get(content, key)] for key, names in HEAD.items()]
    if sheet in (SECTIONS, ITEMS, TABLES):
        return [_cells(sheet, row, chinese) for row in content.get(sheet.key, ())]
    tables = content.get("tables", ())
    return [_cells(sheet, {**row, "table": table["key"]}, chinese) for table in tables for row in table[sheet.key]]


def _cells(sheet: Sheet, row: dict[str, Any], chinese: bool) -> list[Any]:
    return [_cell_text(column, _get(row, column.key), chinese) for column in sheet.columns]


def _cell_text(column: Column, value: Any, chinese: bool) -> Any:
    if column.kind == "lines":
        return "\n".join(value or ())
    return SEVERITY_NAMES[value][0 if chinese else 1] if column.kind == "severity" else value


def _get(values: dict[str, Any], key: str) -> Any:
    outer, _dot, inner = key.partition(".")
    found = values.get(outer, "")
    return found.get(inner, "") if inner and isinstance(found, dict) else "" if inner else found


def _write_sheet(book: Any, sheet: Sheet, lines: Iterable[list[Any]], chinese: bool) -> None:
    page = book.create_sheet(sheet.name(chinese))
    page.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.append([_cell(page, column.zh if chinese else column.en, bold=True) for column in sheet.columns])
    for line in lines:
        page.append([_cell(page, value) for value in line])


def _cell(page: Any, value: Any, *, bold: bool = False) -> WriteOnlyCell:
    """Text stays text whatever it begins with, and is written into cells of the format text."""
    cell = WriteOnlyCell(page, value=value if isinstance(value, int) else str(value or ""))
    if not isinstance(value, int):
        cell.data_type = "s"
        cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def _write_notes(book: Any, chinese: bool) -> None:
    place = 0 if chinese else 1
    page = book.create_sheet(NOTES[place])
    for number, width in enumerate((16, 28, 14, 90), start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    titles = ("工作表", "列", "是否必填", "填写要求") if chinese else ("Sheet", "Column", "Demand", "What it takes")
    page.append([_cell(page, title, bold=True) for title in titles])
    must, may = ("必填", "可以为空") if chinese else ("required", "may be empty")
    for sheet in SHEETS[1:]:
        for column in sheet.columns:
            words = (sheet.name(chinese), column.zh if chinese else column.en, must if column.required else may)
            page.append([_cell(page, text) for text in (*words, column.note[place])])
    if chinese:
        rest = (
            "判定表、判定结论、判定规则三个工作表可以为空：没有判定表的检查表只作统计。",
            "用途：annual_audit（年度审核，须覆盖自带年度检查表各部分）、topic（专项）、self_assessment、benchmark；留空为topic。",
            "以#开头的行不读取。",
        )
    else:
        rest = (
            "The sheets of judgement tables, conclusions and outcome rules may be empty: then results are only counted.",
            "Use: annual_audit (covers each part of the product's), topic, self_assessment, benchmark; empty means topic.",
            "Rows that begin with # are not read.",
        )
    for text in rest:
        page.append([_cell(page, text)])

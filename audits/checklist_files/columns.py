"""The sheets of a workbook and their columns: names in both languages, and what each takes."""

from __future__ import annotations

from dataclasses import dataclass

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """``key``: as in a YAML file. ``kind``: text, lines (one a line), number, severity."""

    key: str
    zh: str
    en: str
    kind: str = "text"
    required: bool = True
    width: int = 24
    note: Words = ("", "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; ``required``: whether a workbook must have it."""

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    required: bool = True

    def name(self, chinese: bool) -> str:
        return self.zh if chinese else self.en


_KEY = ("小写字母、数字、连字符和下划线。", "Lower-case letters, digits, hyphens and underscores.")
_TITLE = (
    Column("title_zh", "名称（中文）", "Title (Chinese)", width=40),
    Column("title_en", "名称（英文）", "Title (English)", width=40),
)
_BOUND = (
    "0、1–2、≥3、≤20%、>20%, <30%，或 -（不限）；百分比是该级缺陷占判定项数的比例。",
    "0, 1–2, ≥3, ≤20%, “>20%, <30%”, or - (any); a percentage is the share of defects among the judged items.",
)

#: Name of a row of the first sheet → its column in a file, (zh, en).
HEAD: dict[str, Words] = {
    "title_zh": ("名称（中文）", "Title (Chinese)"),
    "title_en": ("名称（英文）", "Title (English)"),
    "use": ("用途", "Use"),
    "issuer_zh": ("制定单位（中文）", "Issuer (Chinese)"),
    "issuer_en": ("制定单位（英文）", "Issuer (English)"),
    "issued": ("发布日期", "Issued"),
    "applies_to.zh": ("适用对象（中文）", "For whom (Chinese)"),
    "applies_to.en": ("适用对象（英文）", "For whom (English)"),
    "content_note_zh": ("内容说明（中文）", "Note on the content (Chinese)"),
    "content_note_en": ("内容说明（英文）", "Note on the content (English)"),
    "status_note_zh": ("状态说明（中文）", "Note on the status (Chinese)"),
    "status_note_en": ("状态说明（英文）", "Note on the status (English)"),
}
CHECKLIST = Sheet(
    "checklist",
    "检查表",
    "Checklist",
    (Column("field", "栏目", "Field", width=30), Column("value", "内容", "Value", width=90)),
)
SECTIONS = Sheet("sections", "章节", "Sections", (Column("key", "代码", "Key", note=_KEY), *_TITLE))
ITEMS = Sheet(
    "items",
    "检查项目",
    "Items",
    (
        Column(
            "serial",
            "序号",
            "No.",
            "number",
            width=8,
            note=("从1起连续编号。", "Counts from 1 without a gap."),
        ),
        Column("clause", "条款", "Clause", required=False, width=12),
        Column(
            "severity",
            "缺陷等级",
            "Severity",
            "severity",
            width=12,
            note=("严重、主要或者一般。", "critical, major or general."),
        ),
        Column("section", "章节", "Section", note=("章节表中的代码。", "A key of the sheet of sections.")),
        *_TITLE,
        Column(
            "checks_zh",
            "检查要点（中文）",
            "Checks (Chinese)",
            "lines",
            width=60,
            note=("每条一行（单元格内换行），与英文一一对应。", "One a line inside the cell, as many as in English."),
        ),
        Column("checks_en", "检查要点（英文）", "Checks (English)", "lines", width=60),
        Column(
            "citation",
            "依据",
            "Basis",
            required=False,
            note=(
                "法规依据代码（如 GMP25-108），或者60个字符以内的文字。",
                "Key of a legal reference (such as GMP25-108), or words of at most 60 characters.",
            ),
        ),
    ),
)
_TABLE = Column("table", "判定表", "Table", note=("判定表的代码。", "Key of a judgement table."))
TABLES = Sheet(
    "tables",
    "判定表",
    "Judgement tables",
    (
        Column("key", "代码", "Key", note=_KEY),
        *_TITLE,
        Column("formula.zh", "判定方法（中文）", "Method (Chinese)", required=False, width=50),
        Column("formula.en", "判定方法（英文）", "Method (English)", required=False, width=50),
        Column("reading_zh", "读法说明（中文）", "How it is read (Chinese)", "lines", required=False, width=50),
        Column("reading", "读法说明（英文）", "How it is read (English)", "lines", required=False, width=50),
    ),
    required=False,
)
OUTCOMES = Sheet(
    "outcomes",
    "判定结论",
    "Conclusions",
    (_TABLE, Column("key", "代码", "Key", note=_KEY), *_TITLE),
    required=False,
)
ROWS = Sheet(
    "rows",
    "判定规则",
    "Outcome rules",
    (
        _TABLE,
        Column("critical", "严重缺陷", "Critical", width=16, note=_BOUND),
        Column("major", "主要缺陷", "Major", width=16, note=_BOUND),
        Column("general", "一般缺陷", "General", width=16, note=_BOUND),
        Column("outcome", "结论", "Conclusion", note=("判定结论表中的代码。", "A key of the sheet of conclusions.")),
        Column("as_printed.critical", "严重缺陷（原文）", "Critical as printed", required=False, width=18),
        Column("as_printed.major", "主要缺陷（原文）", "Major as printed", required=False, width=18),
        Column("as_printed.general", "一般缺陷（原文）", "General as printed", required=False, width=18),
    ),
    required=False,
)
SHEETS = (CHECKLIST, SECTIONS, ITEMS, TABLES, OUTCOMES, ROWS)
#: A sheet of remarks, written for people and never read.
NOTES: Words = ("填写说明", "Notes")
SEVERITY_NAMES = {"critical": ("严重", "critical"), "major": ("主要", "major"), "general": ("一般", "general")}

"""Read and check the file of legal references."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cmo.regulation.legal import Document, LegalReference
from cmo.regulation.loading import DATA, Checker, read_yaml

FILE = DATA / "legal_references.yaml"
BASES = ("law", "announcement", "guide", "policy")

_DOCUMENT_FIELDS = frozenset(
    {"key", "title", "number", "basis", "in_force_from", "in_force_to", "note", "sources", "recalled", "citations"}
)
_CITATION_FIELDS = frozenset({"key", "article", "paragraph", "item", "clause", "basis", "recalled", "see", "zh", "en"})
_DIGITS = "零一二三四五六七八九"


def load(path: Path) -> dict[str, LegalReference]:
    """Read and check a file of legal references.

    :raises LoadError: with every fault of the file.
    """
    content = read_yaml(path)
    check = Checker(path)
    table: dict[str, LegalReference] = {}
    entries = content.get("documents") if isinstance(content, Mapping) else None
    if not isinstance(entries, list) or not entries:
        check.fault({}, "documents", "缺少文件列表", "the list of documents is missing")
        entries = []
    for row in _rows(check, entries, "documents"):
        document = _document(check, row, {item.document.key for item in table.values()})
        items = {document.key: _whole(document)}
        for citation in _rows(check, row.get("citations"), "citations"):
            item = _citation(check, citation, document)
            if item.key in table or (item.key in items and not items[item.key].whole):
                check.fault(citation, "key", f"「{item.key}」重复", f"“{item.key}” is given twice")
            items[item.key] = item
        table |= items
    _check_links(check, table)
    check.finish()
    return table


def _rows(check: Checker, entries: Any, column: str) -> list[Mapping[str, Any]]:
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        check.fault({}, column, "应为条目列表", "must be a list of entries")
        return []
    return entries


def _document(check: Checker, row: Mapping[str, Any], known: set[str]) -> Document:
    _only(check, row, _DOCUMENT_FIELDS)
    key = check.text(row, "key")
    if key in known:
        check.fault(row, "key", f"「{key}」重复", f"“{key}” is given twice")
    title, number, note = (_pair(check, row, name, required=name != "note") for name in ("title", "number", "note"))
    first, last = (_day(check, row, name) for name in ("in_force_from", "in_force_to"))
    if first and last and last < first:
        check.fault(row, "in_force_to", "早于生效日期", "lies before in_force_from")
    return Document(
        key,
        *title,
        *number,
        check.choice(row, "basis", BASES),
        first,
        last,
        *note,
        _texts(check, row, "sources"),
        row.get("recalled") is True,
    )


def _citation(check: Checker, row: Mapping[str, Any], document: Document) -> LegalReference:
    _only(check, row, _CITATION_FIELDS)
    clause_zh, clause_en = _clause(check, row)
    return LegalReference(
        check.text(row, "key"),
        document,
        clause_zh,
        clause_en,
        check.text(row, "zh"),
        check.text(row, "en"),
        check.choice(row, "basis", BASES) if "basis" in row else document.basis,
        document.recalled or row.get("recalled") is True,
        _texts(check, row, "see"),
    )


def _whole(document: Document) -> LegalReference:
    """The document as a whole, citable by its own key."""
    return LegalReference(
        document.key,
        document,
        "",
        "",
        document.number_zh,
        document.number_en,
        document.basis,
        document.recalled,
        (),
        whole=True,
    )


def _clause(check: Checker, row: Mapping[str, Any]) -> tuple[str, str]:
    """Place inside the document in both languages; empty for the document as a whole."""
    if "article" not in row:
        return _pair(check, row, "clause", required=False)
    span = row["article"] if isinstance(row["article"], list) else [row["article"]]
    numbers = [*span, *(row[name] for name in ("paragraph", "item") if name in row)]
    if not all(isinstance(number, int) and 0 < number < 1000 for number in numbers) or len(span) > 2:
        check.fault(row, "article", "应为条号（整数）或起止条号", "must be an article number or a first and a last one")
        return "", ""
    zh = "至".join(f"第{chinese_number(number)}条" for number in span)
    en = ("arts " if len(span) > 1 else "art. ") + "–".join(str(number) for number in span)
    if "paragraph" in row:
        zh, en = zh + f"第{chinese_number(row['paragraph'])}款", f"{en}, para. {row['paragraph']}"
    if "item" in row:
        zh, en = zh + f"第（{chinese_number(row['item'])}）项", f"{en}({row['item']})"
    return zh, en


def chinese_number(number: int) -> str:
    """A whole number from 1 to 999 in Chinese, as articles are counted: 34 → 三十四, 107 → 一百零七."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _pair(check: Checker, row: Mapping[str, Any], column: str, *, required: bool) -> tuple[str, str]:
    value = row.get(column)
    if value is None and not required:
        return "", ""
    if not isinstance(value, Mapping) or not all(isinstance(value.get(name), str) for name in ("zh", "en")):
        check.fault(row, column, "应有 zh 和 en 两种文字", "needs both zh and en")
        return "", ""
    return value["zh"], value["en"]


def _day(check: Checker, row: Mapping[str, Any], column: str) -> dt.date | None:
    value = row.get(column)
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    check.fault(row, column, f"应为日期 YYYY-MM-DD，现为「{value}」", f"must be a date YYYY-MM-DD, not “{value}”")
    return None


def _texts(check: Checker, row: Mapping[str, Any], column: str) -> tuple[str, ...]:
    value = row.get(column, [])
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return tuple(value)
    check.fault(row, column, "应为文字列表", "must be a list of texts")
    return ()


def _only(check: Checker, row: Mapping[str, Any], known: frozenset[str]) -> None:
    for column in row.keys() - known:
        check.fault(row, column, "不认识的字段", "is not a known field")


def _check_links(check: Checker, table: Mapping[str, LegalReference]) -> None:
    for item in table.values():
        for key in item.see:
            if key not in table:
                check.fault({}, item.key, f"see 指向不存在的「{key}」", f"see points at “{key}”, which does not exist")

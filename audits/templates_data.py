"""The audit templates of the product: dated data in ``data/*.yaml``, checked precisely when they are read.

A template is a list of items by section and severity, and may bring judgement tables: rows of bounds per severity, each
with one outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .bounds import write_bound
from .template_reading import OPTIONAL_TEXTS, AuditTemplateError, read_content
from .template_shape import (
    ANNUAL,
    BENCHMARK,
    COUNT,
    PERCENT,
    SEVERITIES,
    AuditTemplate,
    Bound,
    Item,
    JudgementTable,
    Note,
    Outcome,
    Row,
    Section,
)

__all__ = [
    "ANNUAL",
    "BENCHMARK",
    "COUNT",
    "DATA",
    "PERCENT",
    "SEVERITIES",
    "AuditTemplate",
    "AuditTemplateError",
    "Bound",
    "Item",
    "JudgementTable",
    "Note",
    "Outcome",
    "Row",
    "Section",
    "annual_template",
    "audit_template",
    "audit_templates",
    "content_of",
    "read_content",
    "read_template",
    "template_contents",
]

DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=1)
def template_contents() -> Mapping[str, dict[str, Any]]:
    """Key → what each template file of the product holds, as plain values."""
    found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.yaml"))]
    return {content["key"]: content for content in found}


@lru_cache(maxsize=1)
def audit_templates() -> tuple[AuditTemplate, ...]:
    """Every template, the latest first. :raises AuditTemplateError: when a file is wrong."""
    found = [read_content(content) for content in template_contents().values()]
    return tuple(sorted(found, key=lambda template: template.issued, reverse=True))


def audit_template(key: str) -> AuditTemplate | None:
    """The template with this key."""
    return next((template for template in audit_templates() if template.key == key), None)


def annual_template() -> AuditTemplate:
    """The product's checklist of the yearly audit."""
    return next(template for template in audit_templates() if template.use == ANNUAL)


def read_template(text: str) -> AuditTemplate:
    """One template file of the product. :raises AuditTemplateError: with every fault and its place."""
    return read_content(yaml.safe_load(text))


def content_of(template: AuditTemplate) -> dict[str, Any]:
    """What a company's own checklist keeps of a template, as plain values that ``read_content`` reads again."""
    texts = ("use", "title_zh", "title_en", *OPTIONAL_TEXTS)
    found: dict[str, Any] = {name: getattr(template, name) for name in texts}
    found |= {"issued": template.issued, "applies_to": {"zh": template.applies_zh, "en": template.applies_en}}
    found["sections"] = [_titled(section) for section in template.sections]
    found["items"] = [_item(item) for item in template.items]
    found["tables"] = [_table(table) for table in template.tables]
    if not any(found["applies_to"].values()):
        del found["applies_to"]
    return {name: value for name, value in found.items() if value not in ("", [])}


def _titled(part: Section | Outcome) -> dict[str, Any]:
    return {"key": part.key, "title_zh": part.title_zh, "title_en": part.title_en}


def _item(item: Item) -> dict[str, Any]:
    found = {
        "serial": item.serial,
        "clause": item.clause,
        "severity": item.severity,
        "section": item.section,
        "title_zh": item.title_zh,
        "title_en": item.title_en,
        "checks_zh": list(item.checks_zh),
        "checks_en": list(item.checks_en),
        "citation": item.citation,
    }
    return {name: value for name, value in found.items() if value != ""}


def _table(table: JudgementTable) -> dict[str, Any]:
    found: dict[str, Any] = {"key": table.key, "title_zh": table.title_zh, "title_en": table.title_en}
    if table.formula_zh or table.formula_en:
        found["formula"] = {"zh": table.formula_zh, "en": table.formula_en}
    found["outcomes"] = [_titled(outcome) for outcome in table.outcomes]
    found["rows"] = [_row(row) for row in table.rows]
    if table.reading_zh or table.reading_en:
        found |= {"reading_zh": list(table.reading_zh), "reading": list(table.reading_en)}
    return found


def _row(row: Row) -> dict[str, Any]:
    written = {severity: write_bound(row.bounds[severity]) for severity in SEVERITIES}
    printed = {severity: row.printed[severity] for severity in SEVERITIES}
    found = {"row": row.number, **written, "outcome": row.outcome}
    return found if printed == written else found | {"as_printed": printed}

"""A sample agreement, in which a company sees its template before anybody uses it: the product's text, invented parties."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from cmo.paper.docx.controls import Change

from ..body import SCHEMA
from ..facts.templates import BASE
from ..templates_data import Template, templates
from .sources import Key, Source

_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_SITE = {
    "name_zh": "示例一厂",
    "name_en": "Sample plant 1",
    "address_zh": "示例市示例路1号",
    "address_en": "1 Sample Road, Sample City",
}


@lru_cache(maxsize=1)
def sample() -> Source:
    """The sample as a text; always the same."""
    template = next(found for found in templates() if found.key == BASE)
    change = Change("示例医疗科技有限公司", _AT)
    return Source(Key("draft"), _body(template), _AT, change, 1, {row.key: 1 for row in template.clauses})


def _body(template: Template) -> dict[str, Any]:
    first, last = date(2026, 1, 5), date(2027, 1, 4)
    contractor = _party("示例精密制造有限公司", "Sample Precision Manufacturing Co., Ltd.", "乙某")
    return {
        "schema": SCHEMA,
        "agreement": {"number": "QA2026-000000", "title_zh": template.title_zh, "title_en": template.title_en},
        "revision": 1,
        "parent": None,
        "template": {"key": template.key, "version": template.version},
        "term": {"starts_on": first.isoformat(), "ends_on": last.isoformat()},
        "parties": {
            "registrant": _party("示例医疗科技有限公司", "Sample Medical Technology Co., Ltd.", "甲某"),
            "contractor": contractor | {"licences": [{"number": "示药监械生产许20260000号", "last_day": None}]},
        },
        "coverage": [_covered(last)],
        "signing_order": "any",
        "paper": None,
        "kind": "agreement",
        **_text(template),
    }


def _party(name_zh: str, name_en: str, person: str) -> dict[str, Any]:
    return {
        "name_zh": name_zh,
        "name_en": name_en,
        "uscc": "91330000000000000X",
        "address_zh": _SITE["address_zh"],
        "address_en": _SITE["address_en"],
        "legal_representative": person,
    }


def _covered(last: date) -> dict[str, Any]:
    device = {
        "name_zh": "示例导管",
        "name_en": "Sample catheter",
        "number": "国械注准20260000000",
        "device_class": "III",
    }
    return {
        "number": "ET2026-000000",
        "device": {**device, "models": ["S-01"], "last_day": last.isoformat()},
        "site": _SITE,
        "last_day": last.isoformat(),
        "capped_by": "term",
    }


def _text(template: Template) -> dict[str, Any]:
    names = ("key", "heading_zh", "heading_en", "text_zh", "text_en", "citation")
    return {
        "clauses": [
            {"position": n, "elements": [], **{name: getattr(row, name) for name in names}}
            for n, row in enumerate(template.clauses, 1)
        ],
        "duties": [
            {
                "key": row.key,
                "position": n,
                "duty_zh": row.duty_zh,
                "duty_en": row.duty_en,
                "registrant": row.registrant,
                "contractor": row.contractor,
                "locked": bool(row.fixed),
                "citation": row.citation,
                "clause": row.clause,
            }
            for n, row in enumerate(template.duties, 1)
        ],
        "obligations": [
            {
                "key": row.key,
                "position": n,
                "clause": row.clause,
                "what_zh": row.what_zh,
                "what_en": row.what_en,
                "side": row.side,
                "frequency": row.frequency,
                "days_allowed": row.days_allowed,
                "proof_zh": row.proof_zh,
                "proof_en": row.proof_en,
            }
            for n, row in enumerate(template.obligations, 1)
        ],
    }

"""Texts of agreements and their revisions, written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from cmo.dossier.snapshot import Row
from cmo.trail.canonical import canonical, sha256

from . import known

CLAUSE = {"citation": "", "elements": []}


def clause(key: str, position: int, text: str, **changes: Any) -> dict[str, Any]:
    heading = {"heading_zh": f"标题{key}", "heading_en": f"Heading {key}"}
    return {"key": key, "position": position, **heading, "text_zh": text, "text_en": f"{text} en", **CLAUSE, **changes}


def duty(key: str = "release", **changes: Any) -> dict[str, Any]:
    words = {"duty_zh": "上市放行", "duty_en": "Market release", "citation": "", "clause": "a", "locked": True}
    return {"key": key, "position": 1, "registrant": "R", "contractor": "I", **words, **changes}


def obligation(key: str = "report", **changes: Any) -> dict[str, Any]:
    words = {"what_zh": "报送数据", "what_en": "Report data", "proof_zh": "报告", "proof_en": "Report"}
    told = {"clause": "a", "side": "contractor", "frequency": "monthly", "days_allowed": 10}
    return {"key": key, "position": 1, **words, **told, **changes}


def party(name: str, **changes: Any) -> dict[str, Any]:
    names = {"name_zh": name, "name_en": f"{name} Ltd", "address_zh": "某路", "address_en": "Some Road"}
    return {**names, "uscc": "91A", "legal_representative": "丁", **changes}


def body(clauses: Sequence[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    return {
        "agreement": {"number": "QA-1", "title_zh": "质量协议", "title_en": "Quality agreement"},
        "template": {"key": "quality_agreement", "version": "1"},
        "term": {"starts_on": "2026-01-01", "ends_on": "2027-12-31"},
        "parties": {"registrant": party("甲"), "contractor": party("乙", licences=[])},
        "coverage": [],
        "clauses": list(clauses),
        "duties": [duty()],
        "obligations": [obligation()],
        "signing_order": "any",
        "parent": None,
        "paper": None,
        **changes,
    }


def agreement(**values: Any) -> Row:
    given = {"pair_id": 7, "number": "QA-1", "title_zh": "质量协议", "title_en": "Quality agreement"}
    return known.row("agreements.agreement", 1, **{**given, **values})


def revision(number: int, content: dict[str, Any], **values: Any) -> Row:
    text = canonical(content)
    term = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 12, 31), "route": "electronic"}
    told = {"agreement_id": 1, "number": number, "body": text, "body_hash": sha256(text), "kind": "agreement"}
    return known.row("agreements.agreementrevision", number, **{**told, **term, **values})


def hash_of(row: Row) -> str:
    """What both sides of a revision sign."""
    names = ("number", "route", "body")
    record = {"type": row.label, "agreement": row["agreement_id"], **{name: row[name] for name in names}}
    return sha256(canonical(record))


def signed(row: Row, *sides: str, record_hash: str = "") -> list[Row]:
    """The signatures of these sides under a revision, and what ties them to it."""
    found = []
    for place, side in enumerate(sides or ("registrant", "contractor"), 1):
        pk = row.pk * 10 + place
        found.append(known.signature(row, pk, record_hash or hash_of(row), side=side, signed_at=known.AT))
        found.append(known.row("agreements.revisionsignature", pk, revision_id=row.pk, side=side, signature_id=pk))
    return found

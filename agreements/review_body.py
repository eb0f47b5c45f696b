"""The words and the complete text of a yearly review: what is written, frozen, signed and shown.

Pure: values in, JSON-ready values out. Regulated words stand in it in both languages; what people write stands as
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .figures import GROUPS, Figure
from .models.review import AgreementReview

SCHEMA = 1
Part, Verdict = AgreementReview.Part, AgreementReview.Verdict

#: Part → its name and the question it answers, in both languages (N38-15).
PARTS: Mapping[str, tuple[str, str, str, str]] = {
    Part.SUITABILITY: (
        "适宜性",
        "Suitability",
        "协议是否仍然适合委托的产品、双方的组织与能力以及现行法规？",
        "Does the agreement still fit the entrusted devices, both organisations and the law in force?",
    ),
    Part.ADEQUACY: (
        "充分性",
        "Adequacy",
        "协议是否写明了质量管理所需的全部职责、沟通与衔接要求，有无遗漏？",
        "Does it state every duty, communication and interface that quality needs, or is something missing?",
    ),
    Part.EFFECTIVENESS: (
        "有效性",
        "Effectiveness",
        "从本期的批次、偏差、审核和监督结果看，协议是否达到了控制质量的目的？",
        "Judging by the period's lots, deviations, audits and supervision, does it achieve control of quality?",
    ),
    Part.DOCUMENTS: (
        "与文件的一致性",
        "Match with the management documents",
        "双方的管理文件是否落实了协议的要求，与协议一致？",
        "Do the management documents of both sides carry out what the agreement says?",
    ),
    Part.PRACTICE: (
        "与实际生产的一致性",
        "Match with actual production",
        "实际的采购、生产、检验和放行是否按照协议进行？",
        "Are purchasing, production, inspection and release actually done as agreed?",
    ),
}
VERDICTS: Mapping[str, tuple[str, str]] = {
    Verdict.YES: ("符合", "given"),
    Verdict.WITH_ACTIONS: ("采取措施后符合", "given with actions"),
    Verdict.NO: ("不符合", "not given"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What the registrant writes: part → (verdict, text), the conclusion, and actions (what, side, last day)."""

    parts: Mapping[str, tuple[str, str]]
    conclusion: str
    actions: tuple[tuple[str, str, date | None], ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Written:
        """From the draft's JSON; what is missing is empty."""
        parts = content.get("parts", {})
        return cls(
            parts={part: _judged(parts.get(part, {})) for part in PARTS},
            conclusion=str(content.get("conclusion", "")).strip(),
            actions=tuple(_action(row) for row in content.get("actions", [])),
        )

    def as_content(self) -> dict[str, Any]:
        """For the draft's JSON."""
        return {
            "parts": {part: {"verdict": verdict, "text": text} for part, (verdict, text) in self.parts.items()},
            "conclusion": self.conclusion,
            "actions": [
                {"what": what, "side": side, "due_on": due_on.isoformat() if due_on else ""}
                for what, side, due_on in self.actions
            ],
        }


def _judged(row: Mapping[str, Any]) -> tuple[str, str]:
    verdict = str(row.get("verdict", ""))
    return verdict if verdict in VERDICTS else "", str(row.get("text", "")).strip()


def _action(row: Mapping[str, Any]) -> tuple[str, str, date | None]:
    due_on = row.get("due_on") or None
    return str(row.get("what", "")).strip(), str(row.get("side", "")), date.fromisoformat(due_on) if due_on else None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What is reviewed: the agreement, its revision in force at the end of the period, and the parties' names."""

    number: str
    title_zh: str
    title_en: str
    revision: int
    body_hash: str
    parties: Mapping[str, tuple[str, str]]


def body_of(
    number: str,
    reviewed: Reviewed,
    period: tuple[date, date],
    figures: Iterable[Figure],
    written: Written,
    taken_at: datetime,
) -> dict[str, Any]:
    """The whole review; equal input gives an equal body."""
    return {
        "schema": SCHEMA,
        "number": number,
        "agreement": {
            "number": reviewed.number,
            "title_zh": reviewed.title_zh,
            "title_en": reviewed.title_en,
            "revision": reviewed.revision,
            "body_hash": reviewed.body_hash,
        },
        "parties": {side: {"name_zh": zh, "name_en": en} for side, (zh, en) in reviewed.parties.items()},
        "period": {"from": period[0].isoformat(), "to": period[1].isoformat()},
        "figures": [_figure(row) for row in figures],
        "figures_taken_at": taken_at.isoformat(),
        "parts": [_part(part, *written.parts[part]) for part in PARTS],
        "conclusion": written.conclusion,
        "actions": [
            {"position": position, "what": what, "side": side, "due_on": due_on.isoformat() if due_on else ""}
            for position, (what, side, due_on) in enumerate(written.actions, 1)
        ],
    }


def _figure(row: Figure) -> dict[str, Any]:
    group_zh, group_en = GROUPS[row.group]
    return {
        "key": row.key,
        "group": str(row.group),
        "group_zh": group_zh,
        "group_en": group_en,
        "label_zh": row.label_zh,
        "label_en": row.label_en,
        "value": row.value,
        "url": row.url,
    }


def _part(part: str, verdict: str, text: str) -> dict[str, Any]:
    name_zh, name_en, question_zh, question_en = PARTS[part]
    verdict_zh, verdict_en = VERDICTS[verdict]
    return {
        "part": str(part),
        "name_zh": name_zh,
        "name_en": name_en,
        "question_zh": question_zh,
        "question_en": question_en,
        "verdict": str(verdict),
        "verdict_zh": verdict_zh,
        "verdict_en": verdict_en,
        "text": text,
    }

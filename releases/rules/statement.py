"""The releaser's own statement: what it must cover because no record here decides it, and that it is complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cmo.errors import Finding

from .gate import Verdict
from .unjudged import NOT_JUDGED, NotJudged

OUTCOMES = ("released", "conditional", "rejected")


@dataclass(frozen=True, slots=True)
class Review:
    """What a releaser decides and states; ``confirmed``: codes of the topics they answer for themselves."""

    outcome: str
    quantity: int
    statement: str
    conditions: str = ""
    confirmed: tuple[str, ...] = ()


def topics(verdicts: Sequence[Verdict]) -> list[NotJudged]:
    """Everything the statement must cover: what is not judged, and what lies before the records of a lot taken over."""
    before_records = [
        NotJudged(finding.code, finding.zh, finding.en, finding.citation, *_stated(verdict))
        for verdict in verdicts
        for finding in verdict.findings
        if finding.code.endswith("_before_records")
    ]
    return [*NOT_JUDGED, *before_records]


def _stated(verdict: Verdict) -> tuple[str, str]:
    """What the releaser states of a condition for the time before the records."""
    gate = verdict.gate
    return (
        f"就系统启用前的时段，本人已核对系统外的记录，并确认：{gate.zh}。",
        f"For the time before records began here I have checked the records kept elsewhere and confirm: {gate.en}.",
    )


def statement_findings(review: Review, verdicts: Sequence[Verdict]) -> list[Finding]:
    """Reasons why the decision as typed is incomplete or contradicts itself."""
    found = [*_outcome_findings(review)]
    if not review.statement.strip():
        zh, en = "请填写审核声明。", "Write the statement of review."
        found.append(_incomplete("statement_missing", zh, en))
    open_topics = [topic for topic in topics(verdicts) if topic.code not in review.confirmed]
    if review.outcome != "rejected":
        for topic in open_topics:
            zh, en = f"放行须确认：“{topic.stated_zh}”", f"A release needs your confirmation: “{topic.stated_en}”"
            found.append(_incomplete("statement_incomplete", zh, en, topic))
    return found


def _outcome_findings(review: Review) -> list[Finding]:
    found = []
    if review.outcome not in OUTCOMES:
        found.append(_incomplete("outcome_unknown", "请选择放行结论。", "Choose the outcome."))
    if review.outcome == "rejected" and review.quantity != 0:
        zh, en = "拒绝放行时放行数量为0。", "A rejection releases nothing; the quantity is 0."
        found.append(_incomplete("quantity_of_rejection", zh, en))
    if review.outcome != "rejected" and review.quantity < 1:
        found.append(_incomplete("quantity_missing", "放行数量至少为1。", "The quantity released is at least 1."))
    if review.outcome == "conditional" and not review.conditions.strip():
        found.append(
            _incomplete("conditions_missing", "附条件放行须写明条件。", "State the conditions of the release.")
        )
    return found


def _incomplete(code: str, zh: str, en: str, topic: NotJudged | None = None) -> Finding:
    facts = {"topic": topic.code} if topic else {}
    return Finding(code, "blocks", "law", zh, en, topic.citation if topic else "O53-34", facts)

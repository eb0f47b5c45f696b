"""Presence at the making of implantable lots: a gap needs a signed exception (invariant 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from cmo.clock import day_of
from cmo.errors import Finding

from ..facts import LotFacts, load_lot_facts
from ..rules import Case
from ..rules.gate import COVERAGE
from ..rules.supervising import coverage
from ..rules.waiving import waived_text
from .broken import Broken, row
from .decisions import CHUNK, MODELS, chunks, standing


def gap_without_exception(_on: date) -> Iterator[Broken]:
    """Every standing release of a lot with a gap rests on an exception approved by then; a gap that became known only
    afterwards needs one approved since."""
    for stage, model in MODELS:
        for some in chunks(standing(model).select_related("lot").order_by("id").iterator(CHUNK)):
            facts = load_lot_facts([decision.lot_id for decision in some])
            for decision in some:
                gap = _gap(stage, facts[decision.lot_id], decision)
                if gap is not None and not _excused(stage, decision, facts[decision.lot_id], gap):
                    yield row(decision, f"没有例外批准：{gap.zh}", f"No exception was approved: {gap.en}")


def _gap(stage: str, facts: LotFacts, decision: Any) -> Finding | None:
    """What blocked this decision about presence, were nothing waived."""
    case = Case(stage, replace(facts, exceptions=()), day_of(decision.recorded_at))
    if not coverage.applies(case):
        return None
    return next((finding for finding in coverage.ask(case).findings if finding.blocks), None)


def _excused(stage: str, decision: Any, facts: LotFacts, gap: Finding) -> bool:
    if _approved(facts, gap, decision, decision.recorded_at):
        return True
    known = load_lot_facts([decision.lot_id], decision.recorded_at)[decision.lot_id]
    seen = _gap(stage, known, decision)
    if seen is not None:
        return _approved(known, seen, decision, decision.recorded_at)
    return _approved(facts, gap, decision, None)


def _approved(facts: LotFacts, gap: Finding, decision: Any, before: datetime | None) -> bool:
    """Whether an exception for exactly this gap and all that was released was approved, before a moment where one is
    given."""
    text = waived_text(gap)
    approved = [one for one in facts.exceptions if one.approved and one.code == COVERAGE and one.waived == text]
    fitting = [one for one in approved if one.covers(decision.quantity)]
    return any(before is None or (one.decided_at is not None and one.decided_at <= before) for one in fitting)

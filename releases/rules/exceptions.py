"""Reasons against asking for an exception and against deciding on one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from cmo.errors import Finding

from ..facts.demands import ExceptionFact
from ..facts.values import MARKET, PRODUCTION, LotFacts
from .gate import Case
from .judging import judge
from .table import GATES
from .waiving import waived_text

WAIVABLE_GATES = frozenset(gate.code for gate in GATES if gate.waivable)


@dataclass(frozen=True, slots=True)
class ExceptionAsked:
    """A request as typed. ``finding``: what it would waive, None when the condition blocks nothing waivable now."""

    finding: Finding | None
    justification: str
    effect: str
    quantity: int | None
    lot_quantity: int
    requests: tuple[ExceptionFact, ...] = ()


def to_waive(lot: LotFacts, stage: str, on: date) -> dict[str, Finding]:
    """Gate → what it blocks now in this stage and a signed exception could waive; conditions about people and
    quantities are not asked, because nothing of theirs can be waived."""
    return {verdict.gate.code: verdict.waivable[0] for verdict in judge(Case(stage, lot, on)) if verdict.waivable}


def still_waives(lot: LotFacts, request: ExceptionFact, on: date) -> bool:
    """Whether what the request asks to waive would block in either stage, with exactly the facts it names, if nothing
    had been waived."""
    bare = replace(lot, exceptions=())
    found = (to_waive(bare, stage, on).get(request.code) for stage in (PRODUCTION, MARKET))
    return any(finding is not None and waived_text(finding) == request.waived for finding in found)


def blockers_to_request(asked: ExceptionAsked) -> list[Finding]:
    """Only what blocks now and does not rest on law is waived; a request says why, with which effect, for how much."""
    found = []
    if asked.finding is None:
        zh = "该条件目前没有可以例外批准的阻止项；以法规为依据的条件不能例外批准。"
        en = "Nothing that an exception could waive blocks here now; what rests on law is never waived."
        found.append(_block("nothing_to_waive", zh, en))
    elif any(one.approved is None and one.waived == waived_text(asked.finding) for one in asked.requests):
        zh, en = "同一情况的例外申请尚待审批，无需重复。", "A request for this very finding awaits its decision."
        found.append(_block("requested_already", zh, en))
    if not asked.justification.strip():
        found.append(_block("justification_missing", "请填写例外的理由。", "Give the justification."))
    if not asked.effect.strip():
        found.append(_block("effect_missing", "请填写对产品的影响。", "State the effect on the product."))
    return [*found, *_quantity(asked)]


def _quantity(asked: ExceptionAsked) -> list[Finding]:
    if asked.quantity is None or 1 <= asked.quantity <= asked.lot_quantity:
        return []
    most = asked.lot_quantity
    zh, en = f"涉及数量应为1至{most}。", f"The quantity concerned lies between 1 and {most}."
    return [_block("concerned_outside_lot", zh, en)]


def blockers_to_decide(
    request: ExceptionFact, person_id: int | None, *, stands: bool, approved: bool, reason: str
) -> list[Finding]:
    """A request is decided once, with a reason, by somebody else, and approved only while its facts still hold."""
    found = []
    if request.approved is not None:
        found.append(
            _block("exception_decided_already", "该例外申请已经审批。", "This request has been decided already.")
        )
    if person_id is None or request.requested_by_id == person_id:
        zh, en = "申请人不得审批自己的例外申请。", "Nobody decides on their own request."
        found.append(_block("own_exception", zh, en))
    if approved and not stands:
        zh = "申请时的情况已经变化，不能再批准；请不批准，并按现在的情况重新申请。"
        en = "The facts have changed since the request; refuse it and have the present ones requested anew."
        found.append(_block("exception_outdated", zh, en))
    if not reason.strip():
        found.append(_block("reason_missing", "请填写理由。", "Give the reason."))
    return found


def _block(code: str, zh: str, en: str) -> Finding:
    return Finding(code, "blocks", "policy", zh, en, "POLICY-FOUR-EYES")

"""Reasons against recording deviations, proposing and answering their closure; and which of them place a hold."""

from __future__ import annotations

from cmo.errors import Finding

from ..facts.deviating import CLOSED, PROPOSED, ClosureAsked, ClosureFact, DeviationAsked, DeviationFact
from ..facts.values import MARKET, PRODUCTION, LotFacts
from ..sentences import finding

#: Kinds that always concern a countable quantity.
COUNTED = frozenset({"rework", "quarantine_return"})
CRITICAL = "critical"


def blockers_to_record_deviation(asked: DeviationAsked) -> list[Finding]:
    """Every reason against a deviation as typed."""
    found = [] if asked.reference.strip() else [finding("reference_missing")]
    if asked.listed:
        found.append(finding("reference_listed", reference=asked.reference.strip()))
    if not asked.description.strip():
        found.append(finding("description_missing"))
    if asked.discovered_on < asked.occurred_on:
        found.append(finding("discovered_before_occurred"))
    if asked.discovered_on > asked.today:
        found.append(finding("discovered_in_future", day=asked.discovered_on.isoformat()))
    return [*found, *_concerned(asked)]


def _concerned(asked: DeviationAsked) -> list[Finding]:
    quantity, most = asked.quantity, asked.lot.quantity
    if quantity is None:
        return [finding("concerned_missing")] if asked.kind in COUNTED else []
    if quantity < 1:
        return [finding("concerned_zero")]
    return [finding("concerned_beyond_lot", quantity=quantity, most=most)] if quantity > most else []


def side_of_hold(lot: LotFacts, severity: str = "") -> str:
    """The side whose hold a deviation places now: the registrant's while a market release stands, the contractor's while
    a production release stands or for a critical one; empty when it places none."""
    if _let_through(lot, MARKET):
        return "registrant"
    return "contractor" if _let_through(lot, PRODUCTION) or severity == CRITICAL else ""


def _let_through(lot: LotFacts, stage: str) -> bool:
    decision = lot.standing(stage)
    return decision is not None and decision.lets_through


def blockers_to_propose_closure(asked: ClosureAsked) -> list[Finding]:
    """Every reason against a closure: its place in the order of events, its words, its quantity."""
    found = [finding("deviation_closed")] if asked.deviation.state == CLOSED else []
    if asked.deviation.state == PROPOSED:
        found.append(finding("closure_waits"))
    for name in ("cause", "action", "effect"):
        if not getattr(asked, name).strip():
            found.append(finding(f"{name}_missing"))
    return [*found, *_disposed(asked), *_taken_out(asked)]


def _disposed(asked: ClosureAsked) -> list[Finding]:
    if asked.disposition == "use" and asked.quantity_out:
        return [finding("use_takes_nothing_out")]
    if asked.disposition in {"sorted", "scrapped"} and not asked.quantity_out:
        return [finding("nothing_taken_out")]
    return []


def _taken_out(asked: ClosureAsked) -> list[Finding]:
    concerned, out = asked.deviation.quantity, asked.quantity_out
    if concerned is not None and out > concerned:
        return [finding("out_beyond_concerned", out=out, most=concerned)]
    return blockers_to_take_out(out, asked.taken_out, asked.lot_quantity)


def blockers_to_take_out(out: int, before: int, most: int) -> list[Finding]:
    """All that is taken out of a lot stays within it."""
    return [finding("more_out_than_made", out=out, before=before, most=most)] if out and before + out > most else []


def blockers_to_answer_closure(
    closure: ClosureFact, lot_quantity: int, taken_out: int, person_id: int | None, *, accepted: bool, reason: str
) -> list[Finding]:
    """A proposal is answered once, by another person; a return says why; what an acceptance takes out is there."""
    found = [finding("closure_answered_already")] if closure.accepted is not None else []
    if person_id is None or closure.proposed_by_id == person_id:
        found.append(finding("own_closure"))
    if not accepted and not reason.strip():
        found.append(finding("return_reason_missing"))
    return [*found, *(blockers_to_take_out(closure.quantity_out, taken_out, lot_quantity) if accepted else [])]


def blockers_to_lift_for(deviation: DeviationFact | None) -> list[Finding]:
    """The hold that a deviation placed stays until that deviation is closed."""
    if deviation is None or deviation.closed:
        return []
    return [finding("deviation_not_closed", reference=deviation.reference)]

"""Deviations of a lot: recorded by either side, closed on the contractor's proposal by the registrant's acceptance."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts import (
    ClosureAsked,
    DeviationAsked,
    LotFacts,
    load_deviations,
    load_lot_facts,
    taken_out,
)
from ..models import Deviation, DeviationAnswer, DeviationClosure, Lot, LotHold
from ..rules.deviation import (
    blockers_to_answer_closure,
    blockers_to_propose_closure,
    blockers_to_record_deviation,
    side_of_hold,
)
from ..sentences import finding
from .writing import insert, lock_lot, who_and_when


@transaction.atomic
def record_deviation(*, lot: Lot, content: dict[str, Any], by: Actor, at: datetime) -> Deviation:
    """Record a deviation, nonconformity, rework or return from quarantine.

    ``content``: kind, severity, reference, occurred_on, discovered_on, description, quantity (None: not countable).

    While a release of the lot stands, and for a critical one always, the lot is put on hold with it: by the registrant
    when it is on the market, else by the contractor. The lot's lock makes a release that is being signed see it, or
    makes the hold see the release.

    :raises Refused: with every problem of what was typed. :raises PermissionDenied:
    """
    still_allowed(by, Can.RECORD_DEVIATION, lot.pair, day_of(at))
    locked = lock_lot(lot)
    facts = load_lot_facts([locked])[locked.pk]
    asked = _asked(content, facts, day_of(at))
    refuse_if_any(blockers_to_record_deviation(asked))
    row = Deviation(lot=locked, **_stripped(content), **who_and_when(by, at))
    row.full_clean(validate_unique=False, validate_constraints=False)
    insert(row, finding("reference_listed", reference=row.reference))
    data = _data(row)
    verb = "lot.deviation_recorded"
    record(verb, by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.description, data=data)
    _hold(row, side_of_hold(facts, row.severity), by, at)
    return row


def _asked(content: dict[str, Any], facts: LotFacts, today: date) -> DeviationAsked:
    reference = content["reference"].strip()
    listed = any(deviation.reference == reference for deviation in facts.deviations)
    return DeviationAsked(**content, lot=facts, today=today, listed=listed)


def _stripped(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in content.items()}


def _hold(row: Deviation, side: str, by: Actor, at: datetime) -> None:
    """Put the lot on hold for this deviation, in the name of ``side``; nothing without one."""
    if not side:
        return
    reason = f"{row.reference}：{row.description}"
    hold = LotHold(lot=row.lot, kind=LotHold.Kind.DEVIATION, side=side, reason=reason, deviation=row)
    hold.recorded_by_id, hold.recorded_by_name, hold.recorded_at = by.user_id, by.name, at
    hold.save(force_insert=True)
    data = {"hold": hold.pk, "kind": str(hold.kind), "deviation": row.pk, "side": side}
    stream = f"pair:{row.lot.pair_id}"
    record("lot.hold_placed", by=by, at=at, subject=row.lot, stream=stream, reason=reason, data=data)


def _data(row: Deviation) -> dict[str, Any]:
    return {
        "deviation": row.pk,
        "kind": str(row.kind),
        "severity": str(row.severity),
        "reference": row.reference,
        "occurred_on": row.occurred_on.isoformat(),
        "discovered_on": row.discovered_on.isoformat(),
        "quantity": row.quantity,
    }


@transaction.atomic
def propose_closure(*, deviation: Deviation, content: dict[str, Any], by: Actor, at: datetime) -> DeviationClosure:
    """The contractor's quality proposes to close a deviation.

    ``content``: cause, action, effect, disposition, quantity_out.

    :raises Refused: closed, a proposal waits, words missing, more taken out than there is. :raises PermissionDenied:
    """
    lot = deviation.lot
    still_allowed(by, Can.CLOSE_DEVIATION, lot.pair, day_of(at))
    locked = lock_lot(lot)
    known = load_deviations([locked.pk])[locked.pk]
    fact = next(one for one in known if one.deviation_id == deviation.pk)
    typed = {field.name: content[field.name] for field in fields(ClosureAsked) if field.name in content}
    refuse_if_any(blockers_to_propose_closure(ClosureAsked(fact, locked.quantity, taken_out(known), **typed)))
    row = DeviationClosure(deviation=deviation, **_stripped(content), **who_and_when(by, at))
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save(force_insert=True)
    data = {"closure": row.pk, "deviation": deviation.pk, "reference": deviation.reference}
    data |= {"disposition": str(row.disposition), "quantity_out": row.quantity_out}
    verb = "lot.deviation_closure_proposed"
    record(verb, by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.action, data=data)
    return row


@transaction.atomic
def answer_closure(
    *, closure: DeviationClosure, accepted: bool, reason: str = "", by: Actor, at: datetime
) -> DeviationAnswer:
    """The registrant's quality accepts a closure, or returns it with a reason.

    :raises Refused: answered before, own proposal, no reason for a return, more taken out than the lot has.
    :raises PermissionDenied:
    """
    lot = closure.deviation.lot
    still_allowed(by, Can.ANSWER_CLOSURE, lot.pair, day_of(at))
    locked = lock_lot(lot)
    known = load_deviations([locked.pk])[locked.pk]
    fact = next(one for deviation in known for one in deviation.closures if one.closure_id == closure.pk)
    found = blockers_to_answer_closure(
        fact, locked.quantity, taken_out(known), by.user_id, accepted=accepted, reason=reason
    )
    refuse_if_any(found)
    row = DeviationAnswer(closure=closure, accepted=accepted, reason=reason.strip(), **who_and_when(by, at))
    insert(row, finding("closure_answered_already"))
    verb = "lot.deviation_closed" if accepted else "lot.deviation_returned"
    data = {"closure": closure.pk, "deviation": closure.deviation_id, "reference": closure.deviation.reference}
    data |= {"quantity_out": closure.quantity_out}
    record(verb, by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.reason, data=data)
    return row

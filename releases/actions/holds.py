"""Locking a doubtful lot and unlocking it; the veto of the registrant's management representative."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts import load_deviations, load_lot_facts
from ..models import Lot, LotHold, LotHoldLift
from ..rules.acts import blockers_to_hold, blockers_to_lift, decided_meanwhile
from ..rules.deviation import blockers_to_lift_for
from .writing import insert, lock_lot, who_and_when


@transaction.atomic
def place_lot_hold(*, lot: Lot, reason: str, by: Actor, at: datetime) -> LotHold:
    """Lock a doubtful lot; anybody with a post at either side may. Both releases stop until it is lifted.

    :raises Refused: without a reason, or when the same hold is open. :raises PermissionDenied:
    """
    still_allowed(by, Can.PLACE_HOLD, lot.pair, day_of(at))
    return _place(lot, LotHold.Kind.HOLD, "lot.hold_placed", reason, by, at)


@transaction.atomic
def veto_lot(*, lot: Lot, reason: str, by: Actor, at: datetime) -> LotHold:
    """The registrant's management representative vetoes the release of a lot (GMP 2025 art. 19).

    :raises Refused: without a reason, or when the same veto is open. :raises PermissionDenied:
    """
    still_allowed(by, Can.VETO, lot.pair, day_of(at))
    return _place(lot, LotHold.Kind.VETO, "lot.vetoed", reason, by, at)


def _place(lot: Lot, kind: str, verb: str, reason: str, by: Actor, at: datetime) -> LotHold:
    locked = lock_lot(lot)
    refuse_if_any(blockers_to_hold(load_lot_facts([locked])[locked.pk], by.user_id, str(kind), reason))
    row = LotHold(lot=locked, kind=kind, side=by.side, reason=reason.strip(), **who_and_when(by, at))
    row.save(force_insert=True)
    record(verb, by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.reason, data={"hold": row.pk})
    return row


@transaction.atomic
def lift_lot_hold(*, hold: LotHold, reason: str, by: Actor, at: datetime) -> LotHoldLift:
    """Quality of the side that placed a hold lifts this one hold; others stay.

    :raises Refused: lifted already, placed by the other side, no reason, its deviation not closed.
    :raises PermissionDenied:
    """
    lot = hold.lot
    still_allowed(by, Can.LIFT_HOLD, lot.pair, day_of(at))
    locked = lock_lot(lot)
    lifted = LotHoldLift.objects.filter(hold=hold).exists()
    deviations = load_deviations([locked.pk]).get(locked.pk, ()) if hold.deviation_id else ()
    placed_by = next((one for one in deviations if one.deviation_id == hold.deviation_id), None)
    found = blockers_to_lift(hold.side, by.side, lifted=lifted, reason=reason)
    refuse_if_any([*found, *blockers_to_lift_for(placed_by)])
    row = LotHoldLift(hold=hold, reason=reason.strip(), **who_and_when(by, at))
    insert(row, decided_meanwhile())
    data = {"hold": hold.pk, "kind": hold.kind}
    record("lot.hold_lifted", by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.reason, data=data)
    return row

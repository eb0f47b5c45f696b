"""What the posted resident supervisor observed at a lot."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts import observation_asked
from ..models import Lot, LotStep, Observation
from ..rules.making import blockers_to_observe
from .writing import lock_lot, who_and_when


@transaction.atomic
def observe_lot(
    *, lot: Lot, step: LotStep | None, event_at: datetime, outcome: str, text: str, by: Actor, at: datetime
) -> Observation:
    """The supervisor posted at the lot's site on the day of the event records what they saw, at a step or at large.

    :raises Refused: without a posting in force on that day, in the future, without words, at a step that was corrected.
    :raises PermissionDenied:
    """
    still_allowed(by, Can.OBSERVE, lot.pair, day_of(at))
    locked = lock_lot(lot)
    asked = observation_asked(locked, step, by.user_id, event_at, outcome, text, at)
    refuse_if_any(blockers_to_observe(asked, day_of(event_at)))
    assert asked.posting_id is not None
    row = Observation(
        lot=locked,
        step=step,
        posting_id=asked.posting_id,
        event_at=event_at,
        outcome=outcome,
        text=text.strip(),
        **who_and_when(by, at),
    )
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save(force_insert=True)
    data = {
        "observation": row.pk,
        "step": step.pk if step else None,
        "posting": asked.posting_id,
        "event_at": event_at.isoformat(),
        "outcome": str(outcome),
    }
    record("lot.observed", by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.text, data=data)
    return row

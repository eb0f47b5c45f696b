"""The row that says a yearly duty of a pair was done, for every act that fulfils one."""

from __future__ import annotations

from datetime import date, datetime

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.models import Pair
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..models import PairDuty
from .recording import recorded


def insert_pair_duty(
    *, pair: Pair, kind: str, done_on: date, next_due_on: date, reference: str, by: Actor, at: datetime
) -> PairDuty:
    """Judge and insert the row and its trail entry; the caller is in a transaction and has judged that the actor may.

    :raises Refused: in the future, or due more than twelve months later (N38-15).
    """
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    refuse_if_any(rules.blockers_to_record_duty(done_on, next_due_on, day_of(at)))
    row = PairDuty(
        kind=kind,
        done_on=done_on,
        next_due_on=next_due_on,
        reference=reference,
        **tenant(pair),
        **recorded(by, at),
    )
    row.full_clean()
    row.save(force_insert=True)
    data = {"kind": kind, "done_on": done_on.isoformat(), "next_due_on": next_due_on.isoformat()}
    record("pair.duty_recorded", by=by, at=at, subject=row, stream=pair.stream, data=data)
    return row

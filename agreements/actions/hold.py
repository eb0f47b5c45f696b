"""Holds on a pair, entrustment or site, vetoes, and the pair's yearly duties."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.evidence.actions import attach
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair, Site
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..hold_guards import against_lifting
from ..models import Entrustment, Hold, HoldLift, PairDuty
from ..wording import finding
from .recording import recorded
from .yearly import insert_pair_duty

#: The kind of evidence that proves an earlier audit or review.
CARRIED_OVER = "earlier_yearly_duty"


@transaction.atomic
def place_hold(
    *,
    pair: Pair,
    reason: str,
    entrustment: Entrustment | None = None,
    site: Site | None = None,
    kind: str = Hold.Kind.HOLD,
    by: Actor,
    at: datetime,
) -> Hold:
    """Stop releases of the whole pair, of one entrustment or of one site, with a reason; anybody of the pair may.

    A veto is placed with :func:`veto`; ``critical_finding`` holds come from audits.

    :raises Refused: without a reason, outside the pair. :raises PermissionDenied:
    """
    if kind == Hold.Kind.VETO:
        raise ValueError("use veto()")
    still_allowed(by, Can.PLACE_HOLD, pair, day_of(at))
    return _place(pair, reason, entrustment, site, kind, by=by, at=at)


@transaction.atomic
def veto(
    *,
    pair: Pair,
    reason: str,
    entrustment: Entrustment | None = None,
    site: Site | None = None,
    by: Actor,
    at: datetime,
) -> Hold:
    """The registrant's management representative vetoes market release (announcement 2022 No. 124 art. 6).

    :raises Refused: without a reason, outside the pair. :raises PermissionDenied: for anybody else.
    """
    still_allowed(by, Can.VETO, pair, day_of(at))
    return _place(pair, reason, entrustment, site, Hold.Kind.VETO, by=by, at=at)


def _place(
    pair: Pair,
    reason: str,
    entrustment: Entrustment | None,
    site: Site | None,
    kind: str,
    *,
    by: Actor,
    at: datetime,
) -> Hold:
    inside = (entrustment is None or entrustment.pair_id == pair.pk) and (
        site is None or site.organisation_id == pair.contractor_id
    )
    refuse_if_any(rules.blockers_to_hold(reason, inside))
    row = Hold(
        kind=kind,
        entrustment=entrustment,
        site=site,
        side=by.side,
        reason=reason,
        **tenant(pair),
        **recorded(by, at),
    )
    row.full_clean()
    row.save(force_insert=True)
    data = {
        "hold": row.pk,
        "kind": kind,
        "entrustment": entrustment.pk if entrustment else None,
        "site": site.pk if site else None,
    }
    verb = "hold.vetoed" if kind == Hold.Kind.VETO else "hold.placed"
    record(verb, by=by, at=at, subject=row, stream=pair.stream, reason=reason, data=data)
    return row


@transaction.atomic
def lift_hold(*, hold: Hold, reason: str, by: Actor, at: datetime) -> HoldLift:
    """Quality of the side that placed it lifts one hold.

    :raises Refused: lifted already, the other side's, no reason, what placed it not settled yet (``hold_guards``).
    :raises PermissionDenied:
    """
    still_allowed(by, Can.LIFT_HOLD, hold.pair, day_of(at))
    row = Hold.objects.select_for_update(no_key=True).get(pk=hold.pk)
    lifted = HoldLift.objects.filter(hold=row).exists()
    refuse_if_any([*rules.blockers_to_lift(lifted, row.side, by.side, reason), *against_lifting(row)])
    lift = HoldLift(hold=row, reason=reason, **recorded(by, at))
    try:
        with transaction.atomic():
            lift.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([finding("hold_lifted_already")]) from error
    record("hold.lifted", by=by, at=at, subject=row, stream=hold.pair.stream, reason=reason)
    return lift


@transaction.atomic
def record_pair_duty(
    *, pair: Pair, kind: str, done_on: date, next_due_on: date, reference: str, upload: Any, by: Actor, at: datetime
) -> PairDuty:
    """Carry over the last yearly audit or review from before the pair was taken in here, with its record as a file.

    Later ones are recorded by the signed report of an audit and by the review that both sides signed, never by hand.

    :raises Refused: since the pair was taken in, without a file, due more than twelve months later (N38-15).
    :raises PermissionDenied:
    """
    still_allowed(by, Can.RECORD_YEARLY_DUTY, pair, day_of(at))
    refuse_if_any(rules.blockers_to_carry_over(done_on, day_of(pair.created_at), int(upload is not None)))
    row = insert_pair_duty(
        pair=pair, kind=kind, done_on=done_on, next_due_on=next_due_on, reference=reference, by=by, at=at
    )
    attach(row, upload=upload, title=reference, event_on=done_on, kind=CARRIED_OVER, by=by, at=at)
    return row

"""Working days by exception."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..access import Can, still_allowed_for
from ..facts import exceptions
from ..models import Organisation, WorkingDay
from ..working_days import WORKS, blockers_to_set


@transaction.atomic
def set_working_day(*, day: date, arrangement: str, reason: str, by: Actor, at: datetime) -> WorkingDay:
    """Say that the actor's organisation works on a day, does not, or again as the known arrangement has it.

    It counts for that organisation alone: its reminders and its programme of audits, no last day and nobody else.

    :raises Refused: without a reason, too far away, or set like this already. :raises PermissionDenied:
    """
    own = by.organisation_id or 0
    still_allowed_for(by, Can.SET_WORKING_DAYS, own, day_of(at))
    Organisation.objects.select_for_update(no_key=True).get(pk=own)
    refuse_if_any(blockers_to_set(day, WORKS.get(arrangement), exceptions([own]).get(day), reason, day_of(at)))  # type: ignore[call-overload]
    row = WorkingDay(organisation_id=own, day=day, arrangement=arrangement, reason=reason.strip())
    row.recorded_by_id, row.recorded_by_name, row.recorded_at = by.user_id, by.name, at
    row.full_clean()
    row.save(force_insert=True)
    data = {"day": day.isoformat(), "arrangement": arrangement}
    stream = f"organisation:{by.organisation_id}"
    record("working_day.set", by=by, at=at, subject=row, stream=stream, reason=row.reason, data=data)
    return row

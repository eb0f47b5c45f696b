"""Recording that a recurring report was made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.evidence.actions import attach
from cmo.parties.access import Can, still_allowed_for
from cmo.parties.models import Organisation
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts.reports import load_report_facts
from ..models import PeriodicReport
from ..rules.reports import Period, blockers_to_record, period_named

#: The kind of evidence that proves a report.
EVIDENCE = "periodic_report"


@transaction.atomic
def record_report(
    *,
    organisation: Organisation,
    period: str,
    done_on: date,
    reference: str,
    upload: Any = None,
    by: Actor,
    at: datetime,
) -> PeriodicReport:
    """Record the report of one ``period`` (its name) as made, with the record that proves it and its file, if given.

    :raises Refused: not owed, recorded already, too early, in the future, no proof. :raises PermissionDenied:
    """
    today = day_of(at)
    still_allowed_for(by, Can.RECORD_REPORT, organisation, today)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    facts = load_report_facts([organisation.pk])[organisation.pk]
    refuse_if_any(blockers_to_record(facts, period, done_on, reference, today))
    owed = period_named(facts, period, today)
    row = _row(organisation, owed, done_on, reference, by, at)  # type: ignore[arg-type] # a blocker tells when it is None
    row.full_clean()
    row.save(force_insert=True)
    data = {"period": period, "due_on": row.due_on.isoformat(), "done_on": done_on.isoformat()}
    stream = f"organisation:{organisation.pk}"
    record("report.recorded", by=by, at=at, subject=row, stream=stream, data=data | {"reference": row.reference})
    if upload is not None:
        attach(row, upload=upload, title=row.reference, event_on=done_on, kind=EVIDENCE, by=by, at=at)
    return row


def _row(
    organisation: Organisation, period: Period, done_on: date, reference: str, by: Actor, at: datetime
) -> PeriodicReport:
    return PeriodicReport(
        organisation=organisation,
        kind=period.kind,
        device_id=period.device_id,
        period_from=period.first,
        period_to=period.last,
        due_on=period.due_on,
        done_on=done_on,
        reference=reference.strip(),
        recorded_by_id=by.user_id,
        recorded_by_name=by.name,
        recorded_at=at,
    )

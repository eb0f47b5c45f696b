"""Recording that an obligation of the agreement was performed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.evidence.actions import attach
from cmo.parties.access import Can, still_allowed
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts.obligations import load_obligations
from ..models import Agreement, ObligationRecord
from ..rules.obligations import blockers_to_record_obligation
from .recording import recorded


@transaction.atomic
def record_obligation(
    *,
    agreement: Agreement,
    key: str,
    due_on: date,
    done_on: date,
    reference: str,
    note: str = "",
    upload: Any = None,
    by: Actor,
    at: datetime,
) -> ObligationRecord:
    """Record one occurrence as done, with the record that proves it and its file where one is given.

    :raises Refused: not agreed, the other side's, done before, in the future, no proof. :raises PermissionDenied:
    """
    pair, today = agreement.pair, day_of(at)
    still_allowed(by, Can.RECORD_OBLIGATION, pair, today)
    Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    facts = load_obligations([agreement.pk], today).get(agreement.pk)
    refuse_if_any(blockers_to_record_obligation(facts, key, due_on, done_on, reference, by.side, today))
    row = ObligationRecord(
        agreement=agreement,
        key=key,
        due_on=due_on,
        done_on=done_on,
        reference=reference.strip(),
        note=note,
        **tenant(pair),
        **recorded(by, at),
    )
    row.full_clean()
    row.save(force_insert=True)
    data = {"obligation": key, "due_on": due_on.isoformat(), "done_on": done_on.isoformat(), "reference": row.reference}
    record("obligation.recorded", by=by, at=at, subject=row, stream=pair.stream, data=data)
    if upload is not None:
        attach(row, upload=upload, title=row.reference, event_on=done_on, expires_on=None, kind=EVIDENCE, by=by, at=at)
    return row


#: The kind of evidence that proves a performance.
EVIDENCE = "obligation_record"

"""What is prepared before entrusting: recorded by either side, accepted by the registrant's quality."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.evidence.actions import attach
from cmo.evidence.facts import files_of
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair, PairEnd
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..models import Preparation, PreparationAnswer
from .recording import recorded


@transaction.atomic
def record_preparation(
    *, pair: Pair, content: dict[str, Any], by: Actor, at: datetime, upload: Any = None
) -> Preparation:
    """Record one prepared fact, with its file where one is given (others can be attached later).

    ``content``: kind, device, site, event_on, expires_on, reference, summary.

    :raises Refused: with every reason. :raises ValidationError: for malformed content. :raises PermissionDenied:
    """
    still_allowed(by, Can.RECORD_PREPARATION, pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    row = Preparation(**content, **tenant(pair), **recorded(by, at))
    ended_on = PairEnd.objects.filter(pair=pair).values_list("ended_on", flat=True).first()
    refuse_if_any(
        rules.blockers_to_record_preparation(row.kind, row.event_on, row.device_id, row.site_id, day_of(at), ended_on)
    )
    row.full_clean()
    row.save(force_insert=True)
    data = {"preparation": row.pk, "kind": row.kind, "event_on": row.event_on.isoformat(), "reference": row.reference}
    record("preparation.recorded", by=by, at=at, subject=row, stream=pair.stream, data=data)
    if upload is not None:
        attach(
            row,
            upload=upload,
            title=str(row)[:200],
            event_on=row.event_on,
            expires_on=row.expires_on,
            kind=row.kind,
            by=by,
            at=at,
        )
    return row


@transaction.atomic
def answer_preparation(
    *, preparation: Preparation, accepted: bool, reason: str = "", by: Actor, at: datetime
) -> PreparationAnswer:
    """The registrant's quality accepts a preparation, or returns it with a reason.

    :raises Refused: answered already, own record, without a file, without a reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.ACCEPT_PREPARATION, preparation.pair, day_of(at))
    row = Preparation.objects.select_for_update(no_key=True).get(pk=preparation.pk)
    answered = PreparationAnswer.objects.filter(preparation=row).exists()
    if accepted:
        files = next(iter(files_of([row]).values()))
        refuse_if_any(rules.blockers_to_accept_preparation(answered, row.recorded_by_id, by.user_id, len(files)))
    else:
        files = []
        refuse_if_any(rules.blockers_to_return_preparation(answered, reason))
    answer = PreparationAnswer(preparation=row, accepted=accepted, reason=reason, **recorded(by, at))
    answer.save(force_insert=True)
    verb = "preparation.accepted" if accepted else "preparation.returned"
    data = {"preparation": row.pk, "kind": row.kind, "files": [file.sha256 for file in files]}
    record(verb, by=by, at=at, subject=row, stream=preparation.pair.stream, reason=reason, data=data)
    return answer

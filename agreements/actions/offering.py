"""Freezing the next revision of an agreement for both sides to sign: its draft, or its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..body import TERMINATION, body_of
from ..facts import latest_concluded, load_concluded_facts, load_draft_facts
from ..facts.frame import draft_body, draft_frame, load_frame
from ..facts.rounds import load_standing
from ..models import Agreement, AgreementRevision
from ..termination import Arrangement, proposed
from .revision import insert_revision, lock_draft, revision_data
from .rounds import side_of

ELECTRONIC = AgreementRevision.Route.ELECTRONIC


@transaction.atomic
def offer_for_signature(*, agreement: Agreement, by: Actor, at: datetime) -> AgreementRevision:
    """Freeze the draft as the next revision, complete in both languages, for both sides to sign.

    While it is negotiated, the side whose turn it is offers, and only once every proposed change is answered.

    :raises Refused: with everything an inspector would fault. :raises PermissionDenied:
    """
    still_allowed(by, Can.DRAFT_AGREEMENT, agreement.pair, day_of(at))
    draft = lock_draft(agreement)
    found = refuse_if_any(
        [
            *rules.blockers_to_offer(load_draft_facts(draft, day_of(at)), day_of(at)),
            *rules.blockers_after_the_end(load_concluded_facts(agreement)),
            *rules.blockers_out_of_turn(load_standing(agreement), side_of(agreement.pair, by), day_of(at)),
        ]
    )
    frame = draft_frame(draft)
    revision = insert_revision(agreement, draft_body(draft, frame), frame, ELECTRONIC, by=by, at=at)
    data = revision_data(revision) | {"warnings": [f.code for f in found]}
    record("agreement.offered", by=by, at=at, subject=revision, stream=agreement.pair.stream, data=data)
    return revision


@transaction.atomic
def offer_termination(
    *, agreement: Agreement, ended_on: date, arrangements: Iterable[Arrangement], by: Actor, at: datetime
) -> AgreementRevision:
    """Freeze the end of the agreement for both sides to sign; ``ended_on`` is the first day without cover.

    Once concluded it supersedes what is in force from that day on; it covers nothing itself.

    :raises Refused: nothing to end, a day passed or beyond the term, a matter not settled in both languages.
    :raises PermissionDenied:
    """
    still_allowed(by, Can.DRAFT_AGREEMENT, agreement.pair, day_of(at))
    lock_draft(agreement)
    settled = list(arrangements)
    refuse_if_any(rules.blockers_to_end_together(load_concluded_facts(agreement), ended_on, day_of(at), settled))
    parent: AgreementRevision = latest_concluded(agreement)  # type: ignore[assignment]
    frame = load_frame(
        agreement,
        (),
        template={"key": TERMINATION, "version": proposed()[0]},
        starts_on=ended_on,
        ends_on=ended_on,
        signing_order=parent.signing_order,
        kind=TERMINATION,
    )
    revision = insert_revision(agreement, body_of(frame, settled, ()), frame, ELECTRONIC, by=by, at=at)
    data = revision_data(revision) | {"ended_on": ended_on.isoformat()}
    record("agreement.offered", by=by, at=at, subject=revision, stream=agreement.pair.stream, data=data)
    return revision

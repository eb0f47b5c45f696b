"""Writing a yearly review and freezing it for both sides to sign (N38-15)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.facts import names_of
from cmo.parties.models import Pair, Side
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256

from ..facts import agreement_states
from ..facts.reviews import ReviewStanding, load_standings
from ..figures import year_figures
from ..models import Agreement, AgreementReview, ReviewAction, ReviewDraft
from ..review_body import Reviewed, Written, body_of
from ..rules.agreement import blockers_to_edit_stale
from ..rules.review import (
    blockers_to_begin_review,
    blockers_to_keep_review,
    blockers_to_offer_review,
    next_period,
)
from .recording import new_number, recorded


@transaction.atomic
def begin_review(*, agreement: Agreement, by: Actor, at: datetime) -> ReviewDraft:
    """Begin the next review of an agreement, over the time since the last one or since the agreement's first day.

    :raises Refused: nothing in force, one is written or waits, nothing left to review. :raises PermissionDenied:
    """
    pair, facts = _locked(agreement, by, at)
    refuse_if_any(blockers_to_begin_review(facts, day_of(at)))
    first, last = next_period(facts, day_of(at))
    row = ReviewDraft.objects.filter(agreement=agreement).first() or ReviewDraft(agreement=agreement, edition=0)
    _keep(row, first, last, Written.of({}), by, at)
    record("review.begun", by=by, at=at, subject=agreement, stream=pair.stream, data=_period(row))
    return row


@transaction.atomic
def save_review(
    *,
    draft: ReviewDraft,
    seen_edition: int,
    period_from: date,
    period_to: date,
    written: Written,
    by: Actor,
    at: datetime,
) -> ReviewDraft:
    """Keep what was written; it may be incomplete until it is offered.

    :raises Refused: changed meanwhile, waiting for signatures, a period that cannot be one. :raises PermissionDenied:
    """
    pair, facts = _locked(draft.agreement, by, at)
    row = ReviewDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    refuse_if_any(
        [
            *blockers_to_edit_stale(row.edition, seen_edition, row.edited_by_name),
            *blockers_to_keep_review(facts, period_from, period_to),
        ]
    )
    unchanged = (row.period_from, row.period_to, row.content) == (period_from, period_to, written.as_content())
    if unchanged:
        return row
    _keep(row, period_from, period_to, written, by, at)
    data = {**_period(row), "edition": row.edition, "written": row.content}
    record("review.edited", by=by, at=at, subject=row.agreement, stream=pair.stream, data=data)
    return row


@transaction.atomic
def offer_review(*, draft: ReviewDraft, seen_edition: int, by: Actor, at: datetime) -> AgreementReview:
    """Freeze the review with the figures of its period as they are now, for both sides to sign.

    :raises Refused: with everything that is missing. :raises PermissionDenied:
    """
    agreement = draft.agreement
    pair, facts = _locked(agreement, by, at)
    row = ReviewDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    written, first, last = Written.of(row.content), row.period_from, row.period_to
    found = refuse_if_any(
        [
            *blockers_to_edit_stale(row.edition, seen_edition, row.edited_by_name),
            *blockers_to_offer_review(facts, first, last, written, day_of(at)),
        ]
    )
    number = new_number("AR", at)
    figures = year_figures([pair.pk], first, last)[pair.pk]
    body = body_of(number, _reviewed(agreement, last), (first, last), figures, written, at)
    review = _insert(agreement, number, (first, last), body, by, at)
    data = {**_period(row), "body_hash": review.body_hash, "warnings": [one.code for one in found]}
    record("review.offered", by=by, at=at, subject=review, stream=pair.stream, data=data)
    return review


def _locked(agreement: Agreement, by: Actor, at: datetime) -> tuple[Pair, ReviewStanding]:
    """The pair and the standing of the locked agreement, if the actor may write its review."""
    pair = Pair.objects.get(pk=agreement.pair_id)
    still_allowed(by, Can.DRAFT_REVIEW, pair, day_of(at))
    Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    return pair, load_standings([agreement.pk])[agreement.pk]


def _keep(row: ReviewDraft, first: date, last: date, written: Written, by: Actor, at: datetime) -> None:
    row.period_from, row.period_to, row.content = first, last, written.as_content()
    row.edition += 1
    row.edited_by_name, row.edited_at = by.name, at
    row.full_clean(exclude=["content"])
    row.save()


def _period(row: ReviewDraft) -> dict[str, Any]:
    return {"from": row.period_from.isoformat(), "to": row.period_to.isoformat()}


def _reviewed(agreement: Agreement, on: date) -> Reviewed:
    """What is reviewed: the revision in force on a day, or the latest one concluded."""
    state = agreement_states([agreement.pk], on)[agreement.pk]
    revision = state.effective or state.last
    sides = {Side.REGISTRANT: agreement.registrant_id, Side.CONTRACTOR: agreement.contractor_id}
    names = names_of(sides.values())
    return Reviewed(
        number=agreement.number,
        title_zh=agreement.title_zh,
        title_en=agreement.title_en,
        revision=revision.number if revision else 0,
        body_hash=revision.body_hash if revision else "",
        parties={str(side): (names[pk].name_zh, names[pk].name_en) for side, pk in sides.items() if pk in names},
    )


def _insert(
    agreement: Agreement, number: str, period: tuple[date, date], body: dict[str, Any], by: Actor, at: datetime
) -> AgreementReview:
    """The frozen review with the actions it decides."""
    text = canonical(body)
    review = AgreementReview(
        agreement=agreement,
        number=number,
        period_from=period[0],
        period_to=period[1],
        body=text,
        body_hash=sha256(text),
        **tenant(agreement.pair),
        **recorded(by, at),
    )
    review.full_clean()
    review.save(force_insert=True)
    ReviewAction.objects.bulk_create(
        ReviewAction(
            review=review,
            position=row["position"],
            what=row["what"],
            side=row["side"],
            due_on=date.fromisoformat(row["due_on"]),
        )
        for row in body["actions"]
    )
    return review

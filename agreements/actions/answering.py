"""Answering a proposed change: accepted it becomes the draft's text, declined it stays on record with the reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import Finding, refuse_if_any
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts.places import load_place
from ..guide import guide_elements
from ..models import AgreementDraft, ChangeAnswer, ProposedChange
from .applying import apply_change
from .recording import recorded
from .rounds import lock_for_negotiating

Outcome = ChangeAnswer.Outcome


@transaction.atomic
def answer_change(*, change: ProposedChange, accepted: bool, reason: str = "", by: Actor, at: datetime) -> ChangeAnswer:
    """The other side accepts a proposal, which is then the draft's text, or declines it with a reason.

    What else was proposed for the same text is overtaken by an accepted change.

    :raises Refused: answered already, the own side's, out of turn, stale, without a reason. :raises PermissionDenied:
    """
    draft, side, standing = lock_for_negotiating(change.agreement, by, at)
    refuse_if_any(
        _blockers(change, side, accepted=accepted, reason=reason) or rules.blockers_to_act(standing, side, day_of(at))
    )
    if not accepted:
        return insert_answer(change, Outcome.DECLINED, side, reason, by=by, at=at)
    return _accept(draft, change, side, reason, by=by, at=at)


def accept_one(draft: AgreementDraft, change: ProposedChange, side: str, *, by: Actor, at: datetime) -> ChangeAnswer:
    """Accept one of several proposals of a draft that the caller has locked, in turn.

    :raises Refused: answered already (perhaps overtaken by one before it), the own side's, stale.
    """
    refuse_if_any(_blockers(change, side, accepted=True, reason=""))
    return _accept(draft, change, side, "", by=by, at=at)


def _blockers(change: ProposedChange, side: str, *, accepted: bool, reason: str) -> list[Finding]:
    held = ChangeAnswer.objects.filter(change=change).first()
    outcome, name = (held.outcome, held.recorded_by_name) if held else ("", "")
    return rules.blockers_to_answer(change.side == side, outcome, name, accepted=accepted, reason=reason)


def _accept(
    draft: AgreementDraft, change: ProposedChange, side: str, reason: str, *, by: Actor, at: datetime
) -> ChangeAnswer:
    place = load_place(draft, change.kind, change.row_key)
    refuse_if_any(rules.blockers_to_apply(place, change.act, change.before, change.after, guide_elements()))
    edition = apply_change(draft, change, by=by, at=at)
    answer = insert_answer(change, Outcome.ACCEPTED, side, reason, by=by, at=at, edition=edition)
    others = rules.overtaken_by(change.act, [other for other in place.open if other.id != change.pk])
    for other in ProposedChange.objects.filter(pk__in=others).order_by("id"):
        insert_answer(other, Outcome.OVERTAKEN, side, "", by=by, at=at)
    return answer


def insert_answer(
    change: ProposedChange, outcome: str, side: str, reason: str, *, by: Actor, at: datetime, **data: Any
) -> ChangeAnswer:
    """The one answer to a proposal of a draft that the caller has locked, with its entry on the trail."""
    row = ChangeAnswer(change=change, outcome=outcome, side=side, reason=reason.strip(), **recorded(by, at))
    row.save(force_insert=True)
    record_change(f"negotiation.{row.outcome}", change, reason=row.reason, by=by, at=at, **data)
    return row


def record_change(verb: str, change: ProposedChange, *, reason: str, by: Actor, at: datetime, **data: Any) -> None:
    """The entry about a proposal on the pair's trail: what it says, and who proposed it."""
    said = {
        "change": change.pk,
        "kind": change.kind,
        "act": change.act,
        "row": change.row_key,
        "base_edition": change.base_edition,
        "before": change.before,
        "after": change.after,
        "proposed_by": change.recorded_by_name,
        "proposed_side": change.side,
        "word_authors": change.word_authors,
        **data,
    }
    agreement = change.agreement
    record(verb, by=by, at=at, subject=agreement, stream=agreement.pair.stream, reason=reason, data=said)

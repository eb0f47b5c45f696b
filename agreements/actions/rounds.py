"""Handing a draft over to the other side: the next round of its negotiation, or its first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair, Side
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256

from .. import rules
from ..facts.frame import draft_body
from ..facts.rounds import Standing, load_standing, round_body, text_to_compare
from ..models import Agreement, AgreementDraft, ChangeAnswer, DraftRemark, NegotiationRound, ProposedChange
from .recording import recorded
from .revision import lock_draft


@transaction.atomic
def hand_over(*, agreement: Agreement, note: str = "", by: Actor, at: datetime) -> NegotiationRound:
    """Freeze the draft as it stands and hand it to the other side; the first round opens the negotiation.

    Texts may be incomplete and proposals unanswered: they stay open. Afterwards it is the other side's turn.

    :raises Refused: the other side's turn, nothing new, a revision waits for signatures, or all is over.
    :raises PermissionDenied:
    """
    draft, side, standing = lock_for_negotiating(agreement, by, at)
    body = draft_body(draft)
    new = standing.open and _anything_new(agreement, side, standing, body)
    refuse_if_any(rules.blockers_to_hand_over(standing, side, day_of(at), new=new))
    text = canonical(body)
    row = NegotiationRound(
        agreement=agreement,
        number=standing.round + 1,
        after_revision=standing.concluded,
        side=side,
        note=note.strip(),
        body=text,
        body_hash=sha256(text),
        **tenant(agreement.pair),
        **recorded(by, at),
    )
    row.save(force_insert=True)
    data = {"round": row.number, "body_hash": row.body_hash, "note": row.note}
    record("negotiation.handed_over", by=by, at=at, subject=agreement, stream=agreement.pair.stream, data=data)
    return row


def lock_for_negotiating(agreement: Agreement, by: Actor, at: datetime) -> tuple[AgreementDraft, str, Standing]:
    """The locked draft, the actor's side and where the negotiation stands. :raises PermissionDenied:"""
    still_allowed(by, Can.DRAFT_AGREEMENT, agreement.pair, day_of(at))
    draft = lock_draft(agreement)
    return draft, side_of(agreement.pair, by), load_standing(agreement)


def side_of(pair: Pair, by: Actor) -> str:
    """On which side of the pair the actor's organisation stands."""
    return (Side.REGISTRANT if by.organisation_id == pair.registrant_id else Side.CONTRACTOR).value


def _anything_new(agreement: Agreement, side: str, standing: Standing, body: dict[str, object]) -> bool:
    """Whether the text differs from the last round, or this side did something since, or a revision came to nothing."""
    last = NegotiationRound.objects.get(agreement=agreement, number=standing.round)
    if standing.free or text_to_compare(round_body(last)) != text_to_compare(body):
        return True
    since = {"side": side, "recorded_at__gte": last.recorded_at}
    return (
        ProposedChange.objects.filter(agreement=agreement, **since).exists()
        or ChangeAnswer.objects.filter(change__agreement=agreement, **since).exists()
        or DraftRemark.objects.filter(agreement=agreement, **since).exists()
    )

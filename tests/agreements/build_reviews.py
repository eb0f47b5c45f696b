"""Builders of yearly reviews, made through the actions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from agreements import actions
from agreements.models import Agreement, AgreementReview, ReviewAction, ReviewActionDone, ReviewDraft
from agreements.review_body import PARTS, Written
from cmo.clock import day_of
from cmo.signing.models import Signature
from cmo.trail.actor import Actor
from tests import make

R, C = make.REGISTRANT, make.CONTRACTOR
#: A day of a year after the agreement began, and what is decided then is due by this day.
AT = make.AT + timedelta(days=300)
DUE = day_of(AT) + timedelta(days=60)


def actor(relation: make.Relation, side: str, role: str = "quality_manager", *, nth: int = 0) -> Actor:
    """The actor of a post on a side of the pair."""
    firm = relation.registrant if side == R else relation.contractor
    return firm.actor(role, side, nth=nth)


def written(**changes: Any) -> Written:
    """A complete review: everything is given, except that the documents need one action of each side."""
    parts = dict.fromkeys(PARTS, ("yes", "")) | {"documents": ("with_actions", "检验规程仍为旧版。")}
    content = {
        "parts": parts,
        "conclusion": "协议继续适用，修订检验规程后执行。",
        "actions": (("修订检验规程。", C, DUE), ("审核修订后的规程。", R, DUE)),
    }
    return Written(**{**content, **changes})


def begun(relation: make.Relation, agreement: Agreement, *, at: datetime = AT) -> ReviewDraft:
    """A review begun by the registrant's quality."""
    return actions.begin_review(agreement=agreement, by=actor(relation, R), at=at)


def kept(relation: make.Relation, draft: ReviewDraft, *, at: datetime = AT, **changes: Any) -> ReviewDraft:
    """The draft with a complete review, or with ``written`` instead; ``first`` and ``last`` change its period."""
    draft.refresh_from_db()
    return actions.save_review(
        draft=draft,
        seen_edition=changes.pop("seen_edition", draft.edition),
        period_from=changes.pop("first", draft.period_from),
        period_to=changes.pop("last", draft.period_to),
        written=changes.pop("written", None) or written(**changes),
        by=actor(relation, R),
        at=at,
    )


def offered(relation: make.Relation, agreement: Agreement, *, at: datetime = AT, **changes: Any) -> AgreementReview:
    """A review that waits for both signatures."""
    draft = kept(relation, begun(relation, agreement, at=at), at=at, **changes)
    return offered_again(relation, draft, at=at)


def offered_again(relation: make.Relation, draft: ReviewDraft, *, at: datetime = AT) -> AgreementReview:
    """The draft as it stands, offered."""
    draft.refresh_from_db()
    return actions.offer_review(draft=draft, seen_edition=draft.edition, by=actor(relation, R), at=at)


def signed(relation: make.Relation, review: AgreementReview, side: str, *, at: datetime = AT) -> Signature:
    """The signature of one side's quality."""
    return actions.sign_review(review=review, proof=make.proof(review), by=actor(relation, side), at=at)


def concluded(relation: make.Relation, agreement: Agreement, *, at: datetime = AT, **changes: Any) -> AgreementReview:
    """A review signed by both sides."""
    review = offered(relation, agreement, at=at, **changes)
    for side in (R, C):
        signed(relation, review, side, at=at)
    return review


def performed(
    relation: make.Relation, action: ReviewAction, *, done_on: date | None = None, at: datetime = AT
) -> ReviewActionDone:
    """An action carried out by the side that owes it."""
    note, by = "已修订并批准，版本 B/2。", actor(relation, action.side)
    return actions.perform_review_action(action=action, done_on=done_on or day_of(at), note=note, by=by, at=at)

"""Concluding a yearly review: the signature of each side, its return, and the actions it decided."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning, Signature
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts.reviews import load_review_facts
from ..models import AgreementReview, PairDuty, ReviewAction, ReviewActionDone, ReviewReturn, ReviewSignature
from ..rules.hold import a_year_after
from ..rules.review import blockers_to_perform, blockers_to_return_review, blockers_to_sign_review
from ..wording import finding
from .recording import recorded
from .yearly import insert_pair_duty


@transaction.atomic
def sign_review(*, review: AgreementReview, proof: Proof, by: Actor, at: datetime) -> Signature:
    """Sign a review for the actor's side: once per side, by two different people.

    With the second signature it is concluded: its actions are owed and the pair's yearly review is on record, due again
    twelve calendar months later.

    :raises Refused: with every reason, also when the content is not what the page showed. :raises PermissionDenied:
    """
    pair, row = _locked(review, by, at)
    refuse_if_any(blockers_to_sign_review(load_review_facts(row), by.side, by.user_id))
    signature = sign(row, meaning=Meaning.AGREES_REVIEW, proof=proof, by=by, at=at, stream=pair.stream)
    try:
        with transaction.atomic():
            ReviewSignature(review=row, side=by.side, signature=signature).save(force_insert=True)
    except IntegrityError as error:
        raise Refused([finding("side_signed_already")]) from error
    concluded_on = load_review_facts(row).concluded_on
    data = {
        "body_hash": row.body_hash,
        "side": by.side,
        "signature": signature.pk,
        "concluded": concluded_on is not None,
    }
    record("review.signed", by=by, at=at, subject=row, stream=pair.stream, data=data)
    if concluded_on is not None:
        insert_pair_duty(
            pair=pair,
            kind=PairDuty.Kind.REVIEW,
            done_on=concluded_on,
            next_due_on=a_year_after(concluded_on),
            reference=row.number,
            by=by,
            at=at,
        )
    return signature


@transaction.atomic
def return_review(*, review: AgreementReview, reason: str, by: Actor, at: datetime) -> ReviewReturn:
    """Return a review to be written anew, or take it back, before both sides have signed; another one is offered then.

    :raises Refused: returned before, concluded, no reason. :raises PermissionDenied:
    """
    pair, row = _locked(review, by, at)
    refuse_if_any(blockers_to_return_review(load_review_facts(row), reason))
    returned = ReviewReturn(review=row, reason=reason, **recorded(by, at))
    returned.save(force_insert=True)
    record("review.returned", by=by, at=at, subject=row, stream=pair.stream, reason=reason, data={"side": by.side})
    return returned


@transaction.atomic
def perform_review_action(
    *, action: ReviewAction, done_on: date, note: str, by: Actor, at: datetime
) -> ReviewActionDone:
    """Record that an action of a concluded review was carried out, by the side that owes it.

    :raises Refused: not owed, the other side's, done before, in the future, no words. :raises PermissionDenied:
    """
    review = action.review
    pair = Pair.objects.get(pk=review.pair_id)
    still_allowed(by, Can.PERFORM_REVIEW_ACTION, pair, day_of(at))
    row = ReviewAction.objects.select_for_update(no_key=True).get(pk=action.pk)
    done = ReviewActionDone.objects.filter(action=row).exists()
    facts = load_review_facts(review)
    refuse_if_any(blockers_to_perform(facts, row.side, by.side, done, done_on, note, day_of(at)))
    result = ReviewActionDone(action=row, done_on=done_on, note=note.strip(), **recorded(by, at))
    result.full_clean()
    result.save(force_insert=True)
    data = {"position": row.position, "what": row.what, "done_on": done_on.isoformat(), "note": result.note}
    record("review.action_done", by=by, at=at, subject=review, stream=pair.stream, data=data)
    return result


def _locked(review: AgreementReview, by: Actor, at: datetime) -> tuple[Pair, AgreementReview]:
    """The pair and the locked review, after judging again that the actor may do this."""
    pair = Pair.objects.get(pk=review.pair_id)
    still_allowed(by, Can.SIGN_REVIEW, pair, day_of(at))
    return pair, AgreementReview.objects.select_for_update(no_key=True).get(pk=review.pk)

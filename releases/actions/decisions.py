"""The two releases of a lot and their withdrawal: append-only numbered decisions, signed, with frozen reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import User
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.trail.canonical import sha256

from ..deciding import judge_now, record_of
from ..facts import MARKET, PRODUCTION, load_lot_facts
from ..models import (
    Lot,
    MarketRelease,
    MarketWithdrawal,
    Outcome,
    ProductionRelease,
    ProductionWithdrawal,
)
from ..rules import Review
from ..rules.acts import blockers_to_withdraw, decided_meanwhile
from .writing import insert, lock_for_decision, lock_lot, who_and_when


@transaction.atomic
def release_production(*, lot: Lot, review: Review, proof: Proof, by: Actor, at: datetime) -> ProductionRelease:
    """The contractor's production releaser decides on a lot: released, with conditions, or rejected (Order 53 art. 34).

    Every gate is judged again under lock; its facts and findings are frozen with the decision and signed with it.

    :raises Refused: with every reason; ``decided_meanwhile`` when somebody was quicker; ``record_changed`` when what
        the page showed is not what would be signed now. :raises PermissionDenied:
    """
    still_allowed(by, Can.RELEASE_PRODUCTION, lot.pair, day_of(at))
    locked = lock_for_decision(lot)
    row = _judged(locked, PRODUCTION, review, by, at)
    insert(row, decided_meanwhile())
    _sign(row, Meaning.RELEASES_PRODUCTION, proof, by, at)
    verb = "lot.production_released" if row.lets_through else "lot.production_rejected"
    record(verb, by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.statement, data=_data(row))
    return row


@transaction.atomic
def release_to_market(*, lot: Lot, review: Review, proof: Proof, by: Actor, at: datetime) -> MarketRelease:
    """The registrant's market releaser decides on a lot after the contractor's production release (No. 38 cl. 8).

    As :func:`release_production`, by the other legal entity and another person; never delegated.

    :raises Refused: with every reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.RELEASE_TO_MARKET, lot.pair, day_of(at))
    locked = lock_for_decision(lot)
    row = _judged(locked, MARKET, review, by, at)
    insert(row, decided_meanwhile())
    _sign(row, Meaning.RELEASES_TO_MARKET, proof, by, at)
    verb = "lot.released_to_market" if row.lets_through else "lot.market_rejected"
    record(verb, by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.statement, data=_data(row))
    return row


def _judged(lot: Lot, stage: str, review: Review, by: Actor, at: datetime) -> Any:
    """The decision that may be taken, not saved yet.

    :raises Refused: with every reason against it.
    """
    user = User.objects.get(pk=by.user_id or 0)
    judged = judge_now(lot, stage, day_of(at), user, review)
    refuse_if_any(judged.stopping(review))
    row = record_of(judged, review, lot)
    row.recorded_by_id, row.recorded_by_name, row.recorded_at = by.user_id, by.name, at
    return row


def _sign(row: Any, meaning: Meaning, proof: Proof, by: Actor, at: datetime) -> None:
    sign(row, meaning=meaning, proof=proof, by=by, at=at, stream=f"pair:{row.lot.pair_id}", reason=row.statement)


def _data(row: ProductionRelease | MarketRelease) -> dict[str, Any]:
    return {
        "decision": row.pk,
        "number": row.number,
        "outcome": str(row.outcome),
        "quantity": row.quantity,
        "conditions": row.conditions,
        "facts_sha256": sha256(row.facts),
        "findings_sha256": sha256(row.findings),
        "replaces": row.replaces_id,
    }


@transaction.atomic
def withdraw_production(*, release: ProductionRelease, reason: str, by: Actor, at: datetime) -> ProductionWithdrawal:
    """The contractor takes its decision on a lot back; a new decision may follow.

    :raises Refused: withdrawn already, on the market, no reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.RELEASE_PRODUCTION, release.lot.pair, day_of(at))
    row = ProductionWithdrawal(release=release, reason=reason.strip(), **who_and_when(by, at))
    return _withdraw(row, release, PRODUCTION, "lot.production_withdrawn", by, at)


@transaction.atomic
def withdraw_market(*, release: MarketRelease, reason: str, by: Actor, at: datetime) -> MarketWithdrawal:
    """The registrant takes its decision on a lot back; a new decision may follow.

    :raises Refused: withdrawn already, no reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.RELEASE_TO_MARKET, release.lot.pair, day_of(at))
    row = MarketWithdrawal(release=release, reason=reason.strip(), **who_and_when(by, at))
    return _withdraw(row, release, MARKET, "lot.market_withdrawn", by, at)


def _withdraw(row: Any, release: Any, stage: str, verb: str, by: Actor, at: datetime) -> Any:
    locked = lock_lot(release.lot)
    withdrawn = type(row)._default_manager.filter(release=release).exists()
    facts = load_lot_facts([locked])[locked.pk]
    refuse_if_any(blockers_to_withdraw(facts, stage, withdrawn=withdrawn, reason=row.reason))
    insert(row, decided_meanwhile())
    data = {"decision": release.pk, "number": release.number, "outcome": str(Outcome(release.outcome))}
    record(verb, by=by, at=at, subject=locked, stream=f"pair:{locked.pair_id}", reason=row.reason, data=data)
    return row

"""Locks and inserts that every verb here shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from agreements.models import Entrustment
from cmo.errors import Finding, Refused
from cmo.trail.actor import Actor
from cmo.trail.models import Head

from ..models import Lot

M = TypeVar("M", bound=models.Model)


def lock_lot(lot: Lot) -> Lot:
    """The lot, locked against every other verb on it until the transaction ends.

    "No key", because rows that point at a lot are checked at commit, when their writer holds the head of the chain.
    """
    return Lot.objects.select_for_update(no_key=True).get(pk=lot.pk)


def lock_for_decision(lot: Lot) -> Lot:
    """The lot, then everything its gates rest on within the pair."""
    locked = lock_lot(lot)
    lock_chain(f"pair:{locked.pair_id}")
    return locked


def lock_entrustment(entrustment: Entrustment) -> Entrustment:
    """The entrustment as it stands, with its pair, and everything that could change its state."""
    lock_chain(f"pair:{entrustment.pair_id}")
    return Entrustment.objects.select_related("pair").get(pk=entrustment.pk)


def lock_chain(stream: str) -> None:
    """Take the head of a stream before the facts are loaded instead of after, always after the business row.

    Whatever else is recorded in the pair (a hold, a suspension, a signature) is then either committed and seen, or
    comes later in the chain: the order of the trail is the order of what was known.
    """
    Head.objects.select_for_update(no_key=True).filter(stream=stream).first()


def stripped(content: dict[str, Any]) -> dict[str, Any]:
    """What was typed, without blanks around words."""
    return {name: value.strip() if isinstance(value, str) else value for name, value in content.items()}


def who_and_when(by: Actor, at: datetime) -> dict[str, Any]:
    """The columns that say who recorded a row and when."""
    return {"recorded_by_id": by.user_id, "recorded_by_name": by.name, "recorded_at": at}


def insert(row: M, otherwise: Finding) -> M:
    """Insert a row that the database may refuse as a second one.

    :raises Refused: with ``otherwise`` when it does.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([otherwise]) from error
    return row

"""Locks and inserts that every verb here shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from agreements.models import Entrustment
from cmo.errors import Finding, Refused
from cmo.parties.models import Pair
from cmo.trail.actor import Actor

from ..models import Lot

M = TypeVar("M", bound=models.Model)


def lock_lot(lot: Lot) -> Lot:
    """The lot, locked against every other verb on it until the transaction ends; rows may still point at it."""
    return Lot.objects.select_for_update(no_key=True).get(pk=lot.pk)


def lock_for_decision(lot: Lot) -> Lot:
    """The lot, then the pair and the entrustment on which its gates rest, always in this order.

    The last two are locked against new rows that point at them as well: a hold or a suspension recorded at the same
    moment comes either before the facts are loaded or after the decision.
    """
    locked = lock_lot(lot)
    Pair.objects.select_for_update().get(pk=locked.pair_id)
    Entrustment.objects.select_for_update().get(pk=locked.entrustment_id)
    return locked


def lock_entrustment(entrustment: Entrustment) -> Entrustment:
    """The entrustment with its pair, locked against a suspension or an end while a lot is registered under it."""
    Pair.objects.select_for_update(no_key=True).get(pk=entrustment.pair_id)
    rows = Entrustment.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("pair").get(pk=entrustment.pk)


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

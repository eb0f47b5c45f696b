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
    """The lot, locked against every other verb on it until the transaction ends.

    Then the pair, on which holds, posts and the relationship rest. Always in this order; "no key" so that rows that
    merely point at them can still be inserted.
    """
    locked = Lot.objects.select_for_update(no_key=True).get(pk=lot.pk)
    Pair.objects.select_for_update(no_key=True).get(pk=locked.pair_id)
    return locked


def lock_entrustment(entrustment: Entrustment) -> Entrustment:
    """The entrustment with its pair, locked against a suspension, an end or another lot of the same number."""
    Pair.objects.select_for_update(no_key=True).get(pk=entrustment.pair_id)
    return Entrustment.objects.select_for_update(no_key=True).select_related("pair").get(pk=entrustment.pk)


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

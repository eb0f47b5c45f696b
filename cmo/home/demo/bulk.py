"""Many lots at once, for measurement only: copies of a demo lot, inserted in chunks with one trail entry each."""

from __future__ import annotations

from datetime import datetime

from agreements.models import Entrustment
from cmo.trail.actor import SYSTEM
from releases.actions import register_lots_for_measurement


def add_lots(number: int, *, at: datetime) -> int:
    """Add ``number`` lots spread over the demo's entrustments; returns how many were added."""
    entrustments = list(Entrustment.objects.select_related("pair").order_by("id"))
    share, rest = divmod(number, len(entrustments))
    for place, entrustment in enumerate(entrustments):
        register_lots_for_measurement(entrustment=entrustment, number=share + (place < rest), by=SYSTEM, at=at)
    return number

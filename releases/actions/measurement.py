"""Many lots at once, for measuring lists and findings: plain copies, never released, marked by their numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from agreements.models import Entrustment
from cmo.catalogue.models import DeviceVersion
from cmo.clock import day_of
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import SYSTEM, Actor

from ..models import Lot
from .writing import who_and_when

#: Lots of one transaction: so many are inserted under one hold of the pair's trail head.
CHUNK = 1000


def register_lots_for_measurement(*, entrustment: Entrustment, number: int, by: Actor, at: datetime) -> int:
    """Insert ``number`` lots of one entrustment with windows spread over the year before ``at``; returns how many.

    Only the product itself may (from ``manage.py demo --lots``); one trail entry tells of each chunk.

    :raises PermissionError: for any person.
    """
    if by != SYSTEM:
        raise PermissionError("lots for measurement are added from the command line only")
    done = Lot.objects.filter(entrustment=entrustment, number__startswith="MEAS-").count()
    version = DeviceVersion.objects.current().get(device_id=entrustment.device_id)
    for start in range(done, done + number, CHUNK):
        _insert(entrustment, version, range(start, min(start + CHUNK, done + number)), by, at)
    return number


@transaction.atomic
def _insert(entrustment: Entrustment, version: DeviceVersion, numbers: range, by: Actor, at: datetime) -> None:
    today, kinds = day_of(at), version.models_and_specifications
    rows = [
        Lot(
            **tenant(entrustment.pair),
            entrustment=entrustment,
            device_id=entrustment.device_id,
            site_id=entrustment.site_id,
            number=f"MEAS-{entrustment.pk:03d}-{place:06d}",
            model=kinds[place % len(kinds)],
            produced_from=today - timedelta(days=10 + place % 350),
            produced_to=today - timedelta(days=8 + place % 350),
            quantity=100 + place % 900,
            unit="件",
            expires_on=today + timedelta(days=700),
            **who_and_when(by, at),
        )
        for place in numbers
    ]
    Lot.objects.bulk_create(rows, batch_size=500)
    data = {"first": rows[0].number, "last": rows[-1].number, "lots": len(rows)}
    record("lots.added_for_measurement", by=by, at=at, subject=entrustment, stream=entrustment.pair.stream, data=data)

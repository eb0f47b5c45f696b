"""Worlds with last days on chosen days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.test import Client

from agreements.actions.yearly import insert_pair_duty
from agreements.models import PairDuty
from cmo.parties.models import Organisation, Pair, User
from tests import make, replay
from tests.agreements import build as agreements


def lean_pair() -> make.Relation:
    """A pair with quality and viewers on both sides."""
    return agreements.lean_pair()


@replay.kept
def concluded() -> agreements.World:
    """A pair with a licence, a certificate and an agreement in force until 2028-05-31."""
    world = agreements.world()
    agreements.concluded(world, [world.entrust()], ends_on=date(2028, 5, 31))
    return world


def yearly(world: make.Relation, due_on: date, kind: str = "audit", reference: str = "SH-1") -> PairDuty:
    """The yearly duty was done a year before ``due_on``, and recorded then."""
    done_on = due_on - timedelta(days=365)
    return insert_pair_duty(
        pair=world.pair,
        kind=kind,
        done_on=done_on,
        next_due_on=due_on,
        reference=reference,
        by=world.registrant.actor("quality_manager"),
        at=max(make.AT, make.AT + (done_on - make.TODAY)),
    )


def many_pairs(world: make.Relation, number: int, due_on: date) -> None:
    """Further pairs of the contractor, each with a yearly audit due; written at once, as an import would."""
    firms = Organisation.objects.bulk_create(Organisation(created_at=make.AT) for _ in range(number))
    begun = Pair.objects.count()
    pairs = Pair.objects.bulk_create(
        Pair(number=f"X{begun + n}", registrant=firm, contractor_id=world.contractor.pk, created_at=make.AT)
        for n, firm in enumerate(firms)
    )
    recorded: dict[str, Any] = {"recorded_by_name": "导入", "recorded_at": make.AT, "reference": "SH-1"}
    PairDuty.objects.bulk_create(
        PairDuty(
            pair=pair,
            registrant_id=pair.registrant_id,
            contractor_id=pair.contractor_id,
            kind="audit",
            done_on=make.TODAY - timedelta(days=300),
            next_due_on=due_on,
            **recorded,
        )
        for pair in pairs
    )


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client

"""What the calendar of a contractor with 100, 1,000 and 10,000 pairs costs, as JSON ratios.

    .venv/bin/python bench/bench_calendar.py [--pairs 10000] [--turns 3]

Runs on an own SQLite file and, where a PostgreSQL server answers, on an own database there; both are removed afterwards.
Every pair has a registrant, a device, an entrustment, a signed agreement with its obligations and two yearly duties of its
own. Measured is everything due within a year and everything overdue, for the contractor's quality manager, from every
source at once; and the three pages over it. Goals: the same number of queries at every size, and a duty among the most
pairs takes at most twice the time of a duty among a tenth of them. Exit 1 when a goal is missed.
"""

import argparse
import sys
from datetime import timedelta
from typing import Any

from bench_validity import copy_pairs, tenant
from measuring import analyse, on_each_database, queries, seconds, set_up

AT_ONCE = 2000


def met(name: str, value: Any) -> bool:
    if name.startswith("queries"):
        return len(set(value.values())) == 1
    if name.startswith("per_duty"):
        return value <= 2.0
    return True


def measure(options: argparse.Namespace) -> dict[str, Any]:
    vendor, world, made = set_up(), None, 1
    sizes = [n for n in (100, 1_000, 10_000) if n <= options.pairs]
    found: dict[str, dict[str, float]] = {}
    for size in sizes:
        world, made = fill(world, made, size), size
        for name, value in costs(world, options.turns).items():
            found.setdefault(name, {})[str(size)] = value
    per_duty = [seconds / number for seconds, number in zip(found["s"].values(), found["duties"].values(), strict=True)]
    return {f"{name}_{vendor}": values for name, values in found.items()} | {
        f"microseconds_per_duty_{vendor}": dict(zip(found["s"], (round(each * 1e6) for each in per_duty), strict=True)),
        f"per_duty_{vendor}_ratio": round(per_duty[-1] / per_duty[-2], 2) if len(per_duty) > 1 else 1.0,
    }


def costs(world: Any, turns: int) -> dict[str, float]:
    """Duties, queries and seconds of one reading, and the queries of the three pages over it."""
    from django.test import Client

    client = Client()
    client.force_login(world[0].relation.contractor.user(), "allauth.account.auth_backends.AuthenticationBackend")
    found: dict[str, float] = {"duties": len(duties(world)), "queries": queries(lambda: duties(world))}
    for name in ("month", "list", "timeline"):
        page(client, name)
        found[f"queries_{name}"] = queries(lambda name=name: page(client, name))
    return found | {"s": round(min(seconds(lambda: duties(world)) for _turn in range(turns)), 3)}


def fill(world: Any, made: int, size: int) -> Any:
    """The world, made through the actions once, with as many pairs of its contractor as asked for."""
    from cmo.parties.models import Organisation, Pair
    from tests import make
    from tests.agreements import build

    if world is None:
        built = build.world()
        entrustment = built.entrust()
        world = (built, entrustment, build.concluded(built, [entrustment]))
    built, entrustment, revision = world
    contractor = built.relation.contractor
    for start in range(made, size, AT_ONCE):
        count = min(AT_ONCE, size - start)
        owners = Organisation.objects.bulk_create(Organisation(created_at=make.AT) for _ in range(count))
        rows = Pair.objects.bulk_create(
            Pair(number=f"B{start + n}", registrant=owner, contractor_id=contractor.pk, created_at=make.AT)
            for n, owner in enumerate(owners)
        )
        copy_pairs(built, entrustment, revision, rows, [(built.site, built.licence)] * count)
        yearly(rows)
    analyse()
    return world


def yearly(pairs: list[Any]) -> None:
    """Audit and review of the year before, due on days spread over two years."""
    from agreements.models import PairDuty
    from tests import make

    recorded = {"recorded_by_id": 1, "recorded_by_name": "b", "recorded_at": make.AT, "reference": "SH-1"}
    PairDuty.objects.bulk_create(
        PairDuty(
            **tenant(pair) | recorded,
            kind=kind,
            done_on=make.TODAY - timedelta(days=400),
            next_due_on=make.TODAY + timedelta(days=n % 700 - 30),
        )
        for n, pair in enumerate(pairs)
        for kind in ("audit", "review")
    )


def duties(world: Any) -> list[Any]:
    from cmo.calendar.collect import duties_of
    from cmo.parties.access import scope_of
    from tests import make

    scope = scope_of(world[0].relation.contractor.user(), make.TODAY)
    return duties_of(scope, make.TODAY, make.TODAY + timedelta(days=365))


def page(client: Any, name: str) -> None:
    """One of the three pages as the contractor's quality manager opens it."""
    import time_machine
    from django.urls import reverse

    from tests import make

    with time_machine.travel(make.AT, tick=False):
        assert client.get(reverse(f"calendar:{name}")).status_code == 200


if __name__ == "__main__":
    sys.exit(on_each_database(__file__, __doc__, measure, met, pairs=10_000, turns=3))

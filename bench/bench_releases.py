"""What lists of lots and their findings cost, as JSON ratios, with 100,000 lots.

    .venv/bin/python bench/bench_releases.py [--lots 100000] [--turns 7]

Runs on an own SQLite file and, where a PostgreSQL server answers, on an own database there; both are removed afterwards.
Compared in turns on the same machine: the tenant filter of the list with a plain membership filter (the pairs of the
person's organisations, then their lots), and the findings of a 50-row page with one query per gate and row. Goals: filter
at most 1.0; findings at least 20 times faster; at most 14 queries for facts of 1, 5, 50 and 200 lots; a list page at most
22 queries (8 and 14), equal at 5, 50 and 200 rows. Exit 1 when a goal is missed.
"""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from filling import fill
from gate_queries import gate_queries
from measuring import in_turns, on_each_database, queries, set_up

PAGE = 50


def measure(options: argparse.Namespace) -> dict[str, Any]:
    vendor = set_up()
    world = fill(options.lots)
    found: dict[str, Any] = {f"lots_{vendor}": options.lots}
    for size, firm, role in (("big", world.contractor, "viewer"), ("small", world.registrant, "viewer")):
        membership, tenant = filter_times(firm.user(role), options.turns)
        found[f"visible_to_{vendor}_{size}_ms"] = {
            "membership": round(membership * 1000, 2),
            "tenant": round(tenant * 1000, 2),
        }
        found[f"visible_to_{vendor}_{size}_ratio"] = round(tenant / membership, 2)
    per_gate, set_wise = findings_times(world, options.turns)
    found[f"findings_{vendor}_ms"] = {
        "query_per_gate_and_row": round(per_gate * 1000),
        "set_wise": round(set_wise * 1000, 1),
    }
    found[f"findings_{vendor}_times_faster"] = round(per_gate / set_wise, 1)
    found[f"queries_facts_{vendor}"] = {str(n): fact_queries(world, n) for n in (1, 5, 50, 200)}
    found[f"queries_page_{vendor}"] = {str(n): page_queries(world, n) for n in (5, 50, 200)}
    found[f"page_{vendor}_ms"] = round(page_time(world, options.turns) * 1000)
    return found


def met(name: str, value: Any) -> bool:
    if name.startswith("visible_to") and name.endswith("_ratio"):
        return value <= 1.0
    if name.startswith("findings") and name.endswith("_times_faster"):
        return value >= 20
    if name.startswith("queries_facts"):
        return len(set(value.values())) == 1 and max(value.values()) <= 14
    if name.startswith("queries_page"):
        return len(set(value.values())) == 1 and max(value.values()) <= 22
    return True


def filter_times(user: Any, turns: int) -> tuple[float, float]:
    """Seconds for the count (up to 10,001) and the newest 50 rows, by pairs of the person's organisations and by
    tenant columns. Posts and grants are loaded before: every page needs them, whichever way its lists filter."""
    from cmo.parties.access import scope_of
    from cmo.parties.models import Pair
    from releases.models import Lot
    from tests import make

    scope = scope_of(user, make.TODAY)
    organisations = sorted(scope.organisation_ids)

    def rows_of(rows: Any) -> None:
        rows.order_by()[:10_001].count()
        list(rows.order_by("-recorded_at")[:PAGE])

    def membership() -> None:
        held = Pair.objects.filter(registrant_id__in=organisations) | Pair.objects.filter(
            contractor_id__in=organisations
        )
        rows_of(Lot.objects.filter(pair_id__in=list(held.values_list("pk", flat=True))))

    def tenant() -> None:
        rows_of(Lot.objects.visible_to(scope))

    return in_turns(membership, tenant, turns)


def findings_times(world: Any, turns: int) -> tuple[float, float]:
    """Seconds for the findings of the newest 50 lots of one pair: a query per gate and row, and set-wise."""
    from releases.facts import load_lot_facts
    from releases.models import Lot
    from releases.rules import findings_for
    from tests import make

    lots = list(Lot.objects.filter(pair=world.pair).order_by("-recorded_at")[:PAGE])

    def per_gate() -> None:
        for lot in lots:
            for ask in gate_queries():
                ask(lot)

    def set_wise() -> None:
        for facts in load_lot_facts(lots).values():
            findings_for(facts.next_stage, facts, make.TODAY)

    return in_turns(per_gate, set_wise, max(3, turns // 2))


def fact_queries(world: Any, number: int) -> int:
    """Queries for the facts of so many lots under a signed agreement."""
    from releases.facts import load_lot_facts
    from releases.models import Lot

    lots = list(Lot.objects.filter(pair=world.pair).order_by("-recorded_at")[:number])
    assert len(lots) == number, f"there are {len(lots)} lots, not {number}"
    return queries(lambda: load_lot_facts(lots))


def page_of(world: Any, number: int) -> Callable[[], Any]:
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.force_login(world.contractor.user("viewer"), backend="allauth.account.auth_backends.AuthenticationBackend")
    asked = {"per_page": number, "party": world.registrant.pk}  # the pair whose lots have an agreement and files
    return lambda: client.get(reverse("releases:lots"), asked)


def page_queries(world: Any, number: int) -> int:
    """Queries of the list page with so many rows."""
    import time_machine

    from tests import make

    with time_machine.travel(make.AT, tick=False):
        page = page_of(world, number)
        assert page().status_code == 200
        return queries(page)


def page_time(world: Any, turns: int) -> float:
    """Seconds for the list page with 50 rows."""
    import time_machine

    from tests import make

    with time_machine.travel(make.AT, tick=False):
        page = page_of(world, PAGE)
        return in_turns(page, page, turns)[0]


if __name__ == "__main__":
    sys.exit(on_each_database(__file__, __doc__, measure, met, lots=100_000, turns=7))

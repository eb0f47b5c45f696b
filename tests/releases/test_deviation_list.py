"""The list of deviations over all lots, and the lots of a pair narrowed to a period: filters, export, cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from releases.models import Deviation, Lot
from tests import make
from tests.agreements.build import queries
from tests.releases import build, making

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
URL = "releases:deviations"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(build.AT, tick=False), override("en"):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def client_of(firm: make.Firm, role: str = "quality_manager") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(firm.user(role))
    return client


def found(client: Client, **asked: Any) -> set[str]:
    return {row.record.reference for row in client.get(reverse(URL), asked).context["table"].paginated_rows}


def test_the_list_narrows_by_pair_severity_state_day_and_words(w: build.World) -> None:
    lot, client = build.lot(w), client_of(w.registrant)
    making.deviation(w, lot, reference="PC-A", severity="major")
    making.closed(w, lot, reference="PC-B", discovered_on=build.MADE_FROM + DAY)
    making.closure(w, making.deviation(w, lot, reference="PC-C", discovered_on=build.MADE_FROM + 2 * DAY))
    assert found(client) == {"PC-A", "PC-B", "PC-C"}
    assert found(client, severity="major") == {"PC-A"}
    assert found(client, state="open") == {"PC-A", "PC-C"}
    assert found(client, state="closed") == {"PC-B"}
    assert found(client, since=build.MADE_FROM + DAY) == {"PC-B", "PC-C"}
    assert found(client, until=build.MADE_FROM + DAY) == {"PC-A", "PC-B"}
    assert found(client, q="PC-C") == {"PC-C"}
    assert found(client, pair=w.pair.pk, severity="minor") == {"PC-B", "PC-C"}


def test_what_cannot_be_understood_is_not_asked(w: build.World) -> None:
    making.deviation(w, build.lot(w), reference="PC-A")
    assert found(client_of(w.registrant), pair="0", severity="grave", since="yesterday") == {"PC-A"}


def test_nobody_reads_the_deviations_of_a_pair_that_is_not_theirs(w: build.World) -> None:
    making.deviation(w, build.lot(w), reference="PC-A")
    assert found(client_of(make.organisation())) == set()
    assert found(client_of(w.contractor)) == {"PC-A"}


def test_the_export_says_severity_and_state_in_words(w: build.World) -> None:
    lot = build.lot(w)
    making.closed(w, lot, reference="PC-B")
    making.deviation(w, lot, reference="PC-A", severity="major")
    text = client_of(w.registrant).get(reverse(URL), {"export": "csv"}).getvalue().decode("utf-8-sig")
    rows = [line for line in text.splitlines() if "PC-" in line]
    assert len(rows) == 2
    assert any("PC-A" in row and "major" in row and "not closed" in row for row in rows)
    assert any("PC-B" in row and "minor" in row and "closed" in row for row in rows)


def test_two_deviations_cost_as_many_queries_as_two_hundred(w: build.World) -> None:
    lot, client = build.lot(w), client_of(w.registrant)
    first = making.deviation(w, lot)
    making.closed(w, lot)
    address = reverse(URL)
    client.get(address)
    two = queries(lambda: client.get(address))
    columns = {f.attname: getattr(first, f.attname) for f in Deviation._meta.concrete_fields if not f.primary_key}
    Deviation.objects.bulk_create(Deviation(**columns | {"reference": f"PC-X{n}"}) for n in range(198))
    assert queries(lambda: client.get(address, {"per_page": 200})) == two


def test_the_lots_of_a_pair_narrow_to_those_made_in_a_period(w: build.World) -> None:
    early, late = build.lot(w), build.lot(w, produced_to=build.MADE_TO + 2 * DAY)
    client, address = client_of(w.registrant), reverse("releases:pair_lots", args=[w.pair.pk])

    def numbers(**asked: Any) -> set[str]:
        return {row.record.number for row in client.get(address, asked).context["table"].paginated_rows}

    assert numbers() == {early.number, late.number}
    assert numbers(until=build.MADE_TO) == {early.number}
    assert numbers(since=build.MADE_TO + DAY) == {late.number}
    assert numbers(shown="made", since=build.MADE_TO, until=build.MADE_TO) == {early.number}
    assert numbers(shown="market_released") == set()
    assert numbers(shown="nonsense", until="never") == {early.number, late.number}


def test_a_narrowed_list_of_lots_costs_the_same_for_two_lots_and_for_fifty(w: build.World) -> None:
    first, _second = build.lot(w), build.lot(w)
    client, address = client_of(w.registrant), reverse("releases:pair_lots", args=[w.pair.pk])
    asked = {"shown": "made", "since": build.MADE_FROM.isoformat(), "until": build.MADE_TO.isoformat()}
    client.get(address, asked)
    two = queries(lambda: client.get(address, asked))
    columns = {f.attname: getattr(first, f.attname) for f in Lot._meta.concrete_fields if not f.primary_key}
    Lot.objects.bulk_create(Lot(**columns | {"number": f"X{n}"}) for n in range(48))
    assert queries(lambda: client.get(address, asked)) == two

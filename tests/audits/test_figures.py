"""A year of audits: every figure counted by hand equals the rows on the page that its link opens, on both sides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from agreements.figures import Group, year_figures
from audits import actions
from audits.figures import audit_figures
from audits.models import AuditFinding
from cmo.parties.models import Pair
from tests import replay
from tests.audits import build, build_capa
from tests.audits.build import TODAY, C, R, at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST, LAST = TODAY, TODAY + 100 * DAY
#: Counted by hand from the year below.
EXPECTED = {
    "audits": 2,
    "findings_critical": 1,
    "findings_major": 1,
    "findings_general": 2,
    "findings_repeated": 1,
    "capa_open": 3,
    "capa_closed": 1,
    "capa_ineffective": 1,
}


@replay.kept
def year() -> build.World:
    """Two reported audits; one finding closed, one whose action failed, one repeated, one withdrawn; an unannounced audit
    that has not begun, one that was cancelled, and one reported on the day after the period."""
    built = build.world()
    first = build.reported(built, {1: "critical", 2: "major", 3: "general", 4: "major"})
    build_capa.brought_to(built, build.finding(first, 1), "closed")
    plan = build_capa.plan(built, build.finding(first, 2))
    build_capa.accept(built, plan)
    build_capa.check(built, build_capa.complete(built, plan), effective=False)
    wrong = build.finding(first, 4)
    actions.withdraw_finding(finding=wrong, reason="记录已当场补充提供。", by=built.by(), at=at(3))
    build.planned(built, announced=False)
    dropped = build.planned(built)
    actions.cancel_audit(audit=dropped, reason="改期", by=built.by(), at=at(1))
    for days in (50, 101):
        build.reported(built, {3: "general"}, moment=at(days), plan=_plan(built, days))
    return built


def _plan(built: build.World, days: int) -> Any:
    return build.plan_said(built, starts_on=TODAY + days * DAY, ends_on=TODAY + days * DAY)


@pytest.fixture
def built() -> build.World:
    return year()


def figures(pair: Pair, first: date = FIRST, last: date = LAST) -> dict[str, Any]:
    return {one.key: one for one in year_figures([pair.pk], first, last)[pair.pk] if one.group == Group.AUDITS}


def test_the_audits_of_the_year_amount_to_what_was_counted_by_hand(built: build.World) -> None:
    assert {key: one.value for key, one in figures(built.pair).items()} == EXPECTED


def test_the_day_after_counts_for_the_next_period_and_nothing_for_the_one_before(built: build.World) -> None:
    after = {key: one.value for key, one in figures(built.pair, LAST + DAY, LAST + 30 * DAY).items()}
    assert (after["audits"], after["findings_general"], after["capa_open"]) == (1, 1, 4)
    assert {one.value for one in figures(built.pair, FIRST - 30 * DAY, FIRST - DAY).values()} == {0}


@pytest.mark.parametrize("side", [R, C])
def test_each_figure_opens_a_list_of_exactly_its_records(built: build.World, side: str) -> None:
    firm = built.relation.registrant if side == R else built.relation.contractor
    with time_machine.travel(at(110), tick=False), override("en"):
        client = Client(headers={"accept-language": "en"})
        client.force_login(firm.user("quality_manager", side))
        shown = {}
        for key, one in figures(built.pair).items():
            response = client.get(one.url)
            assert response.status_code == 200, one.url
            shown[key] = response.context["table"].paginator.count
    assert shown == EXPECTED


def test_a_plan_that_was_returned_neither_closes_nor_doubles_a_finding(built: build.World) -> None:
    before = figures(built.pair)["capa_open"].value
    row = AuditFinding.objects.filter(pair=built.pair, severity="general").order_by("id")[0]
    for _twice in range(2):
        build_capa.send_back(built, build_capa.plan(built, row))
    assert figures(built.pair)["capa_open"].value == before


def test_one_query_counts_two_pairs_and_two_hundred(built: build.World) -> None:
    for ids in ([built.pair.pk, built.pair.pk + 1], [built.pair.pk, *range(1, 200)]):
        with CaptureQueriesContext(connection) as captured:
            found = audit_figures(frozenset(ids), FIRST, LAST)
        assert len(captured) == 1
        assert {one.key: one.value for one in found[built.pair.pk]} == EXPECTED

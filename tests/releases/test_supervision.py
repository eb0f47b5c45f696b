"""Supervision of implantable lots: windows, gaps, needs, the page with its check-in, the tile and what waits on whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import override

from agreements import actions as agreement_actions
from agreements.models import Posting
from cmo.clock import day_of
from cmo.parties.access import scope_of
from cmo.parties.models import User
from releases import actions, supervision_duties
from releases.facts import load_lot_facts
from releases.facts.planning import DAY, SiteSupervision, load_sites
from releases.rules import Case, judge
from releases.supervision_section import supervision_tile
from tests import make
from tests.agreements import build_supervision as on_site
from tests.releases import build, making

pytestmark = pytest.mark.django_db
NOW, TODAY = build.AT, make.TODAY


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), override("en"):
        yield


@pytest.fixture
def w() -> build.World:
    """An implantable device; today is a Monday."""
    return build.world(implantable="yes", supervised=False)


def site_of(w: build.World, first: Any = None, last: Any = None) -> SiteSupervision:
    (site,) = load_sites([w.pair.pk], first or TODAY - 30 * DAY, last or TODAY + 13 * DAY, NOW)
    return site


def posted(w: build.World, **content: Any) -> Posting:
    return on_site.posted(w.relation, w.site, **{"starts_on": build.MADE_FROM, **content})


def plan(w: build.World, first: int, last: int, note: str = "H-下周") -> Any:
    by = w.contractor.actor("production_planner")
    days = {"starts_on": TODAY + first * DAY, "ends_on": TODAY + last * DAY}
    return actions.plan_production(entrustment=w.entrustment, **days, note=note, by=by, at=NOW)


def client_of(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def words(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(f"releases:{name}", args=args), query)
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


# ---- facts


def test_a_lot_that_nobody_saw_has_a_gap_on_each_of_its_days(w: build.World) -> None:
    lot = build.lot(w)
    site = site_of(w)
    assert {window.lot_id for window, _gap in site.gaps} == {lot.pk}
    assert len(site.gaps) == (lot.produced_to - lot.produced_from).days + 1


def test_presence_leaves_only_the_missed_day(w: build.World) -> None:
    lot = build.lot(w)
    posting = posted(w, starts_on=lot.produced_from)
    on_site.present(posting, lot.produced_from, lot.produced_to, skip=[lot.produced_to])
    assert [gap.day for _window, gap in site_of(w).gaps] == [lot.produced_to]


def test_an_uncovered_key_step_is_a_gap_and_one_done_elsewhere_by_an_approved_party_is_not(w: build.World) -> None:
    lot = build.lot(w)
    posting = posted(w, starts_on=lot.produced_from)
    on_site.present(posting, lot.produced_from, lot.produced_to)
    by = w.contractor.actor("production_planner")
    content = {
        "name": "灭菌",
        "kind": "sterilisation",
        "starts_at": on_site.moment(lot.produced_to, 20),
        "ends_at": on_site.moment(lot.produced_to, 21),
        "performed_by": "示例辐照灭菌有限公司",
    }
    actions.record_step(lot=lot, content=content, by=by, at=NOW)
    assert [(gap.kind, gap.what) for _window, gap in site_of(w).gaps] == [("step", "灭菌")]
    days = {"audited_on": lot.produced_from - DAY, "approved_from": lot.produced_from}
    on_site.supplier(w.relation, **days)
    assert site_of(w).gaps == ()
    own = {**content, "name": "喷涂", "kind": "key", "performed_by": ""}
    actions.record_step(lot=lot, content=own, by=by, at=NOW)
    assert [(gap.kind, gap.what) for _window, gap in site_of(w).gaps] == [("step", "喷涂")]


def test_a_lot_taken_over_is_judged_from_the_day_records_began_as_for_its_release(w: build.World) -> None:
    go_live = day_of(w.entrustment.recorded_at)
    content = build.lot_content(w, produced_from=go_live - 5 * DAY, produced_to=go_live + DAY)
    by = w.contractor.actor("production_planner")
    lot = actions.take_over_lot(entrustment=w.entrustment, content=content, note="系统启用前投产", by=by, at=NOW)
    posted(w, starts_on=go_live)
    site = site_of(w, go_live - 30 * DAY)
    assert [gap.day for _window, gap in site.gaps] == [go_live + DAY, go_live]
    facts = load_lot_facts([lot])[lot.pk]
    found = next(v for v in judge(Case("production", facts, TODAY)) if v.gate.code == "coverage")
    assert len(found.facts["gaps"]) == 2


def test_a_stay_without_check_out_is_shown_while_it_lasts_and_counts_in_no_figure(w: build.World) -> None:
    build.lot(w, produced_from=TODAY, produced_to=TODAY)
    posting = posted(w)
    on_site.entered(posting, "in", on_site.moment(TODAY, 8))
    end = on_site.moment(TODAY + DAY, 0)
    (live,) = load_sites([w.pair.pk], TODAY, TODAY, end)
    (shown,) = load_sites([w.pair.pk], TODAY, TODAY, end, shown_only=True)
    assert (live.gaps, [gap.what for _window, gap in shown.gaps]) == ((), ["0/1"])
    (later,) = load_sites([w.pair.pk], TODAY, TODAY, end + DAY)
    assert [gap.what for _window, gap in later.gaps] == ["0/1"]


@pytest.mark.parametrize(("implantable", "asked"), [("yes", True), ("unknown", True), ("no", False)])
def test_only_what_may_be_implantable_needs_coverage(implantable: str, asked: bool) -> None:
    w = build.world(implantable=implantable, implantable_reason="按产品说明", supervised=False)
    build.lot(w)
    sites = load_sites([w.pair.pk], TODAY - 30 * DAY, TODAY, NOW)
    assert bool(sites) is asked


def test_days_of_a_plan_need_somebody_until_it_is_taken_back(w: build.World) -> None:
    row = plan(w, 2, 3)
    assert [need.day for need in site_of(w).needs(TODAY, TODAY + 13 * DAY)] == [TODAY + 2 * DAY, TODAY + 3 * DAY]
    by = w.contractor.actor("production_planner")
    actions.end_planned_production(planned=row, reason="推迟", by=by, at=NOW)
    assert load_sites([w.pair.pk], TODAY, TODAY + 13 * DAY, NOW) == ()


def test_a_need_names_who_is_posted_and_says_when_nobody_is(w: build.World) -> None:
    plan(w, 2, 4)
    posting = posted(w, ends_on=TODAY + 3 * DAY)
    deputy = posted(w, person=on_site.resident(w.relation, 1), ends_on=TODAY + 2 * DAY, deputy_for=posting)
    needs = list(site_of(w).needs(TODAY, TODAY + 13 * DAY))
    assert [[fact.person for fact in need.posted] for need in needs] == [
        [posting.person_name, deputy.person_name],
        [posting.person_name],
        [],
    ]
    assert [need.nobody for need in needs] == [False, False, True]


def test_a_site_where_somebody_is_posted_is_shown_without_production(w: build.World) -> None:
    posting = posted(w)
    assert [fact.posting_id for fact in site_of(w, TODAY, TODAY).postings] == [posting.pk]


def test_nobody_must_come_for_a_lot_that_is_decided(w: build.World) -> None:
    lot = build.lot(w)
    site = site_of(w)
    assert [need.day for need in site.needs(lot.produced_from, lot.produced_from)] == [lot.produced_from]
    decided = SiteSupervision(site.pair_id, site.site_id, site.facts, site.present, ())
    assert list(decided.needs(lot.produced_from, lot.produced_to)) == []


def test_many_lots_pairs_and_plans_take_as_many_queries_as_few(w: build.World) -> None:
    build.lot(w)
    plan(w, 1, 2)
    posting = posted(w)
    on_site.present(posting, build.MADE_FROM, build.MADE_FROM)

    def cost(pairs: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            load_sites(pairs, TODAY - 60 * DAY, TODAY + 13 * DAY, NOW)
        return len(queries)

    few = cost([w.pair.pk])
    for number in range(4):
        build.lot(w)
        plan(w, 3 + 2 * number, 4 + 2 * number)
    other = build.world(make.pair(contractor=w.contractor), implantable="yes", supervised=False)
    build.lot(other)
    assert cost([w.pair.pk, other.pair.pk]) == few <= 7


# ---- pages


def test_the_overview_says_gaps_needs_and_who_is_there_in_both_languages(w: build.World) -> None:
    lot = build.lot(w)
    posting = posted(w)
    on_site.entered(posting, "in", on_site.moment(TODAY, 8))
    plan(w, 1, 2)
    user = w.user("quality_manager", "registrant")
    query = {"from": lot.produced_from.isoformat(), "weeks": 2}
    english, chinese = (words(client_of(user, lang), "supervision", **query) for lang in ("en", "zh-hans"))
    assert f"{posting.person_name} is on site" in english
    assert "qualified presence: 0 of 1 minutes" in english
    assert f"{lot.number}: gap on" in english
    assert "合格人员在场0分钟" in chinese
    assert posting.person_name in chinese
    assert "H-下周" in english


def test_the_pair_page_shows_policy_postings_and_who_does_what_the_reader_may_not(w: build.World) -> None:
    posted(w)
    on_site.policy(w.relation, minimum_minutes=240)
    quality = words(client_of(w.user("quality_manager", "registrant")), "pair_supervision", w.pair.pk)
    assert "Every production day needs 240 minutes of qualified presence." in quality
    assert "done by" not in quality
    contractor = words(client_of(w.user("quality_manager", "contractor")), "pair_supervision", w.pair.pk)
    assert "Post a resident supervisor done by registrant side" in contractor
    assert "None of your posts allows this." in contractor


def test_the_posted_person_sees_one_button_todays_lots_and_the_lock(w: build.World) -> None:
    lot = build.lot(w, produced_from=TODAY - DAY, produced_to=TODAY)
    posting = posted(w)
    client = client_of(on_site.resident(w.relation))
    page = client.get(reverse("releases:supervision")).content.decode()
    assert reverse("agreements:check_in", args=[posting.pk]) in page
    assert reverse("releases:place_lot_hold", args=[lot.pk]) in page
    client.post(reverse("agreements:check_in", args=[posting.pk]), {"next": reverse("releases:supervision")})
    page = client.get(reverse("releases:supervision")).content.decode()
    assert reverse("agreements:check_out", args=[posting.pk]) in page
    others = client_of(w.user("quality_manager", "registrant")).get(reverse("releases:supervision")).content.decode()
    assert reverse("agreements:check_out", args=[posting.pk]) not in others


@pytest.mark.parametrize(
    "query", [{"from": "x"}, {"from": "0001-01-01"}, {"from": "9999-12-31"}, {"weeks": "99"}, {"weeks": "-1"}]
)
def test_nonsense_in_the_address_shows_some_weeks(w: build.World, query: dict[str, str]) -> None:
    assert client_of(w.user("viewer", "contractor")).get(reverse("releases:supervision"), query).status_code == 200


def test_the_weeks_begin_on_mondays_and_stay_between_two_and_six(w: build.World) -> None:
    client = client_of(w.user("viewer", "contractor"))
    for asked, weeks in ((1, 2), (4, 4), (9, 6)):
        period = client.get(reverse("releases:supervision"), {"from": "2026-05-13", "weeks": asked}).context["period"]
        assert (period.first.isoformat(), period.weeks, len(period.days)) == ("2026-05-11", weeks, weeks * 7)


def test_a_foreign_person_sees_no_site(w: build.World) -> None:
    posted(w)
    stranger = make.organisation().user()
    assert "Presence of resident supervisors" in words(client_of(stranger), "supervision")
    assert client_of(stranger).get(reverse("releases:pair_supervision", args=[w.pair.pk])).status_code == 404


def test_the_tile_counts_gaps_of_thirty_days_and_says_who_is_there(w: build.World) -> None:
    user = w.user("quality_manager", "registrant")
    scope = scope_of(user, TODAY)
    assert supervision_tile(w.pair, scope, TODAY) is None
    posting = posted(w)
    assert supervision_tile(w.pair, scope, TODAY).tone == "idle"
    on_site.entered(posting, "in", on_site.moment(TODAY, 8))
    assert supervision_tile(w.pair, scope, TODAY).tone == "good"
    lot = build.lot(w)
    tile = supervision_tile(w.pair, scope, TODAY)
    assert tile.tone == "bad"
    assert str((lot.produced_to - lot.produced_from).days + 1) in tile.sentence


# ---- what waits


def titles(w: build.World, user: User) -> list[str]:
    return [str(duty.title) for duty in supervision_duties.waiting_on(scope_of(user, TODAY), TODAY)]


def test_the_posted_person_is_asked_to_check_in_until_they_did(w: build.World) -> None:
    build.lot(w, produced_from=TODAY - DAY, produced_to=TODAY)
    posting = posted(w)
    user = on_site.resident(w.relation)
    assert titles(w, user) == ["Check in: implantables are made today"]
    on_site.entered(posting, "in", on_site.moment(TODAY, 8))
    assert titles(w, User.objects.get(pk=user.pk)) == []


def test_quality_is_told_of_days_without_anybody_and_of_postings_that_end(w: build.World) -> None:
    plan(w, 2, 3)
    user = w.user("quality_manager", "registrant")
    (duty,) = supervision_duties.waiting_on(scope_of(user, TODAY), TODAY)
    assert (str(duty.title), duty.due_on) == (
        "Post somebody: nobody is there when implantables are made",
        TODAY + 2 * DAY,
    )
    posted(w, ends_on=TODAY + timedelta(days=30))
    assert titles(w, User.objects.get(pk=user.pk)) == ["Posting of a resident supervisor ends"]
    assert titles(w, w.user("quality_manager", "contractor")) == []


def test_a_posting_that_ends_later_only_comes_up(w: build.World) -> None:
    posted(w, ends_on=TODAY + timedelta(days=31))
    scope = scope_of(w.user("quality_manager", "registrant"), TODAY)
    assert supervision_duties.waiting_on(scope, TODAY) == []
    assert [d.due_on for d in supervision_duties.coming_up(scope, TODAY, TODAY + 90 * DAY)] == [TODAY + 31 * DAY]
    assert supervision_duties.coming_up(scope, TODAY, TODAY + 30 * DAY) == []


def test_a_posting_that_ran_out_stays_overdue_until_somebody_follows_or_it_was_ended_by_a_decision(
    w: build.World,
) -> None:
    last = TODAY + 5 * DAY
    posting = posted(w, ends_on=last)
    posted(w, person=on_site.resident(w.relation, 1), ends_on=last - DAY, deputy_for=posting)

    def comes(days: int) -> list[tuple[Any, str, str]]:
        on = last + days * DAY
        scope = scope_of(w.user("quality_manager", "registrant"), on)
        return [(d.due_on, d.tone, str(d.title)) for d in supervision_duties.coming_up(scope, on, on)]

    assert comes(0) == [(last, "active", "Posting of a resident supervisor ends")]
    missed = [(last, "bad", "Posting of a resident supervisor has ended: nobody follows")]
    assert comes(1) == comes(100) == missed
    by = w.registrant.actor("quality_manager")
    following = posted(w, person=on_site.resident(w.relation, 2), ends_on=last + 3 * DAY)
    assert comes(1) == []
    assert [due_on for due_on, *_rest in comes(4)] == [last + 3 * DAY]
    at = {"by": by, "at": NOW + 10 * DAY}
    agreement_actions.end_posting(posting=following, last_day=last + 2 * DAY, reason="项目结束", **at)
    assert comes(4) == []


def test_nobody_is_missed_at_a_site_where_nothing_is_entrusted_any_more(w: build.World) -> None:
    posted(w, ends_on=TODAY)
    on = TODAY + DAY
    scope = scope_of(w.user("quality_manager", "registrant"), on)
    assert len(supervision_duties.coming_up(scope, on, on)) == 1
    by = w.registrant.actor("quality_manager")
    agreement_actions.end_entrustment(entrustment=w.entrustment, event_on=TODAY, reason="停产", by=by, at=NOW)
    assert supervision_duties.coming_up(scope, on, on) == []


# ---- a pair that supervises key and special steps only


def supervising(row: Any) -> dict[str, str]:
    found = {
        f.code: f.severity
        for verdict in judge(Case("production", load_lot_facts([row])[row.pk], TODAY))
        for f in verdict.findings
    }
    return {code: severity for code, severity in found.items() if code.startswith("coverage")}


def test_a_lot_without_a_key_or_special_step_on_record_is_not_passed_by_a_policy_on_steps(w: build.World) -> None:
    on_site.policy(w.relation, at=build.BEGAN, production_days="steps_only")
    posted(w)
    row = build.lot(w)
    assert supervising(row) == {"coverage_no_steps": "blocks"}
    making.step(w, row)
    assert supervising(row) == {"coverage": "blocks"}


def test_every_day_under_presence_asks_for_no_step(w: build.World) -> None:
    on_site.policy(w.relation, at=build.BEGAN, production_days="every_day")
    posted(w)
    assert supervising(build.lot(w)) == {"coverage": "blocks"}

"""The yearly programme: points at their edges, days given out in order, and the audits that adopting it plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits import actions
from audits.actions import ProgrammeSaid
from audits.facts import load_audits
from audits.facts.programme import LedAudit, PairRisk, PlannedAudit, load_pair_risks
from audits.models import Audit, Programme
from audits.rules.programme import (
    BEFORE_DUE,
    EntrySaid,
    FreeDays,
    Ranked,
    days_for,
    last_day,
    left_out,
    months_between,
    overlaps,
    proposed_day,
    ranked,
    reasons_for,
    warnings_of,
)
from cmo import clock
from cmo.errors import Refused
from cmo.trail.models import Entry
from cmo.workdays import is_working_day
from tests import make
from tests.audits import build
from tests.audits.build import AT, TODAY, at

ON = date(2026, 6, 1)
CALM = PairRisk(
    pair_id=1,
    pair_number="P-1",
    contractor_id=1,
    device_class="I",
    implantable=False,
    entrusted=1,
    lots=0,
    rejected=0,
    deviations={"critical": 0, "major": 0, "minor": 0},
    last_audit_on=date(2026, 5, 1),
    next_due_on=date(2027, 5, 1),
)


def entries_of(rows: list[Ranked]) -> list[EntrySaid]:
    return [EntrySaid(row.risk.pair_id, row.auditor_days, row.starts_on) for row in rows]


def points(**changes: object) -> dict[str, int]:
    return {reason.key: reason.points for reason in reasons_for(replace(CALM, **changes), ON)}  # type: ignore[arg-type]


def test_a_calm_contractor_has_the_points_of_its_class_alone():
    assert points() == {"class": 1}


@pytest.mark.parametrize(("lots", "expected"), [(0, None), (1, 1), (9, 1), (10, 2), (49, 2), (50, 3), (5000, 3)])
def test_volume_counts_in_steps(lots, expected):
    assert points(lots=lots).get("volume") == expected


@pytest.mark.parametrize(("last", "expected"), [(date(2026, 3, 2), None), (date(2026, 3, 1), 1), (date(2024, 6, 1), 6)])
def test_every_full_quarter_since_the_last_audit_counts_up_to_a_limit(last, expected):
    assert points(last_audit_on=last).get("months") == expected


def test_a_contractor_never_audited_counts_most_and_a_day_to_come_counts_nothing():
    assert points(last_audit_on=None)["never_audited"] == 6
    assert months_between(date(2026, 6, 2), ON) == 0
    assert months_between(date(2024, 2, 29), date(2025, 2, 28)) == 12


def test_findings_deviations_rejects_and_holds_are_capped():
    many = points(
        open_findings={"critical": 9},
        repeated=9,
        rejected=9,
        holds=9,
        deviations={"critical": 9, "major": 9, "minor": 9},
    )
    assert set(many.values()) == {1, 6}


def test_minor_deviations_give_no_points():
    assert "deviations" not in points(deviations={"critical": 0, "major": 0, "minor": 50})


def test_days_are_given_out_by_rank_and_a_pair_that_gets_none_is_named():
    heavy = replace(CALM, pair_id=2, pair_number="P-2", device_class="III", implantable=True, last_audit_on=None)
    heavy = replace(heavy, next_due_on=None)
    due = replace(CALM, next_due_on=date(2026, 12, 31))
    rows = ranked([due, heavy], days_for(heavy), ON, 2026)
    assert [row.risk.pair_number for row in rows] == ["P-2", "P-1"]
    assert (rows[0].starts_on is not None, rows[1].starts_on) == (True, None)
    assert [finding.code for finding in left_out(rows, entries_of(rows), 2026)] == ["pair_without_audit"]
    later = [replace(rows[1], risk=CALM)]
    assert left_out(later, entries_of(rows), 2026) == []
    planned = PlannedAudit(1, "AU-1", date(2026, 9, 1), date(2026, 9, 2))
    assert left_out([replace(rows[1], risk=replace(due, planned=planned))], [], 2026) == []


@pytest.mark.parametrize(
    ("due", "earliest"),
    [
        (date(2026, 9, 1), date(2026, 8, 2)),
        (date(2026, 1, 1), date(2026, 6, 15)),
        (date(2028, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_proposed_day_is_a_working_day_before_the_due_day_with_notice_and_in_the_year(due, earliest):
    day = proposed_day(replace(CALM, next_due_on=due), FreeDays(ON, 2026), 2)
    assert day is not None
    assert is_working_day(day)
    assert abs((day - earliest).days) <= 8
    assert day.year == 2026


EVERY_DAY = [date(2020, 1, 1) + timedelta(days=n) for n in range((date(2041, 1, 1) - date(2020, 1, 1)).days)]


def test_a_day_is_found_for_an_audit_wanted_on_any_day_of_twenty_one_years():
    free = {year: FreeDays(date(year - 1, 12, 1), year) for year in range(2020, 2041)}
    for wanted in EVERY_DAY:
        one = free[wanted.year]
        day = proposed_day(replace(CALM, next_due_on=wanted + BEFORE_DUE), one, 1)
        assert day is not None, wanted
        assert (day.year, is_working_day(day)) == (wanted.year, True), wanted
        one.free = [True] * len(one.free)


def test_a_day_is_found_whenever_the_programme_is_looked_at_unless_the_year_has_no_working_day_left():
    for on in EVERY_DAY[1::3]:
        day = proposed_day(CALM, FreeDays(on, on.year), 1)
        assert day is None or (day.year == on.year and on < day and is_working_day(day)), on
        if on < date(on.year, 12, 29):
            assert day is not None, on
    assert proposed_day(CALM, FreeDays(date(2022, 12, 31), 2022), 1) is None
    assert proposed_day(CALM, FreeDays(ON, 2025), 1) is None


def test_audits_are_laid_one_after_another_on_working_days_around_those_planned():
    planned = PlannedAudit(1, "AU-1", date(2026, 6, 17), date(2026, 6, 18))
    new = [
        replace(CALM, pair_id=n, pair_number=f"P-{n:02}", last_audit_on=None, next_due_on=None) for n in range(2, 12)
    ]
    rows = ranked([replace(CALM, planned=planned), *new], 100, ON, 2026)
    spans = sorted((row.starts_on, last_day(row.starts_on, row.auditor_days)) for row in rows if row.starts_on)
    assert len(spans) == 11
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    assert spans[0] == (date(2026, 6, 15), date(2026, 6, 16))
    assert all(is_working_day(day) for span in spans for day in span)
    assert warnings_of(rows, entries_of(rows), 2026) == []


def test_what_no_longer_fits_behind_is_laid_before_and_then_beside_another_with_a_warning():
    exceptions = {day: False for day in EVERY_DAY if day.year == 2026 and day > date(2026, 6, 18)}
    late = [replace(CALM, pair_id=n, pair_number=f"P-{n}", next_due_on=date(2026, 7, 18)) for n in range(1, 4)]
    rows = ranked(late, 100, ON, 2026, exceptions)
    assert [row.starts_on for row in rows] == [date(2026, 6, 17), date(2026, 6, 15), date(2026, 6, 18)]
    warned = warnings_of(rows, entries_of(rows), 2026, exceptions=exceptions)
    assert [(one.code, one.facts["one"], one.facts["other"]) for one in warned] == [("leader_overlap", "P-1", "P-3")]
    assert not any(one.blocks for one in warned)


@pytest.mark.parametrize(
    ("days", "last"), [(0, date(2026, 6, 5)), (1, date(2026, 6, 5)), (3, date(2026, 6, 9)), (60, date(2026, 8, 3))]
)
def test_days_of_one_auditor_are_working_days_and_never_more_than_an_audit_lasts(days, last):
    assert last_day(date(2026, 6, 5), days) == last


def test_an_overlap_with_an_audit_led_elsewhere_is_named_once():
    rows = ranked([CALM], 10, ON, 2026)
    led = [LedAudit("AU-1", date(2026, 9, 1), date(2026, 9, 4)), LedAudit("AU-2", date(2026, 9, 8), date(2026, 9, 8))]
    for first, expected in [(date(2026, 9, 4), 1), (date(2026, 9, 7), 1), (date(2026, 9, 5), 0), (date(2026, 9, 9), 0)]:
        found = overlaps(rows, [EntrySaid(1, 1 if first.day != 7 else 2, first)], led)
        assert len(found) == expected, first
    assert overlaps(rows, [EntrySaid(1, 2, None), EntrySaid(9, 2, date(2026, 9, 1))], led) == []


def said(
    built: build.World, *, days: int = 10, starts_on: date | None = date(2026, 9, 1), **changes: object
) -> ProgrammeSaid:
    content = {
        "year": 2026,
        "auditor_days": days,
        "entries": (EntrySaid(built.pair.pk, 3, starts_on),),
        "lead": build.person(built.auditor),
        "template": build.SHORT,
        "scope": "质量管理体系全范围",
        "reason": "",
    }
    return ProgrammeSaid(**(content | changes))  # type: ignore[arg-type]


def adopt(built: build.World, content: ProgrammeSaid) -> Programme:
    by = built.by(role="management_representative")
    return actions.adopt_programme(organisation=built.relation.registrant.organisation, said=content, by=by, at=AT)


@pytest.mark.django_db
def test_adopting_plans_an_annual_audit_on_site_for_each_chosen_pair_and_keeps_the_reasons():
    built = build.world()
    programme = adopt(built, said(built))
    entry, audit = programme.entries.get(), Audit.objects.get()
    assert (entry.rank, entry.reasons[-1]["key"], audit.programme_entry) == (1, "never_audited", entry)
    facts = load_audits([audit])[audit.pk]
    assert (facts.counts_for_the_year, facts.starts_on, facts.ends_on) == (True, date(2026, 9, 1), date(2026, 9, 3))


@pytest.mark.django_db
def test_three_auditor_days_from_a_friday_on_end_on_tuesday_and_follow_the_calendar():
    built = build.world()
    adopt(built, said(built, starts_on=date(2026, 9, 4)))
    assert load_audits(Audit.objects.all())[Audit.objects.get().pk].ends_on == date(2026, 9, 8)


@pytest.mark.django_db
def test_a_due_pair_without_an_audit_and_a_leader_in_two_places_are_kept_with_the_adoption():
    built = build.world()
    build.planned(
        built,
        kind="for_cause",
        cause="投诉",
        plan=build.plan_said(built, starts_on=date(2026, 9, 2), ends_on=date(2026, 9, 2)),
    )
    adopt(built, said(built, starts_on=None))
    adopt(built, said(built, reason="补排"))
    first, second = Entry.objects.filter(verb="programme.adopted").order_by("seq")
    assert [one["code"] for one in first.content["data"]["warnings"]] == ["pair_without_audit"]
    assert [one["code"] for one in second.content["data"]["warnings"]] == ["leader_overlap"]


@pytest.mark.django_db
@time_machine.travel(AT, tick=False)
def test_the_page_says_that_a_due_pair_gets_no_audit_when_its_day_is_cleared():
    built = build.world()
    client = Client(headers={"accept-language": "en"})
    client.force_login(built.relation.registrant.user("management_representative"))
    url = reverse("audits:programme", args=[clock.today().year])
    pk = built.pair.pk
    typed = {"auditor_days": 7, "lead": build.person(built.auditor).pk, "template": build.SHORT, "scope": "全范围"}
    page = client.post(url, typed | {f"days_{pk}": 3, f"day_{pk}": ""}, follow=True)
    assert Programme.objects.count() == 1
    assert page.content.decode().count("the programme holds none") == 2
    assert [one.code for one in page.context["left_out"]] == ["pair_without_audit"]
    day = client.get(url).context["rows"][0].starts_on
    client.post(url, typed | {f"days_{pk}": 3, f"day_{pk}": day.isoformat(), "reason": "补排"})
    assert client.get(url).context["left_out"] == []
    actions.cancel_audit(audit=Audit.objects.get(), reason="停产", by=built.by(), at=clock.now())
    assert [one.code for one in client.get(url).context["left_out"]] == ["pair_without_audit"]


@pytest.mark.django_db
def test_a_second_edition_says_why_and_keeps_audits_planned_before():
    built = build.world()
    adopt(built, said(built))
    with pytest.raises(Refused) as refusal:
        adopt(built, said(built))
    assert refusal.value.codes == ["programme_reason_missing"]
    again = adopt(built, said(built, reason="增加人日", days=20))
    assert (again.edition, Audit.objects.count()) == (2, 1)


@pytest.mark.django_db
def test_a_programme_over_its_days_or_for_other_pairs_is_refused_whole():
    built = build.world()
    entries = (EntrySaid(built.pair.pk, 11, date(2026, 5, 31)), EntrySaid(built.pair.pk + 1, 1, None))
    with pytest.raises(Refused) as refusal:
        adopt(built, said(built, entries=entries))
    assert set(refusal.value.codes) == {"programme_over_days", "programme_pairs_changed", "programme_day_outside_year"}
    assert not Programme.objects.exists()
    assert not Audit.objects.exists()


@pytest.mark.django_db
def test_an_auditor_may_not_adopt_and_a_year_that_is_over_gets_no_programme():
    built = build.world()
    with pytest.raises(PermissionDenied):
        actions.adopt_programme(
            organisation=built.relation.registrant.organisation, said=said(built), by=built.auditor, at=AT
        )
    with pytest.raises(Refused) as refusal:
        adopt(built, said(built, year=2025, starts_on=None))
    assert refusal.value.codes == ["programme_year_over"]


@pytest.mark.django_db
def test_ranking_asks_as_often_for_one_pair_as_for_five():
    built = build.world()
    registrant = built.relation.registrant

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert load_pair_risks(registrant.pk, TODAY, 2026)
        return len(captured)

    queries()
    before = queries()
    for _ in range(4):
        make.pair(registrant, make.organisation(sides=("contractor",), posts=()))
    assert queries() == before


@pytest.mark.django_db
def test_findings_raise_the_rank_of_a_pair():
    built, _row = build.with_findings()
    risk = load_pair_risks(built.relation.registrant.pk, at(1).date(), 2026)[0]
    assert risk.open_findings == {"critical": 1, "major": 1, "general": 1}
    assert (risk.holds, risk.last_audit_on) == (1, TODAY)
    assert risk.planned is not None


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@time_machine.travel(AT, tick=False)
def test_the_page_shows_the_ranking_and_adopts_it(language):
    built = build.world()
    year = clock.today().year
    client = Client(headers={"accept-language": language})
    client.force_login(built.relation.registrant.user("management_representative"))
    url = reverse("audits:programme", args=[year])
    page = client.get(url, {"days": "7"})
    assert page.status_code == 200
    pk = built.pair.pk
    typed = {"auditor_days": 7, "lead": build.person(built.auditor).pk, "template": build.SHORT, "scope": "全范围"}
    day = page.context["rows"][0].starts_on
    done = client.post(url, typed | {f"days_{pk}": 3, f"day_{pk}": day.isoformat()})
    assert (done.status_code, Audit.objects.count()) == (302, 1)
    assert Audit.objects.get().number in client.get(url).content.decode()


@pytest.mark.django_db
def test_the_page_of_a_contractor_and_of_a_strange_year_is_refused():
    built = build.world()
    client = Client()
    client.force_login(built.relation.contractor.user())
    assert client.get(reverse("audits:programme", args=[clock.today().year])).status_code == 403
    client.force_login(built.relation.registrant.user())
    assert client.get(reverse("audits:programme", args=[1999])).status_code == 404
    assert client.get(reverse("audits:programmes")).status_code == 302

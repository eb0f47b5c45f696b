"""Who is told of an audit and when: the team, quality, and the contractor only of what it may know."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements.actions import end_entrustment
from agreements.actions.yearly import insert_pair_duty
from agreements.rules.hold import a_year_after
from audits.duties import coming_up, waiting_on
from audits.facts.answers import load_items
from audits.models import Audit
from cmo.parties.access import scope_of
from cmo.parties.models import User
from cmo.trail.models import Entry
from tests.agreements import build as agreements
from tests.audits import build
from tests.audits.build import AT, TODAY

pytestmark = pytest.mark.django_db


def waits(user: User, on=TODAY) -> list[str]:
    return [duty.code for duty in waiting_on(scope_of(user, on), on)]


def comes(user: User, on=TODAY) -> list[str]:
    return [duty.code for duty in coming_up(scope_of(user, on), on, on + timedelta(days=30))]


def test_the_team_begins_on_the_first_day_and_not_before():
    built = build.world()
    build.planned(
        built, plan=build.plan_said(built, starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=2))
    )
    registrant = built.relation.registrant
    assert waits(registrant.user("auditor")) == []
    assert waits(registrant.user("auditor"), TODAY + timedelta(days=1)) == ["audit_conduct"]
    assert waits(registrant.user("viewer"), TODAY + timedelta(days=1)) == []


def test_the_contractor_hears_of_an_announced_audit_and_not_of_an_unannounced_one():
    built = build.world()
    theirs = built.relation.contractor
    build.planned(built, announced=False)
    assert comes(theirs.user()) == []
    build.planned(built, kind="follow_up")
    assert comes(theirs.user()) == ["audit_planned"]
    assert comes(built.relation.registrant.user()) == ["audit_planned", "audit_planned"]


def test_quality_closes_a_report_without_open_findings():
    built = build.world()
    clean = build.reported(built)
    assert waits(built.relation.registrant.user()) == ["audit_close"]
    assert waits(built.relation.registrant.user("auditor")) == []
    client = Client()
    client.force_login(built.relation.registrant.user())
    client.post(reverse("audits:close_audit", args=[clean.pk]))
    assert Audit.objects.get().events.filter(kind="closed").exists()
    assert waits(built.relation.registrant.user()) == []


def test_duties_of_audits_ask_as_often_for_one_audit_as_for_five():
    built = build.world()
    user = built.relation.registrant.user()
    build.planned(built)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            coming_up(scope_of(User.objects.get(pk=user.pk), TODAY), TODAY, TODAY + timedelta(days=30))
        return len(captured)

    before = queries()
    for _ in range(4):
        build.planned(built, kind="follow_up")
    assert queries() == before


def test_the_contractor_reads_neither_answers_nor_working_papers_on_the_page_of_an_audit():
    built = build.world()
    row = build.begun(built)
    build.answer(built, row, 1, build.said("defect", "机密事实"), moment=AT)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(built.relation.contractor.user())
    page = client.get(reverse("audits:audit", args=[row.pk]))
    assert page.status_code == 200
    assert "机密事实" not in page.content.decode()
    assert row.stream not in page.content.decode()
    assert client.get(reverse("audits:report", args=[row.pk])).status_code == 404
    assert len(load_items(row)) > 1


def test_a_hidden_audit_is_no_page_for_the_contractor_and_a_refusal_about_it_stays_on_its_own_chain():
    built = build.world()
    row = build.planned(built, announced=False)
    client = Client()
    client.force_login(built.relation.contractor.user())
    assert client.get(reverse("audits:audit", args=[row.pk])).status_code == 404
    client.force_login(built.relation.registrant.user())
    client.post(reverse("audits:begin_audit", args=[row.pk]))
    refused = Entry.objects.filter(verb="refused")
    assert [entry.stream for entry in refused] == [row.stream]


@pytest.mark.parametrize("announced", ["yes", "no"])
def test_a_refused_plan_of_an_unannounced_audit_leaves_nothing_that_the_contractor_reads(announced: str):
    built = build.world()
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(built.relation.registrant.user())
    typed = {
        "kind": "for_cause",
        "cause": "",
        "template": build.SHORT,
        "announced": announced,
        "manner": "on_site",
        "starts_on": TODAY,
        "ends_on": TODAY - timedelta(days=3),
        "scope": "突击检查灭菌",
        "lead": build.person(built.auditor).pk,
    }
    page = client.post(reverse("audits:plan_audit", args=[built.pair.pk]), typed)
    assert (page.status_code, Audit.objects.count()) == (200, 0)
    refused = Entry.objects.get(verb="refused")
    own = built.relation.registrant.stream
    assert refused.stream == (built.pair.stream if announced == "yes" else own)
    client.force_login(built.relation.contractor.user())
    for url in (reverse("parties:pair", args=[built.pair.pk]), reverse("audits:pair_audits", args=[built.pair.pk])):
        assert client.get(url).status_code == 200
    visible = Entry.objects.filter(stream__in=[built.pair.stream, built.relation.contractor.stream], verb="refused")
    assert visible.exists() == (announced == "yes")


def test_whoever_lifts_the_hold_of_a_critical_finding_sees_where_the_finding_stands():
    built, row = build.with_findings()
    finding = build.finding(row, 1)
    client = Client(headers={"accept-language": "en"})
    client.force_login(built.relation.registrant.user())
    for name in ("hold", "lift_hold"):
        page = client.get(reverse(f"agreements:{name}", args=[finding.hold_id])).content.decode()
        assert f"Finding {finding.number}: answer owed" in page


def yearly(user: User, until: date, on: date = TODAY) -> list[tuple[date | None, str, str]]:
    found = coming_up(scope_of(User.objects.get(pk=user.pk), on), on, until)
    return [(duty.due_on, duty.tone, duty.url) for duty in found if duty.code == "yearly_audit"]


def test_a_pair_never_audited_is_due_a_year_after_its_first_live_entrustment_began():
    world = agreements.world()
    first = world.entrust()
    world.entrust(device=agreements.second_device(world), starts_on=TODAY + timedelta(days=9))
    due_on, later = a_year_after(TODAY), a_year_after(TODAY + timedelta(days=9))
    url = reverse("audits:pair_audits", args=[world.pair.pk])
    for firm in (world.relation.registrant, world.relation.contractor):
        assert yearly(firm.user(), due_on) == [(due_on, "pending", url)]
        assert yearly(firm.user(), due_on - timedelta(days=1)) == []
        assert yearly(firm.user(), due_on, on=due_on + timedelta(days=1)) == [(due_on, "bad", url)]
    given = {"event_on": TODAY, "reason": "停产", "by": world.by(), "at": AT}
    end_entrustment(entrustment=first, **given)
    assert yearly(world.relation.registrant.user(), later) == [(later, "pending", url)]


def test_an_audit_on_record_counts_instead_of_the_first_day_and_a_pair_without_entrustment_owes_none():
    world = agreements.world()
    user = world.relation.registrant.user()
    assert yearly(user, date(2031, 1, 1)) == []
    world.entrust()
    next_due_on = TODAY + timedelta(days=100)
    given = {"kind": "audit", "done_on": TODAY, "next_due_on": next_due_on, "reference": "SH-1"}
    insert_pair_duty(pair=world.pair, **given, by=world.by(), at=AT)
    assert [due_on for due_on, *_rest in yearly(user, date(2031, 1, 1))] == [next_due_on]

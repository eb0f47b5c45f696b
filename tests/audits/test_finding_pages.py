"""Pages of findings: lists of both sides, one finding with everything done about it, and a form for each step."""

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

from agreements import actions as agreement_actions
from audits.models import AuditFinding
from cmo.evidence.actions import attach
from cmo.parties.models import User
from cmo.trail.models import Entry
from tests import make
from tests.audits import build, build_capa
from tests.audits.build import TODAY, C, R, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _moment_and_store(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path)
    with time_machine.travel(at(minutes=30), tick=False):
        yield


def client_of(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def user_of(built: build.World, side: str = R, role: str = "quality_manager") -> User:
    return build.person(built.by(side, role))


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def page(client: Client, row: AuditFinding) -> str:
    return text(client, reverse("audits:finding", args=[row.pk]))


def listed(client: Client, query: str = "") -> set[str]:
    """Numbers of the findings in the list."""
    response = client.get(reverse("audits:findings") + query)
    return {record.number for record in response.context["table"].data.data}


def more(row: AuditFinding, count: int) -> None:
    """Further findings like this one."""
    values = {field.attname: getattr(row, field.attname) for field in AuditFinding._meta.concrete_fields}
    values |= {"id": None, "hold_id": None}
    AuditFinding.objects.bulk_create(AuditFinding(**(values | {"number": f"{row.number}-{n}"})) for n in range(count))


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["findings", "pair_findings"])
@pytest.mark.parametrize("query", ["?per_page=200", "?export=csv", "?overdue=on&per_page=200"])
def test_a_list_of_two_hundred_costs_as_many_queries_as_one_of_two(name: str, query: str):
    built, row = build.with_findings()
    build_capa.brought_to(built, build.finding(row, 3), "check_owed", upload=build_capa.nothing)
    client = client_of(user_of(built))
    address = reverse(f"audits:{name}", args=[built.pair.pk] if name == "pair_findings" else []) + query
    cost(client, address)
    few = cost(client, address)
    more(build.finding(row, 2), 200)
    assert cost(client, address) == few


def test_both_sides_see_the_findings_of_their_pairs_and_nobody_elses():
    built, row = build.with_findings()
    numbers = set(AuditFinding.objects.filter(audit=row).values_list("number", flat=True))
    other, _row = build.with_findings()
    assert listed(client_of(user_of(built))) == numbers
    assert listed(client_of(user_of(built, C))) == numbers
    assert not listed(client_of(user_of(other))) & numbers


def test_the_list_is_narrowed_by_each_of_its_filters():
    built, row = build.with_findings()
    critical, major, general = (build.finding(row, serial).number for serial in (1, 2, 3))
    build_capa.brought_to(built, build.finding(row, 2), "plan_proposed")
    build_capa.brought_to(built, build.finding(row, 3), "withdrawn")
    client = client_of(user_of(built))
    assert listed(client, "?severity=critical") == {critical}
    assert listed(client, "?state=plan_proposed") == {major}
    assert listed(client, "?state=open") == {critical, major}
    assert listed(client, f"?pair={built.pair.pk}") == {critical, major, general}
    assert listed(client, f"?q={major}") == {major}
    assert listed(client, "?q=第1项") == {critical}
    assert listed(client, "?repeated=on") == set()
    assert listed(client, "?overdue=on") == set()
    for days, overdue in ((7, set()), (8, {major}), (16, {critical, major})):
        with time_machine.travel(at(days), tick=False):
            assert listed(client_of(user_of(built)), "?overdue=on") == overdue


def test_a_repeated_finding_is_linked_with_the_earlier_one_both_ways():
    built, row = build.with_findings()
    later = build.reported(
        built,
        {2: ""},
        moment=at(30),
        plan=build.plan_said(built, starts_on=at(30).date(), ends_on=at(31).date()),
    )
    earlier, repeated = build.finding(row, 2), build.finding(later, 2)
    with time_machine.travel(at(31), tick=False):
        client = client_of(user_of(built))
        assert listed(client, "?repeated=on") == {repeated.number}
        assert reverse("audits:finding", args=[earlier.pk]) in page(client, repeated)
        assert reverse("audits:finding", args=[repeated.pk]) in page(client, earlier)


def test_severity_sorts_by_gravity_and_not_by_letter():
    built, _row = build.with_findings()
    client = client_of(user_of(built))
    for query, expected in (
        ("severity", ["critical", "major", "general"]),
        ("-severity", ["general", "major", "critical"]),
    ):
        response = client.get(reverse("audits:findings") + f"?sort={query}")
        assert [row.record.severity for row in response.context["table"].rows] == expected


def test_the_export_holds_words_and_days():
    built, row = build.with_findings()
    response = client_of(user_of(built)).get(reverse("audits:findings") + "?export=csv")
    body = b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()
    line = next(line for line in body.splitlines() if build.finding(row, 1).number in line)
    assert "critical" in line
    assert "answer owed" in line
    assert (TODAY + timedelta(days=15)).isoformat() in line


def test_the_pair_page_counts_open_findings_by_severity_and_those_overdue():
    built, row = build.with_findings()
    build_capa.brought_to(built, build.finding(row, 3), "withdrawn")
    client = client_of(user_of(built))
    overview = reverse("parties:pair", args=[built.pair.pk])
    assert "Open: critical 1, major 1." in text(client, overview)
    with time_machine.travel(at(16), tick=False):
        client = client_of(user_of(built))
        assert "Open: critical 1, major 1. 2 overdue." in text(client, overview)
        assert "2 overdue" in text(client, reverse("audits:pair_findings", args=[built.pair.pk]))


# ── one finding ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_offers_the_owed_step_to_who_may_take_it_and_reasons_to_the_others():
    built, row = build.with_findings()
    found = build.finding(row, 2)
    answer = reverse("audits:plan_capa", args=[found.pk])
    theirs, ours = page(client_of(user_of(built, C)), found), page(client_of(user_of(built)), found)
    assert f'href="{answer}"' in theirs
    assert f'href="{answer}"' not in ours
    assert "Answer with a plan" in ours
    assert f'href="{reverse("audits:withdraw_finding", args=[found.pk])}"' in ours
    assert f'href="{reverse("audits:withdraw_finding", args=[found.pk])}"' not in theirs


def test_a_closed_finding_offers_nothing_and_shows_every_round():
    built, row = build.with_findings()
    found = build.finding(row, 2)
    build_capa.send_back(built, build_capa.plan(built, found), reason="根本原因停留在人员疏忽")
    build_capa.brought_to(built, found, "closed", moment=at(minutes=1))
    shown = page(client_of(user_of(built, C)), found)
    assert "根本原因停留在人员疏忽" in shown
    assert "Plan 2" in shown
    assert "修订后的清场规程.pdf" in shown
    assert "Withdraw the finding" not in shown
    assert Entry.objects.filter(subject=f"audits.auditfinding:{found.pk}", verb="capa.planned").count() == 2


def test_a_withdrawn_finding_says_that_its_hold_stands_and_links_to_it_until_it_is_lifted():
    built, row = build.with_findings()
    found = build.finding(row, 1)
    build_capa.brought_to(built, found, "withdrawn")
    client = client_of(user_of(built, C))
    assert found.hold is not None
    shown = page(client, found)
    assert "still stands" in shown
    assert reverse("agreements:hold", args=[found.hold_id]) in shown
    agreement_actions.lift_hold(hold=found.hold, reason="缺陷项已撤销", by=built.by(), at=at(minutes=2))
    shown = page(client, found)
    assert "was lifted by" in shown
    assert "still stands" not in shown


def test_files_of_the_audited_item_are_shown_with_the_finding():
    built, _row = build.with_findings()
    audit = build.begun(built, kind="follow_up")
    item = audit.items.get(serial=2)
    attach(item, upload=build_capa.file("现场照片.pdf"), title="", event_on=TODAY, by=built.auditor, at=at())
    build.fill(built, audit, {2: "major"})
    build.report(built, audit)
    assert "现场照片.pdf" in page(client_of(user_of(built, C)), build.finding(audit, 2))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", [*build_capa.WAY, "withdrawn"])
def test_the_page_opens_in_every_state_and_both_languages(state: str, language: str):
    built, row = build.with_findings()
    found = build.finding(row, 2)
    build_capa.brought_to(built, found, state)
    for side in (R, C):
        assert found.number in page(client_of(user_of(built, side), language), found)


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_finding_is_answered_decided_on_completed_and_checked_on_its_pages():
    built, row = build.with_findings()
    found = build.finding(row, 1)
    ours, theirs = client_of(user_of(built, role="auditor")), client_of(user_of(built, C))
    back = reverse("audits:finding", args=[found.pk])

    said = build_capa.capa_said(TODAY)
    data = {name: getattr(said, name) for name in said.__slots__} | {"upload": build_capa.file("鱼骨图.pdf")}
    assert theirs.post(reverse("audits:plan_capa", args=[found.pk]), data).headers["Location"] == back
    plan = found.plans.get()

    decide = reverse("audits:answer_plan", args=[plan.pk])
    early = ours.post(decide, {"verdict": "accept", "check_due_on": plan.action_due_on})
    assert early.status_code == 200
    assert "check_before_action" in [one.code for one in early.context["form"].findings]
    day = plan.action_due_on + timedelta(days=30)
    assert ours.post(decide, {"verdict": "accept", "check_due_on": day}).headers["Location"] == back

    done = reverse("audits:complete_capa", args=[plan.pk])
    bare = theirs.post(done, {"done_on": TODAY, "what_was_done": "完成"})
    assert set(bare.context["form"].errors) == {"upload"}
    proof = {"done_on": TODAY, "what_was_done": "完成", "upload": build_capa.file()}
    assert theirs.post(done, proof).headers["Location"] == back
    plan.refresh_from_db()

    check = reverse("audits:check_effectiveness", args=[plan.completion.pk])
    seen = {"verdict": "effective", "checked_on": TODAY, "statement": "有效", "upload": build_capa.file("验证.pdf")}
    assert ours.post(check, seen).headers["Location"] == back
    shown = page(theirs, found)
    assert "closed, effective" in shown
    assert "鱼骨图.pdf" in shown
    assert "验证.pdf" in shown
    refusals = Entry.objects.filter(stream=built.pair.stream, verb="refused").count()
    assert refusals == 1


def test_a_step_that_is_not_owed_shows_why_and_no_form():
    built, row = build.with_findings()
    found = build.finding(row, 2)
    build_capa.brought_to(built, found, "plan_proposed")
    plan = found.plans.get()
    theirs = client_of(user_of(built, C))
    for address in (
        reverse("audits:plan_capa", args=[found.pk]),
        reverse("audits:complete_capa", args=[plan.pk]),
    ):
        shown = text(theirs, address)
        assert "waits for the registrant" in shown
        assert "<textarea" not in shown


def test_a_new_plan_begins_with_the_words_of_the_one_that_was_returned_and_shows_why():
    built, row = build.with_findings()
    found = build.finding(row, 2)
    build_capa.send_back(built, build_capa.plan(built, found), reason="未说明波及的批次")
    shown = text(client_of(user_of(built, C)), reverse("audits:plan_capa", args=[found.pk]))
    assert "未说明波及的批次" in shown
    assert build_capa.capa_said().root_cause in shown


def test_a_strangers_finding_is_not_found():
    built, row = build.with_findings()
    build_capa.brought_to(built, build.finding(row, 2), "check_owed")
    plan = build.finding(row, 2).plans.get()
    stranger = client_of(make.organisation().user())
    for name, pk in (
        ("finding", row.findings.first().pk),
        ("plan_capa", row.findings.first().pk),
        ("answer_plan", plan.pk),
        ("complete_capa", plan.pk),
        ("check_effectiveness", plan.completion.pk),
    ):
        assert stranger.get(reverse(f"audits:{name}", args=[pk])).status_code == 404

"""From plan to signed report: who knows of an audit, what is kept of every answer, and what the signature brings about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from agreements.models import Hold, PairDuty
from audits import actions, rules
from audits.facts import load_audits, load_items
from audits.facts.findings import EarlierFinding
from audits.models import Audit, AuditFinding, AuditReport, ItemAnswer
from audits.template_shape import Item
from cmo.errors import Refused
from cmo.parties.access import scope_of
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests.audits import build
from tests.audits.build import AT, TODAY, C, at

pytestmark = pytest.mark.django_db


def codes(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return set(refusal.value.codes)


def sees(row: Audit, user: object) -> bool:
    return Audit.objects.visible_to(scope_of(user, TODAY)).filter(pk=row.pk).exists()


def test_an_unannounced_audit_is_unknown_to_the_contractor_until_it_begins():
    built = build.world()
    row = build.planned(built, announced=False)
    ours, theirs = (built.relation.registrant.user("viewer"), built.relation.contractor.user("viewer"))
    assert (sees(row, ours), sees(row, theirs)) == (True, False)
    assert not Entry.objects.filter(stream=built.pair.stream, subject=f"audits.audit:{row.pk}").exists()
    actions.begin_audit(audit=row, by=built.auditor, at=AT)
    assert sees(row, built.relation.contractor.user("viewer"))
    assert Entry.objects.filter(stream=built.pair.stream, verb="audit.begun").count() == 1


def test_a_plan_names_every_reason_against_it():
    built = build.world()
    plan = build.plan_said(
        built, starts_on=TODAY - timedelta(days=2), ends_on=TODAY - timedelta(days=3), lead=None, team=(), scope=" "
    )
    with pytest.raises(Refused) as refusal:
        build.planned(built, kind="for_cause", plan=plan)
    assert codes(refusal) == {
        "audit_plan_reversed",
        "audit_plan_in_past",
        "audit_team_without_leader",
        "audit_cause_missing",
        "audit_scope_missing",
    }


def test_an_answer_sent_twice_is_kept_once():
    built = build.world()
    row = build.begun(built)
    key = uuid4()
    first = build.answer(built, row, 1, build.said("defect", "无记录", client_key=key))
    again = build.answer(built, row, 1, build.said("defect", "无记录", client_key=key), moment=at(minutes=9))
    assert (again.answer_id, again.repeated) == (first.answer_id, True)
    assert ItemAnswer.objects.count() == 1


def test_two_answers_given_without_knowing_each_other_both_stand_until_one_settles_them():
    built = build.world()
    row = build.begun(built)
    mine = build.answer(built, row, 1, build.said("ok"))
    theirs = build.answer(built, row, 1, build.said("defect", "缺少签名"), by=built.second)
    assert {fact.value for fact in theirs.standing} == {"ok", "defect"}
    assert load_items(row)[0].differs
    settled = build.said("defect", "缺少签名", replaces=theirs.answer_id, settles=(mine.answer_id,))
    assert build.answer(built, row, 1, settled).standing == ()
    item = load_items(row)[0]
    assert (item.differs, item.answer.value) == (False, "defect")
    assert ItemAnswer.objects.count() == 3


def test_the_report_waits_for_every_item_and_for_differing_answers():
    built = build.world()
    row = build.begun(built)
    build.answer(built, row, 1, build.said("ok"))
    build.answer(built, row, 1, build.said("na", "不涉及"), by=built.second)
    with pytest.raises(Refused) as refusal:
        build.report(built, row)
    assert codes(refusal) == {"items_unanswered", "items_differ"}
    assert not AuditReport.objects.exists()


def test_the_signed_report_raises_findings_places_a_hold_and_meets_the_yearly_duty():
    built, row = build.with_findings()
    found = list(AuditFinding.objects.filter(audit=row).order_by("id"))
    assert [one.severity for one in found] == ["critical", "major", "general"]
    hold = Hold.objects.get()
    assert (hold.kind, found[0].hold, hold.pair_id) == (Hold.Kind.CRITICAL_FINDING, hold, built.pair.pk)
    duty = PairDuty.objects.get()
    assert (duty.kind, duty.done_on, duty.next_due_on) == ("audit", TODAY, date(2027, 6, 1))
    assert load_audits([row])[row.pk].state == "reported"
    assert verify([built.pair.stream, row.stream]).ok


def test_only_the_leader_signs_the_report():
    built = build.world()
    row = build.begun(built)
    build.fill(built, row)
    with pytest.raises(Refused) as refusal:
        build.report(built, row, by=built.second)
    assert codes(refusal) == {"only_the_leader_reports"}
    with pytest.raises(PermissionDenied):
        build.report(built, row, by=built.by(C))


def test_an_audit_is_begun_on_one_of_its_days_and_after_the_last_only_under_a_changed_plan():
    built = build.world()
    row = build.planned(built)
    with pytest.raises(Refused) as refusal:
        actions.begin_audit(audit=row, by=built.auditor, at=at(3))
    assert codes(refusal) == {"audit_after_last_day"}
    actions.begin_audit(audit=row, by=built.auditor, at=at(2))


@pytest.mark.parametrize(
    ("begun", "ends", "reported", "done"), [(0, 2, 4, 2), (0, 2, 1, 1), (0, 2, 2, 2), (50, 2, 54, 50), (None, 2, 4, 2)]
)
def test_the_yearly_audit_is_dated_within_the_days_on_which_it_was_conducted(
    begun: int | None, ends: int, reported: int, done: int
):
    built = build.world()
    row = build.planned(built)
    day = {n: TODAY + timedelta(days=n) for n in range(60)}
    facts = replace(load_audits([row])[row.pk], begun_on=None if begun is None else day[begun], ends_on=day[ends])
    assert facts.done_on(day[reported]) == day[done]


def test_a_remote_annual_audit_does_not_meet_the_yearly_duty():
    built = build.world()
    build.reported(built, plan=build.plan_said(built, manner="remote"))
    assert not PairDuty.objects.exists()


def test_a_later_finding_about_the_same_item_repeats_the_earlier_one():
    built, row = build.with_findings()
    later = build.reported(
        built,
        {2: "", 4: ""},
        moment=at(30),
        plan=build.plan_said(built, starts_on=at(30).date(), ends_on=at(31).date()),
    )
    assert build.finding(later, 2).repeats == build.finding(row, 2)
    assert build.finding(later, 4).repeats is None


def earlier(**changes: object) -> EarlierFinding:
    content = {
        "finding_id": 1,
        "number": "AU-1-01",
        "severity": "major",
        "reported_on": TODAY,
        "template_id": 7,
        "checklist": (5, "ours"),
        "serial": 2,
        "requirement_zh": "培训 记录",
        "citation": "GMP25-15",
    }
    return EarlierFinding(**(content | changes))  # type: ignore[arg-type]


def item(serial: int, title: str = "培训记录", citation: str = "GMP25-15") -> Item:
    return Item(serial, "", "major", "people", title, "Training", ("一",), ("one",), citation)


@pytest.mark.parametrize(
    ("version", "checklist", "asked", "same"),
    [
        (7, (5, "ours"), item(2), True),
        (7, (5, "ours"), item(2, "别的", ""), True),
        (7, (5, "ours"), item(3), False),
        (8, (5, "ours"), item(2, "新插入的一项", "GMP25-15"), False),
        (8, (5, "ours"), item(3), True),
        (8, (5, "ours"), item(3, citation="GMP25-16"), False),
        (9, (None, "product"), item(40), True),
        (9, (None, "product"), item(2, "别的"), False),
    ],
)
def test_a_requirement_is_the_same_by_number_within_a_version_and_else_by_words_and_basis(
    version: int, checklist: tuple[int | None, str], asked: Item, same: bool
):
    found = rules.repeated((earlier(),), rules.Compared(version, checklist), [asked])
    assert bool(found) == same


@pytest.mark.parametrize(("checklist", "same"), [((5, "ours"), True), ((5, "other"), False), ((6, "ours"), False)])
def test_words_without_a_basis_say_the_same_only_in_versions_of_one_checklist(checklist: tuple[int, str], same: bool):
    found = rules.repeated((earlier(citation=""),), rules.Compared(8, checklist), [item(3, citation="")])
    assert bool(found) == same


@pytest.mark.parametrize(
    ("severity", "reason", "refused"),
    [
        ("", "", set()),
        ("critical", "", set()),
        ("major", "", {"lighter_weight_unreasoned"}),
        ("general", "  ", {"lighter_weight_unreasoned"}),
        ("general", "仅影响已停产的规格", set()),
    ],
)
def test_a_defect_on_a_critical_item_is_weighed_down_only_with_a_reason(severity: str, reason: str, refused: set[str]):
    built = build.world()
    row = build.begun(built)
    answer = build.said("defect", "无记录", severity=severity, lighter_because=reason)
    if refused:
        with pytest.raises(Refused) as refusal:
            build.answer(built, row, 1, answer)
        assert codes(refusal) == refused
        return
    build.answer(built, row, 1, answer)
    kept = ItemAnswer.objects.get()
    assert (kept.severity, kept.lighter_because) == (severity, reason)
    entry = Entry.objects.get(stream=row.stream, verb="audit.item_answered")
    assert entry.content["data"]["lighter_because"] == reason


def test_a_lighter_weight_changes_the_finding_and_neither_count_nor_outcome_of_the_report():
    built = build.world()
    row = build.reported(built, {1: "general"})
    content = AuditReport.objects.get(audit=row).content
    assert content["tallies"]["critical"]["defect"] == 1
    assert content["tallies"]["general"]["defect"] == 0
    assert content["judgements"][0]["outcome"] == "stop"
    assert content["findings"][0]["severity"] == "general"
    assert (content["answers"][0]["marked"], content["answers"][0]["lighter_because"]) == ("critical", "未影响产品")
    assert not Hold.objects.exists()


def test_answers_after_the_report_are_refused_by_action_and_database():
    built, row = build.with_findings()
    with pytest.raises(Refused) as refusal:
        build.answer(built, row, 1, build.said("ok"))
    assert "audit_reported_meanwhile" in codes(refusal)

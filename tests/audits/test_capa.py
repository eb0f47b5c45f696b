"""From finding to effective action: whose turn it is, until when, what is refused, and what stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from agreements.models import HoldLift
from audits import actions
from audits.facts.capa import findings_in, in_state, load_findings
from audits.models import AuditFinding, CapaCompletion, CapaPlan
from audits.rules import capa as rules
from cmo.errors import Refused
from cmo.evidence import registry
from cmo.evidence.models import File
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.audits import build, build_capa
from tests.audits.build import AT, TODAY, C, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def refused(do: Any, **arguments: Any) -> set[str]:
    """The codes with which an action is refused."""
    with pytest.raises(Refused) as refusal:
        do(**arguments)
    return set(refusal.value.codes)


def made(serial: int = 2) -> tuple[build.World, AuditFinding]:
    """A fresh finding: 1 critical, 2 major, 3 general."""
    built, row = build.with_findings()
    return built, build.finding(row, serial)


def verbs(row: AuditFinding) -> list[str]:
    about = Entry.objects.filter(subject=f"audits.auditfinding:{row.pk}").order_by("seq")
    return list(about.values_list("verb", flat=True))


def test_a_finding_goes_from_answer_to_effective_action_with_one_entry_for_each_step():
    built, row = made()
    assert build_capa.facts_of(row).state == "answer_owed"
    plan = build_capa.plan(built, row)
    assert build_capa.facts_of(row).state == "plan_proposed"
    build_capa.accept(built, plan)
    assert build_capa.facts_of(row).state == "action_owed"
    done = build_capa.complete(built, plan)
    assert build_capa.facts_of(row).state == "check_owed"
    build_capa.check(built, done)
    facts = build_capa.facts_of(row)
    assert (facts.state, facts.open, facts.due_on, facts.owner_id) == ("closed", False, None, None)
    assert verbs(row) == [
        "finding.raised",
        "capa.planned",
        "capa.accepted",
        "capa.completed",
        "capa.found_effective",
    ]
    assert File.objects.get().subject == f"audits.capacompletion:{done.pk}"
    assert verify([built.pair.stream]).ok


def test_each_step_says_whose_turn_it_is_and_until_when():
    built, row = made()
    facts = build_capa.facts_of(row)
    assert (facts.owner_id, facts.due_on) == (built.pair.contractor_id, TODAY + timedelta(days=15))
    plan = build_capa.plan(built, row, moment=at(3))
    facts = build_capa.facts_of(row)
    assert (facts.owner_id, facts.since) == (built.pair.registrant_id, TODAY + timedelta(days=3))
    assert facts.due_on == plan.correction_due_on
    build_capa.accept(built, plan, moment=at(5), check_due_on=plan.action_due_on + timedelta(days=60))
    facts = build_capa.facts_of(row)
    assert (facts.owner_id, facts.since) == (built.pair.contractor_id, TODAY + timedelta(days=5))
    assert facts.due_on == plan.action_due_on
    build_capa.complete(built, plan, moment=at(20))
    facts = build_capa.facts_of(row)
    assert (facts.owner_id, facts.since) == (built.pair.registrant_id, TODAY + timedelta(days=20))
    assert facts.due_on == plan.action_due_on + timedelta(days=60)


def test_the_last_day_itself_is_not_overdue():
    _built, row = made()
    facts = build_capa.facts_of(row)
    last = facts.due_on
    assert last is not None
    assert [facts.overdue(last + timedelta(days=d)) for d in (-1, 0, 1)] == [False, False, True]


def test_a_late_action_moves_its_check_as_long_after_it_as_was_agreed():
    built, row = made()
    plan = build_capa.plan(built, row)
    build_capa.accept(built, plan, check_due_on=plan.action_due_on + timedelta(days=10))
    build_capa.complete(built, plan, moment=at(40))
    assert build_capa.facts_of(row).due_on == TODAY + timedelta(days=50)


def test_a_returned_plan_owes_a_new_one_within_as_many_days_as_the_first():
    built, row = made()
    build_capa.send_back(built, build_capa.plan(built, row), moment=at(10))
    facts = build_capa.facts_of(row)
    assert (facts.state, facts.rounds, facts.since) == ("answer_owed", 1, TODAY + timedelta(days=10))
    assert facts.due_on == TODAY + timedelta(days=25)
    build_capa.plan(built, row, moment=at(11))
    assert (build_capa.facts_of(row).state, build_capa.facts_of(row).rounds) == ("plan_proposed", 2)


def test_an_ineffective_action_opens_the_finding_again():
    built, row = made()
    plan = build_capa.plan(built, row)
    build_capa.accept(built, plan)
    build_capa.check(built, build_capa.complete(built, plan), effective=False)
    facts = build_capa.facts_of(row)
    assert (facts.state, facts.owner_id) == ("answer_owed", built.pair.contractor_id)
    assert facts.due_on == TODAY + timedelta(days=95)
    again = build_capa.plan(built, row, moment=at(81))
    build_capa.accept(built, again, moment=at(82))
    done = build_capa.complete(built, again, moment=at(90))
    build_capa.check(built, done, moment=at(120))
    assert (build_capa.facts_of(row).state, build_capa.facts_of(row).rounds) == ("closed", 2)
    assert verbs(row).count("capa.planned") == 2


def test_a_plan_names_every_reason_against_it():
    built, row = made()
    said = build_capa.capa_said(
        root_cause=" ",
        correction="",
        corrective_action="\n",
        correction_due_on=TODAY - timedelta(days=1),
        action_due_on=TODAY - timedelta(days=2),
    )
    assert refused(actions.plan_capa, finding=row, said=said, by=built.by(C), at=AT) == {
        "root_cause_missing",
        "correction_missing",
        "corrective_action_missing",
        "correction_due_in_past",
        "action_due_in_past",
        "action_before_correction",
    }
    assert not CapaPlan.objects.exists()


def test_correction_and_action_may_be_due_on_the_day_of_the_plan():
    built, row = made()
    build_capa.plan(built, row, correction_due_on=TODAY, action_due_on=TODAY)
    assert build_capa.facts_of(row).state == "plan_proposed"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("plan_proposed", "plan_waits"),
        ("action_owed", "action_under_way"),
        ("check_owed", "check_waits"),
        ("closed", "finding_closed"),
        ("withdrawn", "finding_withdrawn"),
    ],
)
def test_a_plan_is_refused_while_another_step_is_owed(state: str, code: str):
    built, row = made()
    build_capa.brought_to(built, row, state)
    said = build_capa.capa_said(at(100).date())
    assert refused(actions.plan_capa, finding=row, said=said, by=built.by(C), at=at(100)) == {code}


def test_a_plan_is_accepted_with_a_day_after_its_action():
    built, row = made()
    plan = build_capa.plan(built, row)
    decide = {"plan": plan, "accepted": True, "by": built.auditor, "at": AT}
    assert refused(actions.answer_plan, **decide) == {"check_day_missing"}
    assert refused(actions.answer_plan, check_due_on=plan.action_due_on, **decide) == {"check_before_action"}
    actions.answer_plan(check_due_on=plan.action_due_on + timedelta(days=1), **decide)
    assert build_capa.facts_of(row).state == "action_owed"


def test_a_plan_is_returned_with_a_reason_and_decided_on_once():
    built, row = made()
    plan = build_capa.plan(built, row)
    send_back = {"plan": plan, "accepted": False, "by": built.auditor, "at": AT}
    assert refused(actions.answer_plan, reason="  ", **send_back) == {"plan_return_reason_missing"}
    actions.answer_plan(reason="不充分", **send_back)
    assert refused(actions.answer_plan, reason="不充分", **send_back) == {"answer_owed_first"}


def test_a_decision_on_an_earlier_plan_is_not_taken_for_one_on_the_latest():
    built, row = made()
    first = build_capa.plan(built, row)
    build_capa.send_back(built, first)
    second = build_capa.plan(built, row)
    day = second.action_due_on + timedelta(days=1)
    decide = {"accepted": True, "check_due_on": day, "by": built.auditor, "at": AT}
    assert refused(actions.answer_plan, plan=first, **decide) == {"plan_followed_by_another"}
    actions.answer_plan(plan=second, **decide)
    late = {"done_on": TODAY, "what_was_done": "完成", "upload": build_capa.file(), "by": built.by(C), "at": AT}
    assert refused(actions.complete_capa, plan=first, **late) == {"plan_followed_by_another"}


@pytest.mark.parametrize("serial", [1, 2])
def test_a_critical_or_major_finding_is_completed_with_proof_alone(serial: int):
    built, row = made(serial)
    plan = build_capa.plan(built, row)
    build_capa.accept(built, plan)
    done = {"plan": plan, "done_on": TODAY, "what_was_done": "完成", "by": built.by(C), "at": AT}
    assert refused(actions.complete_capa, **done) == {"completion_unproved"}
    actions.complete_capa(upload=build_capa.file(), **done)
    assert build_capa.facts_of(row).state == "check_owed"


def test_a_general_finding_is_completed_with_words():
    built, row = made(3)
    plan = build_capa.plan(built, row)
    build_capa.accept(built, plan)
    build_capa.complete(built, plan, upload=None)
    assert build_capa.facts_of(row).state == "check_owed"
    assert not File.objects.exists()


def test_an_unacceptable_file_leaves_nothing_behind():
    built, row = made()
    plan = build_capa.plan(built, row)
    build_capa.accept(built, plan)
    bad = build_capa.upload("程序.exe", b"MZ" + b"\0" * 200)
    with pytest.raises(Refused):
        build_capa.complete(built, plan, upload=bad)
    assert not CapaCompletion.objects.exists()
    assert "capa.completed" not in verbs(row)


def test_the_day_of_completion_lies_between_the_plan_and_today():
    built, row = made()
    plan = build_capa.plan(built, row, moment=at(2))
    build_capa.accept(built, plan, moment=at(6))
    done = {"plan": plan, "by": built.by(C), "at": at(10), "what_was_done": "完成"}
    for day, codes in ((1, {"done_before_plan"}), (11, {"done_in_future"})):
        assert refused(actions.complete_capa, done_on=at(day).date(), upload=build_capa.file(), **done) == codes
    assert refused(actions.complete_capa, **(done | {"what_was_done": " "}), done_on=at(10).date()) == {
        "what_was_done_missing",
        "completion_unproved",
    }
    # Nobody need wait for the decision to remove what is wrong: the true day may lie before it.
    actions.complete_capa(done_on=at(2).date(), upload=build_capa.file(), **done)
    assert build_capa.facts_of(row).state == "check_owed"


def test_a_plan_that_is_not_accepted_is_not_completed_by_action_nor_by_sql():
    built, row = made()
    plan = build_capa.plan(built, row)
    done = {"plan": plan, "done_on": TODAY, "what_was_done": "完成", "upload": build_capa.file()}
    assert refused(actions.complete_capa, by=built.by(C), at=AT, **done) == {"plan_waits"}
    raw = CapaCompletion(plan=plan, done_on=TODAY, what_was_done="完成", recorded_by_name="某人", recorded_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        raw.save(force_insert=True)


def test_a_check_lies_between_completion_and_today_and_says_what_was_seen():
    built, row = made()
    plan = build_capa.plan(built, row)
    build_capa.accept(built, plan)
    done = build_capa.complete(built, plan, moment=at(20))
    check = {"completion": done, "effective": True, "by": built.auditor, "at": at(30)}
    early, late = at(19).date(), at(31).date()
    assert refused(actions.check_effectiveness, checked_on=early, statement=" ", **check) == {
        "checked_before_done",
        "check_statement_missing",
    }
    assert refused(actions.check_effectiveness, checked_on=late, statement="有效", **check) == {"checked_in_future"}
    actions.check_effectiveness(checked_on=at(20).date(), statement="有效", upload=build_capa.file("验证.pdf"), **check)
    assert File.objects.filter(subject=f"audits.auditfinding:{row.pk}", kind="effectiveness_record").count() == 1
    assert refused(actions.check_effectiveness, checked_on=at(20).date(), statement="有效", **check) == {
        "finding_closed"
    }


def test_nobody_decides_on_their_own_plan_or_checks_their_own_action():
    built, row = made()
    plan = build_capa.plan(built, row)
    author = built.by(C).user_id
    facts = load_findings([row])[row.pk]
    day = plan.action_due_on + timedelta(days=1)
    for person in (author, None):
        asked = rules.AnswerAsked(plan.pk, True, "", day, person, TODAY)
        assert [found.code for found in rules.blockers_to_answer_plan(facts, asked)] == ["own_capa_plan"]
    build_capa.accept(built, plan)
    build_capa.complete(built, plan)
    facts, day = load_findings([row])[row.pk], at(20).date()
    for person in (author, None):
        asked_check = rules.CheckAsked(plan.pk, day, "有效", person, day)
        assert [found.code for found in rules.blockers_to_check(facts, asked_check)] == ["own_capa_completion"]


def test_each_side_takes_its_own_steps():
    built, row = made()
    said = build_capa.capa_said()
    for by in (built.by(), built.auditor, built.by(C, "viewer")):
        with pytest.raises(PermissionDenied):
            actions.plan_capa(finding=row, said=said, by=by, at=AT)
    plan = actions.plan_capa(finding=row, said=said, by=built.by(C, "management_representative"), at=AT)
    for by in (built.by(C), built.by(role="viewer")):
        with pytest.raises(PermissionDenied):
            actions.answer_plan(plan=plan, accepted=False, reason="不充分", by=by, at=AT)
    build_capa.accept(built, plan, by=built.by(role="management_representative"))
    with pytest.raises(PermissionDenied):
        build_capa.complete(built, plan, by=built.by())
    done = build_capa.complete(built, plan)
    with pytest.raises(PermissionDenied):
        build_capa.check(built, done, by=built.by(C))
    for by in (built.by(C), built.auditor, built.by(role="management_representative")):
        with pytest.raises(PermissionDenied):
            actions.withdraw_finding(finding=row, reason="误判", by=by, at=AT)


def test_a_withdrawn_finding_owes_nothing_and_its_hold_stays_until_lifted():
    built, row = made(1)
    assert refused(actions.withdraw_finding, finding=row, reason=" ", by=built.by(), at=AT) == {
        "withdrawal_reason_missing"
    }
    actions.withdraw_finding(finding=row, reason="经复核，该记录存在。", by=built.by(), at=AT)
    facts = build_capa.facts_of(row)
    assert (facts.state, facts.due_on, facts.hold_stands) == ("withdrawn", None, True)
    assert not HoldLift.objects.filter(hold_id=row.hold_id).exists()
    again = refused(actions.withdraw_finding, finding=row, reason="误判", by=built.by(), at=AT)
    assert again == {"finding_withdrawn"}
    entry = Entry.objects.get(verb="finding.withdrawn")
    assert entry.content["data"]["hold"] == row.hold_id


def test_a_closed_finding_is_not_withdrawn():
    built, row = made()
    build_capa.brought_to(built, row, "closed")
    assert refused(actions.withdraw_finding, finding=row, reason="误判", by=built.by(), at=at(90)) == {"finding_closed"}


def test_an_audit_closes_once_its_findings_are_closed_or_withdrawn():
    built, row = build.with_findings()
    for serial, state in ((1, "closed"), (2, "withdrawn")):
        build_capa.brought_to(built, build.finding(row, serial), state)
    assert refused(actions.close_audit, audit=row, by=built.by(), at=at(90)) == {"findings_open"}
    build_capa.brought_to(built, build.finding(row, 3), "closed")
    assert actions.close_audit(audit=row, by=built.by(), at=at(90)).pk


def test_the_database_finds_the_states_that_the_facts_derive():
    built, _row = build.with_findings()
    rounds = build.reported(
        built,
        dict.fromkeys(range(1, 9), "general"),
        moment=at(1),
        plan=build.plan_said(built, starts_on=at(1).date(), ends_on=at(1).date()),
    )
    found = list(AuditFinding.objects.filter(audit=rounds).order_by("id"))
    for one, state in zip(found, (*build_capa.WAY, "withdrawn"), strict=False):
        build_capa.brought_to(built, one, state, moment=at(1), upload=build_capa.nothing)
    build_capa.send_back(built, build_capa.plan(built, found[6], moment=at(1)), moment=at(1))
    plan = build_capa.plan(built, found[7], moment=at(1))
    build_capa.accept(built, plan, moment=at(1))
    build_capa.check(built, build_capa.complete(built, plan), effective=False)
    rows = AuditFinding.objects.filter(pair=built.pair)
    facts = findings_in(rows)
    assert {one.state for one in facts.values()} == {*build_capa.WAY, "withdrawn"}
    for state in (*build_capa.WAY, "withdrawn"):
        asked = set(in_state(rows, state).values_list("pk", flat=True))
        assert asked == {pk for pk, one in facts.items() if one.state == state}
    assert set(in_state(rows, "open").values_list("pk", flat=True)) == {pk for pk, one in facts.items() if one.open}


def test_files_of_a_plan_are_the_contractors_and_none_is_added_after_the_end():
    built, row = made()
    plan = build_capa.plan(built, row)
    key, finding_key = f"audits.capaplan:{plan.pk}", f"audits.auditfinding:{row.pk}"
    ours, theirs = built.relation.registrant.user("quality_manager"), built.relation.contractor.user("quality_manager")
    assert registry.writer_of(theirs, key, TODAY).side == C
    assert registry.writer_of(ours, finding_key, TODAY).organisation_id == built.pair.registrant_id
    for user, subject in ((ours, key), (built.relation.contractor.user("viewer"), key)):
        with pytest.raises(PermissionDenied):
            registry.writer_of(user, subject, TODAY)
    assert registry.may_read(ours, key, TODAY)
    assert registry.stream_of(key) == built.pair.stream
    assert not registry.may_read(make.organisation().user(), key, TODAY)
    actions.withdraw_finding(finding=row, reason="误判", by=built.by(), at=AT)
    for subject in (key, finding_key):
        with pytest.raises(PermissionDenied):
            registry.writer_of(theirs, subject, TODAY)


def test_facts_of_many_findings_cost_as_many_queries_as_those_of_one(django_assert_num_queries: Any):
    built, row = build.with_findings()
    for serial, state in ((1, "closed"), (2, "check_owed")):
        build_capa.brought_to(built, build.finding(row, serial), state)
    one = AuditFinding.objects.filter(pk=build.finding(row, 3).pk)
    for rows in (one, AuditFinding.objects.filter(audit=row)):
        with django_assert_num_queries(2):
            findings_in(rows)

"""Audits in the dossier: plans, the report as it was frozen, findings with every round of corrective action."""

from __future__ import annotations

from datetime import date

import pytest

from cmo.clock import day_of
from cmo.dossier.collecting.audits import sections
from cmo.dossier.pinning import one_moment, pin_for
from cmo.dossier.sheets import Caution, Facts, Text, Timeline
from cmo.dossier.snapshot import Row, Snapshot
from cmo.trail.canonical import canonical, sha256
from tests.audits import build, build_capa
from tests.dossier.rows import facts, pin, row, section, snapshot, table, texts

BODY = canonical(
    {
        "judgements": [
            {
                "title_zh": "年度结论",
                "title_en": "Conclusion",
                "outcome_zh": "限期整改",
                "outcome_en": "Correct in time",
            }
        ],
        "tallies": {
            "major": {"total": 3, "ok": 2, "defect": 1, "na": 0},
            "critical": {"total": 1, "ok": 1, "defect": 0, "na": 0},
        },
        "answers": [{}, {}],
        "chain": {"stream": "audit:1", "seq": 62, "hash": "a" * 64},
    }
)


def audit(pk: int = 1, day: date = date(2026, 6, 1)) -> list[Row]:
    plan = {"audit_id": pk, "manner": "on_site", "starts_on": day, "ends_on": day, "scope": "全部过程"}
    return [
        row("audits.audit", pk, number=f"AU{pk}", kind="annual", template_id=1, announced=True),
        row("audits.auditevent", pk, audit_id=pk, kind="begun", event_on=day),
        row("audits.auditplan", 10 * pk, edition=1, **plan),
        row("audits.auditplan", 10 * pk + 1, edition=2, reason="对方停产", **plan | {"ends_on": day}),
        row("audits.auditmember", 10 * pk, plan_id=10 * pk + 1, name="陆清和"),
        row("audits.auditmember", 10 * pk + 1, plan_id=10 * pk + 1, name="叶审言", leads=True),
    ]


def report(body: str = BODY, body_hash: str = "") -> Row:
    said = {"summary": "按计划完成。", "conclusion": "体系有效。", "reported_on": date(2026, 6, 5)}
    return row("audits.auditreport", 1, audit_id=1, body=body, body_hash=body_hash or sha256(body), **said)


def finding(pk: int = 1, **values) -> Row:
    said = {"number": f"AU1-0{pk}", "severity": "major", "requirement_zh": "培训", "requirement_en": "Training"}
    due = {"answer_due_on": date(2026, 6, 30), "citation": "O53-28", "statement": "缺考核记录。"}
    return row("audits.auditfinding", pk, audit_id=1, **said | due | values)


def capa(pk: int) -> Row:
    days = {"correction_due_on": date(2026, 7, 1), "action_due_on": date(2026, 8, 1)}
    said = {"root_cause": f"原因{pk}", "correction": "补考", "corrective_action": "改规程"}
    return row("audits.capaplan", pk, finding_id=1, **days | said)


def test_without_audits_one_sentence_says_so():
    assert any("没有已开始的审核" in text for text in texts(sections(snapshot(), pin())))


def test_every_edition_of_the_plan_stands_with_its_team_the_leader_first():
    part = section(sections(snapshot(*audit()), pin()), "audit-1")
    first, second = table(part, "plan-editions").rows
    assert [first[4].zh, second[4].zh, second[5].zh] == ["—", "叶审言（组长）\n陆清和", "对方停产"]
    assert facts(part)["State"].value.en == "being conducted"


def test_the_report_is_shown_as_frozen_and_an_altered_body_is_pointed_out():
    found = sections(snapshot(*audit(), report()), pin())
    part = section(found, "audit-1-report")
    told = facts(part)
    assert told["Conclusion"].value.zh == "限期整改"
    assert told["Chain of the working papers"].value.en == f"62 entries, last hash {'a' * 64}"
    assert [cells[1].zh for cells in table(part, "tallies").rows] == ["1", "3"]
    assert [block.words.zh for block in part.blocks if isinstance(block, Text) and block.quoted] == [
        "按计划完成。",
        "体系有效。",
    ]
    assert not [block for block in part.blocks if isinstance(block, Caution)]
    altered = section(sections(snapshot(*audit(), report(body_hash="0" * 64)), pin()), "audit-1-report")
    assert [block.words.zh for block in altered.blocks if isinstance(block, Caution)] == [
        "报告正文与其登记的哈希不符。"
    ]


def test_each_round_of_corrective_action_stays_and_the_finding_stands_by_the_last():
    rows = [
        finding(),
        capa(1),
        row("audits.capaplananswer", 1, plan_id=1, accepted=False, reason="原因不足"),
        capa(2),
        row("audits.capaplananswer", 2, plan_id=2, accepted=True, check_due_on=date(2026, 9, 1)),
        row("audits.capacompletion", 2, plan_id=2, done_on=date(2026, 7, 20), what_was_done="已修订"),
        row(
            "audits.effectivenesscheck",
            2,
            completion_id=2,
            effective=True,
            checked_on=date(2026, 9, 1),
            statement="抽查",
        ),
    ]
    found = sections(snapshot(*audit(), report(), *rows), pin())
    part = section(found, "finding-1")
    rounds = [block for block in part.blocks if isinstance(block, Facts)][1:]
    assert [block.items[0].value.zh for block in rounds] == ["原因1", "原因2"]
    assert "原因不足" in [fact.value.zh for fact in rounds[0].items]
    assert facts(part)["State"].value.en == "effective, closed"
    (drawn,) = [block for block in found[0].blocks if isinstance(block, Timeline)]
    assert drawn.lanes[0].spans[0].ends_on is not None


def test_an_action_that_did_not_work_leaves_the_finding_open():
    rows = [
        finding(),
        capa(1),
        row("audits.capaplananswer", 1, plan_id=1, accepted=True, check_due_on=date(2026, 9, 1)),
        row("audits.capacompletion", 1, plan_id=1, done_on=date(2026, 7, 20), what_was_done="已修订"),
        row("audits.effectivenesscheck", 1, completion_id=1, effective=False, checked_on=date(2026, 9, 1)),
    ]
    found = sections(snapshot(*audit(), report(), *rows), pin())
    assert facts(section(found, "finding-1"))["State"].value.en == "not effective, a new plan is owed"
    (drawn,) = [block for block in found[0].blocks if isinstance(block, Timeline)]
    assert drawn.lanes[0].spans[0].ends_on is None


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ([], "answer owed by the contractor"),
        ([capa(1)], "plan waits for the registrant"),
        ([capa(1), row("audits.capaplananswer", 1, plan_id=1, accepted=True)], "action under way"),
        ([row("audits.findingwithdrawal", 1, finding_id=1, reason="记录存在")], "withdrawn"),
    ],
)
def test_a_finding_says_where_it_stands(more: list[Row], state: str):
    part = section(sections(snapshot(*audit(), report(), finding(), *more), pin()), "finding-1")
    assert facts(part)["State"].value.en == state
    assert any(isinstance(block, Caution) for block in part.blocks) == (state == "withdrawn")


def test_a_period_shows_audits_that_were_under_way_in_it_and_counts_the_others():
    closed = row("audits.auditevent", 9, audit_id=1, kind="closed", event_on=date(2026, 7, 1))
    rows = [*audit(1), closed, *audit(2, date(2026, 10, 1))]
    (part,) = sections(snapshot(*rows), pin("period", "2026-08-01/2026-12-31"))
    assert [cells[0].zh for cells in table(part, "audits").rows] == ["AU2"]
    assert any("审核 1 条" in block.words.zh for block in part.blocks if isinstance(block, Text))


@pytest.mark.django_db
def test_a_reported_audit_is_whole_and_the_leaders_signature_stands(django_assert_num_queries):
    built, made = build.with_findings()
    plan = build_capa.plan(built, build.finding(made))
    build_capa.send_back(built, plan)
    with one_moment():
        bound = pin_for(built.pair, day_of(build.AT), build.AT)
        read = Snapshot(built.pair, bound.instant)
    with django_assert_num_queries(0):
        found = sections(read, bound)
    (line,) = table(section(found, f"audit-{made.pk}-report"), "report-signatures").rows
    assert line[6].en == "equal: the signature stands"
    assert len(table(section(found, f"audit-{made.pk}"), "findings").rows) == 3
    part = section(found, f"finding-{build.finding(made).pk}")
    assert facts(part)["State"].value.en == "plan returned, a new one is owed"
    hold = facts(section(found, f"finding-{build.finding(made, 1).pk}"))["Hold that it placed"].value.zh
    assert hold != "—"

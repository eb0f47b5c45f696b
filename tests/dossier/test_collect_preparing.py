"""The dossier says what was evaluated before entrusting, and on which facts each entrustment was opened."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.dossier.collecting import preparing
from cmo.dossier.sheets import Timeline
from cmo.dossier.snapshot import Row, Snapshot
from cmo.trail.canonical import sha256
from tests import make
from tests.agreements import build

from . import known


def prepared(pk: int, **values: object) -> Row:
    given = {
        "pair_id": 7,
        "kind": "transfer",
        "device_id": 5,
        "site_id": None,
        "event_on": known.DAY - timedelta(days=pk),
    }
    return known.row("agreements.preparation", pk, reference=f"ZY-{pk}", summary=f"结果{pk}", **{**given, **values})


def entrusted(
    pk: int = 1, facts: dict[str, object] | None = None, findings: list[object] | None = None, **values: object
) -> Row:
    told = {"facts": json.dumps(facts or {}), "findings": json.dumps(findings or [])}
    given = {"pair_id": 7, "device_id": 5, "site_id": 1, "number": f"ET-{pk}", "starts_on": date(2026, 1, 1)}
    return known.row("agreements.entrustment", pk, **told, **{**given, **values})


def event(pk: int, kind: str, on: date, **values: object) -> Row:
    return known.row("agreements.entrustmentevent", pk, entrustment_id=1, kind=kind, event_on=on, **values)


def test_without_preparations_or_entrustments_both_chapters_say_so() -> None:
    found = preparing.sections(known.snapshot([]), known.pin())
    known.assert_well_formed(found)
    assert "未记录现场评估" in known.said(found)
    assert "未开立任何委托生产事项" in known.said(found)


def test_preparations_stand_by_date_with_the_answer_and_its_reason() -> None:
    answers = [
        known.row("agreements.preparationanswer", 1, preparation_id=1, accepted=True, recorded_by_name="乙"),
        known.row("agreements.preparationanswer", 2, preparation_id=2, accepted=False, reason="缺少报告"),
    ]
    chapter = preparing.sections(known.snapshot([*map(prepared, (1, 2, 3)), *answers]), known.pin())[0]
    shown = [(cells[3].zh, cells[5].zh) for cells in known.table(chapter, "preparations").rows]
    assert shown == [("ZY-3\n第3号", "待答复"), ("ZY-2\n第2号", "退回"), ("ZY-1\n第1号", "接受")]
    assert "缺少报告" in known.said([chapter])
    assert all(f"结果{pk}" in known.said([chapter]) for pk in (1, 2, 3))


def test_the_facts_an_entrustment_was_opened_on_are_all_there_also_those_without_a_word() -> None:
    facts = {
        "on": "2026-01-01",
        "certificate": {"number": "国械注准1", "standing": "in_force", "brand_new": 3},
        "licences": [{"number": "许可1", "scope": ["13", "14"]}, {"number": "许可2", "scope": []}],
        "unheard": {"of": "未知"},
        "preparations": [{"kind": "transfer", "preparation": 4}],
    }
    found = preparing.sections(known.snapshot([entrusted(facts=facts)]), known.pin())
    text = known.said(found)
    for one in ("国械注准1", "现行有效", "brand_new", "许可2", "受托方许可证或者备案（2）", "unheard", "未知"):
        assert one in text
    assert "设计和生产转移完成" in text
    assert sha256(json.dumps(facts)) in text


def test_findings_keep_severity_basis_and_what_to_do() -> None:
    finding = {
        "severity": "warns",
        "basis": "guide",
        "zh": "快到期",
        "en": "soon over",
        "todo_zh": "续期",
        "todo_en": "renew",
    }
    found = preparing.sections(known.snapshot([entrusted(findings=[finding])]), known.pin())
    one = known.every(found)["entrustments.1"]
    assert [cell.zh for cell in known.table(one, "findings").rows[0]] == ["提醒", "快到期", "指南", "续期"]
    none = preparing.sections(known.snapshot([entrusted()]), known.pin())
    assert "未发现阻止或者需要提醒的事项" in known.said(none)


def test_the_course_of_an_entrustment_has_a_span_for_each_state_and_a_mark_for_each_report() -> None:
    events = [
        event(1, "suspended", date(2026, 3, 1), reason="设备故障"),
        event(2, "resumed", date(2026, 4, 1)),
        event(3, "start_reported", date(2026, 1, 5), proof="回执"),
        event(4, "ended", date(2026, 5, 1)),
    ]
    chapter = preparing.sections(known.snapshot([entrusted(), *events]), known.pin())[1]
    (course,) = (block for block in chapter.blocks if isinstance(block, Timeline))
    spans = [(span.starts_on, span.ends_on, span.tone) for span in course.lanes[0].spans]
    assert spans == [
        (date(2026, 1, 1), date(2026, 2, 28), "good"),
        (date(2026, 3, 1), date(2026, 3, 31), "pending"),
        (date(2026, 4, 1), date(2026, 4, 30), "good"),
    ]
    assert [mark.on for mark in course.lanes[0].marks] == [date(2026, 1, 5)]
    assert "已终止" in known.said([chapter])
    assert all(one in known.said([chapter]) for one in ("设备故障", "回执"))


@pytest.mark.parametrize(
    ("as_of", "state"),
    [(date(2025, 12, 31), "尚未开始"), (date(2026, 2, 28), "生效中"), (date(2026, 3, 1), "已暂停")],
)
def test_the_state_is_that_of_the_day_of_the_dossier(as_of: date, state: str) -> None:
    snapshot = known.snapshot([entrusted(), event(1, "suspended", date(2026, 3, 1))])
    one = known.every(preparing.sections(snapshot, known.pin(as_of=as_of)))["entrustments.1"]
    assert state in [item.value.zh for item in one.blocks[0].items]  # type: ignore[union-attr]


def test_a_dossier_of_one_device_keeps_what_concerns_the_whole_contractor() -> None:
    given = [prepared(1), prepared(2, device_id=6), prepared(3, device_id=None), entrusted(), entrusted(2, device_id=6)]
    devices = [*known.device(5, 51), *known.device(6, 61)]
    found = preparing.sections(known.snapshot([*given, *devices]), known.pin("device", "5"))
    assert [cells[3].zh for cells in known.table(found[0], "preparations").rows] == ["ZY-3\n第3号", "ZY-1\n第1号"]
    assert [child.key for child in found[1].children] == ["entrustments.1"]
    assert "另有准备事项 1 条" in known.said(found)
    assert "另有委托生产事项 1 条" in known.said(found)


def test_a_period_leaves_out_an_entrustment_that_ended_before_it() -> None:
    snapshot = known.snapshot([entrusted(), event(1, "ended", date(2026, 2, 1))])
    for first, count in (("2026-03-01", 0), ("2026-02-01", 1)):
        found = preparing.sections(snapshot, known.pin("period", f"{first}/2026-05-31"))
        assert len(found[1].children) == count


@pytest.mark.django_db
def test_the_entrustment_of_a_real_pair_shows_the_frozen_facts_without_a_further_query() -> None:
    world = build.world()
    row = world.entrust()
    snapshot = Snapshot(world.pair, make.AT + timedelta(days=1))
    with CaptureQueriesContext(connection) as asked:
        found = preparing.sections(snapshot, known.pin())
    assert len(asked) == 0
    known.assert_well_formed(found)
    text = known.said(found)
    assert len(known.table(found[0], "preparations").rows) == len(build.KINDS)
    assert all(one in text for one in (row.number, sha256(row.facts), world.licence.number_printed))

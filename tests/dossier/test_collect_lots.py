"""Lots in the dossier: nothing left out, what was decided as it was frozen then, in time that grows with their number."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cmo.clock import day_of
from cmo.dossier.collecting.lots import sections
from cmo.dossier.collecting.lots.conditions import ranges
from cmo.dossier.pinning import one_moment, pin_for
from cmo.dossier.sheets import Caution, Table, Text, Timeline
from cmo.dossier.snapshot import Row, Snapshot
from cmo.trail.canonical import canonical
from releases import actions
from tests.dossier.rows import base, facts, lot, pin, row, section, snapshot, table, texts
from tests.effort import calls
from tests.releases import build, making

GATES = [
    {"code": code, "zh": f"条件{code}", "en": f"Condition {code}", "citation": "O53-34", "state": "passed"}
    for code in ("a", "b", "c")
]


def findings(*said: dict, gates: list[dict] | None = None) -> str:
    return canonical({"gates": GATES if gates is None else gates, "findings": list(said), "exceptions": []})


def decision(stage: str, pk: int, lot_id: int, number: int = 1, **values) -> Row:
    content = {"outcome": "released", "quantity": 240, "statement": "已审核。", "facts": "{}", "findings": findings()}
    more = {"production_release_id": pk} if stage == "market" else {}
    return row(f"releases.{stage}release", pk, **content | {"lot_id": lot_id, "number": number} | more | values)


def test_every_lot_is_listed_by_its_production_with_both_decisions_and_its_state():
    rows = [lot(1, produced_from=date(2026, 6, 2)), lot(2), lot(3, produced_from=date(2026, 6, 3))]
    rows += [decision("production", 1, 1), decision("market", 1, 1), decision("production", 2, 2, outcome="rejected")]
    (part,) = sections(snapshot(*base(), *rows), pin())
    found = table(part, "lots").rows
    assert [cells[0].zh for cells in found] == ["L2\nKL-H100", "L1\nKL-H100", "L3\nKL-H100"]
    assert [cells[6].en for cells in found] == [
        "rejected by production",
        "released to market",
        "waits for production release",
    ]
    assert [found[1][n].zh for n in (1, 4)] == ["髋关节假体", "已放行 2026-10-23"]
    assert part.count == 3


def test_without_lots_one_sentence_says_what_was_looked_for():
    found = sections(snapshot(), pin())
    assert any("没有登记的批次" in text for text in texts(found))
    assert any("尚无放行决定" in text for text in texts(found))
    assert any("未登记生产计划" in text for text in texts(found))


def test_a_decision_names_the_conditions_it_was_judged_by_as_they_were_worded_then():
    reworded = [{**GATES[0], "zh": "旧的说法"}, GATES[1], {**GATES[2], "state": "blocks"}]
    said = {
        "severity": "blocks",
        "zh": "批记录缺页。",
        "en": "A page is missing.",
        "citation": "O53-34",
        "facts": {"n": 1},
    }
    rows = [
        lot(1),
        decision("production", 1, 1),
        lot(2),
        decision("production", 2, 2, outcome="rejected", findings=findings(said, gates=reworded)),
    ]
    found = sections(snapshot(*base(), *rows), pin())
    listed = table(section(found, "lot-conditions"), "conditions").rows
    assert [cells[1].zh for cells in listed] == ["条件a", "条件b", "条件c", "旧的说法"]
    assert "第三十四条" in listed[0][2].zh
    first, second = (facts(section(found, f"lot-{n}-production-1")) for n in (1, 2))
    assert first["Conditions met (numbers)"].value.zh == "1–3"
    assert second["Conditions met (numbers)"].value.zh == "2、4"
    assert second["Conditions not met (numbers)"].value.zh == "3"
    (line,) = table(section(found, "lot-2-production-1"), "findings").rows
    assert [line[0].en, line[1].zh, line[3].zh] == ["not met", "批记录缺页。", "n: 1"]


@pytest.mark.parametrize(("numbers", "text"), [([], "—"), ([4], "4"), ([1, 2, 3, 7], "1–3、7"), ([1, 3, 4], "1、3–4")])
def test_numbers_in_a_row_are_one_range(numbers: list[int], text: str):
    assert (ranges(numbers).zh, ranges(numbers).en) == (text, text.replace("、", ", "))


def test_a_withdrawn_decision_stays_with_its_reason_and_the_lot_stands_by_the_next_one():
    rows = [
        lot(1),
        decision("production", 1, 1),
        row("releases.productionwithdrawal", 9, release_id=1, reason="数量有误"),
        decision("production", 2, 1, 2, outcome="rejected", quantity=0, replaces_id=9),
    ]
    found = sections(snapshot(*base(), *rows), pin())
    first = section(found, "lot-1-production-1")
    assert ["数量有误" in block.words.zh for block in first.blocks if isinstance(block, Caution)] == [True]
    assert facts(section(found, "lot-1-production-2"))["Earlier decision"].value.en == "withdrawn, replaced by this one"
    assert facts(section(found, "lot-1"))["State"].value.en == "Rejected by production"
    (drawn,) = [block for block in section(found, "lot-1").blocks if isinstance(block, Timeline)]
    assert [mark.label.zh for mark in drawn.lanes[-1].marks] == [
        "生产放行：已放行",
        "撤回生产放行决定",
        "生产放行：不予放行",
    ]


def test_a_lot_whose_only_decision_was_withdrawn_waits_again():
    rows = [
        lot(1),
        decision("production", 1, 1),
        row("releases.productionwithdrawal", 9, release_id=1, reason="数量有误"),
    ]
    (line,) = table(sections(snapshot(*base(), *rows), pin())[0], "lots").rows
    assert [line[4].zh, line[6].en] == ["—", "waits for production release"]


def test_corrected_and_struck_steps_stay_and_say_what_became_of_them():
    times = {"starts_at": datetime(2026, 6, 1, 1, tzinfo=UTC), "ends_at": datetime(2026, 6, 1, 3, tzinfo=UTC)}
    step = {"lot_id": 1, "kind": "key", **times}
    rows = [
        lot(1),
        row("releases.lotstep", 1, name="焊接", **step),
        row("releases.lotstep", 2, name="焊接二", corrects_id=1, reason="名称有误", **step),
        row("releases.lotstep", 3, name="清洗", **step),
        row("releases.lotstep", 4, name="清洗", corrects_id=3, void=True, reason="重复登记", **step),
    ]
    found = table(section(sections(snapshot(*base(), *rows), pin()), "lot-1"), "steps").rows
    assert [cells[6].zh for cells in found] == [
        "已被更正（第2号记录）",
        "更正第1号记录：名称有误\n有效",
        "已被删除（第4号记录）",
        "删除第3号记录：重复登记",
    ]
    assert [found[0][n].zh for n in (0, 2)] == ["焊接\n第1号", "2026-06-01 09:00"]


def test_a_document_shows_who_of_which_side_reviewed_it_and_what_is_missing_is_named():
    rows = [
        lot(1),
        lot(2),
        row("releases.lotdocument", 5, lot_id=1, kind="batch_record", reference="BR-1", note="补充第3页"),
        row("releases.documentreview", 6, document_id=5, side="contractor", remark="齐全"),
    ]
    found = sections(snapshot(*base(), *rows), pin())
    (line,) = table(section(found, "lot-1"), "documents").rows
    assert [line[0].zh, line[2].zh, line[5].zh] == ["批生产记录", "补充第3页", "未审核"]
    assert line[4].zh.endswith("齐全")
    missing = [facts(section(found, f"lot-{n}"))["Documents missing in the release file"].value.zh for n in (1, 2)]
    assert missing == ["无", "批生产记录"]


def test_a_checked_label_says_what_was_looked_for_and_what_it_lacks():
    check = {"label_id": 3, "entrustment_id": 1, "text": "髋关节假体", "missing": ["registrant"]}
    rows = [
        row("catalogue.labelversion", 3, kind="label", version="A/1"),
        row("releases.labelcheck", 4, **check, expected={"registrant": ["甲公司"], "product_name": ["髋关节假体"]}),
    ]
    part = section(sections(snapshot(*base(), *rows), pin()), "label-check-4")
    assert facts(part)["Missing"].value.en == "Name of the registrant"
    assert [(cells[0].en, cells[3].en) for cells in table(part, "items").rows] == [
        ("Product name", "found"),
        ("Name of the registrant", "missing"),
    ]
    assert "没有核对过标签" in " ".join(texts(sections(snapshot(*base()), pin())))


def test_an_unanswered_question_and_an_open_deviation_are_said_to_be_open():
    deviation = {"lot_id": 1, "kind": "deviation", "severity": "major", "reference": "PC-1", "description": "超温"}
    days = {"occurred_on": date(2026, 6, 1), "discovered_on": date(2026, 6, 2)}
    rows = [
        lot(1),
        row("releases.filereturn", 1, lot_id=1, question="第3页何人复核？"),
        row("releases.deviation", 1, **deviation, **days),
        row(
            "releases.deviationclosure", 1, deviation_id=1, cause="漂移", action="校准", effect="无", disposition="use"
        ),
        row("releases.deviationanswer", 1, closure_id=1, accepted=False, reason="原因不足"),
    ]
    found = sections(snapshot(*base(), *rows), pin())
    asked = facts(section(found, "lot-1"))
    assert asked["Question 1"].value.zh.startswith("第3页何人复核？")
    assert asked["Answer 1"].value.en == "not answered"
    part = section(found, "lot-1-deviations")
    assert facts(part)["State"].value.en == "closure returned"
    assert facts(part)["Reason"].value.zh == "原因不足"


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        (("lot", "L2"), ["L2"]),
        (("lot", "2"), ["L2"]),
        (("device", "国械注准20223130456"), ["L1", "L2"]),
        (("period", "2026-06-03/2026-06-30"), ["L1", "L2"]),
        (("period", "2026-06-04/2026-06-30"), []),
        (("period", "2026-10-23/2026-10-23"), ["L2"]),
    ],
)
def test_a_scope_narrows_the_lots_and_says_how_many_it_left_out(scope: tuple[str, str], shown: list[str]):
    rows = [lot(1), lot(2), decision("production", 1, 2, recorded_at=datetime(2026, 10, 23, 1, tzinfo=UTC))]
    (part,) = sections(snapshot(*base(), *rows), pin(*scope))
    assert [cells[0].zh.split()[0] for cells in table(part, "lots").rows] == shown
    said = [block.words.zh for block in part.blocks if isinstance(block, Text)]
    assert said == ([] if len(shown) == 2 else [said[0]])
    if len(shown) < 2:
        assert f"批次 {2 - len(shown)} 条" in said[0]


def test_no_table_has_more_than_seven_columns_and_every_one_fills_its_row():
    rows = [lot(1), decision("production", 1, 1), decision("market", 1, 1)]
    for _level, part in sections(snapshot(*base(), *rows), pin())[0].walk():
        for block in part.blocks:
            if isinstance(block, Table):
                assert len(block.columns) <= 7
                assert all(len(cells) == len(block.columns) for cells in block.rows)


def test_the_work_for_lots_grows_with_their_number():
    def work(many: int) -> int:
        rows = [lot(n, produced_from=date(2026, 1, 1) + timedelta(days=n % 150)) for n in range(1, many + 1)]
        rows += [decision(stage, n, n) for n in range(1, many + 1) for stage in ("production", "market")]
        made = snapshot(*base(), *rows)
        return calls(lambda: sections(made, pin()))

    work(20)
    assert work(500) < 4.4 * work(125)


@pytest.mark.django_db
def test_a_lot_made_through_the_actions_is_whole_and_its_signatures_stand(django_assert_num_queries):
    w = build.world()
    made = build.filed(w, build.lot(w))
    build.released(w, made)
    build.marketed(w, made)
    held = build.lot(w)
    making.step(w, held)
    deviation = making.deviation(w, held)
    making.accepted(w, making.closure(w, deviation))
    actions.place_lot_hold(lot=held, reason="待复核", by=w.registrant.actor("quality_manager"), at=build.AT)
    with one_moment():
        bound = pin_for(w.pair, day_of(build.AT), build.AT)
        read = Snapshot(w.pair, bound.instant)
    with django_assert_num_queries(0):
        found = sections(read, bound)
    states = [cells[6].en for cells in table(found[0], "lots").rows]
    assert sorted(states) == ["released to market", "waits for production release\non hold"]
    for stage in ("production", "market"):
        part = section(found, f"lot-{made.pk}-{stage}-1")
        (line,) = table(part, f"{stage}-signatures").rows
        assert line[6].en == "equal: the signature stands"
        assert facts(part)["Conditions not met (numbers)"].value.zh == "—"
    assert facts(section(found, f"lot-{held.pk}-deviations"))["State"].value.en == "closed"
    assert table(section(found, f"lot-{held.pk}"), "lot-holds").rows[0][3].zh == "待复核"


@pytest.mark.django_db
def test_an_approved_exception_shows_what_was_waived_and_its_signature_stands():
    w = build.world()
    request = build.exception_on(w)
    build.decided(w, request)
    with one_moment():
        bound = pin_for(w.pair, day_of(build.AT), build.AT)
        found = sections(Snapshot(w.pair, bound.instant), bound)
    part = section(found, f"lot-{request.lot_id}-exceptions")
    assert facts(part)["Condition"].value.zh == "植入性产品：生产期间有派驻人员在场"
    assert facts(part)["Decision"].value.zh.startswith("批准")
    assert [block.words.zh for block in part.blocks if isinstance(block, Text)] == [request.waived]
    (line,) = table(part, f"exception-{request.pk}-signatures").rows
    assert line[6].en == "equal: the signature stands"

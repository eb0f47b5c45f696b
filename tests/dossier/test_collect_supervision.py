"""Supervision in the dossier: stays after corrections, gaps by the rule of the releases, policies, postings, suppliers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from agreements.facts import load_supervision
from agreements.rules.coverage import StepSpan, coverage_gaps
from cmo.clock import SHANGHAI, day_of
from cmo.dossier.collecting.supervision import sections
from cmo.dossier.collecting.supervision.facts import Presence
from cmo.dossier.pinning import one_moment, pin_for
from cmo.dossier.sheets import Caution, Text, Timeline
from cmo.dossier.snapshot import Row, Snapshot
from tests.agreements import build_supervision as on_site
from tests.dossier.rows import base, facts, lot, pin, row, section, snapshot, table, texts
from tests.releases import build, making

FIRST = date(2026, 6, 1)


def posting(pk: int = 1, **values) -> Row:
    days = {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 12, 31)}
    proof = {"trained_on": date(2026, 4, 1), "appointed_on": date(2026, 4, 2), "experience": "八年", "revision_id": 1}
    duties = {"duties_zh": "监督关键工序。", "duties_en": "Supervises key steps."}
    who = {"person_id": pk, "person_name": f"江驻平{pk}", "site_id": 1, "pair_id": 7}
    return row("agreements.posting", pk, **days | proof | duties | who | values)


def entry(pk: int, kind: str, day: int, hour: int, **values) -> Row:
    at = datetime(2026, 6, day, hour, tzinfo=SHANGHAI).astimezone(UTC)
    said = {"posting_id": 1, "kind": kind, "event_at": at, "source": "page"}
    return row("agreements.presenceentry", pk, **said | values)


def stays(pk: int, day: int, first: int = 8, last: int = 18) -> list[Row]:
    return [entry(pk, "in", day, first), entry(pk + 1, "out", day, last)]


def step(pk: int, day: int, hours: tuple[int, int], **values) -> Row:
    begins, ends = (datetime(2026, 6, day, hour, tzinfo=SHANGHAI) for hour in hours)
    return row(
        "releases.lotstep",
        pk,
        **{"lot_id": 1, "name": "焊接", "kind": "key", "starts_at": begins, "ends_at": ends} | values,
    )


def test_without_any_record_every_part_says_what_was_looked_for():
    found = sections(snapshot(), pin())
    said = list(texts(found))
    for words in (
        "未设定派驻策略",
        "未登记派驻人员",
        "没有有效的在场时段",
        "没有批次",
        "未登记驻厂观察",
        "未登记经注册人批准的供应商",
    ):
        assert any(words in text for text in said), words


def test_a_corrected_entry_moves_the_stay_and_both_entries_stay_visible():
    late = datetime(2026, 6, 1, 20, tzinfo=SHANGHAI)
    rows = [posting(), *stays(1, 1), entry(3, "out", 1, 20, corrects_id=2, reason="漏登", event_at=late)]
    part = section(sections(snapshot(*base(), *rows), pin()), "presence")
    (line,) = table(part, "stays").rows
    assert [line[2].zh, line[3].zh, line[4].en] == [
        "2026-06-01 08:00",
        "2026-06-01 20:00",
        "720 minutes",
    ]
    assert [cells[5].zh for cells in table(part, "entries").rows] == [
        "有效",
        "已被更正（第3号记录）",
        "更正第2号记录：漏登\n有效",
    ]
    assert part.count == 3


def test_presence_before_training_does_not_count_and_a_stay_counts_once_it_has_a_check_out():
    rows = [posting(trained_on=date(2026, 6, 2)), *stays(1, 1), entry(3, "in", 5, 8)]
    first, second = table(section(sections(snapshot(*base(), *rows), pin()), "presence"), "stays").rows
    assert first[4].zh.startswith("不计入")
    assert second[3].zh == "未登记离场"
    assert second[4].en == "does not count before the check-out"


def test_gaps_are_days_and_steps_without_presence_after_corrections_and_approved_outside_steps_need_none():
    approved = {"approved_from": FIRST, "approved_until": FIRST + timedelta(days=30), "audited_on": FIRST}
    rows = [
        *base(),
        posting(),
        lot(1),
        *stays(1, 1),
        *stays(3, 3),
        step(1, 1, (7, 9)),
        step(2, 3, (19, 20)),
        step(3, 3, (19, 20), corrects_id=2, void=True, reason="未实施"),
        step(4, 2, (9, 10), kind="sterilisation", performed_by="外协灭菌公司"),
        step(5, 2, (10, 11), name="喷涂", kind="special", performed_by="某公司"),
        row(
            "agreements.supplierapproval", 1, supplier="外协灭菌公司", scope="sterilisation", covers="灭菌", **approved
        ),
        row("releases.lotexception", 1, lot_id=1, code="coverage", waived="{}", justification="急病", effect="无"),
    ]
    part = section(sections(snapshot(*rows), pin()), "gaps")
    assert [(cells[1].zh, cells[2].en, cells[5].en) for cells in table(part, "gaps").rows] == [
        ("2026-06-01", "step “焊接” without presence", "requested, not decided"),
        ("2026-06-02", "0 of 1 minutes present on that day", "requested, not decided"),
        ("2026-06-02", "step “喷涂” without presence", "requested, not decided"),
    ]
    assert [block.words.zh for block in part.blocks if isinstance(block, Caution)] == [
        "1 个批次共有 3 处没有合格派驻人员在场。"
    ]
    assert part.count == 3


@pytest.mark.parametrize(("answer", "gaps"), [("yes", "3"), ("unknown", "3"), ("no", "不适用")])
def test_only_a_product_that_is_surely_not_implantable_needs_no_presence(answer: str, gaps: str):
    rows = [one for one in base() if one.key != "catalogue.deviceversion:1"]
    device = {"device_id": 1, "number": 1, "implantable": answer, "release_documents": []}
    rows += [row("catalogue.deviceversion", 1, **device), lot(1)]
    part = section(sections(snapshot(*rows), pin()), "gaps")
    assert table(part, "by-lot").rows[0][3].zh == gaps


def test_a_policy_decides_from_its_day_on_how_long_somebody_must_be_there():
    policy = {
        "production_days": "every_day",
        "minimum_minutes": 601,
        "overdue_blocks_after_days": 30,
        "reason": "风险高",
    }
    rows = [
        posting(),
        lot(1, produced_to=date(2026, 6, 2)),
        *stays(1, 1),
        *stays(3, 2),
        row("agreements.pairpolicy", 1, effective_from=date(2026, 6, 2), **policy),
    ]
    found = sections(snapshot(*base(), *rows), pin())
    assert [cells[2].zh for cells in table(section(found, "gaps"), "gaps").rows] == ["当日在场 600 分钟，须 601 分钟"]
    assert table(section(found, "policies"), "policies").rows[0][4].zh == "风险高"


def test_a_lot_in_progress_at_go_live_is_judged_from_the_day_records_begin():
    rows = [one for one in base() if one.label != "agreements.entrustment"]
    opened = datetime(2026, 6, 3, 1, tzinfo=UTC)
    rows.append(row("agreements.entrustment", 1, number="ET1", device_id=1, site_id=1, recorded_at=opened))
    rows.append(lot(1, taken_over=True, taken_over_note="在制"))
    part = section(sections(snapshot(*rows), pin()), "gaps")
    assert [cells[1].zh for cells in table(part, "gaps").rows] == ["2026-06-03"]
    assert table(part, "by-lot").rows[0][4].en == "in progress at go-live, records begin on 2026-06-03"


def test_a_posting_shows_qualification_duties_and_its_early_end():
    end = row("agreements.postingend", 4, posting_id=1, last_day=date(2026, 6, 30), reason="调离")
    part = section(sections(snapshot(*base(), posting(), end), pin()), "posting-1")
    told = facts(part)
    assert told["Presence counts from"].value.zh == "2026-05-01"
    assert told["Ended early on"].value.zh == "2026-06-30"
    assert any("调离" in block.words.zh for block in part.blocks if isinstance(block, Caution))
    assert [block.words.en for block in part.blocks if isinstance(block, Text) and block.quoted] == [
        "Supervises key steps."
    ]


def test_a_withdrawn_approval_of_a_supplier_keeps_its_reason():
    days = {"audited_on": FIRST, "approved_from": FIRST, "approved_until": date(2027, 6, 1)}
    said = {"supplier": "甲材料厂", "scope": "key_material", "covers": "钛棒", "acceptance_criteria": "逐批检验"}
    end = row("agreements.supplierapprovalend", 1, approval_id=1, last_day=date(2026, 7, 1), reason="复评不合格")
    found = sections(snapshot(row("agreements.supplierapproval", 1, **days | said), end), pin())
    (line,) = table(section(found, "suppliers"), "suppliers").rows
    assert line[6].zh.startswith("最后一日 2026-07-01\n复评不合格")


def test_the_axis_shows_production_presence_and_gaps_with_days_in_a_row_as_one():
    rows = [posting(), lot(1), *stays(1, 1), *stays(3, 2)]
    (part,) = sections(snapshot(*base(), *rows), pin())
    (drawn,) = [block for block in part.blocks if isinstance(block, Timeline)]
    made, present, gaps = drawn.lanes
    assert [(span.starts_on, span.ends_on) for span in made.spans] == [(FIRST, date(2026, 6, 3))]
    assert [(span.starts_on, span.ends_on) for span in present.spans] == [(FIRST, date(2026, 6, 2))]
    assert [mark.on for mark in gaps.marks] == [date(2026, 6, 3)]


def test_a_dossier_of_one_lot_shows_the_presence_of_its_days_and_says_what_it_leaves_out():
    rows = [posting(), lot(1), *stays(1, 2), *stays(3, 20)]
    part = section(sections(snapshot(*base(), *rows), pin("lot", "L1")), "presence")
    assert len(table(part, "entries").rows) == 2
    assert any("在场记录 2 条" in block.words.zh for block in part.blocks if isinstance(block, Text))


@pytest.mark.django_db
def test_gaps_from_the_rows_are_those_that_a_release_would_find():
    w = build.world(supervised=False)
    person = making.posting(w)
    made = build.lot(w)
    begins = making.moment(build.MADE_FROM, 9)
    making.step(w, made, starts_at=begins, ends_at=begins + timedelta(hours=3))
    on_site.entered(person, "in", begins + timedelta(hours=1))
    on_site.entered(person, "out", begins + timedelta(hours=2))
    with one_moment():
        bound = pin_for(w.pair, day_of(build.AT), build.AT)
        read = Snapshot(w.pair, bound.instant)
    (row_of_lot,) = read.rows("releases.lot")
    steps = [StepSpan("焊接", "key", begins, begins + timedelta(hours=3))]
    expected = coverage_gaps(
        made.produced_from, made.produced_to, steps, load_supervision([w.pair.pk])[w.pair.pk], w.site.pk, build.AT
    )
    presence = Presence.of(read)
    assert presence.gaps(row_of_lot, build.AT) == expected
    assert len(expected) == 6
    loaded = load_supervision([w.pair.pk])[w.pair.pk]
    made_here = (presence.facts.policies, presence.facts.postings, presence.facts.presence)
    assert made_here == (loaded.policies, loaded.postings, loaded.presence)

"""Holds with their lifts, and the extract of the chain: every entry up to the pin, in words, with its hash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cmo.clock import day_of
from cmo.dossier.collecting import holds, trail
from cmo.dossier.pinning import one_moment, pin_for
from cmo.dossier.sheets import Caution, Text, Timeline
from cmo.dossier.snapshot import Snapshot
from cmo.trail.canonical import canonical
from tests.dossier.rows import base, chain, lot, pin, row, snapshot, table, texts
from tests.releases import build

JUNE = datetime(2026, 6, 10, 1, tzinfo=UTC)


def test_without_holds_one_sentence_says_what_was_looked_for():
    said = list(texts(holds.sections(snapshot(), pin())))
    assert any("没有作出过锁定或否决" in text for text in said)
    assert any("批本身未被锁定" in text for text in said)


def test_holds_stand_with_scope_reason_and_lift_and_open_ones_are_pointed_out():
    rows = [
        row("agreements.hold", 1, kind="hold", side="registrant", reason="召回调查", recorded_at=JUNE),
        row("agreements.hold", 2, kind="veto", side="registrant", entrustment_id=1, reason="客诉"),
        row("agreements.holdlift", 1, hold_id=1, reason="调查结束"),
        row("agreements.hold", 3, kind="critical_finding", side="registrant", site_id=1, reason="严重缺陷"),
        row("audits.auditfinding", 5, number="AU1-01", hold_id=3),
        lot(1),
        row("releases.lothold", 1, lot_id=1, kind="hold", side="contractor", reason="复核"),
    ]
    (part,) = holds.sections(snapshot(*base(), *rows), pin())
    assert [(cells[1].zh, cells[3].zh, cells[4].zh, cells[6].zh) for cells in table(part, "holds").rows] == [
        ("整个委托关系", "召回调查", "—", "调查结束"),
        ("委托生产 ET2026-1", "客诉", "—", "—"),
        ("杭州一厂", "严重缺陷", "AU1-01", "—"),
    ]
    assert table(part, "lot-holds").rows[0][5].en == "still held"
    assert [block.words.zh[:18] for block in part.blocks if isinstance(block, Caution)] == [
        "截至本档案时点，有 3 项锁定或否决"
    ]
    (drawn,) = [block for block in part.blocks if isinstance(block, Timeline)]
    assert [lane.spans[0].ends_on is None for lane in drawn.lanes] == [False, True, True, True]
    assert part.count == 4


def test_a_period_leaves_out_holds_that_were_lifted_before_it():
    rows = [
        row("agreements.hold", 1, kind="hold", side="registrant", reason="一", recorded_at=JUNE),
        row("agreements.holdlift", 1, hold_id=1, reason="完", recorded_at=JUNE + timedelta(days=1)),
        row("agreements.hold", 2, kind="hold", side="registrant", reason="二", recorded_at=JUNE),
    ]
    (part,) = holds.sections(snapshot(*base(), *rows), pin("period", "2026-07-01/2026-07-31"))
    assert [cells[3].zh for cells in table(part, "holds").rows] == ["二"]
    assert any("锁定或否决 1 条" in block.words.zh for block in part.blocks if isinstance(block, Text))


def test_an_empty_chain_says_so():
    assert any("记录链（范围内）没有记录" in text for text in texts(trail.sections(snapshot(), pin())))


def test_entries_are_counted_by_what_was_done_and_listed_as_sentences_with_their_hash():
    entries = chain(
        {"verb": "lot.registered"},
        {
            "verb": "lot.registered",
            "label": "L2",
            "subject": "releases.lot:2",
            "at": "2026-06-03T17:00:00.000000+00:00",
        },
        {"verb": "refused", "data": {"attempted": "lot.released_to_market"}, "reason": "Nobody was posted."},
        {"verb": "gone.verb", "by_post": "system", "by_name": "", "label": ""},
    )
    (part,) = trail.sections(snapshot(entries=entries), pin(seq=4))
    assert [tuple(cell.zh for cell in cells) for cells in table(part, "summary").rows] == [
        ("gone.verb", "2026-06-01", "2026-06-01", "1"),
        ("登记批", "2026-06-01", "2026-06-04", "2"),
        ("被拒绝", "2026-06-01", "2026-06-01", "1"),
    ]
    assert [cells[0].en for cells in table(part, "summary").rows] == [
        "lot gone.verb",
        "lot was registered",
        "an act was refused",
    ]
    assert table(part, "summary").columns[-1].align == "right"
    lines = table(part, "entries").rows
    assert lines[0][3].zh == "登记批：L1"
    assert lines[0][3].en == "L1 was registered"
    assert lines[2][3].zh == "被拒绝，未执行：上市放行：L1"
    assert lines[2][4].zh == "Nobody was posted."
    assert lines[3][2].zh == "系统\n甲公司"
    assert [cells[5].zh for cells in lines] == [entry.hash for entry in entries]
    assert part.count == 4


def test_keys_and_kinds_that_an_entry_names_stand_in_words():
    duty = {"key": "monthly_data", "what_zh": "报送月度质量数据", "what_en": "Report the month's data"}
    revision = row("agreements.agreementrevision", 4, agreement_id=1, body=canonical({"obligations": [duty]}))
    granted = {"permission": "read_pair"}
    entries = chain(
        {"verb": "obligation.recorded", "label": "QA1 · monthly_data · 2026-06-01"},
        {"verb": "label.checked", "label": "ifu A/1 · ET1"},
        {"verb": "grant.given", "label": "钟示例", "data": granted},
        {"verb": "organisation.founded", "reason": "首次登记 · first entry"},
        {"verb": "lot.registered", "by_post": "system", "by_name": "system"},
    )
    (part,) = trail.sections(snapshot(revision, entries=entries), pin(seq=5))
    lines = table(part, "entries").rows
    assert lines[0][3].zh.endswith("QA1 · 报送月度质量数据 · 2026-06-01")
    assert "QA1 · Report the month's data · 2026-06-01" in lines[0][3].en
    assert lines[1][3].zh.endswith("说明书 A/1 · ET1")
    assert "钟示例，" in lines[2][3].zh
    assert (lines[3][4].zh, lines[3][4].en) == ("首次登记", "first entry")
    assert lines[4][2].zh.startswith("系统\n")


def test_nothing_after_the_pin_is_shown():
    entries = chain({"verb": "lot.registered"}, {"verb": "lot.registered"})
    (part,) = trail.sections(snapshot(entries=entries), pin(seq=1))
    assert [cells[0].zh for cells in table(part, "entries").rows] == ["1"]


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        (("lot", "L1"), ["1", "3"]),
        (("period", "2026-06-02/2026-06-30"), ["2"]),
        (("device", "1"), ["1", "2", "3"]),
    ],
)
def test_a_scope_shows_the_entries_about_its_records_and_counts_the_others(scope: tuple[str, str], shown: list[str]):
    decision = {"lot_id": 1, "number": 1, "outcome": "rejected", "facts": "{}", "findings": "{}"}
    rows = [*base(), lot(1), lot(2), row("releases.productionrelease", 8, **decision)]
    entries = chain(
        {"verb": "lot.registered"},
        {"verb": "lot.registered", "subject": "releases.lot:2", "at": "2026-06-03T01:00:00.000000+00:00"},
        {"verb": "signature.given", "subject": "releases.productionrelease:8"},
        {"verb": "pair.accepted", "subject": "parties.pair:7"},
    )
    (part,) = trail.sections(snapshot(*rows, entries=entries), pin(*scope, seq=4))
    assert [cells[0].zh for cells in table(part, "entries").rows] == shown
    assert any(f"记录 {4 - len(shown)} 条" in block.words.zh for block in part.blocks if isinstance(block, Text))


@pytest.mark.django_db
def test_the_chain_of_a_pair_is_read_up_to_the_moment_of_the_dossier_and_no_further():
    w = build.world()
    with one_moment():
        before = pin_for(w.pair, day_of(build.BEGAN), build.AT)
        early = Snapshot(w.pair, before.instant)
    build.lot(w)
    with one_moment():
        now = pin_for(w.pair, day_of(build.AT), build.AT)
        read = Snapshot(w.pair, now.instant)
    assert (len(early.entries), early.entries[-1].hash) == (before.seq, before.head)
    assert (len(read.entries), read.entries[-1].hash) == (now.seq, now.head)
    assert now.seq > before.seq
    (part,) = trail.sections(read, now)
    assert table(part, "entries").rows[-1][5].zh == now.head

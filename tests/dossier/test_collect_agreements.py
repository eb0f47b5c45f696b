"""The dossier says what was agreed: every revision, what it changed, who signed it, and the text in force word by word."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.facts import agreement_states
from cmo.dossier.collecting import agreements
from cmo.dossier.sheets import Section, Text, Timeline
from cmo.dossier.snapshot import Row, Snapshot
from tests import make
from tests.agreements import build

from . import bodies, known

FIRST = bodies.body([bodies.clause("a", 1, "原文"), bodies.clause("b", 2, "留存")])
SECOND = bodies.body(
    [bodies.clause("a", 1, "新文"), bodies.clause("c", 2, "新增")],
    duties=[bodies.duty(contractor="C")],
    signing_order="registrant_first",
)


def collected(rows: list[Row], kind: str = "whole", key: str = "", as_of: date = known.DAY) -> dict[str, Section]:
    found = agreements.sections(known.snapshot(rows), known.pin(kind, key, as_of))
    known.assert_well_formed(found)
    return known.every(found)


def concluded(number: int, content: dict[str, Any], **values: Any) -> list[Row]:
    row = bodies.revision(number, content, **values)
    return [row, *bodies.signed(row)]


def quoted(section: Section) -> list[str]:
    return [block.words.zh for block in section.blocks if isinstance(block, Text) and block.quoted]


def states(found: dict[str, Section]) -> list[str]:
    return [cells[5].zh for cells in known.table(found["agreements.1"], "revisions").rows]


def test_a_pair_without_an_agreement_says_so() -> None:
    assert "未订立或者起草质量协议" in known.said(collected([]).values())


def test_an_agreement_that_was_only_drafted_says_that_nothing_was_offered() -> None:
    found = collected([bodies.agreement()])
    assert "未提交任何版次供签署" in known.said([found["agreements.1"]])
    assert known.told(found["agreements.1"])["列出条款的版次"] == "无"


def test_the_text_in_force_stands_word_by_word_and_the_replaced_one_in_the_comparison() -> None:
    rows = [bodies.agreement(), *concluded(1, FIRST), *concluded(2, SECOND, starts_on=date(2026, 6, 1), parent_id=1)]
    found = collected(rows)
    assert states(found) == ["已被后一版取代或者终止", "现行有效"]
    assert quoted(found["agreements.1.clauses"]) == ["新文", "新增"]
    assert found["agreements.1.text"].title.zh == "第 2 版全文（现行有效）"
    changes = known.said([found["agreements.1.changes-2"]])
    for one in ("原文", "新文", "留存", "删除", "新增", "委托方先签", "协商"):
        assert one in changes, one
    assert "首个文本" in known.said([found["agreements.1.changes-1"]])


def test_before_the_later_text_begins_the_earlier_one_is_in_force() -> None:
    rows = [bodies.agreement(), *concluded(1, FIRST), *concluded(2, SECOND, starts_on=date(2026, 9, 1), parent_id=1)]
    found = collected(rows)
    assert states(found) == ["现行有效", "尚未生效"]
    assert quoted(found["agreements.1.clauses"]) == ["原文", "留存"]
    assert states(collected(rows, as_of=date(2026, 9, 1))) == ["已被后一版取代或者终止", "现行有效"]


def test_a_revision_is_compared_with_the_one_before_and_with_the_one_it_follows() -> None:
    declined = known.row("agreements.revisionevent", 1, revision_id=2, kind="declined", reason="条款不符")
    rows = [
        bodies.agreement(),
        *concluded(1, FIRST),
        bodies.revision(2, SECOND, parent_id=1),
        declined,
        *concluded(3, FIRST, starts_on=date(2026, 6, 1), parent_id=1),
    ]
    found = collected(rows)
    heads = [block.heading.zh for block in found["agreements.1.changes-3"].blocks if getattr(block, "heading", None)]  # type: ignore[union-attr]
    assert heads[0] == "第 3 版与第 2 版比较"
    assert heads[-1] == "第 3 版与第 1 版比较"
    assert "均无变化" in known.said([found["agreements.1.changes-3"]])
    assert "条款不符" in known.said([found["agreements.1.signing-2"]])
    assert states(found)[1] == "已拒绝签署"


def test_a_signature_under_another_text_is_void_and_concludes_nothing() -> None:
    row = bodies.revision(1, FIRST)
    found = collected([bodies.agreement(), row, *bodies.signed(row, record_hash="f" * 64)])
    assert states(found) == ["待签署"]
    assert {cells[-1].zh for cells in known.table(found["agreements.1.signing-1"], "signatures").rows} == {
        "不一致，签名无效"
    }
    assert len(known.cautions([found["agreements.1"]])) == 2
    assert "（无效）" in known.table(found["agreements.1"], "revisions").rows[0][4].zh


def test_a_text_that_differs_from_the_hash_it_was_offered_with_is_called_out() -> None:
    row = bodies.revision(1, FIRST, body_hash="0" * 64)
    found = collected([bodies.agreement(), row, *bodies.signed(row)])
    assert ["agreements.agreementrevision:1" in one for one in known.cautions([found["agreements.1"]])] == [True]


def test_a_signature_that_does_not_count_for_a_side_is_shown_and_named() -> None:
    row = bodies.revision(1, FIRST)
    stray = known.signature(row, 99, bodies.hash_of(row), signer_name="多签者")
    found = collected([bodies.agreement(), row, *bodies.signed(row), stray])
    assert any("第99号签名" in one and "未计入" in one for one in known.cautions([found["agreements.1"]]))


def test_the_written_authorisation_is_that_of_the_day_of_signing() -> None:
    row = bodies.revision(1, FIRST)
    given = {"organisation_id": None, "side": "registrant", "role": "signatory"}
    held = [
        known.row("parties.post", 1, user_id=41, starts_on=date(2026, 1, 1), authorisation_reference="授权甲", **given),
        known.row("parties.postdecision", 1, post_id=1, outcome="confirmed"),
        known.row("parties.post", 2, user_id=41, starts_on=date(2026, 6, 2), authorisation_reference="授权乙", **given),
        known.row("parties.postdecision", 2, post_id=2, outcome="confirmed"),
    ]
    found = collected([bodies.agreement(), row, *bodies.signed(row), *held])["agreements.1.signing-1"]
    assert known.told(found) == {
        "丙 第11号": "授权甲　2026-06-01",
        "丙 第12号": "签署之日未登记该岗位的书面授权",
    }


def test_notice_and_paper_are_shown_with_everything_that_was_recorded() -> None:
    notice = known.row(
        "agreements.revisionevent",
        1,
        revision_id=1,
        kind="terminated",
        event_on=date(2026, 7, 1),
        reason="两次不合格",
        post_market="委托方处理",
        documents_return="三十日内",
    )
    paper = known.row(
        "agreements.paperagreement",
        1,
        revision_id=1,
        signed_on=date(2025, 12, 20),
        registrant_signatory="甲某",
        contractor_signatory="乙某",
        sealed_by_registrant=True,
        sealed_by_contractor=False,
        scan_sha256="a" * 64,
    )
    found = collected([bodies.agreement(), *concluded(1, FIRST, route="paper"), notice, paper])
    assert states(found) == ["现行有效，已通知终止"]
    signing = found["agreements.1.signing-1"]
    told = known.told(signing)
    assert (told["已交付产品的上市后职责"], told["文件和物料的返还"]) == ("委托方处理", "三十日内")
    assert (told["加盖委托方公章"], told["加盖受托方公章"]) == ("是", "否")
    assert told["扫描件哈希（SHA-256）"] == "a" * 64
    assert known.table(signing, "notice").rows == ()
    (terms,) = (block for block in found["agreements.1"].blocks if isinstance(block, Timeline))
    assert [(span.starts_on, span.ends_on) for span in terms.lanes[0].spans] == [(date(2026, 1, 1), date(2026, 6, 30))]


@pytest.mark.parametrize(
    ("certificate", "accepted", "cells"),
    [
        (date(2030, 1, 1), True, ("2027-12-31", "约定期限", "是")),
        (date(2026, 5, 31), True, ("2026-05-31", "注册证", "否")),
        (date(2030, 1, 1), False, ("无：缺少已确认的注册证或者委托方认可的许可证", "受托方许可证", "否")),
    ],
)
def test_the_coverage_at_the_pin_follows_certificate_licence_and_term(
    certificate: date, accepted: bool, cells: tuple[str, ...]
) -> None:
    last = {"first_day": date(2024, 1, 1), "last_day": date(2029, 1, 1), "number_printed": "许可1"}
    licence = known.version(
        "parties.licenceversion", "parties.licencedecision", 41, 1, licence_id=4, site_ids=[6], **last
    )
    hung = [
        known.row("parties.licence", 4, organisation_id=2, kind="licence"),
        known.row("agreements.entrustment", 3, pair_id=7, device_id=5, site_id=6, number="ET-3"),
        known.row("agreements.revisioncoverage", 1, revision_id=1, entrustment_id=3),
        *([known.row("parties.licenceacceptance", 1, pair_id=7, version_id=41)] if accepted else []),
    ]
    rows = [bodies.agreement(), *concluded(1, FIRST), *known.device(5, 51, last_day=certificate), *licence, *hung]
    found = collected(rows)
    (shown,) = known.table(found["agreements.1.coverage"], "covered").rows
    assert tuple(cell.zh for cell in shown[3:]) == cells
    assert states(found) == ["现行有效" if cells[2] == "是" else "所覆盖事项均已到期，不再有效"]


def performed(pk: int, due_on: date, done_on: date, key: str = "report") -> Row:
    return known.row("agreements.obligationrecord", pk, agreement_id=1, key=key, due_on=due_on, done_on=done_on)


def test_records_of_obligations_say_what_was_late_and_stay_within_the_period() -> None:
    records = [
        performed(1, date(2026, 3, 10), date(2026, 3, 12)),
        performed(2, date(2026, 2, 10), date(2026, 2, 10), key="gone"),
        performed(3, date(2026, 5, 10), date(2026, 5, 1)),
    ]
    rows = [bodies.agreement(), *concluded(1, FIRST), *records]
    shown = known.table(collected(rows)["agreements.1.performed"], "performed").rows
    assert [(cells[0].zh, cells[3].zh) for cells in shown] == [
        ("gone", "按期"),
        ("报送数据", "逾期"),
        ("报送数据", "按期"),
    ]
    limited = collected(rows, "period", "2026-03-01/2026-03-31")["agreements.1.performed"]
    assert len(known.table(limited, "performed").rows) == 1
    assert "另有履行记录 2 条" in known.said([limited])


def test_a_dossier_of_another_period_leaves_the_agreement_out_and_says_so() -> None:
    rows = [bodies.agreement(recorded_at=known.AT), *concluded(1, FIRST)]
    found = collected(rows, "period", "2020-01-01/2020-12-31")
    assert set(found) == {"agreements"}
    assert "另有质量协议 1 条不在范围内" in known.said(found.values())
    assert "agreements.1" in collected(rows, "agreement", "QA-1")


@pytest.mark.django_db
def test_the_agreement_of_a_real_pair_stands_as_the_product_itself_says_without_a_further_query() -> None:
    world = build.world()
    entrusted = world.entrust()
    first = build.concluded(world, [entrusted])
    later = build.next_revision(world, first.agreement, moment=build.at(1), ends_on=date(2028, 3, 31))
    for side in (build.R, build.C):
        build.sign(world, later, side, moment=build.at(1))
    snapshot = Snapshot(world.pair, build.at(2))
    day = make.TODAY + timedelta(days=1)
    with CaptureQueriesContext(connection) as asked:
        found = agreements.sections(snapshot, known.pin(as_of=day))
    assert len(asked) == 0
    known.assert_well_formed(found)
    assert known.cautions(found) == []
    effective = agreement_states([first.agreement_id], day)[first.agreement_id].effective
    assert effective == later
    key = f"agreements.{first.agreement_id}"
    assert known.every(found)[f"{key}.text"].title.zh == "第 2 版全文（现行有效）"
    assert quoted(known.every(found)[f"{key}.clauses"]) == [row["text_zh"] for row in later.content["clauses"]]
    assert "2028-03-31" in known.said([known.every(found)[f"{key}.changes-2"]])

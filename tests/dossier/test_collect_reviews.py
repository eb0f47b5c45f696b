"""The dossier says what each yearly review found and decided, who signed it, and which yearly duties were done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.dossier.collecting import reviews
from cmo.dossier.sheets import Section
from cmo.dossier.snapshot import Row, Snapshot
from cmo.trail.canonical import canonical, sha256
from tests.agreements import build, build_reviews

from . import bodies, known

FIGURE = {"group_zh": "批次", "group_en": "Lots", "label_zh": "生产批数", "label_en": "Lots made", "value": 12}
PART = {"name_zh": "适宜性", "name_en": "Suitability", "question_zh": "问", "question_en": "Question?"}
VERDICT = {"verdict_zh": "符合", "verdict_en": "given", "text": "无保留"}


def content(**changes: Any) -> dict[str, Any]:
    agreed = {"number": "QA-1", "title_zh": "质量协议", "title_en": "Quality agreement", "revision": 2}
    given = {
        "figures": [FIGURE],
        "parts": [{**PART, **VERDICT}],
        "conclusion": "继续适用",
        "figures_taken_at": "2026-01-05",
    }
    return {"agreement": {**agreed, "body_hash": "b" * 64}, **given, **changes}


def review(pk: int = 1, **values: Any) -> Row:
    text = canonical(content())
    period = {"period_from": date(2025, 1, 1), "period_to": date(2025, 12, 31)}
    given = {"pair_id": 7, "agreement_id": 1, "number": f"PS-{pk}", "body": text, "body_hash": sha256(text)}
    return known.row("agreements.agreementreview", pk, **{**given, **period, **values})


def signed(row: Row, *sides: str) -> list[Row]:
    record = {"type": row.label, "agreement": row["agreement_id"], "body": row["body"]}
    found = []
    for pk, side in enumerate(sides, 1):
        found.append(known.signature(row, pk, sha256(canonical(record)), side=side, meaning="agrees_review"))
        found.append(known.row("agreements.reviewsignature", pk, review_id=row.pk, side=side, signature_id=pk))
    return found


def collected(rows: list[Row], kind: str = "whole", key: str = "") -> dict[str, Section]:
    found = reviews.sections(known.snapshot(rows), known.pin(kind, key))
    known.assert_well_formed(found)
    return known.every(found)


def test_a_pair_without_reviews_and_duties_says_so() -> None:
    text = known.said(collected([]).values())
    assert "未提交任何年度评审" in text
    assert "未记录年度审核或者年度评审的完成情况" in text


def test_a_review_shows_figures_judgements_conclusion_and_actions_as_they_were_signed() -> None:
    actions = [
        known.row("agreements.reviewaction", 1, review_id=1, position=2, what="修订规程", side="contractor"),
        known.row("agreements.reviewaction", 2, review_id=1, position=1, what="审核规程", side="registrant"),
        known.row(
            "agreements.reviewactiondone", 1, action_id=1, done_on=known.DAY, note="已批准", recorded_by_name="庚"
        ),
    ]
    one = collected([review(), *actions])["reviews.1"]
    assert [cell.zh for cell in known.table(one, "figures").rows[0]] == ["批次", "生产批数", "12"]
    assert [cell.en for cell in known.table(one, "judgements").rows[0]] == [
        "Suitability",
        "Question?",
        "given",
        "无保留",
    ]
    shown = [[cell.zh for cell in cells[:6]] for cells in known.table(one, "actions").rows]
    assert shown == [
        ["1", "审核规程", "委托方", "2026-06-01", "未完成", "—"],
        ["2", "修订规程", "受托方", "2026-06-01", "2026-06-01", "已批准"],
    ]
    assert "继续适用" in known.said([one])
    assert known.told(one)["被评审的协议与版次"] == "QA-1 / 2 质量协议"


@pytest.mark.parametrize(
    ("sides", "state"),
    [((), "待签署"), (("registrant",), "待签署"), (("registrant", "contractor"), "双方已签署")],
)
def test_a_review_is_concluded_by_the_signatures_of_both_sides(sides: tuple[str, ...], state: str) -> None:
    row = review()
    assert known.told(collected([row, *signed(row, *sides)])["reviews.1"])["状态"] == state


def test_a_review_that_was_altered_after_signing_is_not_concluded_and_called_out() -> None:
    row = review()
    altered = Row(row.label, row.pk, {**row.values, "body": canonical(content(conclusion="改写"))})
    one = collected([altered, *signed(row, "registrant", "contractor")])["reviews.1"]
    assert known.told(one)["状态"] == "待签署"
    assert len(known.cautions([one])) == 3


def test_a_returned_review_keeps_the_reason() -> None:
    returned = known.row("agreements.reviewreturn", 1, review_id=1, reason="数据有误", recorded_by_name="辛")
    told = known.told(collected([review(), returned])["reviews.1"])
    assert (told["状态"], told["退回理由"]) == ("已退回", "数据有误")


def test_yearly_duties_stand_by_day_and_within_the_period() -> None:
    duties = [
        known.row("agreements.pairduty", 1, kind="audit", done_on=date(2026, 3, 1), reference="SH-2"),
        known.row("agreements.pairduty", 2, kind="review", done_on=date(2025, 3, 1), reference="PS-1"),
    ]
    shown = known.table(collected(duties)["reviews.duties"], "duties").rows
    assert [cells[3].zh for cells in shown] == ["PS-1", "SH-2"]
    limited = collected(duties, "period", "2026-01-01/2026-12-31")["reviews.duties"]
    assert [cells[3].zh for cells in known.table(limited, "duties").rows] == ["SH-2"]
    assert "另有年度事项完成记录 1 条" in known.said([limited])


def test_a_dossier_of_one_agreement_leaves_out_the_reviews_of_others() -> None:
    rows = [bodies.agreement(), review(), review(2, agreement_id=9)]
    found = collected(rows, "agreement", "QA-1")
    assert "reviews.1" in found
    assert "reviews.2" not in found
    assert "另有年度评审 1 条" in known.said([found["reviews"]])


@pytest.mark.django_db
def test_a_review_signed_by_both_sides_is_collected_without_a_further_query() -> None:
    world = build.world()
    agreement = build.concluded(world, [world.entrust()]).agreement
    row = build_reviews.concluded(world.relation, agreement)
    build_reviews.performed(world.relation, row.actions.get(position=1))
    snapshot = Snapshot(world.pair, build_reviews.AT + timedelta(days=1))
    with CaptureQueriesContext(connection) as asked:
        found = reviews.sections(snapshot, known.pin(as_of=build_reviews.DUE))
    assert len(asked) == 0
    known.assert_well_formed(found)
    assert known.cautions(found) == []
    one = known.every(found)[f"reviews.{row.pk}"]
    assert known.told(one)["状态"] == "双方已签署"
    assert len(known.table(one, "figures").rows) == len(row.content["figures"])
    assert "已修订并批准，版本 B/2。" in known.said([one])

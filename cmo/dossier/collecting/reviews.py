"""Yearly reviews of the quality agreements as both sides signed them, their actions, and the yearly duties."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cmo.paper.words import Words, same
from cmo.trail.canonical import sha256

from ..sheets import Block, Caution, Pin, Section, Text
from ..snapshot import Row, Snapshot
from . import names
from .agreement_text import both
from .reach import Reach, left_out, reach, split
from .saying import NONE, by, capital, cell, fact, facts, lasting, plain, table
from .signatures import signature_blocks, standing

TITLE = Words("质量协议年度评审", "Yearly reviews of the quality agreements")
NO_REVIEWS = Words("未提交任何年度评审供双方签署。", "No yearly review was offered for signature.")
FIGURES = Words("评审期间的数据", "Figures of the period")
NO_FIGURES = Words("本次评审未载明数据。", "This review states no figures.")
JUDGED = Words("评审意见", "Judgements")
NO_JUDGEMENTS = Words("本次评审未载明意见。", "This review states no judgement.")
CONCLUSION = Words("评审结论", "Conclusion")
ACTIONS = Words("评审确定的措施", "Actions that the review decided")
NO_ACTIONS = Words("本次评审未确定措施。", "This review decided no action.")
DUTIES = Words("年度审核与年度评审的完成情况", "Yearly duties done: audit and review")
NO_DUTIES = Words("未记录年度审核或者年度评审的完成情况。", "No yearly audit and no yearly review is recorded as done.")
RETURNED = Words("退回", "Return")
_FIGURES = (
    ("group", Words("类别", "Group"), 26.0),
    ("figure", Words("数据", "Figure"), 58.0),
    ("value", Words("数值", "Value"), 16.0),
)
_JUDGED = (
    ("part", Words("项目", "Part"), 18.0),
    ("question", Words("评审内容", "Question"), 36.0),
    ("verdict", Words("意见", "Verdict"), 14.0),
    ("text", Words("说明", "Remarks"), 32.0),
)
_ACTIONS = (
    ("position", Words("序号", "No."), 6.0),
    ("what", Words("措施", "Action"), 28.0),
    ("side", Words("责任方", "Who"), 10.0),
    ("due_on", Words("期限", "By"), 12.0),
    ("done_on", Words("完成日期", "Done on"), 12.0),
    ("note", Words("完成情况", "What was done"), 18.0),
    ("recorded", Words("记录人、时间", "Recorded by, at"), 14.0),
)
_DUTIES = (
    ("kind", Words("事项", "Duty"), 28.0),
    ("done_on", Words("完成日期", "Done on"), 14.0),
    ("next_due_on", Words("下次到期", "Next due on"), 14.0),
    ("reference", Words("记录", "Record"), 24.0),
    ("recorded", Words("记录人、时间", "Recorded by, at"), 20.0),
)
_REVIEWS = Words("年度评审", "yearly reviews")
_DONE = Words("年度事项完成记录", "records of yearly duties")


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """Reviews with their duties."""
    within = reach(snapshot, pin)
    rows, without = reviews_within(snapshot, within)
    rows.sort(key=lambda row: (row["period_from"], row.pk))
    children = (*(_review(snapshot, row) for row in rows), _duties(snapshot, within))
    blocks = (*left_out(without, _REVIEWS), *(() if rows else (Text(NO_REVIEWS),)))
    return [Section("reviews", TITLE, blocks, len(rows), children)]


def reviews_within(snapshot: Snapshot, within: Reach) -> tuple[list[Row], int]:
    """The reviews that the scope reaches, and how many it leaves out."""
    return split(snapshot.rows("agreements.agreementreview"), lambda row: _inside(row, within))


def _inside(row: Row, within: Reach) -> bool:
    agreed = within.agreements is None or row["agreement_id"] in within.agreements
    return agreed and within.overlaps(row["period_from"], row["period_to"])


def _review(snapshot: Snapshot, row: Row) -> Section:
    body = json.loads(row["body"])
    actions = sorted(snapshot.of("agreements.reviewaction", "review_id", row.pk), key=lambda one: one["position"])
    blocks = (
        _facts(snapshot, row, body),
        *_altered(row),
        table("figures", _FIGURES, [_figure(one) for one in body["figures"]], FIGURES, NO_FIGURES, {"value"}),
        table("judgements", _JUDGED, [_judgement(one) for one in body["parts"]], JUDGED, NO_JUDGEMENTS),
        Text(plain(body["conclusion"]), CONCLUSION, quoted=True),
        table("actions", _ACTIONS, [_action(snapshot, one) for one in actions], ACTIONS, NO_ACTIONS),
        *signature_blocks(snapshot, row, "signatures"),
        *_returned(snapshot, row),
    )
    period = lasting(row["period_from"], row["period_to"])
    title = Words(f"{row['number']}（{period.zh}）", f"{row['number']} ({period.en})")
    return Section(f"reviews.{row.pk}", title, blocks, 1)


def _facts(snapshot: Snapshot, row: Row, body: Mapping[str, Any]) -> Block:
    agreement = body["agreement"]
    title = both(agreement, "title")
    reviewed = f"{agreement['number']} / {agreement['revision']}"
    items = (
        fact("评审编号", "Review no.", same(row["number"])),
        fact("被评审的协议与版次", "Agreement and revision", Words(f"{reviewed} {title.zh}", f"{reviewed} {title.en}")),
        fact("该版次文本哈希（SHA-256）", "Hash of that text (SHA-256)", plain(agreement["body_hash"])),
        fact("评审期间", "Period", lasting(row["period_from"], row["period_to"])),
        fact("状态", "State", capital(_state(snapshot, row))),
        fact("数据截取时间", "Figures taken at", _taken(body.get("figures_taken_at"))),
        fact("提交人、时间", "Offered by, at", by(row)),
        fact("文本哈希（SHA-256）", "Hash of the text (SHA-256)", same(row["body_hash"])),
    )
    return facts(items)


def _taken(at: str | None) -> Words:
    """The moment at which the figures were taken, as the text of the review keeps it."""
    return plain(datetime.fromisoformat(at)) if at else NONE


def _state(snapshot: Snapshot, row: Row) -> Words:
    """Concluded when both sides' signatures stand."""
    if snapshot.of("agreements.reviewreturn", "review_id", row.pk):
        return Words("已退回", "returned")
    given = {one["signature_id"] for one in snapshot.of("agreements.reviewsignature", "review_id", row.pk)}
    sides = {one["side"] for one in standing(snapshot, row) if one.pk in given}
    concluded = sides >= {"registrant", "contractor"}
    return Words("双方已签署", "signed by both sides") if concluded else Words("待签署", "waiting for signatures")


def _altered(row: Row) -> tuple[Block, ...]:
    if sha256(row["body"]) == row["body_hash"]:
        return ()
    zh = f"评审 {row['number']} 的文本与提交签署时的哈希不一致。"
    return (Caution(Words(zh, f"The text of {row['number']} differs from the hash recorded when it was offered.")),)


def _figure(one: Mapping[str, Any]) -> tuple[Words, ...]:
    return both(one, "group"), both(one, "label"), plain(one["value"])


def _judgement(one: Mapping[str, Any]) -> tuple[Words, ...]:
    return both(one, "name"), both(one, "question"), both(one, "verdict"), plain(one["text"])


def _action(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    done = next(iter(snapshot.of("agreements.reviewactiondone", "action_id", row.pk)), None)
    return (
        same(str(row["position"])),
        same(row["what"]),
        names.SIDES[row["side"]],
        plain(row["due_on"]),
        plain(done["done_on"]) if done else Words("未完成", "not done"),
        same(done["note"]) if done else NONE,
        by(done) if done else NONE,
    )


def _returned(snapshot: Snapshot, row: Row) -> tuple[Block, ...]:
    found = snapshot.of("agreements.reviewreturn", "review_id", row.pk)
    items = [
        item
        for one in found
        for item in (fact("退回理由", "Reason", same(one["reason"])), fact("退回人、时间", "Returned by, at", by(one)))
    ]
    return (facts(items, RETURNED),) if items else ()


def duties_within(snapshot: Snapshot, within: Reach) -> tuple[list[Row], int]:
    """The records of yearly duties that the scope reaches, and how many it leaves out."""
    return split(snapshot.rows("agreements.pairduty"), lambda row: within.within(row["done_on"]))


def _duties(snapshot: Snapshot, within: Reach) -> Section:
    rows, without = duties_within(snapshot, within)
    rows.sort(key=lambda row: (row["done_on"], row.pk))
    shown = table("duties", _DUTIES, [_duty(row) for row in rows], empty=NO_DUTIES)
    return Section("reviews.duties", DUTIES, (*left_out(without, _DONE), shown), len(rows))


def _duty(row: Row) -> tuple[Words, ...]:
    dates = (plain(row["done_on"]), plain(row["next_due_on"]))
    return capital(cell(row, "kind")), *dates, plain(row["reference"]), by(row)

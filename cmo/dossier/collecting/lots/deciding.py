"""Both releases of a lot: outcome, statement, conditions, what they were judged by as frozen then, signatures, withdrawal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cmo.paper.words import Words, same
from cmo.trail.canonical import sha256

from ...sheets import Block, Caution, Fact, Facts, Section, Text
from ...snapshot import Row, Snapshot
from ..confirmed import decisions_on
from ..saying import NONE, by, capital, choice, fact, joined, moment, plain, table
from ..signatures import signature_blocks
from .conditions import Conditions, cited, ranges

STAGES = {
    "releases.productionrelease": ("production", Words("生产放行", "Production release")),
    "releases.marketrelease": ("market", Words("上市放行", "Market release")),
}
_STATEMENT = Words("审核声明（原文）", "Statement of review, word by word")
_CONDITIONS = Words("放行所附条件（原文）", "Conditions of the release, word by word")
_FINDINGS = Words("放行时的判断结果（决定时固定）", "Findings when it was decided, as frozen")
_NO_FINDINGS = Words(
    "决定时各项条件均无提示或阻断事项。",
    "When it was decided no condition had anything to point out or to stop.",
)
_LEFT_TO_THE_RELEASER = Words(
    "由放行人审核并在声明中确认的事项", "Left to the releaser, who confirms them in the statement"
)
_NOTHING_LEFT = Words("没有须由放行人另行确认的事项。", "Nothing was left to the releaser to confirm.")
_COLUMNS = (
    ("severity", Words("结果", "Result"), 10.0),
    ("finding", Words("判断", "Finding"), 46.0),
    ("basis", Words("依据", "Basis"), 24.0),
    ("facts", Words("据以判断的事实", "Facts it rests on"), 30.0),
)
_SEVERITY = {"blocks": Words("不符合", "not met"), "warns": Words("提示", "look at this")}


def decision_sections(snapshot: Snapshot, lot: Row, conditions: Conditions) -> Iterator[Section]:
    """A section for each decision, and one that says so where a stage has none."""
    found = decisions_on(snapshot, lot)
    for label, (stage, title) in STAGES.items():
        rows = [row for row in found if row.label == label]
        for row in rows:
            yield _decision(snapshot, lot, row, conditions)
        if not rows:
            none = Words(f"截至本档案时点，本批没有{title.zh}决定。", f"This lot has no {title.en.lower()} decision.")
            yield Section(f"lot-{lot.pk}-{stage}", title, (Text(none),))


def withdrawal_of(snapshot: Snapshot, decision: Row) -> Row | None:
    """The row that takes a decision back."""
    stage, _title = STAGES[decision.label]
    return next(iter(snapshot.of(f"releases.{stage}withdrawal", "release_id", decision.pk)), None)


def outcome(decision: Row) -> Words:
    """Released, with conditions, or rejected."""
    return choice(decision.label, "outcome", decision["outcome"])


def _decision(snapshot: Snapshot, lot: Row, row: Row, conditions: Conditions) -> Section:
    stage, title = STAGES[row.label]
    key = f"lot-{lot.pk}-{stage}-{row['number']}"
    head = Words(f"{title.zh} 第{row['number']}次决定", f"{title.en}, decision {row['number']}")
    withdrawn = withdrawal_of(snapshot, row)
    blocks: list[Block] = [Facts(tuple(_facts(snapshot, lot, row, conditions)))]
    if withdrawn is not None:
        blocks.append(Caution(_withdrawn(withdrawn)))
    blocks.append(Text(plain(row["statement"]), _STATEMENT, quoted=True))
    if row["conditions"]:
        blocks.append(Text(same(row["conditions"]), _CONDITIONS, quoted=True))
    blocks.append(_findings(conditions.of(row)))
    blocks += signature_blocks(snapshot, row, f"{stage}-signatures")
    return Section(key, head, tuple(blocks), 1)


def _withdrawn(row: Row) -> Words:
    who, at = row["recorded_by_name"], moment(row["recorded_at"])
    return Words(
        f"此决定已由 {who} 于 {at} 撤回，理由：{row['reason']}",
        f"{who} withdrew this decision at {at}. Reason: {row['reason']}",
    )


def _facts(snapshot: Snapshot, lot: Row, row: Row, conditions: Conditions) -> Iterator[Fact]:
    yield fact("决定", "Outcome", capital(outcome(row)))
    yield fact("放行数量", "Quantity released", same(f"{row['quantity']:,} {lot['unit']}"))
    yield fact("作出决定", "Decided by", by(row))
    if row.label == "releases.marketrelease":
        yield fact("所依据的生产放行", "Rests on", _rests_on(snapshot, row))
    if row["replaces_id"] is not None:
        yield fact(
            "前一决定", "Earlier decision", Words("前一决定已撤回，由本决定取代", "withdrawn, replaced by this one")
        )
    for state, zh, en in _RESULTS:
        yield fact(zh, en, ranges(conditions.judged(row, state)))
    for confirmed, zh, en in _LEFT:
        yield fact(zh, en, ranges(conditions.left(row, confirmed), "R"))
    yield fact("判断所依据的事实（固定文本）SHA-256", "Facts judged, frozen text, SHA-256", same(sha256(row["facts"])))
    yield fact("判断结果（固定文本）SHA-256", "Findings, frozen text, SHA-256", same(sha256(row["findings"])))


_RESULTS = (
    ("passed", "满足的条件（序号）", "Conditions met (numbers)"),
    ("warns", "有提示的条件（序号）", "Conditions with a warning (numbers)"),
    ("blocks", "不满足的条件（序号）", "Conditions not met (numbers)"),
)


_LEFT = (
    (True, "放行人已在声明中确认的事项", "Matters confirmed by the releaser"),
    (False, "放行人未确认的事项", "Matters not confirmed"),
)


def _rests_on(snapshot: Snapshot, row: Row) -> Words:
    made = snapshot.one("releases.productionrelease", row["production_release_id"])
    if made is None:
        return NONE
    said, who, at = outcome(made), made["recorded_by_name"], moment(made["recorded_at"])
    return Words(
        f"生产放行第{made['number']}次决定（{said.zh}；{who}，{at}）",
        f"production release, decision {made['number']} ({said.en}; {who}, {at})",
    )


def _findings(found: dict[str, Any]) -> Block:
    rows = [
        (
            _SEVERITY.get(one["severity"], same(one["severity"])),
            Words(one["zh"], one["en"]),
            cited(one.get("citation", "")),
            joined([same(f"{name}: {_short(value)}") for name, value in sorted(one.get("facts", {}).items())]),
        )
        for one in found.get("findings", ())
    ]
    return table("findings", _COLUMNS, rows, _FINDINGS, _NO_FINDINGS)


def _short(value: Any) -> str:
    return "; ".join(str(one) for one in value) if isinstance(value, list) else plain(value).zh

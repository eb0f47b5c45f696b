"""What went otherwise with a lot: deviations with their closures, exceptions with their decisions, holds."""

from __future__ import annotations

from collections.abc import Iterator

from cmo.paper.words import Words, same
from cmo.trail.canonical import sha256
from releases.rules import GATES

from ...sheets import Block, Fact, Facts, Section, Text
from ...snapshot import Row, Snapshot
from ..saying import by, cell, fact, facts_of, joined, plain, table
from ..signatures import signature_blocks

_CONDITIONS = {gate.code: Words(gate.zh, gate.en) for gate in GATES}
HOLDS = (
    ("lot", Words("批号", "Lot"), 14.0),
    ("kind", Words("种类", "Kind"), 14.0),
    ("placed", Words("锁定人、时间", "Placed by"), 18.0),
    ("reason", Words("理由", "Reason"), 28.0),
    ("deviation", Words("所涉偏差", "Deviation"), 14.0),
    ("lifted", Words("解除人、时间", "Lifted by"), 18.0),
    ("lift_reason", Words("解除理由", "Reason of the lift"), 24.0),
)
STILL_HELD = Words("尚未解除", "still held")
_CLOSED, _OPEN = Words("已关闭", "closed"), Words("未关闭", "open")
_PROPOSED, _RETURNED = Words("关闭待认可", "closure proposed"), Words("关闭被退回", "closure returned")


def deviations_of(snapshot: Snapshot, lot: Row) -> list[Row]:
    """By discovery."""
    found = snapshot.of("releases.deviation", "lot_id", lot.pk)
    return sorted(found, key=lambda row: (row["discovered_on"], row.pk))


def answer_to(snapshot: Snapshot, closure: Row) -> Row | None:
    """What the registrant said to a proposed closure."""
    return next(iter(snapshot.of("releases.deviationanswer", "closure_id", closure.pk)), None)


def deviation_state(snapshot: Snapshot, deviation: Row) -> Words:
    """Open, proposed, returned or closed, by the last closure and its answer."""
    closures = snapshot.of("releases.deviationclosure", "deviation_id", deviation.pk)
    if not closures:
        return _OPEN
    answer = answer_to(snapshot, closures[-1])
    if answer is None:
        return _PROPOSED
    return _CLOSED if answer["accepted"] else _RETURNED


def deviations(snapshot: Snapshot, lot: Row) -> Section:
    """A part for each deviation."""
    rows = deviations_of(snapshot, lot)
    blocks = [block for row in rows for block in _deviation(snapshot, row)]
    none = Text(
        Words("本批未登记偏差、不合格、返工或隔离退回。", "No deviation, nonconformity, rework or return was recorded.")
    )
    title = Words("偏差及其关闭", "Deviations and their closure")
    return Section(f"lot-{lot.pk}-deviations", title, tuple(blocks) or (none,), len(rows))


def _deviation(snapshot: Snapshot, row: Row) -> Iterator[Block]:
    kind = cell(row, "kind")
    head = Words(f"{kind.zh} {row['reference']}", f"{kind.en} {row['reference']}")
    named = ("severity", "occurred_on", "discovered_on", "quantity", "description")
    state = fact("状态", "State", deviation_state(snapshot, row))
    yield Facts((state, *facts_of(row, named), fact("登记人、时间", "Recorded by", by(row))), head)
    closures = snapshot.of("releases.deviationclosure", "deviation_id", row.pk)
    for number, closure in enumerate(closures, start=1):
        said = Words(f"{row['reference']}：第{number}次提出关闭", f"{row['reference']}: closure proposed, {number}")
        yield Facts(tuple(_closure(snapshot, closure)), said)


def _closure(snapshot: Snapshot, row: Row) -> Iterator[Fact]:
    yield from facts_of(row, ("cause", "action", "effect", "disposition", "quantity_out"))
    yield fact("提出人、时间", "Proposed by", by(row))
    answer = answer_to(snapshot, row)
    if answer is None:
        yield fact("注册人答复", "Answer of the registrant", Words("尚未答复", "not answered"))
        return
    said = Words("认可关闭", "closure accepted") if answer["accepted"] else Words("退回", "returned")
    yield fact("注册人答复", "Answer of the registrant", joined([said, by(answer)]))
    if answer["reason"]:
        yield fact("理由", "Reason", same(answer["reason"]))


def exceptions(snapshot: Snapshot, lot: Row) -> Section:
    """Requests to waive a finding, with the signed decisions."""
    rows = snapshot.of("releases.lotexception", "lot_id", lot.pk)
    blocks = [block for number, row in enumerate(rows, start=1) for block in _exception(snapshot, row, number)]
    none = Text(Words("本批未申请例外批准。", "No exception was requested for this lot."))
    title = Words("例外批准的申请和决定", "Exceptions requested and decided")
    return Section(f"lot-{lot.pk}-exceptions", title, tuple(blocks) or (none,), len(rows))


def _exception(snapshot: Snapshot, row: Row, number: int) -> Iterator[Block]:
    decision = next(iter(snapshot.of("releases.exceptiondecision", "exception_id", row.pk)), None)
    items = [
        fact("条件", "Condition", _CONDITIONS.get(row["code"], same(row["code"]))),
        *facts_of(row, ("justification", "quantity", "effect")),
        fact("申请人、时间", "Requested by", by(row)),
        fact("申请豁免的事实（固定文本）SHA-256", "Facts to waive, frozen text, SHA-256", same(sha256(row["waived"]))),
    ]
    items += _decided(decision)
    yield Facts(tuple(items), Words(f"例外 {number}", f"Exception {number}"))
    waived = Words(f"例外 {number}：申请豁免的事实（固定文本）", f"Exception {number}: facts to waive, frozen text")
    yield Text(plain(row["waived"]), waived, quoted=True)
    if decision is not None:
        yield from signature_blocks(snapshot, decision, f"exception-{row.pk}-signatures")


def _decided(decision: Row | None) -> list[Fact]:
    if decision is None:
        return [fact("决定", "Decision", Words("尚未决定", "not decided"))]
    said = Words("批准", "approved") if decision["approved"] else Words("不批准", "refused")
    reason = fact("决定理由", "Reason of the decision", plain(decision["reason"]))
    return [fact("决定", "Decision", joined([said, by(decision)])), reason]


def holds(snapshot: Snapshot, lots: list[Row], heading: Words | None = None) -> Block:
    """Holds on single lots, vetoes and stops by deviations included, with their lifts."""
    rows = [_hold(snapshot, row, lot) for lot in lots for row in snapshot.of("releases.lothold", "lot_id", lot.pk)]
    empty = Words("批本身未被锁定或否决。", "No hold or veto was placed on a lot itself.")
    return table("lot-holds", HOLDS, rows, heading, empty)


def lift_of(snapshot: Snapshot, hold: Row) -> Row | None:
    """The row that lifts a hold on a lot."""
    return next(iter(snapshot.of("releases.lotholdlift", "hold_id", hold.pk)), None)


def _hold(snapshot: Snapshot, row: Row, lot: Row) -> tuple[Words, ...]:
    lift = lift_of(snapshot, row)
    about = snapshot.one("releases.deviation", row["deviation_id"]) if row["deviation_id"] else None
    return (
        same(lot["number"]),
        cell(row, "kind"),
        joined([by(row), cell(row, "side")]),
        same(row["reason"]),
        plain(about["reference"] if about else None),
        by(lift) if lift else STILL_HELD,
        plain(lift["reason"] if lift else None),
    )

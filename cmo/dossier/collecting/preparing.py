"""What was evaluated and prepared before entrusting, and each entrustment with the facts it was opened on."""

from __future__ import annotations

from datetime import date, timedelta

from cmo.paper.words import Words, same

from ..sheets import Block, Lane, Mark, Pin, Section, Span, Text, Timeline, Tone
from ..snapshot import Row, Snapshot
from . import names
from .judged import finding_blocks, judged_blocks
from .reach import Reach, left_out, reach, split
from .saying import NONE, by, capital, cell, choice, fact, facts, joined, numbered, plain, table

PREPARATIONS = Words("委托生产前的评估与准备", "Evaluation and preparation before entrusting")
NO_PREPARATIONS = Words(
    "未记录现场评估、信用声明、委托合同、转移、试生产、验证等委托生产前的准备。",
    "No evaluation on site, credit statement, contract, transfer, trial production or validation before entrusting is recorded.",
)
RESULTS = Words("结果与退回理由", "Results, and reasons for returns")
ENTRUSTMENTS = Words("委托生产事项", "Entrustments")
NO_ENTRUSTMENTS = Words("未开立任何委托生产事项。", "No entrustment was opened.")
COURSE = Words("委托生产的起止与变化", "Course of the entrustments")
EVENTS = Words("暂停、恢复、终止与报告", "Suspensions, resumptions, ends and reports")
NO_EVENTS = Words("无暂停、恢复、终止或者报告记录。", "No suspension, resumption, end or report is recorded.")
NOT_LIMITED = Words(
    "准备事项不受期间范围限制，全部列出。", "Preparations are listed in full whatever the period of the dossier."
)
_PREPARED = (
    ("kind", Words("事项", "Kind"), 20.0),
    ("concerns", Words("产品、生产场地", "Device, site"), 19.0),
    ("event_on", Words("日期、有效期", "Date, valid until"), 12.0),
    ("reference", Words("文件编号", "Reference"), 13.0),
    ("recorded", Words("记录人、时间", "Recorded by, at"), 13.0),
    ("answer", Words("委托方意见", "Answer of the registrant"), 10.0),
    ("answered", Words("答复人、时间", "Answered by, at"), 13.0),
)
_HAPPENED = (
    ("kind", Words("事项", "Event"), 26.0),
    ("on", Words("日期", "Date"), 13.0),
    ("reason", Words("理由", "Reason"), 25.0),
    ("proof", Words("证明", "Proof"), 18.0),
    ("recorded", Words("记录人、时间", "Recorded by, at"), 18.0),
)
_STATES: dict[str, tuple[Words, Tone]] = {
    "active": (Words("生效中", "active"), "good"),
    "suspended": (Words("已暂停", "suspended"), "pending"),
    "ended": (Words("已终止", "ended"), "idle"),
    "not_started": (Words("尚未开始", "begins later"), "idle"),
}
_AFTER = {"suspended": "suspended", "resumed": "active", "ended": "ended"}
_NOT_ANSWERED = Words("待答复", "not answered yet")


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """Preparations, then entrustments."""
    within = reach(snapshot, pin)
    return [_preparations(snapshot, pin, within), _entrustments(snapshot, pin, within)]


def _preparations(snapshot: Snapshot, pin: Pin, within: Reach) -> Section:
    rows, without = preparations_within(snapshot, within)
    rows.sort(key=lambda row: (row["event_on"], row.pk))
    shown = table("preparations", _PREPARED, [_prepared(snapshot, row) for row in rows], empty=NO_PREPARATIONS)
    note: tuple[Block, ...] = (Text(NOT_LIMITED),) if pin.scope[0] == "period" else ()
    details = tuple(_result(snapshot, row) for row in rows)
    children = (Section("preparing.results", RESULTS, details),) if rows else ()
    return Section("preparing", PREPARATIONS, (*left_out(without, _PREPARATIONS), *note, shown), len(rows), children)


def preparations_within(snapshot: Snapshot, within: Reach) -> tuple[list[Row], int]:
    """The preparations that the scope reaches, and how many it leaves out."""
    sites = _sites(snapshot, within)
    return split(snapshot.rows("agreements.preparation"), lambda row: _concerns(row, within, sites))


_PREPARATIONS = Words("准备事项", "preparations")
_ENTRUSTMENTS = Words("委托生产事项", "entrustments")


def _sites(snapshot: Snapshot, within: Reach) -> frozenset[int] | None:
    """Sites of the entrustments that are reached."""
    if within.entrustments is None:
        return None
    rows = snapshot.rows("agreements.entrustment")
    return frozenset(row["site_id"] for row in rows if row.pk in within.entrustments)


def _concerns(row: Row, within: Reach, sites: frozenset[int] | None) -> bool:
    """What concerns the whole contractor concerns every device; without an entrustment yet, every site counts."""
    device = within.devices is None or row["device_id"] is None or row["device_id"] in within.devices
    return device and (not sites or row["site_id"] is None or row["site_id"] in sites)


def _prepared(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    answer = _answer(snapshot, row)
    dates = [plain(row["event_on"])]
    if row["expires_on"]:
        dates.append(Words(f"至 {row['expires_on']}", f"until {row['expires_on']}"))
    return (
        cell(row, "kind"),
        _concerned(snapshot, row),
        joined(dates),
        joined([same(row["reference"]), numbered(row.pk)]),
        by(row),
        _word(answer),
        by(answer) if answer else NONE,
    )


def _concerned(snapshot: Snapshot, row: Row) -> Words:
    """Device and site; what names neither concerns the contractor as a whole."""
    found = [names.device(snapshot, row["device_id"])] if row["device_id"] else []
    if row["site_id"]:
        found.append(names.site(snapshot, row["site_id"]))
    return joined(found) if found else Words("受托方整体", "the contractor as a whole")


def _answer(snapshot: Snapshot, row: Row) -> Row | None:
    return next(iter(snapshot.of("agreements.preparationanswer", "preparation_id", row.pk)), None)


def _word(answer: Row | None) -> Words:
    if answer is None:
        return _NOT_ANSWERED
    return Words("接受", "accepted") if answer["accepted"] else Words("退回", "returned")


def _result(snapshot: Snapshot, row: Row) -> Block:
    answer = _answer(snapshot, row)
    kind = capital(cell(row, "kind"))
    items = [fact("结果", "Result", same(row["summary"]))]
    if answer is not None and answer["reason"]:
        items.append(fact("委托方的说明", "What the registrant said", same(answer["reason"])))
    return facts(items, joined([kind, same(row["reference"]), numbered(row.pk)], "　"))


def _entrustments(snapshot: Snapshot, pin: Pin, within: Reach) -> Section:
    rows, without = entrustments_within(snapshot, within)
    rows.sort(key=lambda row: (row["starts_on"], row.pk))
    course = Timeline(COURSE, tuple(_lane(snapshot, pin, row) for row in rows), pin.as_of)
    blocks = (*left_out(without, _ENTRUSTMENTS), course if rows else Text(NO_ENTRUSTMENTS))
    children = tuple(_entrustment(snapshot, pin, row) for row in rows)
    return Section("entrustments", ENTRUSTMENTS, blocks, len(rows), children)


def entrustments_within(snapshot: Snapshot, within: Reach) -> tuple[list[Row], int]:
    """The entrustments that the scope reaches, and how many it leaves out."""
    wanted = within.entrustments

    def inside(row: Row) -> bool:
        return (wanted is None or row.pk in wanted) and within.overlaps(row["starts_on"], _ended(snapshot, row))

    return split(snapshot.rows("agreements.entrustment"), inside)


def _events(snapshot: Snapshot, row: Row) -> list[Row]:
    found = snapshot.of("agreements.entrustmentevent", "entrustment_id", row.pk)
    return sorted(found, key=lambda one: (one["event_on"], one.pk))


def _ended(snapshot: Snapshot, row: Row) -> date | None:
    return next((one["event_on"] for one in _events(snapshot, row) if one["kind"] == "ended"), None)


def _entrustment(snapshot: Snapshot, pin: Pin, row: Row) -> Section:
    events = _events(snapshot, row)
    device = names.device(snapshot, row["device_id"])
    items = (
        fact("编号", "Number", same(row["number"])),
        fact("产品", "Device", device),
        fact("生产场地", "Site", names.site(snapshot, row["site_id"])),
        fact("委托开始日", "Entrusted from", plain(row["starts_on"])),
        fact("状态", "State", capital(_state(snapshot, pin, row)[0])),
        fact("开立人、时间", "Opened by, at", by(row)),
    )
    happened = table("events", _HAPPENED, [_happened(one) for one in events], EVENTS, NO_EVENTS)
    blocks = (facts(items), happened, *judged_blocks(row["facts"]), *finding_blocks(row["findings"]))
    name = Words(device.zh.split("\n")[0], device.en.split("\n")[0])
    title = Words(f"{row['number']} {name.zh}", f"{row['number']} {name.en}")
    return Section(f"entrustments.{row.pk}", title, blocks, 1 + len(events))


def _happened(row: Row) -> tuple[Words, ...]:
    return cell(row, "kind"), plain(row["event_on"]), plain(row["reason"]), plain(row["proof"]), by(row)


def _state(snapshot: Snapshot, pin: Pin, row: Row) -> tuple[Words, Tone]:
    if row["starts_on"] > pin.as_of:
        return _STATES["not_started"]
    past = [one["kind"] for one in _events(snapshot, row) if one["event_on"] <= pin.as_of and one["kind"] in _AFTER]
    return _STATES[_AFTER[past[-1]]] if past else _STATES["active"]


def _lane(snapshot: Snapshot, pin: Pin, row: Row) -> Lane:
    """A span for each stretch between two changes of state, and a mark for each report."""
    events = _events(snapshot, row)
    changes = [
        (row["starts_on"], "active"),
        *((e["event_on"], _AFTER[e["kind"]]) for e in events if e["kind"] in _AFTER),
    ]
    spans = []
    for number, (first, state) in enumerate(changes):
        later = changes[number + 1][0] if number + 1 < len(changes) else None
        if state != "ended":
            word, tone = _STATES[state]
            last = max(first, later - timedelta(days=1)) if later else None
            spans.append(Span(first, last, word, tone if first <= pin.as_of else "idle"))
    marks = [Mark(e["event_on"], choice(e.label, "kind", e["kind"]), "good") for e in events if e["kind"] not in _AFTER]
    return Lane(same(row["number"]), tuple(spans), tuple(marks))

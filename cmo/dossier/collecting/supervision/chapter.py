"""The chapter on supervision in the order in which an inspector asks: rules, people, presence, gaps, what was seen."""

from __future__ import annotations

from cmo.paper.words import Words, same

from ...sheets import Block, Pin, Section, Text
from ...snapshot import Row, Snapshot
from ..confirmed import lots_within
from ..lots.making import observations
from ..reach import Reach, left_out, reach, split
from ..saying import NONE, by, cell, joined, lasting, plain, table
from .facts import Presence
from .gaps import gaps_section, judged_lots, timeline
from .posting import postings_section, presence_section

TITLE = Words("驻厂监督和供应商批准", "Supervision on site and approved suppliers")
_POLICIES = (
    ("from", Words("自此日起", "From"), 14.0),
    ("days", Words("生产日", "Production days"), 30.0),
    ("minutes", Words("每日最少在场分钟", "Minutes that cover a day"), 16.0),
    ("overdue", Words("逾期几日后阻断放行", "Days overdue until release stops"), 18.0),
    ("reason", Words("理由", "Reason"), 28.0),
    ("recorded", Words("登记人、时间", "Recorded by"), 20.0),
)
_SUPPLIERS = (
    ("supplier", Words("供应商", "Supplier"), 22.0),
    ("covers", Words("物料或过程", "Material or process"), 22.0),
    ("approved", Words("批准期间", "Approved"), 22.0),
    ("audited", Words("审核日期、报告", "Audited on, report"), 20.0),
    ("criteria", Words("验收标准", "Acceptance criteria"), 26.0),
    ("recorded", Words("登记人、时间", "Recorded by"), 18.0),
    ("ended", Words("撤销", "Withdrawn"), 22.0),
)
_DEFAULT = Words(
    "双方未设定派驻策略，适用默认规则：每个生产日均须有合格派驻人员在场至少1分钟；审核、评审逾期90日后阻断上市放行。",
    "The pair has set no policy; the defaults apply: every production day needs qualified presence of at least 1 minute, and "
    "an audit or review overdue by more than 90 days stops market release.",
)


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """One chapter with its parts."""
    lots, without = lots_within(snapshot, pin)
    presence = Presence.of(snapshot)
    judged = judged_lots(snapshot, presence, lots)
    drawn = timeline(snapshot, presence, lots, judged, pin)
    none = Text(Words("没有须在场的生产，也没有在场记录。", "No production needs presence, and none was recorded."))
    head: tuple[Block, ...] = (*left_out(without, Words("批次", "lots")), drawn if drawn.lanes else none)
    children = (
        _policies(snapshot),
        postings_section(snapshot, pin),
        presence_section(snapshot, presence, pin),
        gaps_section(snapshot, lots, judged),
        _observed(snapshot, lots),
        _suppliers(snapshot, pin),
    )
    return [Section("supervision", TITLE, head, sum(child.count for child in children), children)]


def _policies(snapshot: Snapshot) -> Section:
    ordered = sorted(snapshot.rows("agreements.pairpolicy"), key=lambda row: (row["effective_from"], row.pk))
    rows = [
        (
            plain(row["effective_from"]),
            cell(row, "production_days"),
            plain(row["minimum_minutes"]),
            plain(row["overdue_blocks_after_days"]),
            same(row["reason"]),
            by(row),
        )
        for row in ordered
    ]
    listed = table("policies", _POLICIES, rows, empty=_DEFAULT)
    return Section("policies", Words("派驻策略", "Policy of supervision"), (listed,), len(rows))


def _observed(snapshot: Snapshot, lots: list[Row]) -> Section:
    listed = observations(snapshot, lots)
    count = sum(len(snapshot.of("releases.observation", "lot_id", lot.pk)) for lot in lots)
    return Section("observations", Words("驻厂观察", "Observations on site"), (listed,), count)


def _suppliers(snapshot: Snapshot, pin: Pin) -> Section:
    rows, without = suppliers_within(snapshot, reach(snapshot, pin))
    empty = Words(
        "范围内未登记经注册人批准的供应商或外协单位。", "Within the scope no supplier or outside process was approved."
    )
    listed = table("suppliers", _SUPPLIERS, [_supplier(snapshot, row) for row in rows], empty=empty)
    blocks = (*left_out(without, Words("供应商批准", "approvals of suppliers")), listed)
    title = Words("注册人批准的供应商和外协单位", "Suppliers and outside processes approved by the registrant")
    return Section("suppliers", title, blocks, len(rows))


def suppliers_within(snapshot: Snapshot, reached: Reach) -> tuple[list[Row], int]:
    """The approvals of suppliers that the scope reaches, and how many it leaves out."""
    ordered = sorted(snapshot.rows("agreements.supplierapproval"), key=lambda row: (row["approved_from"], row.pk))
    return split(ordered, lambda row: reached.overlaps(row["approved_from"], row["approved_until"]))


def _supplier(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    ends = snapshot.of("agreements.supplierapprovalend", "approval_id", row.pk)
    end = min(ends, key=lambda one: one["last_day"], default=None)
    return (
        same(row["supplier"]),
        joined([cell(row, "scope"), same(row["covers"])]),
        lasting(row["approved_from"], row["approved_until"]),
        joined([plain(row["audited_on"]), same(row["reference"])]),
        same(row["acceptance_criteria"]),
        by(row),
        _withdrawn(end) if end is not None else NONE,
    )


def _withdrawn(end: Row) -> Words:
    day = end["last_day"].isoformat()
    return joined([Words(f"最后一日 {day}", f"last day {day}"), same(end["reason"]), by(end)])

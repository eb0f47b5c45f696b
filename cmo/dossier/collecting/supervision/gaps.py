"""Production without qualified presence, lot by lot, by the rule that releases are judged by; drawn against production."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from agreements.rules.coverage import Gap, counted
from cmo.clock import day_of
from cmo.paper.words import Words, same
from releases.rules.gate import COVERAGE

from ...sheets import Block, Caution, Lane, Mark, Pin, Section, Span, Text, Timeline
from ...snapshot import Row, Snapshot
from ..confirmed import site_name
from ..reach import reach
from ..saying import joined, moment, plain, table
from .facts import Presence, first_judged, go_live, implantable

TITLE = Words("批次生产期间的在场空缺", "Gaps of presence during the manufacture of lots")
_HOW = Words(
    "仅植入性产品（以及植入性尚未确认的产品）须有合格派驻人员在场。空缺按与放行判断相同的规则，由截至本档案时点的在场记录、更正、"
    "工序和策略算出；尚未登记离场的在场时间和尚未结束的生产日不计。每次放行当时所依据的空缺，见该批次放行决定中固定的判断结果。",
    "Only implantable products, and those of which it is not known, need a qualified supervisor present. Gaps follow from "
    "the presence, corrections, steps and policy on record at the moment of this dossier, by the rule that releases are "
    "judged by; a stay without check-out and a production day that is not over are not counted. The gaps that a release rested on are in the findings "
    "frozen with it, at the lot.",
)
_NO_GAPS = Words(
    "范围内须有派驻人员在场的批次，没有在场空缺。", "No lot within the scope that needs presence has a gap."
)
_COLUMNS = (
    ("lot", Words("批号", "Lot"), 14.0),
    ("day", Words("日期", "Day"), 13.0),
    ("what", Words("空缺", "Gap"), 32.0),
    ("from", Words("起", "From"), 18.0),
    ("to", Words("止", "To"), 18.0),
    ("exception", Words("例外", "Exception"), 22.0),
)
_STATES = (
    ("lot", Words("批号", "Lot"), 20.0),
    ("made", Words("生产期间", "Production"), 26.0),
    ("implantable", Words("植入性", "Implantable"), 16.0),
    ("gaps", Words("空缺数", "Gaps"), 12.0),
    ("remark", Words("说明", "Remark"), 36.0),
)

#: A lot and its gaps.
Judged = tuple[Row, tuple[Gap, ...]]


def judged_lots(snapshot: Snapshot, presence: Presence, lots: Iterable[Row]) -> list[Judged]:
    """The lots that need presence with their gaps."""
    return [(lot, presence.gaps(lot, snapshot.instant)) for lot in lots if implantable(snapshot, lot) != "no"]


def gaps_section(snapshot: Snapshot, lots: Sequence[Row], judged: Sequence[Judged]) -> Section:
    """How it is judged, lot by lot, then each gap."""
    found = {lot.pk: gaps for lot, gaps in judged}
    states = [_state(snapshot, lot, found.get(lot.pk)) for lot in lots]
    rows = [_gap(snapshot, lot, gap) for lot, gaps in judged for gap in gaps]
    none = Words("范围内没有批次。", "There are no lots within the scope.")
    blocks: tuple[Block, ...] = (
        Text(_HOW),
        *_cautions(rows, judged),
        table("by-lot", _STATES, states, Words("各批次", "Lot by lot"), none),
        table("gaps", _COLUMNS, rows, Words("各处空缺", "Every gap"), _NO_GAPS),
    )
    return Section("gaps", TITLE, blocks, len(rows))


def _cautions(rows: Sequence[object], judged: Sequence[Judged]) -> tuple[Block, ...]:
    if not rows:
        return ()
    many = sum(1 for _lot, gaps in judged if gaps)
    zh = f"{many} 个批次共有 {len(rows)} 处没有合格派驻人员在场。"
    return (Caution(Words(zh, f"Gaps without a qualified supervisor present: {len(rows)}; lots concerned: {many}.")),)


def _state(snapshot: Snapshot, lot: Row, gaps: tuple[Gap, ...] | None) -> tuple[Words, ...]:
    answer = {"yes": Words("是", "yes"), "no": Words("否", "no")}.get(
        implantable(snapshot, lot), Words("未确认", "not known")
    )
    made = same(f"{lot['produced_from'].isoformat()} – {lot['produced_to'].isoformat()}")
    count = plain(len(gaps)) if gaps is not None else Words("不适用", "not applicable")
    return same(lot["number"]), made, answer, count, _remark(snapshot, lot)


def _remark(snapshot: Snapshot, lot: Row) -> Words:
    first = first_judged(snapshot, lot)
    if first == lot["produced_from"]:
        return same("—")
    day = first.isoformat()
    if lot["taken_over"] and first == go_live(snapshot, lot):
        return Words(f"系统启用前在制，自 {day} 起有记录", f"in progress at go-live, records begin on {day}")
    return Words(f"派驻要求自 {day} 起适用", f"presence is required from {day} on")


def _gap(snapshot: Snapshot, lot: Row, gap: Gap) -> tuple[Words, ...]:
    return (
        same(lot["number"]),
        same(gap.day.isoformat()),
        gap_words(gap),
        same(moment(gap.starts_at)),
        same(moment(gap.ends_at)),
        _exceptions(snapshot, lot),
    )


def gap_words(gap: Gap) -> Words:
    """A day with too little presence, or the uncovered part of a step."""
    if gap.kind == "step":
        return Words(f"工序“{gap.what}”无人在场", f"step “{gap.what}” without presence")
    present, _, needed = gap.what.partition("/")
    return Words(f"当日在场 {present} 分钟，须 {needed} 分钟", f"{present} of {needed} minutes present on that day")


def _exceptions(snapshot: Snapshot, lot: Row) -> Words:
    """What was asked and decided about the presence of this lot; an approval counts for exactly the gaps it names."""
    requests = [row for row in snapshot.of("releases.lotexception", "lot_id", lot.pk) if row["code"] == COVERAGE]
    return joined([_decided(snapshot, row) for row in requests])


def _decided(snapshot: Snapshot, request: Row) -> Words:
    decision = next(iter(snapshot.of("releases.exceptiondecision", "exception_id", request.pk)), None)
    if decision is None:
        return Words("已申请，尚未决定", "requested, not decided")
    who, at = decision["recorded_by_name"], moment(decision["recorded_at"])
    zh, en = ("已批准", "approved") if decision["approved"] else ("不批准", "refused")
    return Words(f"{zh}（{who}，{at}）", f"{en} ({who}, {at})")


def timeline(
    snapshot: Snapshot, presence: Presence, lots: Sequence[Row], judged: Sequence[Judged], pin: Pin
) -> Timeline:
    """Production that needs presence, presence that counts, and the gaps, on one axis."""
    needing = [lot for lot, _gaps in judged]
    produced = Lane(
        Words("须在场的生产", "Production that needs presence"),
        tuple(Span(lot["produced_from"], lot["produced_to"], same(lot["number"])) for lot in needing),
    )
    missing = Lane(
        Words("在场空缺", "Gaps"),
        marks=tuple(_mark(lot, day) for lot, gaps in judged for day in sorted({gap.day for gap in gaps})),
    )
    lanes = [produced, *_present(snapshot, presence, pin), missing]
    heading = Words("生产与在场对照", "Production and presence")
    return Timeline(heading, tuple(lane for lane in lanes if lane.spans or lane.marks), pin.as_of)


def _mark(lot: Row, day: date) -> Mark:
    return Mark(day, Words(f"{lot['number']}：无人在场", f"{lot['number']}: nobody present"), "bad")


def _present(snapshot: Snapshot, presence: Presence, pin: Pin) -> Iterator[Lane]:
    """Days with counting presence, one lane a posting; consecutive days are one span."""
    reached = reach(snapshot, pin)
    days: dict[int, set[date]] = {posting.posting_id: set() for posting in presence.facts.postings}
    for span in presence.facts.presence:
        start, end = counted(span, presence.posting[span.posting_id])
        day = day_of(start)
        while start < end and day <= day_of(end):
            if reached.within(day):
                days[span.posting_id].add(day)
            day += timedelta(days=1)
    for key, found in days.items():
        posting = presence.posting[key]
        site = site_name(snapshot, posting.site_id)
        label = Words(f"{posting.person}（{site.zh}）", f"{posting.person} ({site.en})")
        yield Lane(label, tuple(_spans(sorted(found))))


def _spans(days: Sequence[date]) -> Iterator[Span]:
    first = last = None
    for day in days:
        if first is None or last is None or day != last + timedelta(days=1):
            if first is not None and last is not None:
                yield Span(first, last, _THERE, "good")
            first = day
        last = day
    if first is not None and last is not None:
        yield Span(first, last, _THERE, "good")


_THERE = Words("在场", "present")

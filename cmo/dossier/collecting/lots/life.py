"""A lot's life on one axis of days: production, steps under supervision, holds, deviations, decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from cmo.clock import day_of
from cmo.paper.words import Words, same

from ...sheets import Lane, Mark, Pin, Span, Timeline, Tone
from ...snapshot import Row, Snapshot
from ..confirmed import decisions_on
from ..saying import cell, joined
from .deciding import STAGES, outcome, withdrawal_of
from .making import counting_steps
from .otherwise import answer_to, deviations_of, lift_of

_SUPERVISED = frozenset({"key", "special", "sterilisation"})
_TONES: dict[str, Tone] = {"released": "good", "conditional": "pending", "rejected": "bad"}


def life(snapshot: Snapshot, lot: Row, pin: Pin) -> Timeline:
    """Lanes that have nothing to show are left out."""
    window = Span(lot["produced_from"], lot["produced_to"], Words("生产", "Production"))
    lanes = [
        Lane(Words("生产期间", "Production"), (window,)),
        Lane(Words("关键工序和特殊过程", "Key and special steps"), tuple(_steps(snapshot, lot))),
        Lane(Words("放行资料", "Release file"), marks=tuple(_documents(snapshot, lot))),
        Lane(Words("偏差", "Deviations"), tuple(_deviations(snapshot, lot))),
        Lane(Words("锁定", "Holds"), tuple(_holds(snapshot, lot))),
        Lane(Words("放行决定", "Decisions"), marks=tuple(_decisions(snapshot, lot))),
    ]
    kept = tuple(lane for lane in lanes if lane.spans or lane.marks)
    return Timeline(Words(f"批 {lot['number']} 的经过", f"Course of lot {lot['number']}"), kept, pin.as_of)


def _steps(snapshot: Snapshot, lot: Row) -> Iterator[Span]:
    """Steps of the same days share a span."""
    days: dict[tuple[date, date], list[Words]] = defaultdict(list)
    for row in counting_steps(snapshot, lot):
        if row["kind"] in _SUPERVISED:
            days[day_of(row["starts_at"]), day_of(row["ends_at"])].append(same(row["name"]))
    for (first, last), names in sorted(days.items()):
        yield Span(first, last, Words("、".join(one.zh for one in names), ", ".join(one.en for one in names)))


def _documents(snapshot: Snapshot, lot: Row) -> Iterator[Mark]:
    days: dict[date, int] = defaultdict(int)
    for row in snapshot.of("releases.lotdocument", "lot_id", lot.pk):
        days[day_of(row["recorded_at"])] += 1
    for day, count in sorted(days.items()):
        yield Mark(day, Words(f"提交文件 {count} 份", f"{count} document{'' if count == 1 else 's'} added"))


def _deviations(snapshot: Snapshot, lot: Row) -> Iterator[Span]:
    for row in deviations_of(snapshot, lot):
        closed = _closed_on(snapshot, row)
        label = joined([cell(row, "kind"), same(row["reference"])], " ")
        tone: Tone = "idle" if closed else "bad"
        yield Span(row["discovered_on"], max(row["discovered_on"], closed) if closed else None, label, tone)


def _closed_on(snapshot: Snapshot, deviation: Row) -> date | None:
    closures = snapshot.of("releases.deviationclosure", "deviation_id", deviation.pk)
    answer = answer_to(snapshot, closures[-1]) if closures else None
    return day_of(answer["recorded_at"]) if answer is not None and answer["accepted"] else None


def _holds(snapshot: Snapshot, lot: Row) -> Iterator[Span]:
    for row in snapshot.of("releases.lothold", "lot_id", lot.pk):
        lift = lift_of(snapshot, row)
        last = day_of(lift["recorded_at"]) if lift else None
        yield Span(day_of(row["recorded_at"]), last, cell(row, "kind"), "idle" if lift else "bad")


def _decisions(snapshot: Snapshot, lot: Row) -> Iterator[Mark]:
    for row in decisions_on(snapshot, lot):
        _stage, title = STAGES[row.label]
        said = outcome(row)
        label = Words(f"{title.zh}：{said.zh}", f"{title.en}: {said.en}")
        withdrawn = withdrawal_of(snapshot, row)
        yield Mark(day_of(row["recorded_at"]), label, "idle" if withdrawn else _TONES.get(row["outcome"], "active"))
        if withdrawn is not None:
            taken = Words(f"撤回{title.zh}决定", f"{title.en} withdrawn")
            yield Mark(day_of(withdrawn["recorded_at"]), taken, "bad")

"""What the page of a lot shows of its making: steps by day with their corrections and observations, deviations, lanes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cmo.clock import SHANGHAI, day_of
from cmo.web.charts import Lane, Mark, Span

from .facts import DeviationFact
from .models import Deviation, DeviationClosure, Lot, LotStep, Observation
from .states import DEVIATION_STATES, OBSERVED, State

#: Overlapping deviations share at most this many lanes of the timeline.
MOST_LANES = 5


@dataclass(slots=True)
class StepShown:
    """A step that counts, or the last stroke of one that does not, with earlier entries and observations."""

    row: LotStep
    earlier: list[LotStep] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)

    @property
    def day(self) -> date:
        return day_of(self.row.starts_at)

    @property
    def struck(self) -> bool:
        return self.row.void

    @property
    def supervised(self) -> bool:
        return self.row.kind in LotStep.SUPERVISED

    @property
    def times(self) -> str:
        return times_of(self.row)


def times_of(row: LotStep) -> str:
    """``09:00 – 11:00``, with the day of the end where it is another one; Shanghai time."""
    starts, ends = row.starts_at.astimezone(SHANGHAI), row.ends_at.astimezone(SHANGHAI)
    last = f"{ends:%H:%M}" if starts.date() == ends.date() else f"{ends:%Y-%m-%d %H:%M}"
    return f"{starts:%H:%M} – {last}"


@dataclass(frozen=True, slots=True)
class DeviationShown:
    """One deviation with its latest proposal and what was said about it."""

    row: Deviation
    fact: DeviationFact
    closure: DeviationClosure | None
    files: int

    @property
    def state(self) -> State:
        return DEVIATION_STATES[self.fact.state]


@dataclass(frozen=True, slots=True)
class Making:
    """Everything the page shows of a lot's making. ``at_large``: observations that name no step."""

    days: Sequence[tuple[date, Sequence[StepShown]]]
    steps: Sequence[StepShown]
    struck: Sequence[StepShown]
    at_large: Sequence[Observation]
    observations: Sequence[Observation]
    deviations: Sequence[DeviationShown]

    def lanes(self) -> list[Lane]:
        """Steps, observations and deviations on the lot's time axis."""
        return [*step_lanes(self.steps), *observation_lanes(self.observations), *deviation_lanes(self.deviations)]


def making_of(lot: Lot, deviations: Sequence[DeviationFact], files: dict[str, list[Any]]) -> Making:
    """Load and arrange it, deviations by discovery; five queries. ``files``: evidence by record key."""
    rows = list(LotStep.objects.filter(lot=lot).order_by("starts_at", "id"))
    observations = list(Observation.objects.filter(lot=lot).order_by("event_at", "id"))
    shown = _steps(rows, observations)
    counted = [step for step in shown if not step.struck]
    days: dict[date, list[StepShown]] = defaultdict(list)
    for step in counted:
        days[step.day].append(step)
    return Making(
        days=list(days.items()),
        steps=counted,
        struck=[step for step in shown if step.struck],
        at_large=[row for row in observations if row.step_id is None],
        observations=observations,
        deviations=_deviations(lot, deviations, files),
    )


def _steps(rows: Sequence[LotStep], observations: Iterable[Observation]) -> list[StepShown]:
    """One entry for each chain of corrections: its last row, what stood before, what was observed at any of them."""
    by_id, replaced = {row.pk: row for row in rows}, {row.corrects_id for row in rows if row.corrects_id}
    seen: dict[int, list[Observation]] = defaultdict(list)
    for observation in observations:
        if observation.step_id is not None:
            seen[observation.step_id].append(observation)
    shown = []
    for row in rows:
        if row.pk in replaced:
            continue
        step = StepShown(row, observations=list(seen[row.pk]))
        before = row.corrects_id
        while before:
            step.earlier.append(by_id[before])
            step.observations += seen[before]
            before = by_id[before].corrects_id
        shown.append(step)
    return shown


def _deviations(lot: Lot, facts: Sequence[DeviationFact], files: dict[str, list[Any]]) -> list[DeviationShown]:
    rows = Deviation.objects.filter(lot=lot).prefetch_related("closures__answer")
    by_id = {row.pk: row for row in rows}
    return [
        DeviationShown(
            row=by_id[fact.deviation_id],
            fact=fact,
            closure=max(by_id[fact.deviation_id].closures.all(), key=lambda one: one.pk, default=None),
            files=len(files.get(f"releases.deviation:{fact.deviation_id}", [])),
        )
        for fact in sorted(facts, key=lambda fact: (fact.discovered_on, fact.deviation_id))
    ]


def step_lanes(steps: Iterable[StepShown]) -> list[Lane]:
    """Steps of one day share a span that names them: on an axis of days they would hide each other."""
    days: dict[tuple[date, date], list[StepShown]] = defaultdict(list)
    for step in steps:
        days[step.day, day_of(step.row.ends_at)].append(step)
    spans = [
        Span(first, last, ", ".join(one.row.name for one in found), "active" if _supervised(found) else "idle")
        for (first, last), found in days.items()
    ]
    return [Lane(_("Process steps"), spans=spans)] if spans else []


def _supervised(steps: Iterable[StepShown]) -> bool:
    return any(step.supervised for step in steps)


def observation_lanes(observations: Iterable[Observation]) -> list[Lane]:
    """One mark a day, in the gravest tone of that day."""
    days: dict[date, list[Observation]] = defaultdict(list)
    for row in observations:
        days[day_of(row.event_at)].append(row)
    order = list(OBSERVED)
    marks = []
    for day, rows in days.items():
        gravest = max(rows, key=lambda row: order.index(row.outcome))
        note = "; ".join(f"{row.get_outcome_display()}: {row.text}" for row in rows[:3])
        label = _("Observation: %(outcome)s") % {"outcome": gravest.get_outcome_display()}
        if len(rows) > 1:
            label = _("%(n)d observations, at worst %(outcome)s") % {
                "n": len(rows),
                "outcome": gravest.get_outcome_display(),
            }
        marks.append(Mark(day, label, OBSERVED[gravest.outcome].tone, note))
    return [Lane(_("Observations on site"), marks=marks)] if marks else []


def deviation_lanes(deviations: Sequence[DeviationShown]) -> list[Lane]:
    """From discovery to closure; what overlaps goes into further lanes, the rest into the last one."""
    lanes: list[list[tuple[date, date | None, Span]]] = []
    for shown in deviations:
        first, last = shown.fact.discovered_on, _closed_on(shown)
        span = Span(first, last, f"{shown.row.reference} {shown.state.word}", shown.state.tone)
        free = next((lane for lane in lanes if lane[-1][1] is not None and lane[-1][1] < first), None)
        if free is None and len(lanes) < MOST_LANES:
            free = []
            lanes.append(free)
        (free if free is not None else lanes[-1]).append((first, last, span))
    return [Lane(_("Deviations"), spans=[span for _first, _last, span in lane]) for lane in lanes]


def _closed_on(shown: DeviationShown) -> date | None:
    answer = getattr(shown.closure, "answer", None) if shown.fact.closed else None
    return day_of(answer.recorded_at) if answer else None

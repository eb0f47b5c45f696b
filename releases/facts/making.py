"""How lots are made, as frozen values: planned days, process steps that stand, and what somebody wants to record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from agreements.facts import EntrustmentFacts
from agreements.models import Posting
from cmo.clock import day_of

from ..models import Lot, LotStep, Observation, PlannedProduction
from .values import LotFacts


@dataclass(frozen=True, slots=True)
class PlanFact:
    """Days of planned production that have not been taken back."""

    plan_id: int
    entrustment_id: int
    starts_on: date
    ends_on: date

    def overlaps(self, first: date, last: date) -> bool:
        """Whether any day is planned twice."""
        return self.starts_on <= last and first <= self.ends_on


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """Planned days as typed, what they rest on, and the other standing plans of the same entrustment."""

    entrustment: EntrustmentFacts
    starts_on: date
    ends_on: date
    today: date
    others: tuple[PlanFact, ...] = ()


@dataclass(frozen=True, slots=True)
class StepFact:
    """One recorded step. ``corrected``: a later entry replaces it or strikes it out; ``void``: it is such a stroke."""

    step_id: int
    lot_id: int
    name: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    performed_by: str
    corrected: bool = False
    void: bool = False

    @property
    def effective(self) -> bool:
        """Whether the step counts: neither corrected nor a stroke."""
        return not (self.corrected or self.void)

    @property
    def content(self) -> tuple[Any, ...]:
        """What it says, to tell whether two entries say the same."""
        return self.name, self.kind, self.starts_at, self.ends_at, self.performed_by


@dataclass(frozen=True, slots=True)
class StepAsked:
    """A step as typed, the lot's window, and the steps of the lot that count (without the one corrected)."""

    step: StepFact
    lot: LotFacts
    now: datetime
    others: tuple[StepFact, ...] = ()

    @property
    def days(self) -> tuple[date, date]:
        """The Shanghai days on which it began and ended."""
        return day_of(self.step.starts_at), day_of(self.step.ends_at)


@dataclass(frozen=True, slots=True)
class ObservationAsked:
    """An observation as typed. ``posting_id``: the person's posting at the site, in force on the day of the event."""

    event_at: datetime
    text: str
    now: datetime
    posting_id: int | None
    step: StepFact | None = None
    known: bool = False


def load_steps(lots: Iterable[int]) -> Mapping[int, tuple[StepFact, ...]]:
    """Lot id → every step entry in order of time, corrected ones and strokes included; one query."""
    found: dict[int, list[StepFact]] = defaultdict(list)
    rows = LotStep.objects.filter(lot_id__in=list(lots)).select_related("corrected_by").order_by("starts_at", "id")
    for row in rows:
        found[row.lot_id].append(step_fact(row, corrected=hasattr(row, "corrected_by")))
    return {lot: tuple(steps) for lot, steps in found.items()}


def effective_steps(lots: Iterable[int]) -> Mapping[int, tuple[StepFact, ...]]:
    """Lot id → the steps that count, in order of time; one query."""
    return {lot: tuple(step for step in steps if step.effective) for lot, steps in load_steps(lots).items()}


def step_fact(row: LotStep, *, corrected: bool = False) -> StepFact:
    """The fact of one row, saved or not."""
    return StepFact(
        step_id=row.pk or 0,
        lot_id=row.lot_id,
        name=row.name,
        kind=row.kind,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        performed_by=row.performed_by,
        corrected=corrected,
        void=row.void,
    )


def standing_plans(entrustments: Iterable[int], on: date) -> Mapping[int, tuple[PlanFact, ...]]:
    """Entrustment id → plans that were not taken back and are not over on ``on``, by their first day; one query."""
    found: dict[int, list[PlanFact]] = defaultdict(list)
    rows = PlannedProduction.objects.filter(entrustment_id__in=list(entrustments), end__isnull=True, ends_on__gte=on)
    for row in rows.order_by("starts_on", "id"):
        found[row.entrustment_id].append(PlanFact(row.pk, row.entrustment_id, row.starts_on, row.ends_on))
    return {entrustment: tuple(plans) for entrustment, plans in found.items()}


def observation_asked(
    lot: Lot, step: LotStep | None, person_id: int | None, event_at: datetime, outcome: str, text: str, now: datetime
) -> ObservationAsked:
    """An observation with what it rests on; four queries at most."""
    posting = posting_at(lot, person_id, day_of(event_at))
    said = {"posting": posting, "event_at": event_at, "outcome": outcome, "text": text.strip()}
    corrected = step is not None and LotStep.objects.filter(corrects=step).exists()
    return ObservationAsked(
        event_at=event_at,
        text=text,
        now=now,
        posting_id=posting.pk if posting else None,
        step=step_fact(step, corrected=corrected) if step is not None else None,
        known=Observation.objects.filter(lot=lot, step=step, **said).exists(),
    )


def posting_at(lot: Lot, person_id: int | None, on: date) -> Posting | None:
    """The posting of a person at the lot's site that is in force on ``on``, the latest first."""
    rows = Posting.objects.filter(pair_id=lot.pair_id, site_id=lot.site_id, person_id=person_id or 0)
    in_force = Q(end__isnull=True) | Q(end__last_day__gte=on)
    return rows.filter(in_force, starts_on__lte=on, ends_on__gte=on).order_by("-id").first()

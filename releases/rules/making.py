"""Reasons against planning production, recording and correcting steps, and recording what a supervisor observed."""

from __future__ import annotations

from datetime import date

from cmo.errors import Finding

from ..facts.making import ObservationAsked, PlanAsked, StepAsked, StepFact
from ..facts.values import PRODUCTION, LotFacts
from ..sentences import finding
from .gate import first_day_without
from .validity import edges_of

#: Calendar days that one plan covers at most.
LONGEST_PLAN = 366


def findings_for_plan(asked: PlanAsked) -> list[Finding]:
    """What stands against planning these days (entrustment, past), and what to look at (agreement, overlap)."""
    first, last = asked.starts_on, asked.ends_on
    if last < first:
        return [finding("plan_reversed")]
    found = [finding("plan_in_past", day=first.isoformat())] if first < asked.today else []
    if (last - first).days >= LONGEST_PLAN:
        found.append(finding("plan_too_long", most=LONGEST_PLAN))
    return [*found, *_not_entrusted(asked), *warnings_of_plan(asked)]


def _not_entrusted(asked: PlanAsked) -> list[Finding]:
    entrustment, ended = asked.entrustment, asked.entrustment.pair_ended_on
    days = asked.starts_on, asked.ends_on
    gap = first_day_without(lambda day: entrustment.state_on(day) == "active", *days, edges_of(entrustment))
    found = [finding("plan_not_entrusted", day=gap.isoformat())] if gap else []
    if ended is not None and ended <= asked.ends_on:
        found.append(finding("plan_after_pair_ended", day=ended.isoformat()))
    return found


def warnings_of_plan(asked: PlanAsked) -> list[Finding]:
    """What to look at in a plan, before it is made and as long as it stands."""
    days = asked.starts_on, asked.ends_on
    covers = asked.entrustment.coverage
    gap = first_day_without(
        lambda day: any(cover.effective_on(day) for cover in covers), *days, edges_of(asked.entrustment)
    )
    found = [finding("plan_not_covered", day=gap.isoformat())] if gap else []
    return found + [
        finding("plan_overlaps", first=plan.starts_on.isoformat(), last=plan.ends_on.isoformat())
        for plan in asked.others
        if plan.overlaps(*days)
    ]


def blockers_to_end_plan(ends_on: date, today: date, *, ended: bool) -> list[Finding]:
    """A plan is taken back once, and not after its days."""
    found = [finding("plan_ended_already")] if ended else []
    if ends_on < today:
        found.append(finding("plan_over", day=ends_on.isoformat()))
    return found


def blockers_to_record_step(asked: StepAsked) -> list[Finding]:
    """Every reason against a step: what was typed, the lot's window, a production decision that rests on the steps."""
    found = [] if asked.step.name else [finding("step_name_missing")]
    if any(other.content == asked.step.content for other in asked.others):
        found.append(finding("step_listed_already"))
    return [*found, *_step_times(asked), *blockers_to_change_steps(asked.lot)]


def _step_times(asked: StepAsked) -> list[Finding]:
    step, lot, (first, last) = asked.step, asked.lot, asked.days
    found = [finding("step_reversed")] if step.ends_at < step.starts_at else []
    if step.ends_at > asked.now:
        found.append(finding("step_in_future"))
    if not lot.produced_from <= first <= lot.produced_to or not lot.produced_from <= last <= lot.produced_to:
        window = {"produced_from": lot.produced_from.isoformat(), "produced_to": lot.produced_to.isoformat()}
        found.append(finding("step_outside_window", first=first.isoformat(), last=last.isoformat(), **window))
    return found


def blockers_to_change_steps(lot: LotFacts) -> list[Finding]:
    """Steps are what a production decision rests on: they stay as they are while it stands."""
    return [finding("production_decision_stands")] if lot.standing(PRODUCTION) is not None else []


def blockers_to_correct_step(asked: StepAsked, corrected: StepFact, reason: str) -> list[Finding]:
    """Every reason against replacing ``corrected`` (the step as it stood) or, with a void step, striking it out."""
    found = [] if reason.strip() else [finding("correction_reason_missing")]
    if corrected.corrected:
        found.append(finding("step_corrected_already"))
    if corrected.void:
        found.append(finding("step_struck_out"))
    if asked.step.void:
        return [*found, *blockers_to_change_steps(asked.lot)]
    if asked.step.content == corrected.content:
        found.append(finding("correction_changes_nothing"))
    return [*found, *blockers_to_record_step(asked)]


def blockers_to_observe(asked: ObservationAsked, day: date) -> list[Finding]:
    """An observation is the posted supervisor's own, of something that has happened, in words; ``day``: of the event."""
    found = [] if asked.posting_id else [finding("not_posted", day=day.isoformat())]
    if asked.event_at > asked.now:
        found.append(finding("event_in_future"))
    if not asked.text.strip():
        found.append(finding("observation_missing"))
    if asked.known:
        found.append(finding("observed_already"))
    if asked.step is not None and not asked.step.effective:
        found.append(finding("step_corrected_already"))
    return found

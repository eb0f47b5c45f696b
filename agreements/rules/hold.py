"""Holds: anybody places one with a reason; quality of the side that placed it lifts it, each on its own."""

from __future__ import annotations

from datetime import date

from cmo.errors import Finding

from ..wording import finding
from .state import SIDE_ZH


def blockers_to_hold(reason: str, inside: bool) -> list[Finding]:
    """Reasons against a hold: none given, or a scope outside the pair."""
    found = [] if reason.strip() else [finding("reason_needed")]
    if not inside:
        found.append(finding("hold_outside_pair"))
    return found


def blockers_to_lift(lifted: bool, placed_by_side: str, side: str, reason: str) -> list[Finding]:
    """Reasons against lifting: lifted before, the other side's, no reason."""
    found = [finding("hold_lifted_already")] if lifted else []
    if side != placed_by_side:
        found.append(finding("hold_of_other_side", side=placed_by_side, side_zh=SIDE_ZH[placed_by_side]))
    if not reason.strip():
        found.append(finding("reason_needed"))
    return found


def blockers_to_record_duty(done_on: date, next_due_on: date, today: date) -> list[Finding]:
    """Reasons against recording a yearly duty: in the future, or due later than twelve calendar months after it."""
    found = [finding("duty_in_future", done_on=done_on.isoformat())] if done_on > today else []
    if not done_on < next_due_on <= a_year_after(done_on):
        found.append(finding("duty_due_backwards"))
    return found


def blockers_to_carry_over(done_on: date, taken_in_on: date, files: int) -> list[Finding]:
    """Reasons against recording by hand what was done: not before the pair was taken in here, or without proof.

    What is done later counts by the report of the audit, or by the review that both sides signed (N38-15).
    """
    found = [] if files else [finding("duty_file_needed")]
    if done_on >= taken_in_on:
        found.append(finding("duty_not_history", taken_in_on=taken_in_on.isoformat()))
    return found


def a_year_after(day: date) -> date:
    """Twelve calendar months later; 29 February becomes 28 February."""
    if (day.month, day.day) == (2, 29):
        return date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)

"""The duties with a last day of one person, from every app at once: a constant number of queries for any number of pairs."""

from __future__ import annotations

from datetime import date

from cmo.duty import Duty
from cmo.parties.access import Scope, visible_pairs
from cmo.parties.context import display_names

from .sources import SOURCES


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Last days up to ``until`` and those already missed, the earliest first."""
    found = [duty for source in SOURCES for duty in source.coming_up(scope, on, until)]
    return sorted((duty for duty in found if duty.due_on is not None), key=_order)


def duties_of(scope: Scope, first: date, last: date) -> list[Duty]:
    """Everything due from ``first`` to ``last`` (both inclusive) and everything overdue on the scope's day, by last day."""
    found = coming_up(scope, scope.on, max(last, scope.on))
    return [duty for duty in found if duty.due_on and (duty.due_on < scope.on or first <= duty.due_on <= last)]


def _order(duty: Duty) -> tuple[date, str, str]:
    return duty.due_on or date.max, duty.about, duty.key


def counterparts(scope: Scope) -> tuple[tuple[int, str], ...]:
    """(organisation id, name) of everybody on the other side of the visible pairs, by name."""
    own = scope.organisation_ids
    sides = visible_pairs(scope).values_list("registrant_id", "contractor_id")
    others = {side for pair in sides for side in pair if side not in own}
    return tuple(sorted(display_names(others).items(), key=lambda item: item[1]))

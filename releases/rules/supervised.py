"""Which days and steps of a lot need presence: one answer for the gate, the pages on supervision and the dossier.

A step that another party did needs none only while the registrant's approval of that party for such a process held on
every day of the step; a name alone takes no key or special step out (invariant 7).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from agreements.facts import SupplierFact
from agreements.rules.coverage import StepSpan
from cmo.clock import day_of

from ..facts.demands import same_name
from ..facts.making import StepFact
from .gate import N38, day_after, first_day_without

KEY_MATERIAL, STERILISATION, OTHER_PROCESS = "key_material", "sterilisation", "other_process"


def judged_from(produced_from: date, taken_over: bool, go_live_on: date) -> date:
    """The first production day whose presence is judged: not before No. 38 of 2024 applies, and for a lot taken over not
    before records began. A lot made until before that day is not judged at all."""
    return max(produced_from, N38, go_live_on if taken_over else produced_from)


def supervised(steps: Iterable[StepFact], suppliers: Collection[SupplierFact], first: date) -> list[StepSpan]:
    """The steps begun from ``first`` on that the contractor did itself, or that nobody approved did for it."""
    return [
        StepSpan(step.name, step.kind, step.starts_at, step.ends_at)
        for step in steps
        if day_of(step.starts_at) >= first
        and (not step.performed_by.strip() or day_outside_approval(step, suppliers) is not None)
    ]


def day_outside_approval(step: StepFact, suppliers: Collection[SupplierFact]) -> date | None:
    """The first day of a step of another party on which its approval for such a process does not hold."""
    scope = STERILISATION if step.kind == STERILISATION else OTHER_PROCESS
    days = day_of(step.starts_at), day_of(step.ends_at)
    return first_day_not_approved(suppliers, step.performed_by, scope, *days)


def approvals_of(suppliers: Iterable[SupplierFact], name: str, scope: str) -> list[SupplierFact]:
    """The registrant's approvals of one party for one scope."""
    return [one for one in suppliers if one.scope == scope and same_name(one.supplier, name)]


def first_day_not_approved(
    suppliers: Iterable[SupplierFact], name: str, scope: str, first: date, last: date
) -> date | None:
    """The first day from ``first`` to ``last`` on which the registrant's approval of this party does not hold."""
    found = approvals_of(suppliers, name, scope)
    edges = [day for one in found for day in (one.first_day, *day_after(one.last_day))]
    return first_day_without(lambda day: any(one.approved_on(day) for one in found), first, last, edges)

"""What a hold waits for before it may be lifted: apps above judge the record for which they placed it.

This app may not import them; they tell it when they are ready::

    register_lift_guard(finding_unanswered)  # Hold -> the reasons against lifting it, empty when it is none of theirs
"""

from __future__ import annotations

from collections.abc import Callable

from cmo.errors import Finding

from .models import Hold

LiftGuard = Callable[[Hold], list[Finding]]
_guards: dict[str, LiftGuard] = {}


def register_lift_guard(judge: LiftGuard) -> None:
    """Add the reasons of one kind of record; registering a function again replaces it."""
    _guards[f"{judge.__module__}.{judge.__qualname__}"] = judge


def against_lifting(hold: Hold) -> list[Finding]:
    """Every reason for which what placed the hold is not settled yet."""
    return [finding for judge in _guards.values() for finding in judge(hold)]

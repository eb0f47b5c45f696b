"""What would be stuck when a validity ends: apps above say how many of their records, and where they are listed.

This app may not import them; they tell it when they are ready::

    register_strands(lots_that_strand)  # (entrustment id → last day) -> entrustment id → Strands, set-wise
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Strands:
    """What is stuck at one entrustment. ``open``: undecided records, ``after``: those of them made after the last day.

    ``sentence`` says it in the active language, ready to print; ``url`` lists them.
    """

    open: int
    after: int
    sentence: str
    url: str


Strander = Callable[[Mapping[int, date]], Mapping[int, Strands]]
_stranders: dict[str, Strander] = {}


def register_strands(find: Strander) -> None:
    """Add one kind of record; registering a function again replaces it."""
    _stranders[f"{find.__module__}.{find.__qualname__}"] = find


def strands_of(last_days: Mapping[int, date]) -> dict[int, list[Strands]]:
    """Entrustment id → what is stuck when its validity ends on the given day; one call for each kind of record."""
    found: dict[int, list[Strands]] = {pk: [] for pk in last_days}
    for find in _stranders.values():
        for pk, strands in find(last_days).items():
            found[pk].append(strands)
    return found

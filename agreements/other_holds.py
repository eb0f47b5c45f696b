"""Holds that apps above keep on records of their own, such as a single lot: the pages of holds say how many stand.

This app may not import them; they tell it when they are ready::

    register_other_holds(locked_lots)  # (scope, pair or None for every pair) -> OtherHolds, or None without any
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cmo.parties.access import Scope
from cmo.parties.models import Pair


@dataclass(frozen=True, slots=True)
class OtherHolds:
    """Open holds of one kind that this person sees. ``sentence``: in the active language, ready to print; ``url`` lists
    what they lock."""

    sentence: str
    url: str


HoldFinder = Callable[[Scope, Pair | None], OtherHolds | None]
_finders: dict[str, HoldFinder] = {}


def register_other_holds(find: HoldFinder) -> None:
    """Add one kind of record; registering a function again replaces it."""
    _finders[f"{find.__module__}.{find.__qualname__}"] = find


def other_holds(scope: Scope, pair: Pair | None = None) -> list[OtherHolds]:
    """What else is locked, in one pair or in every pair that this person sees."""
    return [found for find in _finders.values() if (found := find(scope, pair)) is not None]

"""What each kind of list is compared with: the rows on record in one pair, in the columns of the list.

A kind is made for one pair and loads what a number of rows needs in a constant number of queries. The same values are
what an export writes, so that a list that was exported is found unchanged when it comes back.
"""

from __future__ import annotations

from typing import Any

from ...models import ImportRun
from .base import Kind, Values
from .lots import Lots
from .making import Planned, Steps
from .presence import Presence

__all__ = ["KINDS", "Kind", "Lots", "Planned", "Presence", "Steps", "Values"]

KINDS: dict[str, Any] = {
    ImportRun.Kind.LOTS: Lots,
    ImportRun.Kind.PLANNED: Planned,
    ImportRun.Kind.STEPS: Steps,
    ImportRun.Kind.PRESENCE: Presence,
}

"""From rows to sections: one module for each part of the dossier, each with ``sections(snapshot, pin) -> list[Section]``."""

from __future__ import annotations

from types import ModuleType

from ..sheets import Pin, Section
from ..snapshot import Snapshot
from . import (
    agreements,
    audits,
    evidence,
    holds,
    lots,
    parties,
    preparing,
    products,
    reviews,
    supervision,
    trail,
)

#: In the order of reading.
PARTS: tuple[ModuleType, ...] = (
    parties,
    products,
    preparing,
    agreements,
    reviews,
    supervision,
    audits,
    lots,
    holds,
    trail,
    evidence,
)


def sections_of(snapshot: Snapshot, pin: Pin) -> tuple[Section, ...]:
    """Every part of the dossier in the order of reading."""
    return tuple(section for part in PARTS for section in part.sections(snapshot, pin))

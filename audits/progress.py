"""How far the checklist of an audit is filled in."""

from __future__ import annotations

from dataclasses import dataclass

from .facts import ItemFact, load_items
from .models import Audit


@dataclass(frozen=True, slots=True)
class Progress:
    """Numbers of items. ``differing``: auditors say different things, counted as answered too."""

    total: int
    answered: int
    defects: int
    not_applicable: int
    differing: int

    @property
    def percent(self) -> int:
        """Answered items in percent, rounded down, so that 100 means all."""
        return 100 * self.answered // self.total if self.total else 100


def progress_of(audit: Audit) -> Progress:
    """Two queries."""
    return counted(load_items(audit))


def counted(items: tuple[ItemFact, ...]) -> Progress:
    """The numbers of items already loaded."""
    values = [item.answer.value for item in items if item.answer is not None]
    return Progress(
        total=len(items),
        answered=len(values),
        defects=sum(
            1 for item in items if item.answer is not None and item.answer.value == "defect" and not item.differs
        ),
        not_applicable=values.count("na"),
        differing=sum(1 for item in items if item.differs),
    )

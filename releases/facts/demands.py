"""What further demands on a lot rest on, as frozen values: checks of label texts, device identifiers, exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


def same_name(first: str, second: str) -> bool:
    """Whether two names that people typed mean the same: case and blanks do not count."""
    return _plain(first) == _plain(second)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class CheckFact:
    """The latest check of one label or IFU version for the lot's entrustment; ``missing``: what its text lacks."""

    check_id: int
    label_id: int
    checked_on: date
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class IdentifierFact:
    """The UDI-DI of a sales unit. ``site_id`` None: for every site; ``retired_on``: the first day without it."""

    identifier_id: int
    code: str
    model: str
    site_id: int | None
    assigned_on: date
    uploaded_on: date | None = None
    retired_on: date | None = None

    def marks(self, model: str, site_id: int, made_on: date) -> bool:
        """Whether a lot of this model, finished at this site on this day, carries it."""
        fits = same_name(self.model, model) and self.site_id in {None, site_id}
        return fits and (self.retired_on is None or made_on < self.retired_on)


@dataclass(frozen=True, slots=True)
class ExceptionFact:
    """A request to waive a finding and its decision; ``number`` counts the lot's requests, ``code`` names the gate.

    ``waived`` is the canonical text of the finding's facts; ``approved`` None while nobody has decided.
    """

    exception_id: int
    number: int
    code: str
    waived: str
    justification: str
    effect: str
    quantity: int | None
    requested_by_id: int | None
    requested_by: str
    requested_at: datetime
    approved: bool | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""

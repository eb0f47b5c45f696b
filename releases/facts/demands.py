"""What further demands on a lot rest on, as frozen values: checks of label texts, device identifiers, exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


def same_name(first: str, second: str) -> bool:
    """Whether two names that people typed mean the same: case and blanks do not count."""
    return _plain(first) == _plain(second)


def same_model(first: str, second: str) -> bool:
    """Whether two names of models mean the same one: what gates, labels and scans of a lot go by."""
    return same_name(first, second)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class CheckFact:
    """The latest check of one label or IFU version for an entrustment, its text judged for one day.

    ``missing``: items that the text lacks by the data of that day and by those confirmed since. Of these ``outdated`` were
    no fault when the text was checked, and for ``unrecorded`` nothing is on record to compare with. ``confirmed_since``:
    items that the text says as they were confirmed only after that day.
    """

    check_id: int
    label_id: int
    checked_on: date
    missing: tuple[str, ...]
    outdated: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    confirmed_since: tuple[str, ...] = ()
    checked_by: str = ""

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

    def fits(self, model: str, site_id: int) -> bool:
        """Whether it is for lots of this model made at this site."""
        return same_model(self.model, model) and self.site_id in {None, site_id}

    def marks(self, model: str, site_id: int, made_on: date) -> bool:
        """Whether a lot of this model, finished at this site on ``made_on``, carries it.

        What is printed must have been assigned by then and not retired: the order is assign, submit, mark, upload
        before marketing, and the date of manufacture on the label decides (regulations 8.4, UDI-LABEL-DATE). One that
        is assigned later is on no label of the lot, as its label block and a scan of it say, too.
        """
        stands = self.assigned_on <= made_on and (self.retired_on is None or made_on < self.retired_on)
        return stands and self.fits(model, site_id)


@dataclass(frozen=True, slots=True)
class ExceptionFact:
    """A request to waive a finding and its decision; ``number`` counts the lot's requests, ``code`` names the gate.

    ``waived`` is the canonical text of the finding's facts; ``approved`` None while nobody has decided. ``quantity``: the
    units of the lot that it is for, None for all of them.
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

    def covers(self, quantity: int) -> bool:
        """Whether it is for so many units of the lot."""
        return self.quantity is None or quantity <= self.quantity

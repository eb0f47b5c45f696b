"""What every kind of list answers, and what lists that name an entrustment share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from agreements.models import Entrustment
from cmo.errors import Finding
from cmo.parties.access import Can
from cmo.parties.models import Pair
from cmo.trail.actor import Actor

from ..columns import Column
from ..faults import fault
from ..rows import Row

Values = Mapping[str, Any]


class Kind(Protocol):
    """One kind of list in one pair."""

    name: str
    can: Can
    columns: tuple[Column, ...]

    def __init__(self, pair: Pair) -> None: ...

    def load(self, rows: Iterable[Row], by: Actor) -> None:
        """Load what is on record about these rows, which ``by`` imports; a constant number of queries."""

    def label(self, values: Values) -> str:
        """What the row is about, for the report."""

    def key(self, values: Values) -> tuple[Any, ...]:
        """What makes two rows the same record."""

    def faults(self, values: Values) -> list[Finding]:
        """What the row names that does not exist in this pair."""

    def known(self, values: Values) -> dict[str, Any] | None:
        """The record of this row in the columns of the list, or None when it would be new."""

    def difference(self, values: Values) -> Finding | None:
        """Why a record that differs is not changed; None when it is corrected."""

    def content(self, values: Values) -> dict[str, Any]:
        """What the action takes; only for rows without faults."""

    def stands_alone(self, values: Values) -> bool:
        """Whether the row can be judged without the row before it."""

    def listed(self) -> Iterator[dict[str, Any]]:
        """Every record of the pair in the columns of the list, for the export."""


class Entrusted:
    """What lists that name an entrustment share."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        rows = Entrustment.objects.filter(pair=pair).select_related("pair")
        self.entrustments = {row.number: row for row in rows}

    def stands_alone(self, values: Values) -> bool:
        return True

    def entrustment(self, values: Values) -> Entrustment | None:
        return self.entrustments.get(values["entrustment"])

    def entrustment_faults(self, values: Values) -> list[Finding]:
        known = self.entrustment(values) is not None
        return [] if known else [fault("entrustment_unknown", found=values["entrustment"])]

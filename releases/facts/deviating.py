"""Deviations of lots as frozen values: what they concern, where their closure stands, what was taken out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cmo.clock import day_of

from ..models import Deviation, DeviationClosure
from .values import LotFacts

OPEN, PROPOSED, RETURNED, CLOSED = "open", "closure_proposed", "closure_returned", "closed"


@dataclass(frozen=True, slots=True)
class ClosureFact:
    """One proposal to close; ``accepted`` None while nobody has answered."""

    closure_id: int
    proposed_by_id: int | None
    proposed_on: date
    disposition: str
    quantity_out: int
    accepted: bool | None = None


@dataclass(frozen=True, slots=True)
class DeviationFact:
    """One deviation with its proposals, oldest first; ``quantity`` None when it cannot be counted in units."""

    deviation_id: int
    lot_id: int
    kind: str
    severity: str
    reference: str
    occurred_on: date
    discovered_on: date
    recorded_on: date
    description: str
    quantity: int | None
    closures: tuple[ClosureFact, ...] = ()

    @property
    def state(self) -> str:
        """``open``, ``closure_proposed``, ``closure_returned`` or ``closed``."""
        if not self.closures:
            return OPEN
        return {None: PROPOSED, False: RETURNED, True: CLOSED}[self.closures[-1].accepted]

    @property
    def closed(self) -> bool:
        return self.state == CLOSED

    @property
    def taken_out(self) -> int:
        """Units that an accepted closure took out of the lot."""
        return sum(closure.quantity_out for closure in self.closures if closure.accepted)

    @property
    def leaving(self) -> int:
        """Units that the latest closure takes out of the lot, proposed or accepted; none while it is returned."""
        return 0 if self.state in {OPEN, RETURNED} else self.closures[-1].quantity_out


@dataclass(frozen=True, slots=True)
class DeviationAsked:
    """A deviation as typed. ``listed``: its record number is on the lot already."""

    kind: str
    severity: str
    reference: str
    occurred_on: date
    discovered_on: date
    description: str
    quantity: int | None
    lot: LotFacts
    today: date
    listed: bool = False


@dataclass(frozen=True, slots=True)
class ClosureAsked:
    """A closure as typed or as it stands. ``taken_out``: units that accepted closures of the lot took out so far."""

    deviation: DeviationFact
    lot_quantity: int
    taken_out: int
    cause: str
    action: str
    effect: str
    disposition: str
    quantity_out: int


def load_deviations(lots: Iterable[int]) -> Mapping[int, tuple[DeviationFact, ...]]:
    """Lot id → its deviations in order of discovery; two queries."""
    rows = list(Deviation.objects.filter(lot_id__in=list(lots)).order_by("discovered_on", "id"))
    closures: dict[int, list[ClosureFact]] = defaultdict(list)
    proposed = DeviationClosure.objects.filter(deviation__in=[row.pk for row in rows]).select_related("answer")
    for closure in proposed.order_by("id"):
        closures[closure.deviation_id].append(_closure(closure))
    found: dict[int, list[DeviationFact]] = defaultdict(list)
    for row in rows:
        found[row.lot_id].append(_deviation(row, tuple(closures[row.pk])))
    return {lot: tuple(facts) for lot, facts in found.items()}


def taken_out(deviations: Iterable[DeviationFact]) -> int:
    """Units that all accepted closures together took out."""
    return sum(deviation.taken_out for deviation in deviations)


def _closure(row: DeviationClosure) -> ClosureFact:
    answer = getattr(row, "answer", None)
    return ClosureFact(
        closure_id=row.pk,
        proposed_by_id=row.recorded_by_id,
        proposed_on=day_of(row.recorded_at),
        disposition=row.disposition,
        quantity_out=row.quantity_out,
        accepted=answer.accepted if answer else None,
    )


def _deviation(row: Deviation, closures: tuple[ClosureFact, ...]) -> DeviationFact:
    return DeviationFact(
        deviation_id=row.pk,
        lot_id=row.lot_id,
        kind=row.kind,
        severity=row.severity,
        reference=row.reference,
        occurred_on=row.occurred_on,
        discovered_on=row.discovered_on,
        recorded_on=day_of(row.recorded_at),
        description=row.description,
        quantity=row.quantity,
        closures=closures,
    )

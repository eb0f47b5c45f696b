"""Which lots a change may concern, found and grouped by the database.

A group is lots that share everything a later change can turn: entrustment, prints, model, days and whoever decided. The
rows of the lots themselves stay in the database; of each only its id is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db.models import (
    Aggregate,
    Exists,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
)

from cmo.clock import SHANGHAI

from ..models import (
    Lot,
    MarketRelease,
    MarketWithdrawal,
    Outcome,
    ProductionRelease,
    ProductionWithdrawal,
)
from ..models.lists import UNDECIDED
from .values import MARKET, PRODUCTION

T = TypeVar("T")
#: Lots whose own rows are asked for in one query; a database takes only so many values at once.
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Change:
    """What changed or is about to: the rows it concerns (None: any) and the first day from which it matters.

    ``organisation_id``: on either side.
    ``kind`` names the group of reasons it is about, empty for all of them.
    """

    kind: str = ""
    pair_id: int | None = None
    registrant_id: int | None = None
    contractor_id: int | None = None
    organisation_id: int | None = None
    device_id: int | None = None
    site_id: int | None = None
    entrustment_id: int | None = None
    person_id: int | None = None
    since: date | None = None

    def lots(self, prefix: str = "") -> Q:
        """The condition on lots (reached through ``prefix``) that it concerns, days left aside."""
        names = ("pair_id", "registrant_id", "contractor_id", "device_id", "site_id", "entrustment_id")
        given = {f"{prefix}{name}": getattr(self, name) for name in names if getattr(self, name) is not None}
        found = Q(**given)
        if self.organisation_id is not None:
            sides = (f"{prefix}registrant_id", f"{prefix}contractor_id")
            found &= Q(**{sides[0]: self.organisation_id}) | Q(**{sides[1]: self.organisation_id})
        return found

    def decisions(self) -> Q:
        """The condition on decisions: of these lots, by this person, about days from ``since`` on."""
        found = self.lots("lot__")
        if self.person_id is not None:
            found &= Q(recorded_by_id=self.person_id)
        if self.since is not None:
            begun = datetime(self.since.year, self.since.month, self.since.day, tzinfo=SHANGHAI)
            found &= Q(lot__produced_to__gte=self.since) | Q(recorded_at__gte=begun)
        return found


class Group(NamedTuple):
    """Lots that share all this; ``on`` is the day of their decision, or today while they have none."""

    stage: str
    on: date
    person_id: int | None
    entrustment_id: int
    pair_id: int
    taken_over: bool
    label_id: int | None
    ifu_id: int | None
    model: str
    produced_from: date
    produced_to: date
    lots: tuple[int, ...]


_SHARED = ("entrustment_id", "pair_id", "taken_over", "label_version_id", "ifu_version_id", "model")


class _Day(Func):
    """A day as ISO text, which is read without conversion: lots are many, days are few."""

    output_field = TextField()
    template = "date(%(expressions)s)"
    on_postgresql = "to_char(%(expressions)s, 'YYYY-MM-DD')"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.on_postgresql, **context)


class _LegalDay(_Day):
    """The day of a moment in China, which has one time zone and no summer time."""

    template = "date(%(expressions)s, '+8 hours')"
    on_postgresql = "to_char(%(expressions)s AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')"


class _Ids(Aggregate):
    """The ids of a group's rows, joined by commas."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG((%(expressions)s)::text, ',')", **context)


_day = lru_cache(maxsize=4096)(date.fromisoformat)


def _grouped(rows: QuerySet[Any], lot: str, *own: str) -> Iterator[tuple[Any, ...]]:
    """What ``rows`` have of their own, what their lots (reached through ``lot``) share, days of manufacture, ids."""
    days = {"begun": _Day(f"{lot}produced_from"), "ended": _Day(f"{lot}produced_to")}
    shared = rows.order_by().annotate(**days).values_list(*own, *(f"{lot}{name}" for name in _SHARED), *days)
    for *alike, begun, ended, ids in shared.annotate(ids=_Ids(f"{lot}pk")):
        yield *alike, _day(begun), _day(ended), tuple(sorted(map(int, ids.split(","))))


def released_lots(change: Change, visible: Q) -> list[Group]:
    """Lots whose release stands, to market or else by production, by the day of its decision; two queries."""
    withdrawn = MarketWithdrawal.objects.filter(release=OuterRef("pk"))
    on_market = MarketRelease.objects.filter(~Exists(withdrawn), lot=OuterRef("lot"))
    taken_back = ProductionWithdrawal.objects.filter(release=OuterRef("pk"))
    return [
        *_released(MARKET, MarketRelease.objects.filter(~Exists(withdrawn)), change, visible),
        *_released(
            PRODUCTION, ProductionRelease.objects.filter(~Exists(taken_back), ~Exists(on_market)), change, visible
        ),
    ]


def _released(stage: str, standing: QuerySet[Any], change: Change, visible: Q) -> list[Group]:
    rows = standing.filter(change.decisions()).exclude(outcome=Outcome.REJECTED).annotate(on=_LegalDay("recorded_at"))
    if visible:
        rows = rows.filter(Exists(Lot.objects.filter(visible, pk=OuterRef("lot"))))
    found = (Group(stage, _day(on), *row) for on, *row in _grouped(rows, "lot__", "on", "recorded_by_id"))
    return sorted(found, key=lambda group: (group.on, group.lots))


def undecided_lots(change: Change, visible: Q, on: date) -> list[Group]:
    """Lots without a decision of their next stage; one query."""
    taken_back = ProductionWithdrawal.objects.filter(release=OuterRef("pk"))
    made = ProductionRelease.objects.filter(~Exists(taken_back), lot=OuterRef("pk")).exclude(outcome=Outcome.REJECTED)
    rows = Lot.objects.filter(visible, change.lots()).in_state(*UNDECIDED).annotate(made=Exists(made))
    return [Group(MARKET if made else PRODUCTION, on, None, *row) for made, *row in _grouped(rows, "", "made")]


def some_at_a_time(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """The rows in parts of which each fits into one query."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))

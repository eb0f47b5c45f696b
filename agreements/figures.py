"""The numbers of a period about pairs, and the records behind each: filled by the apps in their ``AppConfig.ready()``.

A provider takes pairs, the first and the last day (inclusive) and counts set-wise: its number of queries does not depend
on the number of pairs. Every figure leads to a page that lists exactly the records it counts. Days after today are
nobody's figures yet: a caller asks for periods that are over or end today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.db.models import Aggregate, BigIntegerField, CharField, Count, F, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse

from cmo.clock import SHANGHAI


class Group(StrEnum):
    """What a figure is about, in the order in which figures are shown."""

    LOTS = "lots"
    DEVIATIONS = "deviations"
    SUPERVISION = "supervision"
    AGREEMENT = "agreement"
    AUDITS = "audits"


#: Words of the groups in both languages, because figures are frozen with a review.
GROUPS: Mapping[str, tuple[str, str]] = {
    Group.LOTS: ("生产批次与放行", "Lots and releases"),
    Group.DEVIATIONS: ("偏差与例外", "Deviations and exceptions"),
    Group.SUPERVISION: ("派驻监督", "Supervision on site"),
    Group.AGREEMENT: ("协议履行与锁定", "Agreement and holds"),
    Group.AUDITS: ("审核与纠正预防措施", "Audits and corrective action"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number about one pair and period; ``url`` lists the records it counts."""

    key: str
    group: str
    label_zh: str
    label_en: str
    value: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One record behind a figure. Text is ready to print."""

    on: date
    what: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """The records behind one figure of one pair, for figures without a list of their own."""

    key: str
    label_zh: str
    label_en: str
    load: Callable[[int, date, date], Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure that counts (or sums up) rows: which rows, and the path from a row to its pair."""

    key: str
    group: str
    label_zh: str
    label_en: str
    rows: Callable[[Collection[int], date, date], QuerySet[Any]]
    url: Callable[[int, date, date], str]
    pair: str = "pair_id"
    amount: Aggregate = field(default_factory=lambda: Count("pk", distinct=True))

    def figure(self, pair_id: int, value: int, first: date, last: date) -> Figure:
        """The figure of one pair."""
        return Figure(self.key, self.group, self.label_zh, self.label_en, value, self.url(pair_id, first, last))


#: Days beyond these cannot be told as moments in every time zone.
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)
Provider = Callable[[frozenset[int], date, date], Mapping[int, Iterable[Figure]]]
_providers: dict[str, tuple[int, Provider]] = {}
_records: dict[str, Records] = {}


def register_figures(provider: Provider, order: int) -> None:
    """Add a provider; registering it again replaces it."""
    _providers[f"{provider.__module__}.{provider.__qualname__}"] = (order, provider)


def register_records(records: Records) -> None:
    """Say which records stand behind a figure that has no list of its own."""
    _records[records.key] = records


def records_of(key: str) -> Records | None:
    """The records behind a figure, or None where it has a list of its own or is unknown."""
    return _records.get(key)


def year_figures(pair_ids: Iterable[int], first: date, last: date) -> dict[int, tuple[Figure, ...]]:
    """Pair id → its figures in the order shown, a key for every pair asked for; a constant number of queries."""
    ids = frozenset(pair_ids)
    found: dict[int, list[Figure]] = {pk: [] for pk in ids}
    for _order, provider in sorted(_providers.values(), key=lambda row: row[0]) if ids else ():
        for pair_id, figures in provider(ids, first, last).items():
            found[pair_id].extend(figures)
    places = {group: place for place, group in enumerate(Group)}
    return {pk: tuple(sorted(rows, key=lambda row: places[Group(row.group)])) for pk, rows in found.items()}


def counted(rows: Sequence[Counted], pair_ids: frozenset[int], first: date, last: date) -> dict[int, list[Figure]]:
    """The figures of all pairs, nought where nothing is found; one query for all of them."""
    parts = [_part(row, pair_ids, first, last) for row in rows]
    values: dict[tuple[str, int], int] = defaultdict(int)
    for key, pair_id, value in parts[0].union(*parts[1:], all=True):
        values[key, pair_id] = value or 0
    return {pk: [row.figure(pk, values[row.key, pk], first, last) for row in rows] for pk in pair_ids}


def _part(row: Counted, pair_ids: frozenset[int], first: date, last: date) -> QuerySet[Any, tuple[Any, ...]]:
    found = row.rows(pair_ids, first, last).order_by()
    named = found.annotate(of_figure=Cast(Value(row.key), CharField()), of_pair=F(row.pair)).values(
        "of_figure", "of_pair"
    )
    return named.annotate(amount=Cast(row.amount, BigIntegerField())).values_list("of_figure", "of_pair", "amount")


def records_url(key: str, pair_id: int, first: date, last: date) -> str:
    """The page of the records behind a figure that has no list of its own."""
    return f"{reverse('agreements:figure', args=[pair_id, key])}?{period_query(first, last)}"


def period_query(first: date, last: date, **asked: str | int) -> str:
    """The period and further conditions as they stand in an address."""
    return urlencode({**asked, "since": first.isoformat(), "until": last.isoformat()})


def instants(first: date, last: date) -> tuple[datetime, datetime]:
    """The beginning of the first day and the end of the last, by which moments of a period are found."""
    begin = datetime.combine(max(first, EARLIEST), time.min, tzinfo=SHANGHAI)
    return begin, datetime.combine(min(last, LATEST), time.min, tzinfo=SHANGHAI) + timedelta(days=1)

"""Supervision of a pair as frozen values: dated policy, postings, presence on site, approved suppliers.

What somebody was present for is derived here from single entries: an entry that was corrected no longer counts, nor one
that only strikes another out. A check-in begins a span and the next check-out of the same posting ends it; a check-in
that another check-in follows, and a check-out without check-in, count for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField

from cmo.clock import day_of
from cmo.narrow import Columns, united

from ..intervals import Interval, Union, union, within
from ..models import PairPolicy, Posting, PostingEnd, PresenceEntry, SupplierApproval, SupplierApprovalEnd


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """The pair's rules from ``effective_from`` on, until the next one."""

    effective_from: date
    production_days: str
    minimum_minutes: int
    overdue_blocks_after_days: int


_UNSET = PairPolicy()
#: What applies before a pair has set anything: the defaults of the table.
DEFAULT_POLICY = PolicyFact(
    effective_from=date.min,
    production_days=str(_UNSET.production_days),
    minimum_minutes=_UNSET.minimum_minutes,
    overdue_blocks_after_days=_UNSET.overdue_blocks_after_days,
)


@dataclass(frozen=True, slots=True)
class PostingFact:
    """A person posted at a site; ``ends_on`` is shortened by an early end."""

    posting_id: int
    person_id: int
    person: str
    site_id: int
    starts_on: date
    ends_on: date
    trained_on: date
    appointed_on: date
    deputy_for_id: int | None

    @property
    def qualified_from(self) -> date:
        """The first day on which this person's presence counts: posted, trained and appointed."""
        return max(self.starts_on, self.trained_on, self.appointed_on)

    def in_force_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def qualified_on(self, day: date) -> bool:
        """Whether presence of this person counts on ``day``."""
        return self.qualified_from <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class PresenceSpan:
    """One stay; ``ends_at`` None: still there. ``qualified``: whether it counted on the day on which it began.

    ``disputed``: the parts during which the same person is on record at another site, of this or another pair; nobody is
    in two places at once, so these count at neither.
    """

    posting_id: int
    person: str
    site_id: int
    starts_at: datetime
    ends_at: datetime | None
    qualified: bool
    disputed: Union = ()


@dataclass(frozen=True, slots=True)
class SupplierFact:
    """A supplier or outside process approved for the pair; ``last_day`` is shortened by a withdrawal."""

    approval_id: int
    supplier: str
    scope: str
    covers: str
    first_day: date
    last_day: date

    def approved_on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class SupervisionFacts:
    """Everything about supervision of one pair. Policies by effective day, presence by its beginning."""

    policies: tuple[PolicyFact, ...] = ()
    postings: tuple[PostingFact, ...] = ()
    presence: tuple[PresenceSpan, ...] = ()
    suppliers: tuple[SupplierFact, ...] = ()

    def policy_on(self, day: date) -> PolicyFact:
        """The policy in force on ``day``; before the pair's first one, the defaults."""
        found = [policy for policy in self.policies if policy.effective_from <= day]
        return found[-1] if found else DEFAULT_POLICY


def load_supervision(pair_ids: Iterable[int], known_at: datetime | None = None) -> dict[int, SupervisionFacts]:
    """Pair id → facts, a key for every pair asked for, in two queries.

    ``known_at``: only what was on record before that moment; default everything on record.
    """
    ids = set(pair_ids)
    if not ids:
        return {}
    rows = _narrow(ids, known_at)
    ends: dict[tuple[str, int], date] = {}
    for row in rows:  # by day: of several ends the earliest counts
        if row["tag"].endswith("_end"):
            ends.setdefault((row["tag"], row["of"]), row["day_1"])
    found: dict[int, dict[str, list[Any]]] = {pk: defaultdict(list) for pk in ids}
    for row in rows:
        make = _MADE_OF.get(row["tag"])
        if make is not None:
            found[row["of"]][row["tag"]].append(make(row, ends.get((f"{row['tag']}_end", row["row"]))))
    persons = {row["row"]: (row["number_1"], row["number_2"]) for row in rows if row["tag"] in _PLACES}
    entries = _entries(persons, known_at)
    taken = _taken(persons, entries)
    return {
        pk: SupervisionFacts(
            policies=tuple(parts["policy"]),
            postings=tuple(parts["posting"]),
            presence=_spans(parts["posting"], entries, taken),
            suppliers=tuple(parts["supplier"]),
        )
        for pk, parts in found.items()
    }


def _narrow(ids: Collection[int], known_at: datetime | None) -> list[dict[str, Any]]:
    """Policies, postings and approvals with their ends, oldest first; one query."""
    postings, suppliers = Posting.objects.filter(pair_id__in=ids), SupplierApproval.objects.filter(pair_id__in=ids)
    others = Posting.objects.filter(person_id__in=postings.values("person_id")).exclude(pair_id__in=ids)
    parts = {
        "elsewhere": (others, {"of": "pair_id", "number_1": "person_id", "number_2": "site_id"}),
        "policy": (PairPolicy.objects.filter(pair_id__in=ids), _POLICY),
        "posting": (postings, _POSTING),
        "supplier": (suppliers, _SUPPLIER),
        "posting_end": (PostingEnd.objects.filter(posting__in=postings), {"of": "posting_id", **_END}),
        "supplier_end": (SupplierApprovalEnd.objects.filter(approval__in=suppliers), {"of": "approval_id", **_END}),
    }
    known = {tag: (_known(rows, known_at), given) for tag, (rows, given) in parts.items()}
    return list(united(_COLUMNS, known, "day_1", "row"))


def _known(rows: Any, known_at: datetime | None) -> Any:
    return rows if known_at is None else rows.filter(recorded_at__lt=known_at)


_POLICY = {
    "of": "pair_id",
    "day_1": "effective_from",
    "word_1": "production_days",
    "number_1": "minimum_minutes",
    "number_2": "overdue_blocks_after_days",
}
_POSTING = {
    "of": "pair_id",
    "day_1": "starts_on",
    "day_2": "ends_on",
    "day_3": "trained_on",
    "day_4": "appointed_on",
    "word_1": "person_name",
    "number_1": "person_id",
    "number_2": "site_id",
    "number_3": "deputy_for_id",
}
_SUPPLIER = {
    "of": "pair_id",
    "day_1": "approved_from",
    "day_2": "approved_until",
    "word_1": "supplier",
    "word_2": "scope",
    "word_3": "covers",
}
_END = {"day_1": "last_day"}

#: Columns of the union.
_COLUMNS: Columns = {
    "of": (BigIntegerField(), None),
    **{f"day_{n}": (DateField(), None) for n in range(1, 5)},
    **{f"word_{n}": (CharField(), "") for n in range(1, 4)},
    **{f"number_{n}": (BigIntegerField(), None) for n in range(1, 4)},
}


def _policy(row: Mapping[str, Any], _end: date | None) -> PolicyFact:
    return PolicyFact(row["day_1"], row["word_1"], row["number_1"], row["number_2"])


def _posting(row: Mapping[str, Any], end: date | None) -> PostingFact:
    return PostingFact(
        posting_id=row["row"],
        person_id=row["number_1"],
        person=row["word_1"],
        site_id=row["number_2"],
        starts_on=row["day_1"],
        ends_on=min(row["day_2"], end or date.max),
        trained_on=row["day_3"],
        appointed_on=row["day_4"],
        deputy_for_id=row["number_3"],
    )


def _supplier(row: Mapping[str, Any], end: date | None) -> SupplierFact:
    last_day = min(row["day_2"], end or date.max)
    return SupplierFact(row["row"], row["word_1"], row["word_2"], row["word_3"], row["day_1"], last_day)


#: Tags of the rows that say who is posted where.
_PLACES = frozenset({"posting", "elsewhere"})
#: Person and site.
_Place = tuple[int, int]
_MADE_OF = {"policy": _policy, "posting": _posting, "supplier": _supplier}


@dataclass(frozen=True, slots=True)
class EntryFact:
    """One effective entry of presence."""

    entry_id: int
    kind: str
    event_at: datetime


def _entries(posting_ids: Collection[int], known_at: datetime | None) -> dict[int, list[EntryFact]]:
    return effective_entries(_known(PresenceEntry.objects.filter(posting_id__in=posting_ids), known_at))


def _taken(places: Mapping[int, _Place], entries: Mapping[int, Sequence[EntryFact]]) -> dict[_Place, Union]:
    """(person, site) → when the person is on record at other sites; only of those who have been at several."""
    found: dict[int, dict[int, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    for posting_id, (person, site) in places.items():
        closed = ((begun.event_at, ended.event_at) for begun, ended in stays(entries.get(posting_id, ())) if ended)
        found[person][site].extend(closed)
    return {
        (person, site): union(stay for other, held in sites.items() if other != site for stay in held)
        for person, sites in found.items()
        if len(sites) > 1
        for site in sites
    }


def effective_entries(entries: Any) -> dict[int, list[EntryFact]]:
    """Posting id → its entries that count, by time; one query over a queryset of presence entries."""
    rows = list(
        entries.order_by("event_at", "id").values_list("id", "posting_id", "kind", "event_at", "corrects_id", "void")
    )
    corrected = {corrects for *_rest, corrects, _void in rows}
    found: dict[int, list[EntryFact]] = defaultdict(list)
    for pk, posting_id, kind, event_at, _corrects, void in rows:
        if pk not in corrected and not void:
            found[posting_id].append(EntryFact(pk, kind, event_at))
    return found


def stays(entries: Sequence[EntryFact]) -> list[tuple[EntryFact, EntryFact | None]]:
    """The stays that effective entries of one posting make up; only the last may have no end."""
    found: list[tuple[EntryFact, EntryFact | None]] = []
    begun: EntryFact | None = None
    for entry in entries:
        if entry.kind == PresenceEntry.Kind.IN:
            begun = entry
        elif begun is not None:
            found.append((begun, entry))
            begun = None
    return [*found, (begun, None)] if begun is not None else found


def _spans(
    postings: Iterable[PostingFact], entries: Mapping[int, Sequence[EntryFact]], taken: Mapping[_Place, Union]
) -> tuple[PresenceSpan, ...]:
    found = [
        PresenceSpan(
            posting_id=posting.posting_id,
            person=posting.person,
            site_id=posting.site_id,
            starts_at=begun.event_at,
            ends_at=ended.event_at if ended else None,
            qualified=posting.qualified_on(day_of(begun.event_at)),
            disputed=_disputed(taken.get((posting.person_id, posting.site_id)), begun, ended),
        )
        for posting in postings
        for begun, ended in stays(entries.get(posting.posting_id, ()))
    ]
    return tuple(sorted(found, key=lambda span: (span.starts_at, span.posting_id)))


def _disputed(elsewhere: Union | None, begun: EntryFact, ended: EntryFact | None) -> Union:
    return within(elsewhere, begun.event_at, ended.event_at) if elsewhere and ended else ()

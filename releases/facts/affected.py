"""Which lots a change may concern, found by the database, and the days on which anything they rest on turns.

Between two such days nothing changes: lots of one entrustment and the same prints whose days lie between the same ones
stand or fall together, so one lot of each class is judged, whatever the number of lots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from agreements.facts import EntrustmentFacts, load_entrustment_facts
from agreements.models import Entrustment, PostingEnd, PresenceEntry
from cmo.catalogue.facts import held_catalogue
from cmo.catalogue.models import LabelVersion
from cmo.clock import SHANGHAI, day_of
from cmo.parties.models import Post

from ..models import ExceptionDecision, LabelCheck, Lot, LotHold, MarketRelease, Outcome, ProductionRelease
from ..models.lists import UNDECIDED
from .loading import releaser_fact
from .values import MARKET, PRODUCTION, ReleaserFact


@dataclass(frozen=True, slots=True)
class Change:
    """What changed or is about to: the rows it concerns (None: any) and the first day from which it matters.

    ``kind`` names the group of reasons it is about, empty for all of them.
    """

    kind: str = ""
    pair_id: int | None = None
    registrant_id: int | None = None
    contractor_id: int | None = None
    device_id: int | None = None
    site_id: int | None = None
    entrustment_id: int | None = None
    person_id: int | None = None
    since: date | None = None

    def lots(self, prefix: str = "") -> Q:
        """The condition on lots (reached through ``prefix``) that it concerns, days left aside."""
        names = ("pair_id", "registrant_id", "contractor_id", "device_id", "site_id", "entrustment_id")
        given = {f"{prefix}{name}": getattr(self, name) for name in names if getattr(self, name) is not None}
        return Q(**given)

    def decisions(self) -> Q:
        """The condition on decisions: of these lots, by this person, about days from ``since`` on."""
        found = self.lots("lot__")
        if self.person_id is not None:
            found &= Q(recorded_by_id=self.person_id)
        if self.since is not None:
            begun = datetime(self.since.year, self.since.month, self.since.day, tzinfo=SHANGHAI)
            found &= Q(lot__produced_to__gte=self.since) | Q(recorded_at__gte=begun)
        return found


class Candidate(NamedTuple):
    """One lot that a change may concern; ``on`` is the day of its decision, or today while it has none."""

    lot_id: int
    number: str
    stage: str
    entrustment_id: int
    produced_from: date
    produced_to: date
    taken_over: bool
    label_id: int | None
    ifu_id: int | None
    pair_id: int
    on: date
    person_id: int | None
    decided_at: datetime | None


_LOT = (
    "number",
    "entrustment_id",
    "produced_from",
    "produced_to",
    "taken_over",
    "label_version_id",
    "ifu_version_id",
    "pair_id",
)


def released_lots(change: Change, visible: Q) -> list[Candidate]:
    """Lots whose release stands, to market or else by production; two queries."""
    on_market = MarketRelease.objects.filter(lot=OuterRef("lot"), withdrawal__isnull=True)
    rows: dict[str, Any] = {
        MARKET: MarketRelease.objects.all(),
        PRODUCTION: ProductionRelease.objects.filter(~Exists(on_market)),
    }
    names = ("lot_id", "recorded_at", "recorded_by_id", *(f"lot__{name}" for name in _LOT))
    found = []
    for stage, decisions in rows.items():
        standing = decisions.filter(change.decisions(), withdrawal__isnull=True).exclude(outcome=Outcome.REJECTED)
        lots = Lot.objects.filter(visible, pk=OuterRef("lot")) if visible else None
        narrowed = standing.filter(Exists(lots)) if lots is not None else standing
        found += [_released(stage, row) for row in narrowed.order_by().values_list(*names)]
    return found


def _released(stage: str, row: Sequence[Any]) -> Candidate:
    lot, decided_at, person, number, *shared = row
    return Candidate(lot, number, stage, *shared, day_of(decided_at), person, decided_at)  # type: ignore[call-arg]


def undecided_lots(change: Change, visible: Q, on: date) -> list[Candidate]:
    """Lots without a decision of their next stage; one query."""
    rows = Lot.objects.filter(visible, change.lots()).in_state(*UNDECIDED)
    made = ProductionRelease.objects.filter(lot=OuterRef("pk"), withdrawal__isnull=True).exclude(
        outcome=Outcome.REJECTED
    )
    listed = rows.annotate(made=Exists(made)).order_by().values_list("pk", "made", *_LOT)
    return [_undecided(row, on) for row in listed]


def _undecided(row: Sequence[Any], on: date) -> Candidate:
    lot, made, number, *shared = row
    return Candidate(lot, number, MARKET if made else PRODUCTION, *shared, on, None, None)  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the candidates rest on: facts of their entrustments, and the posts of whoever decided on them."""

    entrustments: Mapping[int, EntrustmentFacts]
    releasers: Mapping[int, Sequence[ReleaserFact]]
    #: Days on which prints, editions, posts or records begin or end.
    days: tuple[date, ...]


def ground_of(candidates: Sequence[Candidate]) -> Ground:
    """Everything that decides on classes; a constant number of queries."""
    entrustments = Entrustment.objects.in_bulk({one.entrustment_id for one in candidates})
    labels = {pk for one in candidates for pk in (one.label_id, one.ifu_id) if pk is not None}
    prints = LabelVersion.objects.filter(pk__in=labels).select_related("withdrawal")
    releasers = _releasers({one.person_id for one in candidates if one.person_id is not None})
    days = {day_of(row.recorded_at) for row in entrustments.values()}
    for row in prints:
        withdrawn = getattr(row, "withdrawal", None)
        days |= {row.effective_from, *_after(row.effective_to), *_after(withdrawn and withdrawn.last_used_on)}
    for edition in held_catalogue().editions:
        days |= {edition.effective_from, *_after(edition.effective_to)}
    for post in (post for posts in releasers.values() for post in posts):
        dated = (post.starts_on, post.ended_on, post.authorised_on, post.trained_on)
        days |= {day for day in dated if day is not None} | {*_after(post.ends_on)}
    return Ground(load_entrustment_facts(entrustments.values()), releasers, tuple(sorted(days)))


def _after(day: date | None) -> tuple[date, ...]:
    return () if day is None else (day + timedelta(days=1),)


def _releasers(people: set[int]) -> dict[int, list[ReleaserFact]]:
    """Person → every post they were confirmed in; an account closed since does not count against what was decided
    before. One query.
    """
    posts = Post.objects.confirmed().filter(user_id__in=people).select_related("end", "user").order_by("id")
    found: dict[int, list[ReleaserFact]] = {person: [] for person in people}
    for post in posts:
        found[post.user_id].append(replace(releaser_fact(post.user, post), account_open=True))
    return found


def touched_lots(candidates: Sequence[Candidate]) -> set[int]:
    """Lots whose presence, postings or label checks were corrected, ended or found wanting after their decision; three
    queries. What is corrected later can take back what a decision rested on; anything else cannot.
    """
    pairs = {one.pair_id for one in candidates}
    entrustments = {one.entrustment_id for one in candidates}
    by_pair = [
        PresenceEntry.objects.filter(pair_id__in=pairs, corrects__isnull=False).values_list("pair_id", "recorded_at"),
        PostingEnd.objects.filter(posting__pair_id__in=pairs).values_list("posting__pair_id", "recorded_at"),
    ]
    checks = LabelCheck.objects.filter(entrustment_id__in=entrustments).exclude(missing=[])
    latest: dict[tuple[str, int], datetime] = {}
    for kind, rows in (*(("pair", rows) for rows in by_pair), ("entrustment", checks.values_list(*_CHECKED))):
        for key, moment in rows:
            latest[kind, key] = max(moment, latest.get((kind, key), moment))
    return {
        one.lot_id
        for one in candidates
        for moment in (latest.get(("pair", one.pair_id)), latest.get(("entrustment", one.entrustment_id)))
        if moment is not None and one.decided_at is not None and moment > one.decided_at
    }


_CHECKED = ("entrustment_id", "recorded_at")


def held_lots(change: Change, visible: Q) -> set[int]:
    """Lots with an open hold of their own; one query."""
    lots = Lot.objects.filter(visible, change.lots())
    return set(LotHold.objects.filter(lift__isnull=True, lot__in=lots).values_list("lot_id", flat=True))


def waived(change: Change, visible: Q) -> set[tuple[int, str]]:
    """(lot, condition) of every approved exception; one query."""
    lots = Lot.objects.filter(visible, change.lots())
    rows = ExceptionDecision.objects.filter(approved=True, exception__lot__in=lots)
    return set(rows.annotate(of=F("exception__lot_id")).values_list("of", "exception__code"))

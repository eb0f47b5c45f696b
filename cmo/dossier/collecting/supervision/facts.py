"""The facts that rules on presence judge, made from the rows of a snapshot as the product makes them from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from agreements.facts.supervision import (
    EntryFact,
    PolicyFact,
    PostingFact,
    PresenceSpan,
    SupervisionFacts,
    SupplierFact,
    stays,
)
from agreements.intervals import Union
from agreements.rules.coverage import Gap, gaps_in, presence_at
from cmo.clock import day_of
from releases.facts import StepFact
from releases.rules.supervised import judged_from, supervised

from ...snapshot import Row, Snapshot
from ..lots.making import counting_steps
from ..versions import DEVICE, current


def postings(snapshot: Snapshot) -> list[Row]:
    """By first day."""
    return sorted(snapshot.rows("agreements.posting"), key=lambda row: (row["starts_on"], row.pk))


def last_day(snapshot: Snapshot, posting: Row) -> date:
    """The last day of a posting, shortened by an early end."""
    end = ended(snapshot, posting)
    return min(posting["ends_on"], end["last_day"]) if end is not None else posting["ends_on"]


def ended(snapshot: Snapshot, posting: Row) -> Row | None:
    """The row that ends a posting early."""
    return next(iter(snapshot.of("agreements.postingend", "posting_id", posting.pk)), None)


def correction_of(snapshot: Snapshot, entry: Row) -> Row | None:
    """The entry that corrects or strikes out this one."""
    return next(iter(snapshot.of("agreements.presenceentry", "corrects_id", entry.pk)), None)


@dataclass(frozen=True)
class Presence:
    """Supervision of the pair as rules see it, with the presence at each site united once."""

    snapshot: Snapshot
    united: dict[int, Union]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Presence:
        """Nothing is united before a lot asks for its site."""
        return cls(snapshot, {})

    @cached_property
    def facts(self) -> SupervisionFacts:
        """Policies by their day, postings by first day, stays by their beginning, approved suppliers."""
        policies = sorted(self.snapshot.rows("agreements.pairpolicy"), key=lambda row: (row["effective_from"], row.pk))
        made = tuple(_posting(self.snapshot, row) for row in postings(self.snapshot))
        spans = sorted(self._spans(made), key=lambda span: (span.starts_at, span.posting_id))
        approvals = sorted(self.snapshot.rows("agreements.supplierapproval"), key=lambda row: row.pk)
        suppliers = tuple(_supplier(self.snapshot, row) for row in approvals)
        return SupervisionFacts(tuple(_policy(row) for row in policies), made, tuple(spans), suppliers)

    @cached_property
    def posting(self) -> dict[int, PostingFact]:
        """Key → posting."""
        return {one.posting_id: one for one in self.facts.postings}

    def _spans(self, made: tuple[PostingFact, ...]) -> Iterator[PresenceSpan]:
        entries = self._entries()
        for one in made:
            for begun, end in stays(entries.get(one.posting_id, [])):
                counts = one.qualified_on(day_of(begun.event_at))
                until = end.event_at if end else None
                yield PresenceSpan(one.posting_id, one.person, one.site_id, begun.event_at, until, counts)

    def _entries(self) -> dict[int, list[EntryFact]]:
        """Posting → entries that count: neither corrected nor a stroke."""
        found: dict[int, list[EntryFact]] = defaultdict(list)
        for row in sorted(self.snapshot.rows("agreements.presenceentry"), key=lambda row: (row["event_at"], row.pk)):
            if not row["void"] and correction_of(self.snapshot, row) is None:
                found[row["posting_id"]].append(EntryFact(row.pk, row["kind"], row["event_at"]))
        return found

    def gaps(self, lot: Row, now: datetime) -> tuple[Gap, ...]:
        """The gaps of a lot by the rule that releases are judged by."""
        first = first_judged(self.snapshot, lot)
        if first > lot["produced_to"]:
            return ()
        made = [_step(row) for row in counting_steps(self.snapshot, lot)]
        steps = supervised(made, self.facts.suppliers, first)
        return gaps_in(first, lot["produced_to"], steps, self.facts, self._at(lot["site_id"]), now)

    def _at(self, site_id: int) -> Union:
        if site_id not in self.united:
            self.united[site_id] = presence_at(self.facts, site_id)
        return self.united[site_id]


def go_live(snapshot: Snapshot, lot: Row) -> date:
    """The day on which the lot's entrustment was recorded."""
    entrustment = snapshot.one("agreements.entrustment", lot["entrustment_id"])
    return day_of(entrustment["recorded_at"]) if entrustment is not None else lot["produced_from"]


def first_judged(snapshot: Snapshot, lot: Row) -> date:
    """The first production day whose presence is judged, as for the lot's release."""
    return judged_from(lot["produced_from"], lot["taken_over"], go_live(snapshot, lot))


def implantable(snapshot: Snapshot, lot: Row) -> str:
    """``yes``, ``no`` or ``unknown``, by the confirmed data of the device."""
    version = current(snapshot, DEVICE, lot["device_id"])
    return version["implantable"] if version is not None else "unknown"


def _policy(row: Row) -> PolicyFact:
    return PolicyFact(
        row["effective_from"], row["production_days"], row["minimum_minutes"], row["overdue_blocks_after_days"]
    )


def _posting(snapshot: Snapshot, row: Row) -> PostingFact:
    return PostingFact(
        posting_id=row.pk,
        person_id=row["person_id"],
        person=row["person_name"],
        site_id=row["site_id"],
        starts_on=row["starts_on"],
        ends_on=last_day(snapshot, row),
        trained_on=row["trained_on"],
        appointed_on=row["appointed_on"],
        deputy_for_id=row["deputy_for_id"],
    )


def _supplier(snapshot: Snapshot, row: Row) -> SupplierFact:
    ends = snapshot.of("agreements.supplierapprovalend", "approval_id", row.pk)
    end = min(ends, key=lambda one: one["last_day"], default=None)
    return SupplierFact(
        approval_id=row.pk,
        supplier=row["supplier"],
        scope=row["scope"],
        covers=row["covers"],
        first_day=row["approved_from"],
        last_day=min(row["approved_until"], end["last_day"]) if end is not None else row["approved_until"],
    )


def _step(row: Row) -> StepFact:
    return StepFact(
        step_id=row.pk,
        lot_id=row["lot_id"],
        name=row["name"],
        kind=row["kind"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        performed_by=row["performed_by"],
    )

"""When each revision of an agreement counted: its signatures, what ended or replaced it, and how it stands at the pin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agreements.facts.coverage import RevisionPeriod, Signed, periods_of, signed_at
from agreements.models import AgreementRevision, PaperAgreement, RevisionEvent
from cmo.paper.words import Words

from ..sheets import Tone
from ..snapshot import Row, Snapshot
from .signatures import SIGNATURE, hash_of, instance

REVISION, EVENT, PAPER = "agreements.agreementrevision", "agreements.revisionevent", "agreements.paperagreement"
TERMINATION = AgreementRevision.Kind.TERMINATION


@dataclass(frozen=True, slots=True)
class Revision:
    """A row with the days on which its text counted."""

    row: Row
    period: RevisionPeriod
    event: Row | None

    @property
    def concluded_on(self) -> date | None:
        return self.period.signed.complete_on

    @property
    def last_day(self) -> date:
        """The last day on which it could count: its term, or the day before it was ended or replaced."""
        ends = [end - timedelta(days=1) for end in (self.period.ended_on, self.period.superseded_on) if end]
        return min([self.row["ends_on"], *ends])

    def in_force_on(self, day: date) -> bool:
        return self.period.in_force_on(day)


def revisions_of(snapshot: Snapshot, agreement: int) -> list[Revision]:
    """Every revision of an agreement, oldest first."""
    rows = sorted(snapshot.of(REVISION, "agreement_id", agreement), key=lambda row: row["number"])
    periods = periods_of([_revision(snapshot, row) for row in rows], lambda one: _signed(snapshot, one))
    return [Revision(row, periods[row.pk], _hanging(snapshot, EVENT, row)) for row in rows]


def text_that_counts(found: list[Revision], day: date) -> Revision | None:
    """The revision in force, else the latest concluded one, else the latest that was offered."""
    texts = [one for one in found if one.row["kind"] != TERMINATION]
    return max(
        texts, key=lambda one: (one.in_force_on(day), one.concluded_on is not None, one.row["number"]), default=None
    )


def state_of(one: Revision, day: date) -> tuple[Words, Tone]:
    """Where a revision stands on a day."""
    if one.event is not None:
        return _closed(one, day)
    if one.concluded_on is None:
        return _WAITING[one.row["route"]], "pending"
    if one.row["kind"] == TERMINATION:
        return Words("双方已签署终止", "the end was signed by both sides"), "idle"
    if one.in_force_on(day):
        return Words("现行有效", "in force"), "good"
    if one.period.superseded_on is not None and one.period.superseded_on <= day:
        return Words("已被后一版取代或者终止", "replaced or ended by a later revision"), "idle"
    if day < one.period.starts_on:
        return Words("尚未生效", "begins later"), "pending"
    return Words("有效期已满", "term is over"), "bad"


def _closed(one: Revision, day: date) -> tuple[Words, Tone]:
    kind = one.event["kind"] if one.event else ""
    if kind == "terminated" and one.in_force_on(day):
        return Words("现行有效，已通知终止", "in force, notice given"), "pending"
    return _CLOSED[kind], "idle"


_CLOSED = {
    "declined": Words("已拒绝签署", "declined"),
    "withdrawn": Words("已撤回", "withdrawn"),
    "terminated": Words("已终止", "terminated"),
}
_WAITING = {
    "electronic": Words("待签署", "waiting for signatures"),
    "paper": Words("待确认", "waiting for confirmation"),
}


def _revision(snapshot: Snapshot, row: Row) -> AgreementRevision:
    """The row as an object with what the periods look at; asks no database."""
    found = instance(snapshot, row)
    for name, label, model in (("event", EVENT, RevisionEvent), ("paper", PAPER, PaperAgreement)):
        hanging = _hanging(snapshot, label, row)
        field: Any = AgreementRevision._meta.get_field(name)
        field.set_cached_value(found, model(**hanging.values) if hanging else None)
    return found  # type: ignore[return-value]


def _hanging(snapshot: Snapshot, label: str, row: Row) -> Row | None:
    return next(iter(snapshot.of(label, "revision_id", row.pk)), None)


def _signed(snapshot: Snapshot, revision: AgreementRevision) -> Signed:
    """Whose signatures stand: those whose hash is still the record's."""
    given = snapshot.of("agreements.revisionsignature", "revision_id", revision.pk)
    row = snapshot.one(REVISION, revision.pk)
    expected = hash_of(snapshot, row) if given and row else ""
    stands = {}
    for one in given:
        signature = snapshot.one(SIGNATURE, one["signature_id"])
        if signature is not None and signature["record_hash"] == expected:
            stands[one["side"]] = signature["signed_at"]
    return signed_at(revision, stands)

"""What signing a revision rests on, and where an agreement stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cmo.parties.models import PairEnd

from ..models import Agreement, AgreementRevision, Entrustment
from .coverage import RevisionPeriod, periods_of, signed_by
from .entrustment_loading import load_entrustment_facts, revisions_with_signatures


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """A revision as signing, declining, withdrawing and terminating see it.

    ``signers``: side → user id of every signature given, standing or void; ``event``: declined, withdrawn, terminated
    or empty; ``complete``: both sides' signatures stand.
    """

    number: int
    route: str
    starts_on: date
    ends_on: date
    signers: dict[str, int]
    event: str
    complete: bool
    pair_ended_on: date | None


def waiting_revision(agreement: Agreement) -> int:
    """Number of the agreement's revision that waits for signatures, or 0."""
    for revision in revisions_with_signatures().filter(agreement=agreement, event__isnull=True):
        if signed_by(revision).complete_on is None:
            return int(revision.number)
    return 0


def latest_concluded(agreement: Agreement) -> AgreementRevision | None:
    """The latest revision that both sides signed and that did not end the agreement; what the next one follows."""
    rows = revisions_with_signatures().filter(agreement=agreement).exclude(kind=AgreementRevision.Kind.TERMINATION)
    concluded = (row for row in rows if signed_by(row).complete_on is not None)
    return max(concluded, key=lambda row: row.number, default=None)


def load_revision_facts(revision: AgreementRevision) -> RevisionFacts:
    """The revision as it stands now, read afresh."""
    row = revisions_with_signatures().get(pk=revision.pk)
    ended = PairEnd.objects.filter(pair_id=row.agreement.pair_id).values_list("ended_on", flat=True).first()
    return RevisionFacts(
        number=row.number,
        route=row.route,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        signers={signature.side: signature.signature.signer_id for signature in row.signatures.all()},
        event=row.event.kind if hasattr(row, "event") else "",
        complete=signed_by(row).complete_on is not None,
        pair_ended_on=ended,
    )


@dataclass(frozen=True, slots=True)
class AgreementState:
    """Where an agreement stands on a day.

    ``effective``: the revision in force, or None; ``waiting``: number of the revision that waits for signatures, or 0;
    ``last``: the latest concluded revision, in force or not.
    """

    effective: AgreementRevision | None
    waiting: int
    last: AgreementRevision | None

    @property
    def key(self) -> str:
        """``in_force``, ``waiting``, ``over`` or ``draft``."""
        if self.effective is not None:
            return "in_force"
        if self.waiting:
            return "waiting"
        return "over" if self.last is not None else "draft"


def agreement_states(agreement_ids: Iterable[int], on: date) -> dict[int, AgreementState]:
    """Agreement id → its state on a day; two queries for any number of agreements."""
    ids = list(agreement_ids)
    found: dict[int, list[RevisionPeriod]] = {pk: [] for pk in ids}
    for period in periods_of(revisions_with_signatures().filter(agreement_id__in=ids)).values():
        found[period.revision.agreement_id].append(period)
    return {pk: _agreement_state(periods, on) for pk, periods in found.items()}


def _agreement_state(periods: list[RevisionPeriod], on: date) -> AgreementState:
    concluded = [p for p in periods if p.signed.complete_on is not None]
    effective = [p.revision for p in concluded if p.in_force_on(on)]
    waiting = [p.revision.number for p in periods if p.signed.complete_on is None and p.ended_on is None]
    last = max((p.revision for p in concluded), key=lambda r: r.number, default=None)
    return AgreementState(effective[0] if effective else None, max(waiting, default=0), last)


def cover_days(revisions: Iterable[AgreementRevision]) -> dict[int, tuple[date, date]]:
    """Revision id → the earliest and the latest own last day of what it covers; one query more than the facts need.

    A revision whose every cover has run out counts for nothing any more, whatever its agreed term (guide T13, QA-41).
    """
    ids = [revision.pk for revision in revisions]
    rows = Entrustment.objects.filter(coverage__revision_id__in=ids).distinct()
    found: dict[int, list[date]] = {}
    for fact in load_entrustment_facts(rows).values():
        for cover in fact.coverage:
            found.setdefault(cover.revision_id, []).append(cover.last_day)
    return {pk: (min(found[pk]), max(found[pk])) for pk in ids if pk in found}

"""What offering a draft and signing a revision rest on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cmo.parties.models import PairEnd

from ..models import Agreement, AgreementDraft, AgreementRevision, Entrustment
from .coverage import RevisionPeriod, own_last_day, periods_of, signed_by
from .entrustment import EntrustmentFacts
from .entrustment_loading import load_entrustment_facts, revisions_with_signatures


@dataclass(frozen=True, slots=True)
class ClauseFacts:
    """One clause of a draft, as far as rules care."""

    key: str
    position: int
    complete_zh: bool
    complete_en: bool


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """One row of the responsibility matrix."""

    key: str
    position: int
    duty_zh: str
    duty_en: str
    registrant_part: str
    contractor_part: str


@dataclass(frozen=True, slots=True)
class CoveredFacts:
    """One entrustment that a draft is to cover. ``last_day``: its own under the draft's term."""

    entrustment_id: int
    number: str
    state: str
    implantable: str
    last_day: date
    capped_by: str
    other_agreement: str


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A draft as it stands. ``waiting_revision``: number of the revision still waiting for signatures, or 0."""

    starts_on: date
    ends_on: date
    clauses: tuple[ClauseFacts, ...]
    duties: tuple[DutyFacts, ...]
    covered: tuple[CoveredFacts, ...]
    waiting_revision: int
    pair_ended_on: date | None


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


def load_draft_facts(draft: AgreementDraft, on: date) -> DraftFacts:
    """The draft with all its rows; entrustments judged on ``on``."""
    agreement = draft.agreement
    clauses = draft.clauses.order_by("position", "id")
    duties = draft.duties.order_by("position", "id")
    return DraftFacts(
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        clauses=tuple(
            ClauseFacts(
                c.key,
                c.position,
                complete_zh=bool(c.heading_zh.strip() and c.text_zh.strip()),
                complete_en=bool(c.heading_en.strip() and c.text_en.strip()),
            )
            for c in clauses
        ),
        duties=tuple(
            DutyFacts(d.key, d.position, d.duty_zh, d.duty_en, d.registrant_part, d.contractor_part) for d in duties
        ),
        covered=load_covered(draft, on),
        waiting_revision=waiting_revision(agreement),
        pair_ended_on=PairEnd.objects.filter(pair_id=agreement.pair_id).values_list("ended_on", flat=True).first(),
    )


def load_covered(draft: AgreementDraft, on: date) -> tuple[CoveredFacts, ...]:
    """The entrustments in the draft's coverage, each with its own last day under the draft's term."""
    rows = Entrustment.objects.filter(pk__in=draft.coverage.values("entrustment_id")).order_by("id")
    facts = load_entrustment_facts(rows, on=on)
    return tuple(_covered(fact, draft, on) for fact in facts.values())


def _covered(fact: EntrustmentFacts, draft: AgreementDraft, on: date) -> CoveredFacts:
    certificate = fact.certificate
    last_day, capped_by = own_last_day(draft.ends_on, certificate, fact.licences, fact.site_id)
    others = (c.agreement_number for c in fact.coverage if c.agreement_id != draft.agreement_id and c.effective_on(on))
    return CoveredFacts(
        entrustment_id=fact.entrustment_id,
        number=fact.number,
        state=fact.states[-1][1],
        implantable=certificate.implantable if certificate else "unknown",
        last_day=last_day,
        capped_by=capped_by,
        other_agreement=next(others, ""),
    )


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

"""What offering a draft rests on: its clauses, matrix, obligations and coverage, and what its template demands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cmo.catalogue.models import DeviceVersion
from cmo.parties.models import PairEnd

from ..guide import GuideElement, guide_elements
from ..models import Agreement, AgreementDraft, DraftClause, DraftDuty, DraftObligation, Entrustment, ProposedChange
from ..templates_data import Template, TemplateDuty, template_on
from .agreement import waiting_revision
from .coverage import own_last_day
from .entrustment import EntrustmentFacts
from .entrustment_loading import load_entrustment_facts
from .templates import BASE, find_template


@dataclass(frozen=True, slots=True)
class ClauseFacts:
    """One clause of a draft; ``position`` is its number as shown."""

    key: str
    position: int
    heading_zh: str
    heading_en: str
    text_zh: str
    text_en: str
    elements: tuple[str, ...] = ()

    @property
    def complete_zh(self) -> bool:
        return bool(self.heading_zh.strip() and self.text_zh.strip())

    @property
    def complete_en(self) -> bool:
        return bool(self.heading_en.strip() and self.text_en.strip())

    @property
    def complete(self) -> bool:
        return self.complete_zh and self.complete_en


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """One row of the responsibility matrix."""

    key: str
    position: int
    duty_zh: str
    duty_en: str
    registrant_part: str
    contractor_part: str
    clause: str = ""

    @property
    def holders(self) -> tuple[str, ...]:
        """The sides that are responsible."""
        parts = {"registrant": self.registrant_part, "contractor": self.contractor_part}
        return tuple(side for side, part in parts.items() if "R" in part)


@dataclass(frozen=True, slots=True)
class ObligationFacts:
    """One obligation of a draft."""

    key: str
    position: int
    clause: str
    what_zh: str
    what_en: str
    proof_zh: str
    proof_en: str


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
class ProposedFacts:
    """A proposed change of the draft that nobody answered; the words name its place."""

    id: int
    kind: str
    key: str
    side: str
    words_zh: str
    words_en: str


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A draft as it stands.

    ``waiting_revision``: number of the revision still waiting for signatures, or 0. ``demanded``: the duties that the
    draft's own template asks for with these devices; ``fixed``: those whose holder the law fixes, always of the
    product's own template; ``elements``: what the guide asks of every agreement; ``variants``: of a
    template, that the covered devices need; ``proposals``: changes that wait for an answer.
    """

    starts_on: date
    ends_on: date
    clauses: tuple[ClauseFacts, ...]
    duties: tuple[DutyFacts, ...]
    obligations: tuple[ObligationFacts, ...]
    covered: tuple[CoveredFacts, ...]
    demanded: tuple[TemplateDuty, ...]
    fixed: tuple[TemplateDuty, ...]
    elements: tuple[GuideElement, ...]
    variants: frozenset[str]
    waiting_revision: int
    pair_ended_on: date | None
    proposals: tuple[ProposedFacts, ...] = ()


def load_draft_facts(draft: AgreementDraft, on: date) -> DraftFacts:
    """The draft with all its rows; entrustments judged on ``on``."""
    agreement = draft.agreement
    covered = list(Entrustment.objects.filter(pk__in=draft.coverage.values("entrustment_id")).order_by("id"))
    variants = variants_of(covered)
    template, law = template_of(draft), template_on(BASE, on)
    clauses = tuple(_clause(row, n) for n, row in enumerate(draft.clauses.order_by("position", "id"), 1))
    headings = {row.key: (row.heading_zh, row.heading_en) for row in clauses}
    return DraftFacts(
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        clauses=clauses,
        duties=tuple(_duty(row, n) for n, row in enumerate(draft.duties.order_by("position", "id"), 1)),
        obligations=tuple(_obligation(row, n) for n, row in enumerate(draft.obligations.order_by("position", "id"), 1)),
        covered=tuple(_covered(fact, draft, on) for fact in load_entrustment_facts(covered, on=on).values()),
        demanded=template.duties_for(variants) if template else (),
        fixed=tuple(duty for duty in law.duties_for(variants) if duty.fixed) if law else (),
        elements=tuple(guide_elements().values()),
        variants=frozenset(variants),
        waiting_revision=waiting_revision(agreement),
        pair_ended_on=PairEnd.objects.filter(pair_id=agreement.pair_id).values_list("ended_on", flat=True).first(),
        proposals=tuple(_proposed(row, headings) for row in _open_proposals(agreement)),
    )


def _open_proposals(agreement: Agreement) -> Iterable[ProposedChange]:
    return ProposedChange.objects.filter(agreement=agreement, answer__isnull=True).order_by("id")


def template_of(draft: AgreementDraft) -> Template | None:
    """The template version from which the draft was made, or None when it is unknown."""
    return find_template(draft.template_key, draft.template_version)


def variants_of(entrustments: Iterable[Entrustment]) -> set[str]:
    """Which variants of a template the covered devices need; unknown facts count as yes."""
    found = set()
    devices = DeviceVersion.objects.current_by_subject({row.device_id for row in entrustments})
    for version in devices.values():
        found |= {"implantable"} if version.implantable != "no" else set()
        found |= {"sterile"} if version.sterile else set()
        found |= {"animal_derived"} if version.contains_animal_derived != "no" else set()
        found |= {"ivd"} if version.sub_catalogue == "IVD" else set()
    return found


def _clause(row: DraftClause, position: int) -> ClauseFacts:
    elements = tuple(str(element) for element in row.elements)
    return ClauseFacts(row.key, position, row.heading_zh, row.heading_en, row.text_zh, row.text_en, elements)


def _duty(row: DraftDuty, position: int) -> DutyFacts:
    parts = (row.registrant_part, row.contractor_part)
    return DutyFacts(row.key, position, row.duty_zh, row.duty_en, *parts, row.clause_key)


def _obligation(row: DraftObligation, position: int) -> ObligationFacts:
    words = (row.what_zh, row.what_en, row.proof_zh, row.proof_en)
    return ObligationFacts(row.key, position, row.clause_key, *words)


#: Kind of a proposal → the columns that name its place; the terms have a name of their own.
_NAMED = {"clause": "heading", "duty": "duty", "obligation": "what"}


def _proposed(row: ProposedChange, headings: Mapping[str, tuple[str, str]]) -> ProposedFacts:
    """``headings``: of the clauses as they stand, which a mere move does not repeat."""
    if (column := _NAMED.get(row.kind)) is None:
        return ProposedFacts(row.pk, row.kind, "", row.side, "期限与覆盖范围", "term and coverage")
    said = {**row.before, **row.after}
    plain = tuple(str(said.get(f"{column}_{language}", "")).strip() for language in ("zh", "en"))
    zh, en = plain if any(plain) else headings.get(row.row_key, plain)
    return ProposedFacts(row.pk, row.kind, row.row_key, row.side, zh or en or row.row_key, en or zh or row.row_key)


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

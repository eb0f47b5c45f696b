"""Rules of the releases app: facts in, all reasons out. No query, clock, request or permission."""

from __future__ import annotations

from datetime import date

from cmo.errors import Finding

from ..facts.values import MARKET, PRODUCTION, LotFacts, ReleaserFact
from . import manufacture, people, product, release_file
from .gate import Case, Gate, Verdict
from .registration import findings_for_registration, findings_for_take_over
from .statement import Review, statement_findings, topics
from .unjudged import NotJudged, not_judged

__all__ = [
    "GATES",
    "Case",
    "Gate",
    "NotJudged",
    "Review",
    "Verdict",
    "findings_for",
    "findings_for_market_release",
    "findings_for_production_release",
    "findings_for_registration",
    "findings_for_take_over",
    "findings_of",
    "judge",
    "not_judged",
    "stopping",
    "topics",
]

#: Every gate, in the order in which pages show them.
GATES: tuple[Gate, ...] = (
    release_file.decided_already,
    release_file.production_release_stands,
    release_file.other_legal_entity,
    people.another_person,
    people.releaser_post,
    people.releaser_authorised,
    people.releaser_trained,
    people.releaser_full_time,
    product.catalogue,
    manufacture.pair_standing,
    manufacture.entrustment_at_manufacture,
    manufacture.entrustment_now,
    manufacture.agreement_at_manufacture,
    manufacture.agreement_now,
    manufacture.licence_at_manufacture,
    manufacture.licence_covers_product,
    manufacture.licence_names_site,
    manufacture.licence_accepted,
    manufacture.licence_now,
    product.certificate_at_manufacture,
    product.certificate_now,
    product.contractor_on_certificate,
    release_file.window_finished,
    release_file.use_by_date,
    release_file.label_version,
    release_file.ifu_version,
    release_file.documents_present,
    release_file.documents_reviewed,
    release_file.returns_answered,
    release_file.holds,
    release_file.quantity,
    people.yearly_audit,
    people.yearly_review,
)


def judge(case: Case) -> list[Verdict]:
    """Every gate of the stage with what it says, passed ones included."""
    return [gate.ask(case) for gate in GATES if gate.applies(case)]


def findings_of(verdicts: list[Verdict]) -> list[Finding]:
    """All reasons of all gates, in their order."""
    return [finding for verdict in verdicts for finding in verdict.findings]


def findings_for(
    stage: str, facts: LotFacts, on: date, releaser: ReleaserFact | None = None, quantity: int | None = None
) -> list[Finding]:
    """All reasons, blocking and warning, against this stage's decision on ``on``."""
    return findings_of(judge(Case(stage, facts, on, releaser, quantity)))


def findings_for_production_release(
    facts: LotFacts, on: date, releaser: ReleaserFact | None = None, quantity: int | None = None
) -> list[Finding]:
    """All reasons, blocking and warning, against the contractor's release of this lot on ``on``."""
    return findings_for(PRODUCTION, facts, on, releaser, quantity)


def findings_for_market_release(
    facts: LotFacts, on: date, releaser: ReleaserFact | None = None, quantity: int | None = None
) -> list[Finding]:
    """All reasons, blocking and warning, against the registrant's release of this lot to market on ``on``."""
    return findings_for(MARKET, facts, on, releaser, quantity)


def stopping(verdicts: list[Verdict], review: Review, case: Case) -> list[Finding]:
    """What stops this very decision: a rejection is bound by fewer gates than a release; both need a full statement."""
    rejects = review.outcome == "rejected"
    asked = [verdict for verdict in verdicts if verdict.gate.binds_rejection or not rejects]
    return [*findings_of(asked), *statement_findings(review, verdicts, case)]

"""Asking the gates about a case: what each says, all reasons together, and what stops one very decision."""

from __future__ import annotations

from datetime import date

from cmo.errors import Finding

from ..facts.values import MARKET, PRODUCTION, LotFacts, ReleaserFact
from .gate import Case, Verdict
from .statement import Review, statement_findings
from .table import GATES
from .waiving import waive


def judge(case: Case) -> list[Verdict]:
    """Every gate of the stage with what it says, passed ones included; signed exceptions are taken into account."""
    return [waive(gate.ask(case), case) for gate in GATES if gate.applies(case)]


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


def stopping(verdicts: list[Verdict], review: Review) -> list[Finding]:
    """What stops this very decision: a rejection is bound by fewer gates than a release; both need a full statement."""
    rejects = review.outcome == "rejected"
    asked = [verdict for verdict in verdicts if verdict.gate.binds_rejection or not rejects]
    return [*findings_of(asked), *statement_findings(review, verdicts)]

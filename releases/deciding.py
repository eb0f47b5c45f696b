"""What a decision would be: facts, every gate's verdict, and the very record that would be signed, without writing it.

The signing page and the action both ask here, so the hash a releaser sees is the hash that is signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from cmo.errors import Finding
from cmo.parties.models import User
from cmo.trail.canonical import canonical

from .facts import MARKET, PRODUCTION, LotFacts, ReleaserFact, load_lot_facts, load_releaser, plain
from .models import ExceptionDecision, Lot, LotException, MarketRelease, ProductionRelease
from .rules import Case, NotJudged, Review, Verdict, findings_of, judge, stopping, topics
from .rules.people import ROLES


@dataclass(frozen=True, slots=True)
class Judgement:
    """A case with what every gate says and what the releaser's own statement must cover."""

    case: Case
    verdicts: list[Verdict]
    topics: list[NotJudged]

    @property
    def findings(self) -> list[Finding]:
        return findings_of(self.verdicts)

    @property
    def blocking(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.blocks]

    @property
    def limit(self) -> int:
        """How many may be released at most: what is left of the lot, and no more than its exceptions are for."""
        parts = [verdict.waived_up_to for verdict in self.verdicts if verdict.waived_up_to is not None]
        return min([self.case.lot.limit(self.case.stage), *parts])

    @property
    def rejectable(self) -> bool:
        """Whether nothing stops a rejection either: fewer gates bind it."""
        return not any(f.blocks for verdict in self.verdicts if verdict.gate.binds_rejection for f in verdict.findings)

    def stopping(self, review: Review) -> list[Finding]:
        """Everything that speaks against this very decision; it may be taken when none of it blocks."""
        return stopping(self.verdicts, review)


def judgement(
    facts: LotFacts, stage: str, on: date, user: User | None = None, quantity: int | None = None
) -> Judgement:
    """Judge one lot for one stage; without ``user`` the gates about the person are not judged."""
    releaser = releaser_of(user, facts, stage, on) if user is not None else None
    case = Case(stage, facts, on, releaser, quantity)
    verdicts = judge(case)
    return Judgement(case, verdicts, topics(verdicts))


def releaser_of(user: User, facts: LotFacts, stage: str, on: date) -> ReleaserFact:
    """The post under which this person would decide."""
    side, organisation = ("registrant", facts.registrant_id) if stage == MARKET else ("contractor", facts.contractor_id)
    return load_releaser(user, ROLES[stage][0], side, organisation, on)


def judge_now(lot: Lot, stage: str, on: date, user: User, review: Review) -> Judgement:
    """Load the facts afresh and judge this decision; called under lock by the actions."""
    quantity = None if review.outcome == "rejected" else review.quantity
    return judgement(load_lot_facts([lot])[lot.pk], stage, on, user, quantity)


def record_of(judged: Judgement, review: Review, lot: Lot) -> ProductionRelease | MarketRelease:
    """The unsaved decision with its facts and findings frozen as canonical text; who and when are added on saving."""
    stage, facts = judged.case.stage, judged.case.lot
    earlier = facts.decisions(stage)
    made = facts.standing(PRODUCTION)
    own = {"production_release_id": made.decision_id if made else None} if stage == MARKET else {}
    return (MarketRelease if stage == MARKET else ProductionRelease)(
        lot=lot,
        number=len(earlier) + 1,
        replaces_id=earlier[-1].withdrawal_id if earlier else None,
        outcome=review.outcome,
        quantity=review.quantity,
        conditions=review.conditions.strip() if review.outcome == "conditional" else "",
        statement=review.statement.strip(),
        organisation_id=facts.registrant_id if stage == MARKET else facts.contractor_id,
        facts=canonical(_judged_facts(judged)),
        findings=canonical(_judged_findings(judged, review)),
        **own,
    )


def exception_decision_of(exception: LotException, approved: bool, reason: str) -> ExceptionDecision:
    """The unsaved decision on a request for an exception, as it would be signed; who and when are added on saving."""
    return ExceptionDecision(exception=exception, approved=approved, reason=reason.strip())


def _judged_facts(judged: Judgement) -> dict[str, Any]:
    case = judged.case
    return {
        "stage": case.stage,
        "on": case.on.isoformat(),
        "lot": case.lot.as_data(),
        "releaser": plain(case.releaser),
        "quantity": case.quantity,
    }


def _judged_findings(judged: Judgement, review: Review) -> dict[str, Any]:
    return {
        "gates": [
            {"code": v.gate.code, "zh": v.gate.zh, "en": v.gate.en, "state": v.state, "citation": v.gate.citation}
            for v in judged.verdicts
        ],
        "findings": [finding.as_dict() for finding in judged.findings],
        "exceptions": [plain(one) for one in judged.case.lot.exceptions if one.approved],
        "not_judged": [topic.as_dict() for topic in judged.topics],
        "confirmed": sorted(set(review.confirmed) & {topic.code for topic in judged.topics}),
    }

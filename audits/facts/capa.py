"""Where findings stand on their way from the report to an effective action, for any number of them in two queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from cmo.clock import day_of
from cmo.workdays import add_working_days

from ..models import AuditFinding, CapaPlan

ANSWER_OWED, PLAN_PROPOSED, ACTION_OWED, CHECK_OWED = "answer_owed", "plan_proposed", "action_owed", "check_owed"
CLOSED, WITHDRAWN = "closed", "withdrawn"
#: States in which somebody owes a step, in their order, and the side that owes it.
OWING = {ANSWER_OWED: "contractor", PLAN_PROPOSED: "registrant", ACTION_OWED: "contractor", CHECK_OWED: "registrant"}

#: Policy: working days after its proposal within which a plan is decided on, when its correction is not due sooner.
DECISION_DAYS = 10


@dataclass(frozen=True, slots=True)
class PlanFact:
    """One plan with what became of it: each later step is None until somebody took it. Days inclusive."""

    plan_id: int
    proposed_by_id: int | None
    proposed_on: date
    correction_due_on: date
    action_due_on: date
    accepted: bool | None = None
    answered_on: date | None = None
    check_due_on: date | None = None
    completion_id: int | None = None
    completed_by_id: int | None = None
    done_on: date | None = None
    completed_on: date | None = None
    effective: bool | None = None
    checked_on: date | None = None

    @property
    def failed_on(self) -> date | None:
        """The day on which it was returned, or its action found ineffective; None while it may still succeed."""
        if self.accepted is False:
            return self.answered_on
        return self.checked_on if self.effective is False else None

    @property
    def decide_by(self) -> date:
        """The last day for accepting or returning it: before what it promises is done, and soon. Working days are those
        of the State Council's calendar, so that both sides read the same day."""
        return min(self.correction_due_on, add_working_days(self.proposed_on, DECISION_DAYS))


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """One finding with its plans, oldest first. ``hold_stands``: the hold it placed is not lifted."""

    finding_id: int
    number: str
    audit_id: int
    pair_id: int
    registrant_id: int
    contractor_id: int
    severity: str
    requirement_zh: str
    requirement_en: str
    citation: str
    statement: str
    raised_on: date
    answer_due_on: date
    repeats_id: int | None = None
    hold_id: int | None = None
    hold_stands: bool = False
    withdrawn_on: date | None = None
    plans: tuple[PlanFact, ...] = ()

    @property
    def state(self) -> str:
        """Derived from the rows: ``withdrawn``, ``closed``, or the step that is owed."""
        if self.withdrawn_on is not None:
            return WITHDRAWN
        plan = self.plan
        if plan is None or plan.failed_on is not None:
            return ANSWER_OWED
        if plan.accepted is None:
            return PLAN_PROPOSED
        if plan.completion_id is None:
            return ACTION_OWED
        return CLOSED if plan.effective else CHECK_OWED

    @property
    def plan(self) -> PlanFact | None:
        """The latest plan."""
        return self.plans[-1] if self.plans else None

    @property
    def rounds(self) -> int:
        """How many plans there were."""
        return len(self.plans)

    @property
    def open(self) -> bool:
        """Whether somebody owes a step."""
        return self.state in OWING

    @property
    def owing_side(self) -> str:
        """Whose turn it is; empty when nobody's."""
        return OWING.get(self.state, "")

    @property
    def owner_id(self) -> int | None:
        """The organisation whose turn it is."""
        return {"contractor": self.contractor_id, "registrant": self.registrant_id}.get(self.owing_side)

    @property
    def since(self) -> date | None:
        """The day from which the present step is owed."""
        plan = self.plan
        if self.state == ANSWER_OWED:
            return plan.failed_on if plan else self.raised_on
        if plan is None or not self.open:
            return None
        return {PLAN_PROPOSED: plan.proposed_on, ACTION_OWED: plan.answered_on}.get(self.state, plan.completed_on)

    @property
    def due_on(self) -> date | None:
        """The last day of the present step; None when nobody owes one.

        A new plan has as many days as the first one had. A plan is decided on by :attr:`PlanFact.decide_by`. When the
        action was late, its check falls due as long after it as was agreed.
        """
        if self.state == ANSWER_OWED:
            return self._answer_due_on
        plan = self.plan
        if plan is None or not self.open:
            return None
        return {PLAN_PROPOSED: plan.decide_by, ACTION_OWED: plan.action_due_on}.get(self.state, _check_due_on(plan))

    @property
    def correction_due_on(self) -> date | None:
        """The last day of the correction until the plan is returned or its action reported as done: nobody waits for an
        acceptance to correct what is wrong. None when nothing is promised, or the action is due that day as well."""
        plan = self.plan
        if plan is None or self.state not in {PLAN_PROPOSED, ACTION_OWED}:
            return None
        return plan.correction_due_on if plan.correction_due_on < plan.action_due_on else None

    @property
    def _answer_due_on(self) -> date:
        if self.plan is None or self.plan.failed_on is None:
            return self.answer_due_on
        return max(self.answer_due_on, self.plan.failed_on + (self.answer_due_on - self.raised_on))

    def overdue(self, on: date) -> bool:
        """Whether the present step is owed beyond its last day."""
        return self.due_on is not None and self.due_on < on


def _check_due_on(plan: PlanFact) -> date | None:
    if plan.check_due_on is None or plan.completed_on is None:
        return plan.check_due_on
    return max(plan.check_due_on, plan.completed_on + (plan.check_due_on - plan.action_due_on))


@dataclass(frozen=True, slots=True)
class CapaSaid:
    """A plan as typed; last days inclusive."""

    root_cause: str
    correction: str
    correction_due_on: date
    corrective_action: str
    action_due_on: date


def open_rows(rows: QuerySet[AuditFinding]) -> QuerySet[AuditFinding]:
    """Findings that are neither withdrawn nor closed by an effective action."""
    effective = CapaPlan.objects.filter(finding=OuterRef("pk"), completion__check_made__effective=True)
    return rows.filter(~Exists(effective), withdrawal__isnull=True)


def in_state(rows: QuerySet[AuditFinding], state: str) -> QuerySet[AuditFinding]:
    """Those in one state, found by the database as :attr:`FindingFacts.state` derives it; ``open`` for all that owe."""
    plans = CapaPlan.objects.filter(finding=OuterRef("pk")).order_by("-id")
    latest = {
        "latest": "pk",
        "accepted": "answer__accepted",
        "completed": "completion__pk",
        "effective": "completion__check_made__effective",
    }
    rows = rows.annotate(**{name: Subquery(plans.values(path)[:1]) for name, path in latest.items()})
    standing, failed = Q(withdrawal__isnull=True), Q(accepted=False) | Q(effective=False)
    conditions = {
        "open": standing & (Q(effective__isnull=True) | Q(effective=False)),
        ANSWER_OWED: standing & (Q(latest__isnull=True) | failed),
        PLAN_PROPOSED: standing & Q(latest__isnull=False, accepted__isnull=True),
        ACTION_OWED: standing & Q(accepted=True, completed__isnull=True),
        CHECK_OWED: standing & Q(completed__isnull=False, effective__isnull=True),
        CLOSED: standing & Q(effective=True),
        WITHDRAWN: Q(withdrawal__isnull=False),
    }
    return rows.filter(conditions[state])


def load_findings(findings: Iterable[AuditFinding]) -> dict[int, FindingFacts]:
    """Finding id → facts."""
    return findings_in(AuditFinding.objects.filter(pk__in=[finding.pk for finding in findings]))


def findings_in(rows: QuerySet[AuditFinding]) -> dict[int, FindingFacts]:
    """As :func:`load_findings`, for all rows of a query that is not evaluated yet."""
    plans: dict[int, list[PlanFact]] = defaultdict(list)
    proposed = CapaPlan.objects.filter(finding__in=rows.order_by().values("pk"))
    for plan in proposed.select_related("answer", "completion__check_made").order_by("id"):
        plans[plan.finding_id].append(_plan(plan))
    found = rows.select_related("withdrawal", "hold__lift").order_by("id")
    return {row.pk: _finding(row, tuple(plans[row.pk])) for row in found}


def _finding(row: AuditFinding, plans: tuple[PlanFact, ...]) -> FindingFacts:
    withdrawal = getattr(row, "withdrawal", None)
    return FindingFacts(
        finding_id=row.pk,
        number=row.number,
        audit_id=row.audit_id,
        pair_id=row.pair_id,
        registrant_id=row.registrant_id,
        contractor_id=row.contractor_id,
        severity=row.severity,
        requirement_zh=row.requirement_zh,
        requirement_en=row.requirement_en,
        citation=row.citation,
        statement=row.statement,
        raised_on=day_of(row.recorded_at),
        answer_due_on=row.answer_due_on,
        repeats_id=row.repeats_id,
        hold_id=row.hold_id,
        hold_stands=row.hold is not None and not hasattr(row.hold, "lift"),
        withdrawn_on=day_of(withdrawal.recorded_at) if withdrawal else None,
        plans=plans,
    )


def _plan(row: CapaPlan) -> PlanFact:
    answer, completion = getattr(row, "answer", None), getattr(row, "completion", None)
    check = getattr(completion, "check_made", None)
    return PlanFact(
        plan_id=row.pk,
        proposed_by_id=row.recorded_by_id,
        proposed_on=day_of(row.recorded_at),
        correction_due_on=row.correction_due_on,
        action_due_on=row.action_due_on,
        accepted=answer.accepted if answer else None,
        answered_on=day_of(answer.recorded_at) if answer else None,
        check_due_on=answer.check_due_on if answer else None,
        completion_id=completion.pk if completion else None,
        completed_by_id=completion.recorded_by_id if completion else None,
        done_on=completion.done_on if completion else None,
        completed_on=day_of(completion.recorded_at) if completion else None,
        effective=check.effective if check else None,
        checked_on=day_of(check.recorded_at) if check else None,
    )

"""The steps that the page of a finding offers, each with the reasons that keep this person from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cmo.errors import Finding
from cmo.parties.access import Can, Scope
from cmo.parties.models import Pair
from cmo.parties.pages import reasons_against

from ..facts.capa import ACTION_OWED, ANSWER_OWED, CHECK_OWED, PLAN_PROPOSED, FindingFacts
from ..wording import finding


@dataclass(frozen=True, slots=True)
class Act:
    """One button: a verb with its object, where it leads, and what keeps this person from it."""

    label: str | Promise
    url: str
    icon: str
    against: list[Finding]
    danger: bool = False


#: State → the step that is owed: its words, page, icon and right.
_STEPS = {
    ANSWER_OWED: (_("Answer with a plan"), "audits:plan_capa", "message-question", Can.ANSWER_FINDING),
    PLAN_PROPOSED: (_("Decide on the plan"), "audits:answer_plan", "scale", Can.DECIDE_CAPA),
    ACTION_OWED: (_("Report the action as done"), "audits:complete_capa", "check", Can.ANSWER_FINDING),
    CHECK_OWED: (_("Check its effectiveness"), "audits:check_effectiveness", "search", Can.DECIDE_CAPA),
}


def acts_on(scope: Scope, pair: Pair, facts: FindingFacts) -> list[Act]:
    """The step that is owed first, then withdrawal; nothing once the finding is closed or withdrawn."""
    if not facts.open:
        return []
    label, name, icon, can = _STEPS[facts.state]
    against = reasons_against(scope, can, pair) or _own(scope, facts)
    withdraw = reverse("audits:withdraw_finding", args=[facts.finding_id])
    return [
        Act(label, reverse(name, args=[_about(facts)]), icon, against),
        Act(_("Withdraw the finding"), withdraw, "x", reasons_against(scope, Can.CLOSE_AUDIT, pair), danger=True),
    ]


def _about(facts: FindingFacts) -> int:
    """The record that the step is about: the finding, its latest plan, or the completion of that."""
    plan = facts.plan
    if plan is None or facts.state == ANSWER_OWED:
        return facts.finding_id
    return plan.completion_id if facts.state == CHECK_OWED and plan.completion_id else plan.plan_id


def _own(scope: Scope, facts: FindingFacts) -> list[Finding]:
    """Nobody decides on their own plan, or checks what they reported as done."""
    plan = facts.plan
    if plan is not None and facts.state == PLAN_PROPOSED and plan.proposed_by_id == scope.user_id:
        return [finding("own_capa_plan")]
    if plan is not None and facts.state == CHECK_OWED and plan.completed_by_id == scope.user_id:
        return [finding("own_capa_completion")]
    return []

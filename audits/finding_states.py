"""States of findings as a tone and a word, their steps for ``<c-progress>``, and the words of what is owed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cmo.parties.states import State

from .facts.capa import ACTION_OWED, ANSWER_OWED, CHECK_OWED, CLOSED, PLAN_PROPOSED, WITHDRAWN, FindingFacts, PlanFact

WORDS = {
    ANSWER_OWED: ("pending", gettext_lazy("answer owed")),
    PLAN_PROPOSED: ("pending", gettext_lazy("plan waits for the registrant")),
    ACTION_OWED: ("active", gettext_lazy("action under way")),
    CHECK_OWED: ("pending", gettext_lazy("effectiveness to be checked")),
    CLOSED: ("good", gettext_lazy("closed, effective")),
    WITHDRAWN: ("idle", gettext_lazy("finding withdrawn")),
}
#: What the state means and what follows, for the head of the page.
OWED = {
    ANSWER_OWED: gettext_lazy(
        "The contractor states the root cause, corrects what is wrong and says how it is kept from happening again."
    ),
    PLAN_PROPOSED: gettext_lazy("The registrant accepts the plan or returns it with a reason."),
    ACTION_OWED: gettext_lazy("The contractor does what was agreed and reports it with proof."),
    CHECK_OWED: gettext_lazy("The registrant checks whether the action works; an effective one closes the finding."),
    CLOSED: gettext_lazy("The registrant found the action effective."),
    WITHDRAWN: gettext_lazy("The registrant withdrew the finding; nothing is owed."),
}
RETURNED, INEFFECTIVE = gettext_lazy("plan returned"), gettext_lazy("action not effective")


def finding_state(facts: FindingFacts) -> State:
    """Where a finding stands; a plan that did not do says why a new one is owed."""
    tone, word = WORDS[facts.state]
    if facts.state == ANSWER_OWED and facts.plan is not None:
        why = RETURNED if facts.plan.accepted is False else INEFFECTIVE
        return State("bad", _("%(why)s, new plan owed") % {"why": why})
    return State(tone, str(word))


def plan_state(plan: PlanFact) -> State:
    """What became of one plan."""
    if plan.accepted is None:
        return State("pending", str(WORDS[PLAN_PROPOSED][1]))
    if plan.accepted is False:
        return State("bad", str(RETURNED))
    if plan.effective is None:
        return State("active", _("action reported as done")) if plan.completion_id else State("active", _("accepted"))
    return State("good", _("action effective")) if plan.effective else State("bad", str(INEFFECTIVE))


def finding_steps(facts: FindingFacts, on: date) -> list[dict[str, Any]]:
    """The steps of the present round: the days of those taken, the last day of the one that is owed."""
    plan = facts.plan if facts.plan is not None and facts.plan.failed_on is None else None
    taken = (plan.proposed_on, plan.answered_on, plan.completed_on, plan.checked_on) if plan else (None,) * 4
    days = (facts.raised_on, *taken)
    names = (
        _("Finding raised"),
        _("Plan by the contractor"),
        _("Decision of the registrant"),
        _("Action completed"),
        _("Effectiveness checked"),
    )
    return [
        _step(name, day, facts, on, first=None not in days[:at])
        for at, (name, day) in enumerate(zip(names, days, strict=True))
    ]


def _step(name: str, day: date | None, facts: FindingFacts, on: date, *, first: bool) -> dict[str, Any]:
    """``first``: every step before it was taken, so that it is the one that is owed."""
    if day is not None:
        return {"name": name, "state": "done", "note": day.isoformat()}
    if not first or not facts.open:
        return {"name": name, "state": "todo", "note": ""}
    due_on = facts.due_on.isoformat() if facts.due_on else ""
    note = _("overdue since %(day)s") if facts.overdue(on) else _("due by %(day)s")
    return {"name": name, "state": "current", "note": note % {"day": due_on}}

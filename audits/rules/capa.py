"""Rules for answering a finding, deciding on a plan, completing it, checking it, and withdrawing a finding.

Every rule looks at the finding's derived state first, so that a step that somebody else took meanwhile is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cmo.errors import Finding

from ..facts.capa import ACTION_OWED, ANSWER_OWED, CHECK_OWED, CLOSED, PLAN_PROPOSED, WITHDRAWN, CapaSaid, FindingFacts
from ..wording import finding

#: Severities whose completed action is proved by at least one file.
PROVED = frozenset({"critical", "major"})

#: Why a step is not taken in a state in which another one is owed.
_OTHERWISE = {
    ANSWER_OWED: "answer_owed_first",
    PLAN_PROPOSED: "plan_waits",
    ACTION_OWED: "action_under_way",
    CHECK_OWED: "check_waits",
    CLOSED: "finding_closed",
    WITHDRAWN: "finding_withdrawn",
}


@dataclass(frozen=True, slots=True)
class AnswerAsked:
    """A decision on the plan that the person saw."""

    plan_id: int
    accepted: bool
    reason: str
    check_due_on: date | None
    person_id: int | None
    today: date


@dataclass(frozen=True, slots=True)
class CompletionAsked:
    """A completion as typed. ``files``: how many come with it."""

    plan_id: int
    done_on: date
    what_was_done: str
    files: int
    today: date


@dataclass(frozen=True, slots=True)
class CheckAsked:
    """A check of effectiveness as typed."""

    plan_id: int
    checked_on: date
    statement: str
    person_id: int | None
    today: date


def not_due(facts: FindingFacts, step: str, plan_id: int | None = None) -> list[Finding]:
    """Why this step is not taken now. ``plan_id``: the plan that the person saw, which another one may have followed."""
    if facts.state != step:
        return [finding(_OTHERWISE[facts.state], number=facts.number)]
    newer = plan_id is not None and facts.plan is not None and facts.plan.plan_id != plan_id
    return [finding("plan_followed_by_another", number=facts.number)] if newer else []


def blockers_to_plan_capa(facts: FindingFacts, said: CapaSaid, today: date) -> list[Finding]:
    """Everything against a plan: not its turn, words missing, days in the past or in the wrong order."""
    return [*not_due(facts, ANSWER_OWED), *_plan_words(said), *_plan_days(said, today)]


def _plan_words(said: CapaSaid) -> Iterator[Finding]:
    for name in ("root_cause", "correction", "corrective_action"):
        if not getattr(said, name).strip():
            yield finding(f"{name}_missing")


def _plan_days(said: CapaSaid, today: date) -> Iterator[Finding]:
    if said.correction_due_on < today:
        yield finding("correction_due_in_past", day=said.correction_due_on.isoformat())
    if said.action_due_on < today:
        yield finding("action_due_in_past", day=said.action_due_on.isoformat())
    if said.action_due_on < said.correction_due_on:
        yield finding("action_before_correction")


def blockers_to_answer_plan(facts: FindingFacts, asked: AnswerAsked) -> list[Finding]:
    """A plan is decided on once, by another person: accepted with a later day for its check, or returned with a reason."""
    found = not_due(facts, PLAN_PROPOSED, asked.plan_id)
    if asked.person_id is None or (facts.plan is not None and facts.plan.proposed_by_id == asked.person_id):
        found.append(finding("own_capa_plan"))
    if not asked.accepted:
        return found if asked.reason.strip() else [*found, finding("plan_return_reason_missing")]
    return [*found, *_check_day(facts, asked)]


def _check_day(facts: FindingFacts, asked: AnswerAsked) -> Iterator[Finding]:
    """After the action, and to come: a plan decided on late may propose days that are over."""
    if asked.check_due_on is None:
        yield finding("check_day_missing")
        return
    if facts.plan is not None and asked.check_due_on <= facts.plan.action_due_on:
        yield finding("check_before_action", day=facts.plan.action_due_on.isoformat())
    if asked.check_due_on <= asked.today:
        yield finding("check_day_in_past", day=asked.check_due_on.isoformat())


def blockers_to_complete_capa(facts: FindingFacts, asked: CompletionAsked) -> list[Finding]:
    """An accepted action is reported as done with its true day, in words, and with proof unless the finding is general."""
    found = not_due(facts, ACTION_OWED, asked.plan_id)
    if not asked.what_was_done.strip():
        found.append(finding("what_was_done_missing"))
    if facts.severity in PROVED and asked.files < 1:
        found.append(finding("completion_unproved"))
    return [*found, *_done_day(facts, asked)]


def _done_day(facts: FindingFacts, asked: CompletionAsked) -> Iterator[Finding]:
    """The true day may lie before the acceptance, because nobody need wait for it to correct what is wrong; what was
    done before the plan was written belongs into the plan."""
    if asked.done_on > asked.today:
        yield finding("done_in_future", day=asked.done_on.isoformat())
    if facts.plan is not None and asked.done_on < facts.plan.proposed_on:
        yield finding("done_before_plan", day=facts.plan.proposed_on.isoformat())


def blockers_to_check(facts: FindingFacts, asked: CheckAsked) -> list[Finding]:
    """A completed action is checked by another person than who reported it, after it was done, saying what was seen."""
    found, plan = not_due(facts, CHECK_OWED, asked.plan_id), facts.plan
    if asked.person_id is None or (plan is not None and plan.completed_by_id == asked.person_id):
        found.append(finding("own_capa_completion"))
    if not asked.statement.strip():
        found.append(finding("check_statement_missing"))
    if asked.checked_on > asked.today:
        found.append(finding("checked_in_future", day=asked.checked_on.isoformat()))
    if plan is not None and plan.done_on is not None and asked.checked_on < plan.done_on:
        found.append(finding("checked_before_done", day=plan.done_on.isoformat()))
    return found


def blockers_to_withdraw(facts: FindingFacts, reason: str) -> list[Finding]:
    """A finding is withdrawn with a reason while it is neither closed nor withdrawn."""
    over = facts.state in {CLOSED, WITHDRAWN}
    found = [finding(_OTHERWISE[facts.state], number=facts.number)] if over else []
    return found if reason.strip() else [*found, finding("withdrawal_reason_missing")]

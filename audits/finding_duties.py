"""Duties about findings: an answer, a decision on a plan, a correction, an action or its check that is owed, and by
which day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.duties.making import pair_duty
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may
from cmo.parties.models import Pair

from .facts.capa import ACTION_OWED, ANSWER_OWED, CHECK_OWED, PLAN_PROPOSED, FindingFacts, findings_in, open_rows
from .models import AuditFinding
from .wording import SEVERITY_WORDS

#: State → group of the inbox, stable name, what demands it, and who may take the step.
_STEPS = {
    ANSWER_OWED: (Kind.ANSWER, "finding_answer", "GMP25-109", Can.ANSWER_FINDING),
    PLAN_PROPOSED: (Kind.REVIEW, "capa_plan_decide", "N38-24", Can.DECIDE_CAPA),
    ACTION_OWED: (Kind.ANSWER, "capa_action_complete", "GMP25-109", Can.ANSWER_FINDING),
    CHECK_OWED: (Kind.REVIEW, "capa_effectiveness_check", "GMP25-125", Can.DECIDE_CAPA),
}
_OWN_WORDS = {
    ANSWER_OWED: _("Answer a finding"),
    PLAN_PROPOSED: _("Decide on a plan of corrective action"),
    ACTION_OWED: _("Complete a corrective action"),
    CHECK_OWED: _("Check whether a corrective action is effective"),
}
_THEIR_WORDS = {
    ANSWER_OWED: _("The contractor owes the answer to a finding"),
    PLAN_PROPOSED: _("The registrant owes the decision on a plan of corrective action"),
    ACTION_OWED: _("The contractor owes the completion of a corrective action"),
    CHECK_OWED: _("The registrant owes the check of a corrective action"),
}


def findings_waiting(scope: Scope, pairs: Mapping[int, Pair], on: date) -> Iterator[Duty]:
    """Steps that this person may take now; overdue ones first of all in their tone. Two queries."""
    for facts in _open(scope):
        if may(scope, _STEPS[facts.state][3], pairs[facts.pair_id]):
            yield _duty(facts, pairs[facts.pair_id], scope, on)


def findings_coming_up(scope: Scope, pairs: Mapping[int, Pair], on: date, until: date) -> Iterator[Duty]:
    """Last days of both sides up to ``until`` and those missed; two queries."""
    for facts in _open(scope):
        if facts.due_on is not None and facts.due_on <= until:
            yield _duty(facts, pairs[facts.pair_id], scope, on)
        if facts.correction_due_on is not None and facts.correction_due_on <= until:
            yield _correction(facts, facts.correction_due_on, pairs[facts.pair_id], scope, on)


def _open(scope: Scope) -> Iterable[FindingFacts]:
    return findings_in(open_rows(AuditFinding.objects.visible_to(scope))).values()


def _duty(facts: FindingFacts, pair: Pair, scope: Scope, on: date) -> Duty:
    kind, code, citation, _can = _STEPS[facts.state]
    own = facts.owner_id in (scope.registrant_ids if facts.owing_side == "registrant" else scope.contractor_ids)
    title = (_OWN_WORDS if own else _THEIR_WORDS)[facts.state]
    owners = () if facts.owner_id is None else (facts.owner_id,)
    return _of(
        facts, pair, scope, on, kind, title, facts.due_on, owners, code=code, citation=citation, since=facts.since
    )


def _correction(facts: FindingFacts, due_on: date, pair: Pair, scope: Scope, on: date) -> Duty:
    """What the plan promises at once. It is not reported by itself: it stands until the action is reported as done."""
    own = facts.contractor_id in scope.contractor_ids
    title = _("Correct what was found") if own else _("The contractor owes the correction of a finding")
    told = {"code": "capa_correction", "citation": "GMP25-109", "since": facts.plan and facts.plan.proposed_on}
    return _of(facts, pair, scope, on, Kind.ANSWER, title, due_on, {facts.contractor_id}, **told)


def _of(
    facts: FindingFacts,
    pair: Pair,
    scope: Scope,
    on: date,
    kind: Kind,
    title: str | Promise,
    due_on: date | None,
    owners: Iterable[int],
    **told: Any,
) -> Duty:
    """``told``: code, citation and since, as :func:`agreements.duties.making.pair_duty` takes them."""
    late = due_on is not None and due_on < on
    about = f"{facts.number} · {SEVERITY_WORDS[facts.severity]} · {facts.statement}"
    tone = "bad" if late else "pending" if facts.severity == "critical" else "active"
    url = reverse("audits:finding", args=[facts.finding_id])
    return pair_duty(scope, kind, title, about, url, pair, due_on=due_on, owners=frozenset(owners), tone=tone, **told)

"""Corrective action on findings: planned by the contractor, decided on by the registrant, completed, checked; and
findings withdrawn. Each step is judged under the lock of its finding, so that of two people one is told of the other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from agreements.actions.recording import recorded
from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.evidence.actions import attach
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts.capa import CapaSaid, FindingFacts, load_findings
from ..models import (
    AuditFinding,
    CapaCompletion,
    CapaPlan,
    CapaPlanAnswer,
    EffectivenessCheck,
    FindingWithdrawal,
)
from ..rules import capa as rules

#: Kinds of the files that come with a step.
PLAN_RECORD, PROOF, CHECK_RECORD = "capa_plan_record", "capa_proof", "effectiveness_record"


def _locked(finding: AuditFinding) -> tuple[AuditFinding, FindingFacts]:
    """The finding, locked against every other step until the transaction ends, and where it stands."""
    rows = AuditFinding.objects.select_for_update(no_key=True, of=("self",)).select_related("pair")
    row = rows.get(pk=finding.pk)
    return row, load_findings([row])[row.pk]


def _file(row: Any, upload: Any, kind: str, on: date, by: Actor, at: datetime) -> None:
    """Attach the file that came with a step, under its own name."""
    if upload is not None:
        attach(row, upload=upload, title="", event_on=on, kind=kind, by=by, at=at)


@transaction.atomic
def plan_capa(*, finding: AuditFinding, said: CapaSaid, upload: Any = None, by: Actor, at: datetime) -> CapaPlan:
    """The contractor answers a finding: root cause, correction, corrective action, and by when.

    :raises Refused: another step is owed, words missing, days in the past or in the wrong order.
    :raises PermissionDenied:
    """
    still_allowed(by, Can.ANSWER_FINDING, finding.pair, day_of(at))
    row, facts = _locked(finding)
    refuse_if_any(rules.blockers_to_plan_capa(facts, said, day_of(at)))
    plan = CapaPlan(
        finding=row,
        root_cause=said.root_cause.strip(),
        correction=said.correction.strip(),
        correction_due_on=said.correction_due_on,
        corrective_action=said.corrective_action.strip(),
        action_due_on=said.action_due_on,
        **recorded(by, at),
    )
    plan.save(force_insert=True)
    days = {name: getattr(said, name).isoformat() for name in ("correction_due_on", "action_due_on")}
    data = {"finding": row.pk, "plan": plan.pk, "round": facts.rounds + 1, **days}
    record("capa.planned", by=by, at=at, subject=row, stream=row.pair.stream, reason=plan.root_cause, data=data)
    _file(plan, upload, PLAN_RECORD, day_of(at), by, at)
    return plan


@transaction.atomic
def answer_plan(
    *,
    plan: CapaPlan,
    accepted: bool,
    check_due_on: date | None = None,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> CapaPlanAnswer:
    """The registrant accepts a plan and sets the last day of the check of its effectiveness, or returns it.

    :raises Refused: decided on before, own plan, no reason for a return, no day, one before the action's or one
        that is not to come.
    :raises PermissionDenied:
    """
    still_allowed(by, Can.DECIDE_CAPA, plan.finding.pair, day_of(at))
    row, facts = _locked(plan.finding)
    asked = rules.AnswerAsked(plan.pk, accepted, reason, check_due_on, by.user_id, day_of(at))
    refuse_if_any(rules.blockers_to_answer_plan(facts, asked))
    check_due_on = check_due_on if accepted else None
    answer = CapaPlanAnswer(
        plan=plan, accepted=accepted, reason=reason.strip(), check_due_on=check_due_on, **recorded(by, at)
    )
    answer.save(force_insert=True)
    data = {"finding": row.pk, "plan": plan.pk, "check_due_on": check_due_on.isoformat() if check_due_on else None}
    verb = "capa.accepted" if accepted else "capa.returned"
    record(verb, by=by, at=at, subject=row, stream=row.pair.stream, reason=answer.reason, data=data)
    return answer


@transaction.atomic
def complete_capa(
    *, plan: CapaPlan, done_on: date, what_was_done: str, upload: Any = None, by: Actor, at: datetime
) -> CapaCompletion:
    """The contractor reports the agreed action as done; the file that comes with it hangs on the completion.

    For a critical or major finding the file is needed: whoever checks effectiveness must be able to see the action
    without believing a sentence. For a general one the words may do.

    :raises Refused: another step is owed, in the future, before the plan, no words, no proof. :raises PermissionDenied:
    """
    still_allowed(by, Can.ANSWER_FINDING, plan.finding.pair, day_of(at))
    row, facts = _locked(plan.finding)
    asked = rules.CompletionAsked(plan.pk, done_on, what_was_done, int(upload is not None), day_of(at))
    refuse_if_any(rules.blockers_to_complete_capa(facts, asked))
    completion = CapaCompletion(plan=plan, done_on=done_on, what_was_done=what_was_done.strip(), **recorded(by, at))
    completion.save(force_insert=True)
    data = {"finding": row.pk, "plan": plan.pk, "completion": completion.pk, "done_on": done_on.isoformat()}
    stream, words = row.pair.stream, completion.what_was_done
    record("capa.completed", by=by, at=at, subject=row, stream=stream, reason=words, data=data)
    _file(completion, upload, PROOF, done_on, by, at)
    return completion


@transaction.atomic
def check_effectiveness(
    *,
    completion: CapaCompletion,
    effective: bool,
    checked_on: date,
    statement: str,
    upload: Any = None,
    by: Actor,
    at: datetime,
) -> EffectivenessCheck:
    """The registrant judges whether the action works: an effective one closes the finding, else a new plan is owed.

    The file that comes with it hangs on the finding, before a closed one takes no more.

    :raises Refused: another step is owed, own completion, in the future, before it was done, no words.
    :raises PermissionDenied:
    """
    plan = completion.plan
    still_allowed(by, Can.DECIDE_CAPA, plan.finding.pair, day_of(at))
    row, facts = _locked(plan.finding)
    asked = rules.CheckAsked(plan.pk, checked_on, statement, by.user_id, day_of(at))
    refuse_if_any(rules.blockers_to_check(facts, asked))
    _file(row, upload, CHECK_RECORD, checked_on, by, at)
    check = EffectivenessCheck(
        completion=completion,
        effective=effective,
        checked_on=checked_on,
        statement=statement.strip(),
        **recorded(by, at),
    )
    check.save(force_insert=True)
    data = {"finding": row.pk, "plan": plan.pk, "check": check.pk, "checked_on": checked_on.isoformat()}
    verb, stream = "capa.found_effective" if effective else "capa.found_ineffective", row.pair.stream
    record(verb, by=by, at=at, subject=row, stream=stream, reason=check.statement, data=data)
    return check


@transaction.atomic
def withdraw_finding(*, finding: AuditFinding, reason: str, by: Actor, at: datetime) -> FindingWithdrawal:
    """The registrant withdraws a finding that turned out to be wrong.

    A hold that it placed stays until quality of the registrant lifts it with a reason of its own.

    :raises Refused: closed, withdrawn before, no reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.CLOSE_AUDIT, finding.pair, day_of(at))
    row, facts = _locked(finding)
    refuse_if_any(rules.blockers_to_withdraw(facts, reason))
    withdrawal = FindingWithdrawal(finding=row, reason=reason.strip(), **recorded(by, at))
    withdrawal.save(force_insert=True)
    data = {"finding": row.pk, "state": facts.state, "hold": row.hold_id if facts.hold_stands else None}
    record("finding.withdrawn", by=by, at=at, subject=row, stream=row.pair.stream, reason=reason, data=data)
    return withdrawal

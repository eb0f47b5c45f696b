"""Real processes on PostgreSQL: one plan waits, one answer to it, one completion, and no plan on a withdrawn finding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from audits import actions
from audits.models import CapaCompletion, CapaPlan, CapaPlanAnswer, EffectivenessCheck, FindingWithdrawal
from cmo.errors import Refused
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests.audits import build, build_capa
from tests.audits.build import AT, TODAY, C
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("postgres"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def attempt(call: Callable[[], Any]) -> str:
    try:
        call()
    except Refused as refusal:
        return refusal.codes[0]
    return "done"


def test_one_of_many_plans_is_submitted() -> None:
    built, row = build.with_findings()
    found, said, by = build.finding(row), build_capa.capa_said(), built.by(C)
    answers = race(lambda _n: attempt(lambda: actions.plan_capa(finding=found, said=said, by=by, at=AT)))
    assert sorted(answers) == ["done"] + ["plan_waits"] * 7
    assert CapaPlan.objects.count() == 1


def test_a_plan_is_accepted_or_returned_but_never_both() -> None:
    built, row = build.with_findings()
    plan = build_capa.plan(built, build.finding(row))
    day, actors = plan.action_due_on + timedelta(days=30), (built.auditor, built.second)

    def decide(n: int) -> Any:
        accepted = n % 2 == 0
        given = {"check_due_on": day} if accepted else {"reason": "不充分"}
        return actions.answer_plan(plan=plan, accepted=accepted, by=actors[n % 2], at=AT, **given)

    answers = race(lambda n: attempt(lambda: decide(n)))
    accepted = CapaPlanAnswer.objects.get().accepted
    assert answers.count("done") == 1
    assert set(answers) == {"done", "action_under_way" if accepted else "answer_owed_first"}
    assert Entry.objects.filter(verb__in=["capa.accepted", "capa.returned"]).count() == 1
    assert verify([built.pair.stream]).ok


def test_a_plan_and_a_withdrawal_are_taken_one_after_the_other() -> None:
    built, row = build.with_findings()
    found, said = build.finding(row), build_capa.capa_said()

    def act(n: int) -> Any:
        if n % 2:
            return actions.withdraw_finding(finding=found, reason="误判", by=built.by(), at=AT)
        return actions.plan_capa(finding=found, said=said, by=built.by(C), at=AT)

    answers = race(lambda n: attempt(lambda: act(n)))
    assert FindingWithdrawal.objects.count() == 1
    # A plan that came first stays readable under the withdrawal; none is written after it.
    withdrawn, planned = FindingWithdrawal.objects.get(), list(CapaPlan.objects.all())
    order = list(
        Entry.objects.filter(verb__in=["capa.planned", "finding.withdrawn"])
        .order_by("seq")
        .values_list("verb", flat=True)
    )
    assert order == (["capa.planned", "finding.withdrawn"] if planned else ["finding.withdrawn"])
    assert answers.count("done") == 1 + len(planned)
    assert withdrawn.finding == found


def test_an_action_is_reported_as_done_and_checked_once() -> None:
    built, row = build.with_findings()
    found = build.finding(row, 3)
    plan = build_capa.plan(built, found)
    build_capa.accept(built, plan)
    done: dict[str, Any] = {"plan": plan, "done_on": TODAY, "what_was_done": "完成", "by": built.by(C), "at": AT}
    assert sorted(race(lambda _n: attempt(lambda: actions.complete_capa(**done)))) == ["check_waits"] * 7 + ["done"]
    completion = CapaCompletion.objects.get()
    seen: dict[str, Any] = {"completion": completion, "checked_on": TODAY, "statement": "抽查", "by": built.auditor}
    answers = race(lambda n: attempt(lambda: actions.check_effectiveness(effective=n % 2 == 0, at=AT, **seen)))
    effective = EffectivenessCheck.objects.get().effective
    assert answers.count("done") == 1
    assert set(answers) == {"done", "finding_closed" if effective else "answer_owed_first"}

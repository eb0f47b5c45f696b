"""Exceptions: requested for exactly one finding, signed by another quality person, and worth no more than its facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from cmo.errors import Finding, Refused
from cmo.parties.access import scope_of
from cmo.signing.actions import Proof
from cmo.signing.models import Meaning, Signature
from cmo.trail.canonical import canonical
from cmo.trail.models import Entry
from releases import actions
from releases.deciding import judgement
from releases.duties import waiting_on
from releases.exceptions_shown import askable
from releases.facts import MARKET, PRODUCTION, load_lot_facts
from releases.invariants.presence import gap_without_exception
from releases.models import CONTENT, ExceptionDecision, Lot, LotException
from releases.rules import findings_for
from tests import make
from tests.releases import build, making

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(build.AT, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def codes(call: Callable[[], Any]) -> set[str]:
    with pytest.raises(Refused) as caught:
        call()
    return set(caught.value.codes)


def said(row: Lot, stage: str = PRODUCTION) -> dict[str, str]:
    """Code → severity of what stands about the presence at this lot's making."""
    found = findings_for(stage, load_lot_facts([row])[row.pk], make.TODAY)
    return {finding.code: finding.severity for finding in found if finding.code.startswith("coverage")}


def verbs(row: Lot) -> list[str]:
    return list(Entry.objects.filter(subject=f"releases.lot:{row.pk}").order_by("seq").values_list("verb", flat=True))


# ── requesting ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_request_freezes_the_facts_of_the_finding_and_stands_on_the_trail(w: build.World) -> None:
    row = build.lot_with_gap(w)
    asked = build.exception_on(w, row, quantity=40)
    found = findings_for(PRODUCTION, load_lot_facts([row])[row.pk], make.TODAY)
    finding = next(f for f in found if f.code == "coverage")
    assert (asked.code, asked.quantity, asked.waived) == ("coverage", 40, canonical(dict(finding.facts)))
    assert verbs(row)[-1] == "lot.exception_requested"
    assert said(row) == {"coverage": "blocks"}


def test_nothing_is_waived_that_does_not_block_or_rests_on_law(w: build.World) -> None:
    row = build.lot(w, label_version=None)
    for code in ("coverage", "label_version", "documents_present", "catalogue", "another_person", "invented"):
        assert codes(lambda code=code: build.exception_on(w, row, code=code)) == {"nothing_to_waive"}


def test_a_request_says_why_with_which_effect_and_for_how_much(w: build.World) -> None:
    row = build.lot_with_gap(w)
    wrong = {"justification": " ", "effect": "", "quantity": 1001}
    assert codes(lambda: build.exception_on(w, row, **wrong)) == {
        "justification_missing",
        "effect_missing",
        "concerned_outside_lot",
    }
    assert build.exception_on(w, row, quantity=1000).quantity == 1000


def test_the_same_finding_is_not_requested_twice_while_it_waits_but_anew_after_a_refusal(w: build.World) -> None:
    row = build.lot_with_gap(w)
    asked = build.exception_on(w, row)
    assert codes(lambda: build.exception_on(w, row)) == {"requested_already"}
    build.decided(w, asked, approved=False)
    assert build.exception_on(w, row).pk != asked.pk


@pytest.mark.parametrize("role", ["viewer", "signatory", "management_representative"])
def test_not_everybody_requests(w: build.World, role: str) -> None:
    row = build.lot_with_gap(w)
    with pytest.raises(PermissionDenied):
        build.exception_on(w, row, by=w.contractor.actor(role))


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_approval_is_signed_and_turns_the_block_into_a_warning_that_cites_it(w: build.World) -> None:
    row = build.lot_with_gap(w)
    done = build.decided(w, build.exception_on(w, row))
    assert said(row) == {"coverage": "warns"}
    signature = Signature.objects.get(record_key=f"releases.exceptiondecision:{done.pk}")
    assert signature.meaning == Meaning.APPROVES_EXCEPTION
    assert verbs(row)[-2:] == ["lot.exception_requested", "lot.exception_approved"]
    facts = load_lot_facts([row])[row.pk]
    finding = next(f for f in findings_for(PRODUCTION, facts, make.TODAY) if f.code == "coverage")
    assert finding.severity == "warns"
    assert f"{done.recorded_by_name}批准例外1" in finding.zh
    assert [(one.approved, one.decided_by) for one in facts.exceptions] == [(True, done.recorded_by_name)]


def test_a_refusal_is_signed_too_and_changes_nothing(w: build.World) -> None:
    row = build.lot_with_gap(w)
    done = build.decided(w, build.exception_on(w, row), approved=False)
    assert (
        Signature.objects.get(record_key=f"releases.exceptiondecision:{done.pk}").meaning == Meaning.REFUSES_EXCEPTION
    )
    assert verbs(row)[-1] == "lot.exception_refused"
    assert said(row) == {"coverage": "blocks"}


def test_nobody_decides_on_their_own_request_nor_twice_nor_without_a_reason(w: build.World) -> None:
    row = build.lot_with_gap(w)
    own = build.exception_on(w, row, by=w.registrant.actor("quality_manager"))
    assert codes(lambda: build.decided(w, own)) == {"own_exception"}
    other = w.registrant.actor("quality_manager", nth=1)
    given = {"exception": own, "proof": Proof("password"), "by": other, "at": build.AT}
    assert codes(lambda: actions.decide_exception(approved=True, reason=" ", **given)) == {"reason_missing"}
    actions.decide_exception(approved=True, reason="同意", **given)
    assert codes(lambda: actions.decide_exception(approved=False, reason="否", **given)) == {
        "exception_decided_already"
    }


@pytest.mark.parametrize("by", [("contractor", "quality_manager"), ("registrant", "market_releaser")])
def test_only_the_registrants_quality_decides(w: build.World, by: tuple[str, str]) -> None:
    asked = build.exception_on(w)
    with pytest.raises(PermissionDenied):
        actions.decide_exception(
            exception=asked,
            approved=True,
            reason="同意",
            proof=Proof("password"),
            by=w.actor(by[1], by[0]),
            at=build.AT,
        )


def test_what_was_shown_is_what_is_signed(w: build.World) -> None:
    asked = build.exception_on(w)
    seen = make.proof(ExceptionDecision(exception=asked, approved=True, reason="同意"))
    given = {"exception": asked, "proof": seen, "by": w.registrant.actor("quality_manager"), "at": build.AT}
    assert codes(lambda: actions.decide_exception(approved=True, reason="另一个理由", **given)) == {"record_changed"}
    assert actions.decide_exception(approved=True, reason="同意", **given).approved


def test_the_database_itself_refuses_an_approval_by_the_requester(w: build.World) -> None:
    asked = build.exception_on(w, by=w.registrant.actor("quality_manager"))
    own = {"recorded_by_id": asked.recorded_by_id, "recorded_by_name": "x", "recorded_at": build.AT}
    with pytest.raises(DatabaseError), transaction.atomic():
        ExceptionDecision.objects.create(exception=asked, approved=True, reason="x", **own)


# ── what an exception is worth ───────────────────────────────────────────────────────────────────────────────────────


def test_a_new_gap_ends_the_worth_of_an_exception_and_stops_a_pending_approval(w: build.World) -> None:
    row = build.lot_with_gap(w)
    build.decided(w, build.exception_on(w, row))
    build.uncovered_step(w, row, hour=7)
    assert said(row) == {"coverage": "blocks"}
    waiting = build.exception_on(w, row)
    build.uncovered_step(w, row, hour=3)
    assert codes(lambda: build.decided(w, waiting)) == {"exception_outdated"}
    assert not build.decided(w, waiting, approved=False).approved


def test_a_lot_with_a_gap_reaches_the_market_under_its_exception_which_is_frozen_with_both_decisions(
    w: build.World,
) -> None:
    row = build.filed(w, build.lot_with_gap(w))
    assert "coverage" in codes(lambda: build.released(w, row))
    build.decided(w, build.exception_on(w, row))
    for decision in (build.released(w, row), build.marketed(w, row)):
        frozen = json.loads(decision.findings)
        assert [one["severity"] for one in frozen["findings"] if one["code"] == "coverage"] == ["warns"]
        assert [one["approved"] for one in frozen["exceptions"]] == [True]
        assert json.loads(decision.facts)["lot"]["exceptions"][0]["justification"]


def test_an_exception_for_a_part_of_the_lot_lets_no_more_than_that_part_through(w: build.World) -> None:
    row = build.material(w, build.filed(w, build.lot_with_gap(w)))
    build.decided(w, build.exception_on(w, row, quantity=10))
    assert said(row) == {"coverage": "warns"}, "what is asked without a quantity may be released in part"
    (finding,) = waived(row, 10)
    assert finding.severity == "warns"
    assert "（仅限10件）" in finding.zh
    assert "Waived for at most 10 by exception 1" in finding.en
    (finding,) = waived(row, 11)
    assert finding.blocks
    assert finding.zh.endswith("例外1仅批准10件，放行数量11件超出例外的范围。")
    assert codes(lambda: build.released(w, row, quantity=11)) == {"coverage"}
    assert build.released(w, row, quantity=10).quantity == 10
    assert build.marketed(w, row, quantity=10).quantity == 10
    assert list(gap_without_exception(make.TODAY)) == []


def waived(row: Lot, quantity: int) -> list[Finding]:
    facts = load_lot_facts([row])[row.pk]
    return [f for f in findings_for(PRODUCTION, facts, make.TODAY, quantity=quantity) if f.code == "coverage"]


def test_the_widest_exception_counts_and_one_for_a_part_can_be_widened(w: build.World) -> None:
    row = build.filed(w, build.lot_with_gap(w))
    build.decided(w, build.exception_on(w, row, quantity=10))
    judged = judgement(load_lot_facts([row])[row.pk], PRODUCTION, make.TODAY)
    assert judged.limit == 10
    assert [one.gate.code for one in askable(judged.case.lot, [(PRODUCTION, v) for v in judged.verdicts])] == [
        "coverage"
    ]
    build.decided(w, build.exception_on(w, row, quantity=600))
    build.decided(w, build.exception_on(w, row, quantity=20))
    assert judgement(load_lot_facts([row])[row.pk], PRODUCTION, make.TODAY).limit == 600
    build.decided(w, build.exception_on(w, row))
    judged = judgement(load_lot_facts([row])[row.pk], PRODUCTION, make.TODAY)
    assert (judged.limit, askable(judged.case.lot, [(PRODUCTION, v) for v in judged.verdicts])) == (1000, [])


def test_an_exception_for_all_that_is_left_is_one_for_the_whole_lot(w: build.World) -> None:
    row = build.lot_with_gap(w)
    making.closure(w, making.deviation(w, row, quantity=40), disposition="scrapped", quantity_out=40)
    build.decided(w, build.exception_on(w, row, quantity=960))
    assert [finding.severity for finding in waived(row, 960)] == ["warns"]
    assert "仅限" not in waived(row, 960)[0].zh


def test_an_overdue_audit_is_waived_until_the_next_change(w: build.World) -> None:
    row = build.filed(w, build.lot(w, expires_on=None))
    build.released(w, row)
    later = build.AT + timedelta(days=365 + 120)
    facts = load_lot_facts([row])[row.pk]
    found = {f.code: f for f in findings_for(MARKET, facts, later.date())}
    assert found["audit_not_overdue_missing"].blocks
    with time_machine.travel(later, tick=False):
        asked = build.exception_on(w, row, code="audit_not_overdue", stage=MARKET, at=later)
        build.decided(w, asked, at=later)
    facts = load_lot_facts([row])[row.pk]
    for day in (later.date(), later.date() + timedelta(days=5)):
        found = {f.code: f for f in findings_for(MARKET, facts, day)}
        assert found["audit_not_overdue_missing"].severity == "warns"


# ── pages and inbox ──────────────────────────────────────────────────────────────────────────────────────────────────


def signed_in(user: Any, language: str = "en") -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["django_language"] = language
    return client


def test_it_waits_in_the_inbox_of_the_registrants_quality_but_not_of_who_asked(w: build.World) -> None:
    asked = build.exception_on(w, by=w.registrant.actor("quality_manager"))
    address = reverse("releases:exception", args=[asked.pk])

    def waits(user: Any) -> bool:
        return address in [duty.url for duty in waiting_on(scope_of(user, make.TODAY), make.TODAY)]

    assert waits(w.registrant.user("quality_manager", nth=1))
    assert not waits(w.registrant.user("quality_manager"))
    assert not waits(w.contractor.user("quality_manager"))


def test_an_exception_is_requested_and_signed_through_its_pages(w: build.World) -> None:
    row = build.lot_with_gap(w)
    planner, quality = signed_in(w.user("production_planner")), signed_in(w.registrant.user("quality_manager"))
    page = planner.get(reverse("releases:lot", args=[row.pk])).content.decode()
    request = reverse("releases:request_exception", args=[row.pk, PRODUCTION, "coverage"])
    assert request in page
    typed = {"justification": "当日突发疾病。", "effect": "无影响。", "quantity": ""}
    answer = planner.post(request, typed)
    asked = LotException.objects.get()
    assert answer.url == reverse("releases:exception", args=[asked.pk])
    assert "当日突发疾病。" in quality.get(answer.url).content.decode()
    decide = reverse("releases:decide_exception", args=[asked.pk])
    typed = {"outcome": "approve", "reason": "同意。"}
    form = quality.post(decide, typed).context["form"]
    tokens = {field: form.initial[field] for field in ("seen_hash", "token")}
    quality.post(decide, typed | tokens | {"password": make.PASSWORD})
    assert asked.decision.approved
    shown = planner.get(reverse("releases:lot", args=[row.pk])).content.decode()
    assert "approved, counts" in shown
    assert request not in shown


def test_a_condition_that_cannot_be_waived_has_no_page_for_it(w: build.World) -> None:
    client = signed_in(w.user("production_planner"))
    row = build.lot(w)
    for stage, code in (("production", "holds"), ("production", "audit_not_overdue"), ("never", "coverage")):
        assert client.get(reverse("releases:request_exception", args=[row.pk, stage, code])).status_code == 404


def test_the_page_says_when_an_exception_no_longer_counts(w: build.World) -> None:
    row = build.lot_with_gap(w)
    asked = build.exception_on(w, row)
    build.decided(w, asked)
    client = signed_in(w.user("viewer", "registrant"))
    address = reverse("releases:exception", args=[asked.pk])
    assert "approved, counts" in client.get(address).content.decode()
    build.uncovered_step(w, row, hour=7)
    assert "no longer counts" in client.get(address).content.decode()
    assert "no longer counts" in client.get(reverse("releases:lot", args=[row.pk])).content.decode()


def test_everybody_signed_in_reads_the_table_of_conditions() -> None:
    person = make.person()
    page = signed_in(person).get(reverse("releases:conditions")).content.decode()
    for words in ("coverage", "UDI", "2026-11-01", "by a signed exception"):
        assert words in page


# ── goods it was signed for ──────────────────────────────────────────────────────────────────────────────────────────


def corrected(w: build.World, row: Lot, **changes: Any) -> None:
    content = {name: getattr(row, name) for name in CONTENT} | changes
    by = w.contractor.actor("production_planner")
    actions.correct_lot(lot=row, content=content, seen=row.corrections.count(), reason="抄录有误", by=by, at=build.AT)
    row.refresh_from_db()


def test_an_exception_for_the_whole_lot_does_not_grow_with_it(w: build.World) -> None:
    row = build.lot_with_gap(w)
    asked = build.exception_on(w, row, quantity=None)
    assert asked.quantity == row.quantity == 1000
    build.decided(w, asked)
    assert said(row) == {"coverage": "warns"}
    corrected(w, row, quantity=1001)
    build.filed(w, build.material(w, row))
    assert codes(lambda: build.released(w, row)) == {"coverage"}
    assert build.released(w, row, quantity=1000).quantity == 1000


@pytest.mark.parametrize("change", [{"model": "M2"}, {"produced_to": build.MADE_TO - DAY}])
def test_an_exception_does_not_pass_to_other_goods(w: build.World, change: dict[str, Any]) -> None:
    row = build.lot_with_gap(w)
    build.decided(w, build.exception_on(w, row, quantity=None))
    corrected(w, row, **change)
    assert said(row) == {"coverage": "blocks"}

"""Real processes on PostgreSQL at one negotiation: every proposal has one outcome, and nothing is frozen unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agreements import actions
from agreements.facts import round_body
from agreements.models import (
    Agreement,
    AgreementRevision,
    ChangeAnswer,
    DraftClause,
    NegotiationRound,
    ProposedChange,
)
from cmo.errors import Refused
from tests.agreements import build
from tests.agreements.build import AT, C, R
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("postgres"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> build.World:
    return build.world()


@pytest.fixture
def agreement(world: build.World) -> Agreement:
    """Handed over by the registrant: the contractor's turn."""
    row = build.agreement(world, [world.entrust()])
    actions.hand_over(agreement=row, by=world.by(R), at=AT)
    return row


def propose(world: build.World, agreement: Agreement, side: str, text: str, key: str = "scope") -> ProposedChange:
    return actions.propose_change(
        agreement=agreement,
        kind="clause",
        act="change",
        row_key=key,
        seen_edition=DraftClause.objects.get(draft__agreement=agreement, key=key).edition,
        after={"text_zh": text},
        by=world.by(side),
        at=AT,
    )


def answers(*acts: Callable[[], Any], processes: int = 0) -> list[str]:
    """What each act at the same time came to: ``done`` or the codes of its refusal."""

    def step(number: int) -> str:
        try:
            acts[number % len(acts)]()
        except Refused as refusal:
            return ",".join(refusal.codes)
        return "done"

    return race(step, processes or len(acts))


def test_one_proposal_answered_and_withdrawn_at_once_has_one_outcome(world: build.World, agreement: Agreement) -> None:
    change = propose(world, agreement, C, "新")
    actions.hand_over(agreement=agreement, by=world.by(C), at=AT)
    mine, theirs = world.by(C), world.by(R)
    found = answers(
        lambda: actions.answer_change(change=change, accepted=True, by=theirs, at=AT),
        lambda: actions.withdraw_change(change=change, by=mine, at=AT),
        lambda: actions.answer_change(change=change, accepted=False, reason="否", by=theirs, at=AT),
        processes=6,
    )
    assert sorted(found) == [*["change_answered"] * 5, "done"]
    answer = ChangeAnswer.objects.get()
    text = DraftClause.objects.get(draft__agreement=agreement, key="scope").text_zh
    assert (text == "新") is (answer.outcome == "accepted")


def test_two_proposals_about_one_text_accepted_at_once_leave_one_applied(
    world: build.World, agreement: Agreement
) -> None:
    first = propose(world, agreement, C, "一")
    actions.hand_over(agreement=agreement, by=world.by(C), at=AT)
    second = propose(world, agreement, R, "二")
    late = build.at(14)  # a turn is over: either side may act
    registrant, contractor = world.by(R), world.by(C)
    found = answers(
        lambda: actions.answer_change(change=first, accepted=True, by=registrant, at=late),
        lambda: actions.answer_change(change=second, accepted=True, by=contractor, at=late),
    )
    assert sorted(found) == ["change_answered", "done"]
    outcomes = dict(ChangeAnswer.objects.values_list("change_id", "outcome"))
    assert sorted(outcomes.values()) == ["accepted", "overtaken"]
    row = DraftClause.objects.get(draft__agreement=agreement, key="scope")
    taken = first if outcomes[first.pk] == "accepted" else second
    assert (row.text_zh, row.edition, row.edited_by_name) == (taken.after["text_zh"], 2, taken.recorded_by_name)


def test_what_is_proposed_while_the_draft_is_handed_over_is_in_turn_or_refused(
    world: build.World, agreement: Agreement
) -> None:
    propose(world, agreement, C, "先", "recall")
    by = world.by(C)
    found = answers(
        lambda: actions.hand_over(agreement=agreement, by=by, at=AT),
        lambda: propose(world, agreement, C, "后"),
        processes=4,
    )
    assert sorted(found[::2]) == ["done", "turn_of_other_side"]
    assert set(found[1::2]) <= {"done", "turn_of_other_side", "change_proposed_already"}
    assert found[1::2].count("done") <= 1
    assert ProposedChange.objects.filter(row_key="scope").count() == found[1::2].count("done")
    rounds = NegotiationRound.objects.order_by("number")
    assert [row.number for row in rounds] == [1, 2]
    assert round_body(rounds[0])["clauses"] == round_body(rounds[1])["clauses"]


def test_a_first_round_begun_by_both_sides_at_once_is_one(world: build.World) -> None:
    row = build.agreement(world, [world.entrust()])
    registrant, contractor = world.by(R), world.by(C)
    found = answers(
        lambda: actions.hand_over(agreement=row, by=registrant, at=AT),
        lambda: actions.hand_over(agreement=row, by=contractor, at=AT),
    )
    assert found.count("done") == NegotiationRound.objects.count()
    assert set(found) <= {"done", "nothing_to_hand_over"}


def test_nothing_is_offered_while_something_is_proposed(world: build.World, agreement: Agreement) -> None:
    by = world.by(C)
    found = answers(
        lambda: actions.offer_for_signature(agreement=agreement, by=by, at=AT),
        lambda: propose(world, agreement, C, "新"),
    )
    assert found in (["done", "revision_waiting"], ["proposal_open", "done"])
    assert AgreementRevision.objects.count() + ProposedChange.objects.count() == 1


def test_a_text_edited_while_the_negotiation_opens_is_in_its_first_round_or_refused(world: build.World) -> None:
    row = build.agreement(world, [world.entrust()])
    clause, by, other = build.clause(row), world.by(R), world.by(C)
    content = {"heading_zh": "范围", "heading_en": "Scope", "text_zh": "改", "text_en": "changed"}
    found = answers(
        lambda: actions.hand_over(agreement=row, by=by, at=AT),
        lambda: actions.edit_draft_clause(clause=clause, seen_edition=1, content=content, by=other, at=AT),
    )
    assert found[0] == "done"
    assert found[1] in {"done", "negotiation_open"}
    frozen = {c["key"]: c["text_zh"] for c in round_body(NegotiationRound.objects.get())["clauses"]}
    assert frozen["scope"] == build.clause(row).text_zh

"""Negotiating a draft: rounds and turns, what can be proposed and answered, and what becomes of the draft by it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import override

from agreements import actions, duties
from agreements.comparing import compare
from agreements.facts import load_negotiation, load_standing, round_body
from agreements.facts.frame import draft_body
from agreements.models import Agreement, ChangeAnswer, DraftClause, NegotiationRound, ProposedChange
from cmo.errors import Refused
from cmo.parties.access import scope_of
from cmo.trail.models import Entry
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R

pytestmark = pytest.mark.django_db

TEXT = {"text_zh": "双方应当及时沟通。", "text_en": "The parties talk to each other in time."}
CLAUSE = {"heading_zh": "包装", "heading_en": "Packaging", "text_zh": "按规程包装。", "text_en": "Packed as laid down."}
OBLIGATION = {
    "what_zh": "报送包装数据",
    "what_en": "Report packaging data",
    "side": "contractor",
    "frequency": "monthly",
    "days_allowed": 5,
    "clause_key": "scope",
    "proof_zh": "数据表",
    "proof_en": "Data sheet",
}


class Table:
    """Two sides at one draft; every act is a minute later than the one before."""

    def __init__(self, world: build.World, agreement: Agreement) -> None:
        self.world, self.agreement, self.minutes = world, agreement, 0

    def now(self) -> Any:
        self.minutes += 1
        return AT + timedelta(minutes=self.minutes)

    def hand_over(self, side: str = R, **given: Any) -> NegotiationRound:
        given = {"by": self.world.by(side), "at": self.now(), **given}
        return actions.hand_over(agreement=self.agreement, **given)

    def propose(self, side: str = C, key: str = "scope", **given: Any) -> ProposedChange:
        kind, act = given.get("kind", "clause"), given.get("act", "change")
        row = None if kind == "terms" else self.row(kind, key)
        edition = row.edition if row else self.draft().edition
        said = {"kind": kind, "act": act, "row_key": key, "seen_edition": edition, "after": TEXT, **given}
        return actions.propose_change(agreement=self.agreement, **{"by": self.world.by(side), "at": self.now(), **said})

    def answer(self, change: ProposedChange, *, accepted: bool = True, **given: Any) -> ChangeAnswer:
        side = C if change.side == R else R
        said = {"reason": "" if accepted else "与规程不符", "by": self.world.by(side), "at": self.now(), **given}
        return actions.answer_change(change=change, accepted=accepted, **said)

    def withdraw(self, change: ProposedChange, **given: Any) -> ChangeAnswer:
        return actions.withdraw_change(change=change, **{"by": self.world.by(change.side), "at": self.now(), **given})

    def remark(self, side: str = C, **given: Any) -> Any:
        by = self.world.by(side)
        said = {"kind": "clause", "row_key": "scope", "text": "请说明。", "by": by, "at": self.now(), **given}
        return actions.remark(agreement=self.agreement, **said)

    def draft(self) -> Any:
        self.agreement.draft.refresh_from_db()
        return self.agreement.draft

    def row(self, kind: str, key: str) -> Any:
        rows = {"clause": "clauses", "duty": "duties", "obligation": "obligations"}[kind]
        return getattr(self.agreement.draft, rows).filter(key=key).first()

    def place(self, key: str = "scope", kind: str = "clause", on: date = TODAY) -> Any:
        return next(p for p in load_negotiation(self.agreement, on).rows[kind] if p.key == key)

    def offer(self, side: str) -> Any:
        return actions.offer_for_signature(agreement=self.agreement, by=self.world.by(side), at=self.now())


@pytest.fixture
def world() -> build.World:
    return build.world()


@pytest.fixture
def table(world: build.World) -> Table:
    """A draft that is not negotiated yet."""
    return Table(world, build.agreement(world, [world.entrust()]))


@pytest.fixture
def opened(table: Table) -> Table:
    """The registrant handed the draft over: the contractor's turn."""
    table.hand_over(R)
    return table


def refused(call, *codes: str) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    assert sorted(caught.value.codes) == sorted(codes)
    return caught.value


def last(table: Table) -> tuple[str, dict[str, Any]]:
    """Verb and data of the newest entry of the pair."""
    entry = Entry.objects.filter(stream=table.world.pair.stream).order_by("-seq")[0]
    return entry.verb, entry.content["data"]


# rounds and turns


def test_the_first_round_opens_the_negotiation_with_the_whole_text_also_an_unfinished_one(table: Table) -> None:
    actions.add_draft_clause(draft=table.draft(), content={}, by=table.world.by(C), at=table.now())
    row = table.hand_over(C, note=" 请审阅 ")
    assert (row.number, row.side, row.after_revision, row.note) == (1, C, 0, "请审阅")
    assert round_body(row) == draft_body(table.draft())
    assert last(table) == ("negotiation.handed_over", {"round": 1, "body_hash": row.body_hash, "note": "请审阅"})
    facts = load_negotiation(table.agreement, TODAY)
    assert (facts.open, facts.round, facts.sides_in_turn, facts.rounds[0].name) == (
        True,
        1,
        (R,),
        table.world.by(C).name,
    )


def test_before_the_first_round_nothing_can_be_proposed_and_everything_edited(table: Table) -> None:
    refused(lambda: table.propose(R), "negotiation_not_open")
    row = table.row("clause", "scope")
    content = {**{n: getattr(row, n) for n in ("heading_zh", "heading_en")}, **TEXT}
    actions.edit_draft_clause(clause=row, seen_edition=1, content=content, by=table.world.by(), at=table.now())
    assert table.place().state == "untouched"


def test_while_it_is_negotiated_no_draft_is_edited_directly(opened: Table) -> None:
    world, draft = opened.world, opened.draft()
    common: dict[str, Any] = {"by": world.by(C), "at": opened.now()}
    scope, duty = opened.row("clause", "scope"), opened.row("duty", "labels")
    obligation = draft.obligations.first()
    seen = {"seen_edition": 1, **common}
    terms = {"starts_on": TODAY, "ends_on": TODAY, "entrustments": []}
    for call in (
        lambda: actions.add_draft_clause(draft=draft, content=CLAUSE, **common),
        lambda: actions.edit_draft_clause(clause=scope, content={**CLAUSE}, **seen),
        lambda: actions.move_draft_clause(clause=scope, position=3, **seen),
        lambda: actions.remove_draft_clause(clause=scope, **seen),
        lambda: actions.add_draft_duty(draft=draft, content={}, **common),
        lambda: actions.edit_draft_duty(duty=duty, content={"registrant_part": "I"}, **seen),
        lambda: actions.remove_draft_duty(duty=duty, **seen),
        lambda: actions.add_draft_obligation(draft=draft, content=OBLIGATION, **common),
        lambda: actions.edit_draft_obligation(obligation=obligation, content=OBLIGATION, **seen),
        lambda: actions.remove_draft_obligation(obligation=obligation, **seen),
        lambda: actions.set_draft_terms(draft=draft, **terms, **seen),
        lambda: actions.set_signing_order(draft=draft, signing_order="registrant_first", **seen),
        lambda: actions.put_back_draft_row(draft=draft, kind="clause", key="scope", **common),
    ):
        refused(call, "negotiation_open")


def test_whoever_is_not_in_turn_remarks_and_withdraws_and_does_nothing_else(opened: Table) -> None:
    theirs = opened.propose(C, "recall")
    for call in (
        lambda: opened.propose(R),
        lambda: opened.answer(theirs),
        lambda: opened.answer(theirs, accepted=False),
        lambda: opened.hand_over(R),
    ):
        refused(call, "turn_of_other_side")
    refused(lambda: opened.offer(R), "turn_of_other_side", "proposal_open")
    assert opened.remark(R).side == R
    opened.hand_over(C)
    assert opened.withdraw(theirs).outcome == "withdrawn"


def test_a_turn_lasts_fourteen_days_and_then_either_side_may_act(opened: Table) -> None:
    change = opened.propose(C)
    opened.hand_over(C)
    eve, day = AT + timedelta(days=13), AT + timedelta(days=14)
    caught = refused(lambda: opened.propose(C, "recall", at=eve), "turn_of_other_side")
    assert caught.findings[0].facts["both_from"] == (TODAY + timedelta(days=14)).isoformat()
    assert load_standing(opened.agreement).sides_in_turn(day.date() - timedelta(days=1)) == (R,)
    assert load_standing(opened.agreement).sides_in_turn(TODAY + timedelta(days=14)) == (R, C)
    assert opened.propose(C, "recall", at=day).side == C
    assert opened.answer(change, at=day).outcome == "accepted"
    assert opened.hand_over(C, at=day).number == 3
    refused(lambda: opened.hand_over(C, at=day), "turn_of_other_side")


@pytest.mark.parametrize("act", ["propose", "answer", "remark"])
def test_a_round_needs_something_new_of_the_side_that_hands_over(opened: Table, act: str) -> None:
    refused(lambda: opened.hand_over(C), "nothing_to_hand_over")
    change = opened.propose(C)
    opened.hand_over(C)
    opened.remark(C)  # what the other side does is not new of this one
    refused(lambda: opened.hand_over(R), "nothing_to_hand_over")
    if act == "propose":
        opened.propose(R, "recall")
    elif act == "answer":
        opened.answer(change, accepted=False)
    else:
        opened.remark(R)
    assert opened.hand_over(R).number == 3
    assert load_negotiation(opened.agreement, TODAY).open_for(R) == (0 if act == "answer" else 1)


def test_nothing_is_handed_over_or_proposed_while_a_revision_waits(opened: Table) -> None:
    revision = opened.offer(C)
    refused(lambda: opened.hand_over(C), "revision_waiting")
    refused(lambda: opened.propose(C), "revision_waiting")
    by = opened.world.by(C)
    actions.withdraw_revision(revision=revision, reason="改", by=by, at=opened.now())
    assert load_standing(opened.agreement).open


def test_after_a_revision_came_to_nothing_either_side_may_act(opened: Table) -> None:
    revision = opened.offer(C)
    by = opened.world.by(R, "signatory")
    actions.decline_revision(revision=revision, reason="期限太短", by=by, at=opened.now())
    assert load_negotiation(opened.agreement, TODAY).sides_in_turn == (R, C)
    opened.propose(R)
    opened.propose(C, "recall")
    opened.hand_over(R)
    assert load_negotiation(opened.agreement, TODAY).sides_in_turn == (C,)


def test_a_concluded_revision_closes_the_negotiation_and_the_next_one_begins_anew(opened: Table) -> None:
    opened.hand_over(C) if opened.propose(C) else None
    change = ProposedChange.objects.get()
    opened.answer(change)
    revision = opened.offer(R)
    for side in (R, C):
        build.sign(opened.world, revision, side, moment=opened.now())
    facts = load_negotiation(opened.agreement, TODAY)
    assert (facts.open, facts.sides_in_turn, facts.round) == (False, (), 2)
    assert opened.place().state == "untouched"
    assert [step.what for step in opened.place().history] == ["proposed", "accepted"]
    refused(lambda: opened.propose(R), "negotiation_not_open")
    row = opened.row("clause", "recall")
    edit = {"clause": row, "seen_edition": 1, "content": CLAUSE, "by": opened.world.by(), "at": opened.now()}
    assert actions.edit_draft_clause(**edit).edition == 2
    row = opened.hand_over(C)
    assert (row.number, row.after_revision) == (3, 1)
    assert load_standing(opened.agreement).open


def test_only_quality_of_both_sides_negotiates_and_signatories_may_remark(opened: Table) -> None:
    world = opened.world
    for role in ("signatory", "management_representative"):
        by = world.by(C, role)
        with pytest.raises(PermissionDenied):
            opened.propose(C, by=by)
        with pytest.raises(PermissionDenied):
            opened.hand_over(C, by=by)
        assert opened.remark(C, by=by).recorded_by_name == by.name
    with pytest.raises(PermissionDenied):
        opened.remark(C, by=world.by(C, "viewer"))
    stranger = build.lean_pair().contractor.actor("quality_manager", C)
    for call in (lambda: opened.propose(C, by=stranger), lambda: opened.remark(C, by=stranger)):
        with pytest.raises(PermissionDenied):
            call()


# proposing


def test_a_proposal_leaves_the_draft_as_it_is_and_an_accepted_one_is_its_text_in_the_proposers_name(
    opened: Table,
) -> None:
    before = draft_body(opened.draft())
    change = opened.propose(C, reason="更清楚")
    assert draft_body(opened.draft()) == before
    assert opened.place().state == "waits_on_registrant"
    verb, data = last(opened)
    assert (verb, data["row"], data["proposed_side"]) == ("negotiation.proposed", "scope", C)
    opened.hand_over(C)
    opened.answer(change, reason="同意")
    row, proposer = opened.row("clause", "scope"), opened.world.by(C)
    assert (row.text_zh, row.text_en, row.edition, row.edited_by_name) == (*TEXT.values(), 2, proposer.name)
    entry = Entry.objects.filter(verb="negotiation.accepted").get()
    data = entry.content["data"]
    assert (entry.actor_name, data["proposed_by"], data["edition"]) == (opened.world.by(R).name, proposer.name, 2)
    changed = [item for items in compare(before, draft_body(opened.draft())).parts.values() for item in items]
    assert [(item.part, item.key) for item in changed if item.differs] == [("clauses", "scope")]


def test_a_proposal_on_a_stale_or_missing_row_or_without_difference_is_refused(opened: Table) -> None:
    first = opened.propose(C)
    opened.hand_over(C)
    opened.answer(first)
    caught = refused(lambda: opened.propose(R, seen_edition=1, after={"text_zh": "又"}), "edited_meanwhile")
    assert opened.world.by(C).name in caught.findings[0].zh
    refused(lambda: opened.propose(R, after=TEXT), "change_same")
    refused(lambda: opened.propose(R, "nowhere", seen_edition=1), "removed_meanwhile")
    refused(
        lambda: opened.propose(R, act="move", after={"position": opened.row("clause", "scope").position}), "change_same"
    )
    refused(lambda: opened.propose(R, act="move", after={"position": 99}), "position_unknown")
    refused(lambda: opened.propose(R, after={"elements": ["QA-00"]}), "element_unknown")
    refused(lambda: opened.propose(R, kind="terms", key="", act="remove"), "change_impossible")
    refused(lambda: opened.propose(R, "labels", kind="duty", act="move", after={"position": 1}), "change_impossible")


def test_what_a_column_cannot_hold_is_refused_when_it_is_proposed(opened: Table) -> None:
    for given in (
        {"after": {"heading_zh": "长" * 201}},
        {"kind": "obligation", "key": opened.draft().obligations.first().key, "after": {"frequency": "sometimes"}},
        {"kind": "terms", "key": "", "after": {"signing_order": "nobody"}},
    ):
        with pytest.raises(ValidationError) as caught:
            opened.propose(C, **given)
        assert not isinstance(caught.value, Refused)
    assert not ProposedChange.objects.exists()


def test_duties_fixed_by_law_keep_their_holder_and_stay(opened: Table) -> None:
    locked = opened.draft().duties.filter(locked=True).first()
    turned = {"registrant_part": locked.contractor_part, "contractor_part": locked.registrant_part}
    refused(lambda: opened.propose(C, locked.key, kind="duty", after=turned), "duty_locked")
    refused(lambda: opened.propose(C, locked.key, kind="duty", act="remove"), "duty_stays")
    worded = opened.propose(C, "labels", kind="duty", after={"duty_zh": "标签审核"})
    assert worded.after["duty_zh"] == "标签审核"
    refused(lambda: opened.propose(C, "labels", kind="duty", after={"clause_key": "nowhere"}), "clause_unknown")
    refused(lambda: opened.propose(C, "labels", kind="duty", after={"registrant_part": "X"}), "unknown_part")


def test_the_newer_proposal_of_a_side_takes_the_place_of_its_older_one(opened: Table) -> None:
    older = opened.propose(C)
    refused(lambda: opened.propose(C), "change_proposed_already")
    moved = opened.propose(C, act="move", after={"position": 3})
    newer = opened.propose(C, after={"text_zh": "改"})
    older.refresh_from_db()
    assert (older.answer.outcome, newer.replaces_id) == ("withdrawn", older.pk)
    assert [p.id for p in opened.place().open] == [moved.pk, newer.pk]


def test_a_counter_proposal_answers_the_other_sides_and_can_be_accepted_in_turn(opened: Table) -> None:
    first = opened.propose(C)
    opened.hand_over(C)
    counter = opened.propose(R, after={"text_zh": "折中"}, reason="折中", replaces=first)
    first.refresh_from_db()
    assert (first.answer.outcome, first.answer.side, first.answer.reason) == ("countered", R, "折中")
    assert counter.replaces_id == first.pk
    opened.hand_over(R)
    refused(lambda: opened.propose(C, after={"text_zh": "再"}, replaces=first), "counter_elsewhere")
    refused(lambda: opened.propose(C, "recall", replaces=counter), "counter_elsewhere")
    opened.answer(counter)
    assert opened.row("clause", "scope").text_zh == "折中"
    assert [step.what for step in opened.place().history] == ["proposed", "countered", "proposed", "accepted"]


def test_one_accepted_proposal_overtakes_the_others_about_the_same_text(opened: Table) -> None:
    mine = opened.propose(C)
    place = opened.propose(C, act="move", after={"position": 4})
    opened.hand_over(C)
    theirs = opened.propose(R, after={"text_zh": "另一"})
    removal = opened.propose(R, "recall", act="remove", after={})
    opened.answer(mine)
    outcomes = dict(ChangeAnswer.objects.values_list("change_id", "outcome"))
    assert outcomes == {mine.pk: "accepted", theirs.pk: "overtaken"}
    opened.answer(place)
    assert opened.row("clause", "scope").position == 4
    refused(lambda: opened.answer(theirs), "change_answered")
    opened.hand_over(R)
    opened.answer(removal)
    assert opened.place("recall").state == "removed"
    assert opened.place("recall").values["heading_zh"]


def test_rows_are_added_removed_and_put_back_by_agreement(opened: Table) -> None:
    def agree(**given: Any) -> ProposedChange:
        change = opened.propose(C, **given)
        opened.hand_over(C)
        opened.answer(change)
        opened.hand_over(R)
        return change

    added = agree(key="", act="add", after={**CLAUSE, "position": 2})
    assert opened.row("clause", added.row_key).position == 2
    obligation = agree(key="", kind="obligation", act="add", after=OBLIGATION)
    assert opened.row("obligation", obligation.row_key).what_zh == OBLIGATION["what_zh"]
    where = opened.row("clause", "recall").position
    text = opened.row("clause", "recall").text_zh
    agree(key="recall", act="remove", after={})
    assert opened.row("clause", "recall") is None
    refused(lambda: opened.propose(C, "recall", act="remove"), "removed_meanwhile")
    agree(key="recall", act="add", after={})
    row = opened.row("clause", "recall")
    assert (row.position, row.text_zh, bool(row.citation)) == (where, text, True)
    refused(lambda: opened.propose(C, "recall", act="add"), "template_row_held")
    refused(lambda: opened.propose(C, "own_unheard_of", act="add"), "template_row_unknown")
    agree(key=added.row_key, act="remove", after={})
    assert agree(key=added.row_key, act="add", after=CLAUSE).row_key == added.row_key


def test_term_coverage_and_order_are_negotiated_as_one(opened: Table) -> None:
    numbers = [c.entrustment.number for c in opened.draft().coverage.all()]
    refused(lambda: opened.propose(C, kind="terms", key="", after={"ends_on": date(2020, 1, 1)}), "term_backwards")
    foreign = {"entrustments": [*numbers, "ET2026-999999"]}
    refused(lambda: opened.propose(C, kind="terms", key="", after=foreign), "coverage_of_other_pair")
    after = {"ends_on": date(2027, 12, 31), "signing_order": "contractor_first", "entrustments": []}
    change = opened.propose(C, kind="terms", key="", after=after)
    assert change.after["ends_on"] == "2027-12-31"
    opened.hand_over(C)
    opened.answer(change)
    draft = opened.draft()
    assert (draft.ends_on, draft.signing_order, draft.edition) == (date(2027, 12, 31), "contractor_first", 2)
    assert not draft.coverage.exists()
    refused(lambda: opened.propose(R, kind="terms", key="", seen_edition=1), "edited_meanwhile")


# answering


def test_nobody_answers_the_own_proposal_or_declines_without_a_reason_or_answers_twice(opened: Table) -> None:
    change = opened.propose(C)
    own = {"by": opened.world.by(C)}
    refused(lambda: opened.answer(change, **own), "own_change")
    refused(lambda: opened.withdraw(change, by=opened.world.by(R)), "change_of_other_side")
    opened.hand_over(C)
    refused(lambda: opened.answer(change, accepted=False, reason=" "), "reason_needed")
    opened.answer(change, accepted=False, reason="与规程不符")
    for call in (lambda: opened.answer(change), lambda: opened.withdraw(change)):
        caught = refused(call, "change_answered")
        assert "已拒绝" in caught.findings[0].zh
    assert opened.row("clause", "scope").edition == 1
    assert [(s.what, s.side, s.text) for s in opened.place().history][1] == ("declined", R, "与规程不符")


def test_a_draft_is_offered_only_when_every_proposal_is_answered(opened: Table) -> None:
    change = opened.propose(C, act="move", after={"position": 3})
    added = opened.propose(C, "", act="add", after=CLAUSE)
    caught = refused(lambda: opened.offer(C), "proposal_open", "proposal_open")
    assert [f.facts["anchor"] for f in caught.findings] == ["clause-scope", f"clause-{added.row_key}"]
    scope = opened.row("clause", "scope")
    assert scope.heading_zh in caught.findings[0].zh
    assert scope.heading_en in caught.findings[0].en
    assert "包装" in caught.findings[1].zh
    opened.withdraw(change)
    opened.withdraw(added)
    assert opened.offer(C).number == 1


# remarks


def test_remarks_are_made_where_something_is_or_was_proposed(opened: Table) -> None:
    added = opened.propose(C, "", act="add", after=CLAUSE)
    said = opened.remark(R, about=added, text=" 为什么？ ", word_author="示例审阅人", word_at="2026-05-01T08:00:00Z")
    assert (said.kind, said.row_key, said.text) == ("clause", added.row_key, "为什么？")
    assert last(opened)[1]["word_author"] == "示例审阅人"
    assert opened.remark(R, kind="terms", row_key="").kind == "terms"
    refused(lambda: opened.remark(R, text="  "), "remark_empty")
    for nowhere in ({"row_key": "nowhere"}, {"kind": "", "row_key": ""}, {"kind": "terms", "row_key": "scope"}):
        refused(lambda nowhere=nowhere: opened.remark(R, **nowhere), "remark_nowhere")
    steps = [(s.what, s.word_author, s.proposal and s.proposal.id) for s in opened.place(added.row_key).history]
    assert steps == [("proposed", "", added.pk), ("remarked", "示例审阅人", added.pk)]


# what both sides see


def test_every_place_says_where_it_stands(opened: Table) -> None:
    earlier, declined = opened.propose(C), opened.propose(C, "recall")
    opened.hand_over(C)
    opened.answer(earlier)
    opened.answer(declined, accepted=False)
    assert opened.place().state == "changed_in_round"
    never = opened.propose(R, "", act="add", after=CLAUSE)
    opened.hand_over(R)
    opened.propose(C, "disputes")
    opened.answer(never, accepted=False)
    states = {key: opened.place(key).state for key in ("scope", "recall", "disputes", never.row_key)}
    assert states == {
        "scope": "agreed",
        "recall": "agreed",
        "disputes": "waits_on_registrant",
        never.row_key: "not_added",
    }
    facts = load_negotiation(opened.agreement, TODAY)
    assert (facts.open_for(R), facts.open_for(C), len(facts.proposals)) == (1, 0, 1)
    assert facts.count("untouched") == sum(len(rows) for rows in facts.rows.values()) - 4
    assert [step.round for step in opened.place("recall").history] == [1, 2]
    assert {p.key: p.values["text_zh"] for p in facts.rows["clause"]}[never.row_key] == CLAUSE["text_zh"]


def test_where_both_sides_proposed_the_one_in_turn_is_waited_for(opened: Table) -> None:
    opened.propose(C)
    opened.hand_over(C)
    opened.propose(R, after={"text_zh": "另一"})
    assert opened.place().state == "waits_on_registrant"
    opened.hand_over(R)
    assert opened.place().state == "waits_on_contractor"


def test_each_side_finds_in_its_inbox_what_waits_on_it(opened: Table) -> None:
    def titles(side: str, days: int = 0, role: str = "quality_manager") -> list[str]:
        firm = opened.world.relation.registrant if side == R else opened.world.relation.contractor
        on = TODAY + timedelta(days=days)
        found = duties.waiting_on(scope_of(firm.user(role, side), on), on)
        with override("en"):
            return [str(duty.title) for duty in found if duty.code == "negotiation_turn"]

    assert (titles(R), titles(C)) == ([], ["Continue the negotiation of the agreement"])
    assert titles(C, role="signatory") == []
    assert titles(R, days=13) == []
    assert titles(R, days=14) == ["Continue the negotiation of the agreement"]
    opened.propose(C)
    opened.propose(C, "recall")
    opened.hand_over(C)
    assert (titles(R), titles(C)) == (["Answer 2 proposed changes"], [])
    for change in ProposedChange.objects.all():
        opened.answer(change)
    assert titles(R) == ["Continue the negotiation of the agreement"]
    opened.offer(R)
    assert (titles(R), titles(C)) == ([], [])


def test_the_inbox_takes_the_same_queries_for_one_and_for_four_negotiations(opened: Table) -> None:
    scope = scope_of(opened.world.relation.contractor.user("quality_manager", C), TODAY)
    entrustments = [cover.entrustment for cover in opened.draft().coverage.all()]

    def waiting() -> list[Any]:
        return [duty for duty in duties.waiting_on(scope, TODAY) if duty.code == "negotiation_turn"]

    opened.propose(C)
    before = build.queries(waiting)
    for _number in range(3):
        table = Table(opened.world, build.agreement(opened.world, entrustments))
        table.hand_over(R)
        table.propose(C)
    assert build.queries(waiting) == before
    assert len({duty.key for duty in waiting()}) == 4


@pytest.mark.parametrize("rounds", [1, 5])
def test_the_whole_negotiation_takes_the_same_queries_at_any_size(opened: Table, rounds: int) -> None:
    small = build.queries(lambda: load_negotiation(opened.agreement, TODAY))
    draft = opened.draft()
    rows = [
        DraftClause(draft=draft, key=f"own_{n}", position=100 + n, **CLAUSE, edited_by_name="甲", edited_at=AT)
        for n in range(60 - draft.clauses.count())
    ]
    DraftClause.objects.bulk_create(rows)
    side = C
    for _round in range(rounds):
        for n in range(3):
            opened.remark(side, row_key=f"own_{n}")
            opened.propose(side, f"own_{n}", after={"text_zh": f"{opened.minutes}"})
        opened.hand_over(side)
        side = R if side == C else C
    facts = load_negotiation(opened.agreement, TODAY)
    assert (len(facts.rows["clause"]), facts.round) == (60, rounds + 1)
    assert build.queries(lambda: load_negotiation(opened.agreement, TODAY)) == small <= 14

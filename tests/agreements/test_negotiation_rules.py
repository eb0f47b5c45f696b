"""Rules of negotiating at their edges: whose turn it is, what can be proposed, what an accepted change overtakes; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from agreements import rules
from agreements.facts.places import OpenChange, Place
from agreements.facts.rounds import TURN_DAYS, Standing
from agreements.rules.agreement import LONGEST_TEXT
from agreements.rules.negotiation import MOST_ACCEPTED, blockers_to_accept_several
from cmo.clock import SHANGHAI

HANDED = datetime(2026, 11, 1, 23, 59, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
R, C = "registrant", "contractor"
STANDING = Standing(True, 1, R, HANDED, False, 0, 0, None, None)
CLAUSE = {"heading_zh": "一", "heading_en": "One", "text_zh": "甲", "text_en": "a", "elements": []}
PLACE = Place("clause", "scope", True, True, CLAUSE, {}, False, 3, "甲某", 2, 5, frozenset({"scope"}), frozenset(), ())
DUTY_VALUES = {"duty_zh": "一", "duty_en": "One", "registrant_part": "R", "contractor_part": "", "clause_key": "gone"}
DUTY = replace(PLACE, kind="duty", key="labels", values=DUTY_VALUES)
TERMS_VALUES = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "entrustments": ["ET1"], "signing_order": "any"}
TERMS = replace(PLACE, kind="terms", key="", values=TERMS_VALUES, entrustments=frozenset({"ET1", "ET2"}))


def codes(found: list[Any]) -> list[str]:
    return [finding.code for finding in found]


def propose(place: Place, act: str = "change", seen: int = 3, **after: Any) -> list[str]:
    whole = {} if act == "remove" else after if act == "move" else {**place.values, **after}
    return codes(rules.blockers_to_propose(place, act, whole, seen, {"QA-01"}))


def test_a_turn_begins_with_the_hand_over_and_lasts_to_the_eve_of_its_last_day() -> None:
    assert TURN_DAYS == 14
    first = date(2026, 11, 1)
    assert STANDING.both_from == first + 14 * DAY
    for day, turn in ((0, (C,)), (13, (C,)), (14, (R, C)), (400, (R, C))):
        assert STANDING.sides_in_turn(first + day * DAY) == turn
    assert replace(STANDING, handed_by=C).sides_in_turn(first) == (R,)
    assert replace(STANDING, free=True).sides_in_turn(first) == (R, C)
    closed = replace(STANDING, open=False)
    assert (closed.sides_in_turn(first), closed.both_from) == ((), None)


@pytest.mark.parametrize(
    ("changes", "side", "found"),
    [
        ({}, C, []),
        ({}, R, ["turn_of_other_side"]),
        ({"open": False}, C, ["negotiation_not_open"]),
        ({"waiting": 2}, C, ["revision_waiting"]),
        ({"waiting": 2}, R, ["revision_waiting", "turn_of_other_side"]),
        ({"pair_ended_on": date(2026, 11, 2)}, C, ["pair_ended"]),
        ({"open": False, "terminated_on": date(2026, 11, 2)}, C, ["agreement_terminated"]),
    ],
)
def test_who_may_act(changes: dict[str, Any], side: str, found: list[str]) -> None:
    standing = replace(STANDING, **changes)
    assert codes(rules.blockers_to_act(standing, side, date(2026, 11, 2))) == found


@pytest.mark.parametrize(
    ("changes", "side", "new", "found"),
    [
        ({"open": False, "round": 0}, R, False, []),
        ({}, C, True, []),
        ({}, C, False, ["nothing_to_hand_over"]),
        ({}, R, False, ["turn_of_other_side"]),
        ({"waiting": 1}, C, False, ["revision_waiting"]),
        ({"open": False, "pair_ended_on": date(2026, 11, 2)}, R, True, ["pair_ended"]),
    ],
)
def test_when_a_round_is_handed_over(changes: dict[str, Any], side: str, new: bool, found: list[str]) -> None:
    standing = replace(STANDING, **changes)
    assert codes(rules.blockers_to_hand_over(standing, side, date(2026, 11, 2), new=new)) == found


def test_a_proposal_names_what_differs_of_the_edition_that_was_seen() -> None:
    assert propose(PLACE, text_zh="乙") == []
    assert propose(PLACE) == ["change_same"]
    assert propose(PLACE, seen=2, text_zh="乙") == ["edited_meanwhile"]
    assert propose(replace(PLACE, held=False), text_zh="乙") == ["removed_meanwhile"]
    assert propose(PLACE, elements=["QA-01"]) == []
    assert propose(PLACE, elements=["QA-99"]) == ["element_unknown"]
    assert propose(PLACE, "remove") == []
    assert propose(PLACE, "rewrite", text_zh="乙") == ["change_impossible"]


@pytest.mark.parametrize(
    ("position", "found"), [(0, "position_unknown"), (1, ""), (2, "change_same"), (5, ""), (6, "position_unknown")]
)
def test_a_clause_moves_to_places_that_there_are(position: int, found: str) -> None:
    assert propose(PLACE, "move", position=position) == ([found] if found else [])
    assert propose(DUTY, "move", position=position) == ["change_impossible"]


@pytest.mark.parametrize(("position", "found"), [(0, "position_unknown"), (1, ""), (6, ""), (7, "position_unknown")])
def test_a_row_is_added_where_there_is_a_place_and_under_a_key_that_is_known(position: int, found: str) -> None:
    free = replace(PLACE, held=False, key="")
    assert propose(free, "add", seen=0, position=position) == ([found] if found else [])
    assert propose(replace(free, known=False), "add", position=1) == ["template_row_unknown"]
    assert propose(PLACE, "add", position=1) == ["template_row_held"]


def test_a_duty_fixed_by_law_keeps_its_holder_and_a_removed_clause_may_stay_linked() -> None:
    assert propose(DUTY, registrant_part="", contractor_part="R") == []
    assert propose(DUTY, registrant_part="RX") == ["unknown_part"]
    assert propose(DUTY, clause_key="scope") == []
    assert propose(DUTY, clause_key="nowhere") == ["clause_unknown"]
    locked = replace(DUTY, locked=True)
    assert propose(locked, registrant_part="RA") == []
    assert propose(locked, registrant_part="", contractor_part="R") == ["duty_locked"]
    assert propose(locked, "remove") == ["duty_stays"]
    given = replace(locked, held=False)  # taken back from the template: its holder cannot be chosen either
    assert propose(given, "add", position=1) == []
    assert propose(given, "add", position=1, registrant_part="", contractor_part="R") == ["duty_locked"]


def test_terms_are_only_changed_and_cover_the_pairs_entrustments() -> None:
    assert propose(TERMS, ends_on="2026-01-01") == []
    assert propose(TERMS, ends_on="2025-12-31") == ["term_backwards"]
    assert propose(TERMS, entrustments=["ET1", "ET2"]) == []
    assert propose(TERMS, entrustments=["ET3"]) == ["coverage_of_other_pair"]
    for act in ("add", "remove", "move"):
        assert propose(TERMS, act, position=1) == ["change_impossible"]


def test_the_same_is_not_proposed_twice_by_whomever() -> None:
    twin = OpenChange(7, "change", R, {**CLAUSE, "text_zh": "乙"})
    place = replace(PLACE, open=(twin,))
    assert propose(place, text_zh="乙") == ["change_proposed_already"]
    assert propose(place, text_zh="丙") == []
    assert propose(place, "remove") == []


def test_an_accepted_change_is_taken_in_only_as_it_was_seen() -> None:
    after = {**CLAUSE, "text_zh": "乙"}

    def apply(place: Place, act: str = "change", before: Any = CLAUSE, then: Any = after) -> list[str]:
        return codes(rules.blockers_to_apply(place, act, before, then, {"QA-01"}))

    assert apply(PLACE) == []
    assert apply(replace(PLACE, edition=9)) == []  # moved meanwhile: the text is what was seen
    assert apply(PLACE, before={**CLAUSE, "text_en": "b"}) == ["edited_meanwhile"]
    assert apply(replace(PLACE, held=False)) == ["removed_meanwhile"]
    assert apply(PLACE, "remove", then={}) == []
    assert apply(PLACE, "add", {}, {**CLAUSE, "position": 1}) == ["template_row_held"]
    assert apply(PLACE, "move", {"position": 1}, {"position": 99}) == []  # of a draft that got shorter: the last place
    duty = {**DUTY_VALUES, "clause_key": "nowhere"}
    assert apply(DUTY, before=DUTY_VALUES, then=duty) == ["clause_unknown"]


def test_an_answer_is_the_other_sides_and_a_refusal_gives_its_reason() -> None:
    def answer(own: bool = False, outcome: str = "", accepted: bool = True, reason: str = "") -> list[str]:
        return codes(rules.blockers_to_answer(own, outcome, "乙某", accepted=accepted, reason=reason))

    assert answer() == []
    assert answer(own=True) == ["own_change"]
    assert answer(accepted=False, reason=" \n") == ["reason_needed"]
    assert answer(accepted=False, reason="否") == []
    for outcome in ("accepted", "declined", "countered", "withdrawn", "overtaken"):
        assert answer(outcome=outcome) == ["change_answered"]
        assert codes(rules.blockers_to_withdraw_change(True, outcome, "乙某")) == ["change_answered"]
    assert codes(rules.blockers_to_withdraw_change(True, "", "")) == []
    assert codes(rules.blockers_to_withdraw_change(False, "", "")) == ["change_of_other_side"]


def test_a_counter_proposal_answers_an_open_one_of_the_other_side_about_the_same_place() -> None:
    place = replace(PLACE, open=(OpenChange(7, "change", R, {}), OpenChange(8, "change", C, {})))
    assert codes(rules.blockers_to_counter(place, 7, C, "change")) == []
    assert codes(rules.blockers_to_counter(place, 7, C, "remove")) == []
    for number, act in ((8, "change"), (9, "change"), (7, "add")):
        assert codes(rules.blockers_to_counter(place, number, C, act)) == ["counter_elsewhere"]


def test_texts_and_places_of_a_row_are_overtaken_apart_and_a_removal_overtakes_both() -> None:
    others = [OpenChange(n, act, R, {}) for n, act in enumerate(("change", "remove", "move", "add"))]
    assert rules.overtaken_by("change", others) == [0, 1, 3]
    assert rules.overtaken_by("move", others) == [2]
    assert rules.overtaken_by("remove", others) == [0, 1, 2, 3]
    assert rules.replaced_by_own("change", R, others) == [0, 1, 3]
    assert rules.replaced_by_own("move", R, others) == [2]
    assert rules.replaced_by_own("change", C, others) == []


def test_a_remark_says_something_about_something() -> None:
    def remark(text: str = "？", known: bool = True, **changes: Any) -> list[str]:
        return codes(rules.blockers_to_remark(replace(STANDING, **changes), text, known=known))

    assert remark() == remark(open=False) == remark(waiting=1) == []
    assert remark(" ") == ["remark_empty"]
    assert remark(known=False) == ["remark_nowhere"]
    assert remark(pair_ended_on=date(2026, 11, 2)) == ["pair_ended"]


def test_while_a_negotiation_is_open_nobody_edits_directly() -> None:
    assert codes(rules.blockers_to_edit_directly(True)) == ["negotiation_open"]
    assert rules.blockers_to_edit_directly(False) == []


def test_an_addition_says_something_in_one_language_at_least() -> None:
    free = replace(PLACE, held=False, values={}, edition=0)
    empty = {"heading_zh": " ", "heading_en": "", "text_zh": "", "text_en": "\n", "elements": []}
    assert propose(free, "add", seen=0, position=1, **empty) == ["addition_empty"]
    assert propose(free, "add", seen=0, position=1, **{**empty, "text_en": "a"}) == []


def test_a_text_that_nobody_could_compare_is_refused_unless_it_was_there() -> None:
    longest = "甲" * LONGEST_TEXT
    assert propose(PLACE, text_zh=longest) == []
    assert propose(PLACE, text_zh=f"{longest}乙") == ["text_too_long"]
    held = replace(PLACE, values={**CLAUSE, "text_zh": f"{longest}乙"})
    assert propose(held, text_en="b") == []


def test_a_move_to_the_same_number_behind_another_row_is_a_move() -> None:
    place = replace(PLACE, order=("a", "scope", "b", "c", "d"))
    assert propose(place, "move", position=2, behind=["a"]) == ["change_same"]
    assert propose(place, "move", position=2) == ["change_same"]
    assert propose(place, "move", position=2, behind=["d", "a"]) == []


def test_so_many_proposals_are_accepted_in_one_step() -> None:
    assert blockers_to_accept_several(MOST_ACCEPTED) == []
    assert codes(blockers_to_accept_several(MOST_ACCEPTED + 1)) == ["too_many_accepted"]

"""Proof by exhaustion: unknown facts are judged exactly as what they could be, for every code there is.

The oracle below restates the two notices as plain conditions on complete facts and shares nothing with the rules.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from itertools import product
from operator import or_
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmo.catalogue.facts_vocabulary import ScreeningFacts
from cmo.catalogue.known_codes import known_codes
from cmo.catalogue.rules import Catalogue, screen

from .known import CATALOGUE, IN_2014, IN_2022

SITES = ("coronary", "peripheral", "aortic", "intracranial", "other")
ANSWERS = ("yes", "no", "unknown")


class Whole(NamedTuple):
    """Complete facts."""

    site: str
    animal: bool
    direct: bool
    implantable: bool
    allogeneic: bool


WHOLE = [
    Whole(site, animal, direct, implantable, allogeneic)
    for site in SITES
    for animal, direct in ((False, False), (True, False), (True, True))
    for implantable in (True, False)
    for allogeneic in (True, False)
]
TABLE = sorted(known_codes())
HINTS_2014 = {
    "13-07-07": False, "13-07-06": False, "13-09-01": False, "13-09-02": False, "13-09-03": False,
    "12-01-01": False, "12-04-02": False, "12-04-03": False, "13-06-06": False,
    "13-07-05": True, "13-10-04": True, "13-06-04": True, "14-08-01": True, "14-08-02": True,
}  # fmt: skip  # code -> whether the entry needs animal material


def law_of_2022(code: str, w: Whole) -> str:
    if w.implantable and (w.allogeneic or w.direct):
        return "prohibited"
    if code in {"12-01-01", "12-04-01", "12-04-02", "13-06-06", "13-06-11", "13-09-01", "13-09-02", "13-09-03"}:
        return "prohibited"
    if code in {"13-06-04", "14-08-02"}:
        return "prohibited" if w.animal else "allowed"
    if code.startswith("13-10-"):
        return "prohibited" if w.animal or w.allogeneic else "allowed"
    if code.startswith("13-07-") and code not in {"13-07-03", "13-07-08"}:
        if code == "13-07-02":
            return {"peripheral": "allowed", "aortic": "undetermined"}.get(w.site, "prohibited")
        if code == "13-07-01":
            return "undetermined" if w.site in {"peripheral", "aortic"} else "prohibited"
        return "prohibited"
    return "allowed"


def law_of_2014(code: str, w: Whole) -> str:
    if w.allogeneic or (w.implantable and w.direct):
        return "prohibited"
    if code == "13-07-02":
        return "allowed" if w.site == "peripheral" else "undetermined"
    if code in HINTS_2014 and not HINTS_2014[code]:
        return "undetermined"
    hints_at_animal = code in HINTS_2014 or code.startswith(("13-10-", "13-05-"))
    return "undetermined" if hints_at_animal and w.animal else "allowed"


def partial_facts() -> list[tuple[dict[str, str], int]]:
    """Every consistent state of knowledge, with the bit mask of the complete facts it may turn out to be."""
    found = []
    for site, animal, direct, implantable, allogeneic in product((*SITES, "unknown"), *([ANSWERS] * 4)):
        facts = {
            "vascular_site": site,
            "contains_animal_derived": animal,
            "directly_from_animal_tissue": direct,
            "implantable": implantable,
            "contains_allogeneic": allogeneic,
        }
        mask = reduce(or_, (1 << i for i, whole in enumerate(WHOLE) if _may_be(facts, whole)), 0)
        if mask:
            found.append((facts, mask))
    return found


def _answers(whole: Whole) -> dict[str, str]:
    return {
        "vascular_site": whole.site,
        "contains_animal_derived": "yes" if whole.animal else "no",
        "directly_from_animal_tissue": "yes" if whole.direct else "no",
        "implantable": "yes" if whole.implantable else "no",
        "contains_allogeneic": "yes" if whole.allogeneic else "no",
    }


def _may_be(facts: dict[str, str], whole: Whole) -> bool:
    answers = _answers(whole)
    return all(value in {"unknown", answers[fact]} for fact, value in facts.items())


KNOWLEDGE = partial_facts()


@pytest.mark.parametrize(("on", "law"), [(IN_2022, law_of_2022), (IN_2014, law_of_2014)], ids=["2022", "2014"])
def test_every_code_and_every_state_of_knowledge_gives_the_join_of_what_it_may_be(on: date, law) -> None:
    for code in TABLE:
        masks = {"prohibited": 0, "allowed": 0, "undetermined": 0}
        for i, whole in enumerate(WHOLE):
            masks[law(code, whole)] |= 1 << i
        for facts, mask in KNOWLEDGE:
            possible = [outcome for outcome, hits in masks.items() if hits & mask]
            expected = possible[0] if len(possible) == 1 else "undetermined"
            result = screen(ScreeningFacts(code=code, **facts), CATALOGUE, on)
            assert result.outcome == expected, (code, facts)
            assert result.outcome == "undetermined" or not result.missing_facts, (code, facts)


@pytest.mark.parametrize("on", [IN_2014, IN_2022])
def test_every_code_of_the_table_yields_an_answer_with_reasons(on: date) -> None:
    for code in TABLE:
        result = screen(ScreeningFacts(code=code), CATALOGUE, on)
        assert result.outcome in {"prohibited", "undetermined"}
        assert result.reasons


CODES = st.sampled_from(
    [None, "IVD", "13-07", "13-10", "13-04", "14-02", "14-02-03", "13-07-99", "99-01-01", *TABLE]
) | st.sampled_from([code for code in TABLE if code[:5] in {"13-07", "13-10", "13-06", "13-09", "12-04", "14-08"}])
NAMES = st.sampled_from(["", "血管支架", "人工心脏瓣膜", "人工皮肤", "植入式心脏起搏器", "骨修复材料", "某产品"])
DATES = st.dates(date(2013, 1, 1), date(2030, 1, 1))
STATES = st.sampled_from([facts for facts, _ in KNOWLEDGE])


@settings(max_examples=400, deadline=None)
@given(CODES, NAMES, DATES, STATES, st.data())
def test_more_knowledge_never_turns_a_prohibition_into_anything_else(code, name, on, facts, data) -> None:
    known = ScreeningFacts(code=code, name=name, **facts)
    before = screen(known, CATALOGUE, on)
    whole = data.draw(st.sampled_from([w for w in WHOLE if _may_be(facts, w)]))
    after = screen(ScreeningFacts(code=code, name=name, **_answers(whole)), CATALOGUE, on)
    if before.outcome != "undetermined":
        assert after.outcome == before.outcome
    if after.outcome == "prohibited":
        assert before.outcome != "allowed"


@settings(max_examples=300, deadline=None)
@given(CODES, NAMES, DATES, STATES, st.data())
def test_answering_what_is_missing_leaves_nothing_to_ask(code, name, on, facts, data) -> None:
    before = screen(ScreeningFacts(code=code, name=name, **facts), CATALOGUE, on)
    assert all(facts.get(fact, "unknown") == "unknown" for fact in before.missing_facts)
    whole = data.draw(st.sampled_from([w for w in WHOLE if _may_be(facts, w)]))
    answers = {fact: value for fact, value in _answers(whole).items() if fact in before.missing_facts}
    after = screen(ScreeningFacts(code=code, name=name, **{**facts, **answers}), CATALOGUE, on)
    assert set(after.missing_facts) <= {"code", "name"}


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(TABLE), max_size=30), STATES, st.sampled_from(TABLE))
def test_a_smaller_classification_table_never_allows_more(removed, facts, code) -> None:
    smaller = Catalogue(CATALOGUE.editions, set(TABLE) - removed)
    known = ScreeningFacts(code=code, **facts)
    with_all, with_less = screen(known, CATALOGUE, IN_2022).outcome, screen(known, smaller, IN_2022).outcome
    assert with_less == with_all or (with_all, with_less) == ("allowed", "undetermined")

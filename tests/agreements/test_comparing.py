"""Comparing two texts of an agreement: what is said to differ is exactly what differs. No database."""

from __future__ import annotations

import html
import re
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.comparing import ADDED, CHANGED, MOVED, PARTS, REMOVED, SAME, compare, replaced_in
from cmo.web.word_diff import side

TEXT = st.text(alphabet="协议质量放行 abc<&>，。\n", max_size=30)


def clause(key: str, text_zh: str = "甲", text_en: str = "a", heading: str = "标题") -> dict[str, Any]:
    return {
        "key": key,
        "heading_zh": heading,
        "heading_en": "Heading",
        "text_zh": text_zh,
        "text_en": text_en,
        "citation": "",
    }


def duty(key: str, registrant: str = "R", contractor: str = "C") -> dict[str, Any]:
    words = {"duty_zh": key, "duty_en": key, "citation": "", "clause": ""}
    return {"key": key, "registrant": registrant, "contractor": contractor, **words}


def obligation(key: str, days_allowed: int = 0) -> dict[str, Any]:
    words = {"what_zh": key, "what_en": key, "proof_zh": "记录", "proof_en": "record", "clause": ""}
    return {"key": key, "side": "contractor", "frequency": "yearly", "days_allowed": days_allowed, **words}


def party(name: str = "甲公司", **changes: Any) -> dict[str, Any]:
    row = {"name_zh": name, "name_en": name, "uscc": "91", "address_zh": "路", "address_en": "Road"}
    return {**row, "legal_representative": "某", **changes}


def covered(number: str, last_day: str = "2027-12-31") -> dict[str, Any]:
    device = {"name_zh": "髋", "name_en": "Hip", "number": "国械注准1", "device_class": "III", "models": ["A"]}
    site = {"name_zh": "一厂", "name_en": "Plant 1", "address_zh": "路", "address_en": "Road"}
    return {
        "number": number,
        "device": {**device, "last_day": None},
        "site": site,
        "last_day": last_day,
        "capped_by": "term",
    }


def body(**changes: Any) -> dict[str, Any]:
    return {
        "schema": 2,
        "agreement": {"number": "QA1", "title_zh": "质量协议", "title_en": "Quality agreement"},
        "template": {"key": "quality_agreement", "version": "2026-11"},
        "term": {"starts_on": "2026-01-01", "ends_on": "2027-12-31"},
        "signing_order": "any",
        "parties": {
            "registrant": party(),
            "contractor": party("乙公司", licences=[{"number": "许1", "last_day": None}]),
        },
        "coverage": [covered("ET1")],
        "clauses": [clause("one"), clause("two"), clause("three")],
        "duties": [duty("labels")],
        "obligations": [obligation("meeting")],
        "paper": None,
        **changes,
    }


def clauses(*keys: str) -> dict[str, Any]:
    return body(clauses=[clause(key) for key in keys])


def statuses(before: Any, after: Any, part: str = "clauses") -> dict[str, str]:
    return {item.key: item.status for item in compare(before, after).parts[part]}


def test_a_text_compared_with_itself_differs_in_nothing() -> None:
    found = compare(body(), deepcopy(body()))
    assert found.empty
    assert {item.status for part in PARTS for item in found.parts[part]} == {SAME}


def test_an_old_body_without_order_and_obligations_is_read_as_without() -> None:
    old = {name: value for name, value in body().items() if name not in {"signing_order", "obligations"}}
    assert statuses(old, body(), "obligations") == {"meeting": ADDED}
    assert statuses(old, body(), "terms") == {"term": SAME}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (("one", "two"), ("one", "two", "new"), {"one": SAME, "two": SAME, "new": ADDED}),
        (("one", "two"), ("two",), {"one": REMOVED, "two": SAME}),
        (("a", "b", "c", "d"), ("d", "a", "b", "c"), {"d": MOVED, "a": SAME, "b": SAME, "c": SAME}),
        (("a", "b", "c"), ("b", "a", "c"), {"a": SAME, "b": MOVED, "c": SAME}),
        (("a", "b", "c"), ("a", "new", "c"), {"a": SAME, "b": REMOVED, "new": ADDED, "c": SAME}),
        (("a", "b"), ("new", "a", "b"), {"new": ADDED, "a": SAME, "b": SAME}),
    ],
)
def test_clauses_are_added_removed_and_moved(before: tuple, after: tuple, found: dict) -> None:
    seen = statuses(clauses(*before), clauses(*after))
    if found.get("b") == MOVED:  # of two neighbours that changed places either may be called the one that moved
        assert sorted(seen.values()) == sorted(found.values())
        return
    assert seen == found


def test_a_removed_clause_stands_where_it_stood() -> None:
    found = compare(clauses("a", "b", "c"), clauses("a", "c")).parts["clauses"]
    assert [(item.key, item.before, item.after) for item in found] == [("a", 1, 1), ("b", 2, 0), ("c", 3, 2)]


def test_a_change_in_one_language_alone_is_a_change() -> None:
    after = body(clauses=[clause("one", text_en="b"), clause("two"), clause("three")])
    (item,) = [item for item in compare(body(), after).parts["clauses"] if item.differs]
    assert (item.key, item.status) == ("one", CHANGED)
    assert [(piece.name, piece.before, piece.after) for piece in item.changes] == [("text", ("甲", "a"), ("甲", "b"))]


@pytest.mark.parametrize(
    ("part", "key", "name", "changes"),
    [
        ("terms", "term", "ends_on", {"term": {"starts_on": "2026-01-01", "ends_on": "2028-12-31"}}),
        ("terms", "term", "signing_order", {"signing_order": "registrant_first"}),
        ("terms", "term", "template", {"template": {"key": "quality_agreement", "version": "2027-01"}}),
        ("parties", "registrant", "address", {"parties": {**body()["parties"], "registrant": party(address_en="x")}}),
        ("parties", "contractor", "licences", {"parties": {**body()["parties"], "contractor": party("乙公司")}}),
        ("coverage", "ET1", "last_day", {"coverage": [covered("ET1", "2027-06-30")]}),
        ("duties", "labels", "contractor", {"duties": [duty("labels", contractor="I")]}),
        ("obligations", "meeting", "days_allowed", {"obligations": [obligation("meeting", 5)]}),
    ],
)
def test_every_part_says_which_value_changed(part: str, key: str, name: str, changes: dict) -> None:
    found = compare(body(), body(**changes))
    assert [
        (i.part, i.key, [p.name for p in i.changes]) for items in found.parts.values() for i in items if i.differs
    ] == [(part, key, [name])]


def test_each_clause_is_replaced_by_the_first_later_text_that_reads_otherwise() -> None:
    second = body(clauses=[clause("one", "乙"), clause("two"), clause("three")])
    third = body(clauses=[clause("one", "丙"), clause("two")])
    assert replaced_in(body(), [(3, third), (2, second)]) == {"one": (2, CHANGED), "three": (3, REMOVED)}
    assert replaced_in(third, []) == {}
    assert replaced_in(body(), [(2, clauses("three", "one", "two"))]) == {}


KEYS = st.lists(st.sampled_from("abcdefghij"), unique=True)


@settings(deadline=None)
@given(before=KEYS, after=KEYS, texts=st.dictionaries(st.sampled_from("abcdefghij"), TEXT))
def test_statuses_agree_with_what_stands_in_both_texts(before: list[str], after: list[str], texts: dict) -> None:
    old = clauses(*before)
    new = body(clauses=[clause(key, texts.get(key, "甲")) for key in after])
    found = compare(old, new).parts["clauses"]
    assert sorted(item.key for item in found) == sorted({*before, *after})
    assert [item.key for item in found if item.status != REMOVED] == after
    for item in found:
        expected = {ADDED} if item.key not in before else {REMOVED} if item.key not in after else {SAME, CHANGED, MOVED}
        assert item.status in expected
        if item.status in {SAME, CHANGED, MOVED}:
            assert (item.status == CHANGED) == (texts.get(item.key, "甲") != "甲")


@settings(deadline=None)
@given(before=KEYS, after=KEYS)
def test_comparing_the_other_way_round_swaps_added_and_removed(before: list[str], after: list[str]) -> None:
    there, back = statuses(clauses(*before), clauses(*after)), statuses(clauses(*after), clauses(*before))
    swapped = {ADDED: REMOVED, REMOVED: ADDED}
    assert {k: v for k, v in there.items() if v in swapped} == {k: swapped[v] for k, v in back.items() if v in swapped}


@settings(deadline=None)
@given(keys=KEYS)
def test_as_few_clauses_as_possible_are_called_moved(keys: list[str]) -> None:
    moved = [v for v in statuses(clauses(*sorted(keys)), clauses(*keys)).values() if v == MOVED]
    longest = 0
    for size in range(1 << len(keys)):
        run = [key for n, key in enumerate(keys) if size >> n & 1]
        longest = max(longest, len(run)) if run == sorted(run) else longest
    assert len(moved) == len(keys) - longest


@settings(deadline=None)
@given(before=TEXT, after=TEXT)
def test_the_pieces_of_a_comparison_joined_are_exactly_both_texts(before: str, after: str) -> None:
    for which, tag, text in (("before", "del", before), ("after", "ins", after)):
        assert html.unescape(re.sub(f"</?{tag}>", "", side(before, after, which))) == text

"""Edition files: what is read, and that every fault is reported at once with the place where it stands."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cmo.catalogue.edition_checks import EditionError
from cmo.catalogue.edition_file import BUILT_IN, built_in_editions, new_editions, read_editions
from cmo.catalogue.editions import Edition, canonical_text, from_canonical, in_force, last_day
from cmo.catalogue.facts_vocabulary import ScreeningFacts
from cmo.catalogue.known_codes import known_codes
from cmo.catalogue.rules import Catalogue, screen
from cmo.trail.canonical import sha256

TEXT = BUILT_IN.read_text(encoding="utf-8")
DATA = yaml.safe_load(TEXT)


def read(data: Any) -> tuple[Edition, ...]:
    return read_editions(yaml.safe_dump(data, allow_unicode=True))


def changed(path: str, value: Any) -> dict[str, Any]:
    """The built-in file with one value replaced (or removed, for ``...``)."""
    data = deepcopy(DATA)
    *parents, last = path.split(".")
    node: Any = data
    for part in parents:
        node = node[int(part)] if part.isdigit() else node[part]
    if value is ...:
        del node[last]
    else:
        node[int(last) if last.isdigit() else last] = value
    return data


def problems(data: Any) -> list[tuple[str, str]]:
    with pytest.raises(EditionError) as caught:
        read(data)
    assert all(p.zh and p.en for p in caught.value.problems)
    return [(p.path, p.en) for p in caught.value.problems]


def later_edition(**changes: Any) -> dict[str, Any]:
    """A file with one invented edition of 2027 that adds hip prostheses."""
    edition = {**deepcopy(DATA["editions"][1]), "edition": 2027, "document_no": "国家药监局通告2027年第1号"}
    edition |= {"issued_on": "2026-12-01", "effective_from": "2027-01-01", "effective_to": None}
    edition["entries"].append(
        {
            "key": "2027-II-10",
            "group": "II",
            "code": "13-04-01",
            "name_zh": "髋关节假体",
            "name_en": "hip joint prosthesis",
            "scope": "code",
            "exclusions": [],
        }
    )
    return {**DATA, "editions": [{**edition, **changes}]}


def test_the_built_in_file_holds_both_editions_whole() -> None:
    first, second = built_in_editions()
    assert (first.key, len(first.entries)) == ("2014", 13)
    assert (second.key, len(second.entries)) == ("2022", 14)
    assert (first.effective_from, first.effective_to) == (date(2014, 9, 26), date(2022, 4, 30))
    assert (second.effective_from, second.effective_to) == (date(2022, 5, 1), None)


def test_an_edition_survives_its_canonical_text_and_any_change_changes_its_hash() -> None:
    for edition in built_in_editions():
        assert from_canonical(canonical_text(edition)) == edition
    hashes = {sha256(canonical_text(edition)) for edition in built_in_editions()}
    hashes |= {sha256(canonical_text(e)) for e in read(changed("editions.1.entries.0.name_zh", "心脏起搏器"))}
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("path", "value", "where", "what"),
    [
        ("editions.1.entries.0.code", "12-1-1", "editions[1].entries[0].code", "NN-NN-NN"),
        ("editions.1.entries.0.code", None, "editions[1].entries[0].code", "not a code"),
        ("editions.1.entries.6.code", "13-07-02", "editions[1].entries[6].code", "write NN-NN"),
        ("editions.1.entries.12.code", "13-01-01", "editions[1].entries[12].code", "only code and code_prefix"),
        ("editions.1.entries.0.scope", "kind", "editions[1].entries[0].scope", "unknown scope"),
        ("editions.1.entries.0.scope", ..., "editions[1].entries[0].scope", "missing"),
        ("editions.1.entries.0.name_zh", "", "editions[1].entries[0].name_zh", "missing"),
        ("editions.1.entries.0.colour", "red", "editions[1].entries[0].colour", "unknown key"),
        ("editions.1.entries.12.material", "plastic", "editions[1].entries[12].material", "unknown word"),
        ("editions.1.entries.12.material", ..., "editions[1].entries[12].material", "is missing"),
        ("editions.1.entries.12.implantable_only", "yes", "editions[1].entries[12].implantable_only", "true or false"),
        ("editions.1.entries.0.material", "allogeneic", "editions[1].entries[0].material", "material only"),
        ("editions.0.entries.5.requires_material", "bone", "editions[0].entries[5].requires_material", "unknown word"),
        ("editions.0.entries.0.indicative_codes_2017.0", "x", "indicative_codes_2017[0]", "not a code"),
        ("editions.1.entries.6.exclusions.0.code_or_condition", "veins", "exclusions[0].code_or_condition", "neither"),
        ("editions.1.entries.6.exclusions.1.zh", ..., "exclusions[1].zh", "missing"),
        ("editions.1.entries.1.key", "2022-I-1", "editions[1].entries", "stands twice"),
        ("editions.1.entries.1.code", "12-01-01", "editions[1].entries", "the code “12-01-01” stands twice"),
        ("editions.1.edition", 2014, "editions", "the edition “2014” stands twice"),
        ("editions.1.effective_from", "2022-02-30", "editions[1].effective_from", "YYYY-MM-DD"),
        ("editions.1.effective_to", "2022-04-30", "editions[1].effective_to", "before effective_from"),
        ("editions.0.effective_to", "2022-05-01", "editions[2014].effective_to", "overlaps"),
        ("editions.0.effective_to", None, "editions[2014].effective_to", "overlaps"),
        ("editions.1.entries", [], "editions[1].entries", "non-empty"),
        ("editions.1.entries.0", "pacemaker", "editions[1].entries[0]", "mapping"),
        ("editions", {}, "editions", "non-empty list"),
        ("colour", "red", "file.colour", "unknown key"),
        ("condition_vocabulary.vena_cava_filter.code", "13", "vena_cava_filter.code", "not a code"),
        ("condition_vocabulary.vena_cava_filter.code", ..., "vena_cava_filter", "either code or product_attribute"),
        (
            "condition_vocabulary.no_animal_derived_material.product_attribute",
            "colour",
            "no_animal_derived_material.product_attribute",
            "unknown word",
        ),
        (
            "condition_vocabulary.no_animal_derived_material.excluded_when",
            "never",
            "no_animal_derived_material.excluded_when",
            "not a value",
        ),
        (
            "condition_vocabulary.peripheral_vascular_stent.undetermined_when",
            ["venous"],
            "peripheral_vascular_stent.undetermined_when",
            "unknown value",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(path: str, value: Any, where: str, what: str) -> None:
    found = problems(changed(path, value))
    assert any(where in place and what in text for place, text in found), found


def test_every_fault_of_a_file_is_reported_at_once() -> None:
    data = changed("editions.1.entries.0.code", "x")
    data["editions"][0]["entries"][0]["scope"] = "y"
    data["editions"][0]["issued_on"] = None
    assert len(problems(data)) == 3


@pytest.mark.parametrize(
    "text", ["", "- a", "a: [", "a: 1\na: 2", "a: 2022-13-45", "? [a]\n: b", "x: !!python/object:os.x"]
)
def test_what_is_no_edition_file_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(EditionError) as caught:
        read_editions(text)
    assert caught.value.problems


def test_a_key_written_twice_in_one_mapping_does_not_silently_win() -> None:
    with pytest.raises(EditionError, match="stands twice"):
        read_editions(
            TEXT.replace('        code: "12-01-01"\n', '        code: "12-01-01"\n        code: "12-01-02"\n', 1)
        )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_to_a_file_escapes_as_another_error(data: st.DataObject) -> None:
    junk = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2), st.booleans())
    damaged = deepcopy(DATA)
    node: Any = damaged
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        child = node[key]
        if not (isinstance(child, dict | list) and child) or data.draw(st.integers(0, 3)) == 0:
            node[key] = data.draw(junk)
            break
        node = child
    with suppress(EditionError):
        assert read(damaged)


def test_a_later_edition_ends_an_open_one_the_day_before() -> None:
    held = built_in_editions()
    (new,) = new_editions(read(later_edition()), held)
    together = (*held, new)
    assert in_force(together, date(2026, 12, 31)).key == "2022"
    assert in_force(together, date(2027, 1, 1)).key == "2027"
    assert last_day(held[1], together) == date(2026, 12, 31)
    assert last_day(held[0], together) == date(2022, 4, 30)
    assert last_day(new, together) is None


def test_a_day_after_the_last_edition_has_ended_has_no_edition() -> None:
    (closed,) = read(later_edition(effective_to="2027-12-31"))
    assert in_force([closed], date(2027, 12, 31)) == closed
    assert in_force([closed], date(2028, 1, 1)) is None


def test_only_what_is_not_held_yet_is_new() -> None:
    held = built_in_editions()
    assert new_editions(read(DATA), held) == ()
    whole = deepcopy(DATA)
    whole["editions"][1]["effective_to"] = "2026-12-31"
    whole["editions"].append(later_edition()["editions"][0])
    assert [edition.key for edition in new_editions(read(whole), held)] == ["2027"]


def test_a_held_edition_is_never_rewritten_and_a_new_one_begins_after_it() -> None:
    held = built_in_editions()
    with pytest.raises(EditionError, match="never rewritten"):
        new_editions(read(changed("editions.1.entries.0.name_zh", "其他")), held)
    with pytest.raises(EditionError, match="overlap"):
        new_editions(read(later_edition(effective_from="2022-05-01")), held)


def test_an_entry_limited_to_implantables_lets_others_go_and_says_so() -> None:
    edition = read(changed("editions.1.entries.0.implantable_only", True))[1]
    catalogue = Catalogue([edition], known_codes())
    on = date(2026, 6, 1)
    result = screen(ScreeningFacts(code="12-01-01", implantable="no"), catalogue, on)
    assert (result.outcome, result.entry) == ("allowed", "2022-I-1")
    assert "只限植入性医疗器械" in result.reasons[0].zh
    assert screen(ScreeningFacts(code="12-01-01"), catalogue, on).missing_facts[0] == "implantable"
    assert screen(ScreeningFacts(code="12-01-01", implantable="yes"), catalogue, on).outcome == "prohibited"

"""Rules of device identifiers at their edges: codes by agency, packages, days, and from when a UDI is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cmo.catalogue import wording_identifiers
from cmo.catalogue.facts_identifiers import AssignmentFacts, IdentifierFact
from cmo.catalogue.rules import identifiers as rules
from cmo.codes.gs1 import check_digit
from cmo.errors import Finding
from cmo.regulation.references import reference

DAY = date(2026, 5, 1)
FACT = IdentifierFact(
    identifier_id=1,
    device_id=1,
    code="06901234567892",
    agency="gs1",
    model="A",
    level="sales_unit",
    site_id=None,
    contains_id=None,
    contained_quantity=None,
    replaces_id=None,
    assigned_on=DAY,
)


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


def gtin(payload: str) -> str:
    return payload + check_digit(payload)


@pytest.mark.parametrize(
    ("code", "level", "found"),
    [
        ("06901234567892", "sales_unit", []),
        ("06901234567892", "use_unit", []),
        (gtin("0690000000001"), "sales_unit", []),
        (gtin("0699999999999"), "sales_unit", []),
        (gtin("0689999999999"), "sales_unit", ["gtin_foreign_prefix"]),
        (gtin("0700000000001"), "sales_unit", ["gtin_foreign_prefix"]),
        ("16901234567899", "sales_unit", ["gtin_unit_indicator"]),
        ("16901234567899", "carton", []),
        (gtin("8690123456789"), "inner_pack", []),
        (gtin("9690123456789"), "carton", ["gtin.variable_measure"]),
        ("06901234567892", "carton", ["gtin_pack_indicator"]),
        ("06901234567890", "sales_unit", ["gtin.check_digit"]),
        ("6901234567892", "sales_unit", ["gtin_length"]),
        ("69012345", "sales_unit", ["gtin_length"]),
        ("0690123456789X", "sales_unit", ["gtin_length"]),
        ("", "sales_unit", ["gtin_length"]),
    ],
)
def test_a_gtin_is_judged_by_length_check_digit_prefix_and_indicator(code: str, level: str, found: list[str]) -> None:
    assert codes(rules.findings_about_code(code, "gs1", level)) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("MA.156.M0.100001.AB123456", ["ma_check_not_judged"]),
        ("MA.276.M0.100001.AB123456", ["ma_country", "ma_check_not_judged"]),
        ("MA.156.M1.100001.AB123456", ["ma_structure"]),
        ("MA.156.M0.10001.AB123456", ["ma_structure"]),
        ("MA.156.M0.100001.AB12345", ["ma_structure"]),
        ("MA.156.M0.100001.AB1234567", ["ma_structure"]),
    ],
)
def test_an_ma_code_is_judged_by_its_structure_alone(code: str, found: list[str]) -> None:
    judged = rules.findings_about_code(code, "ma", "sales_unit")
    assert codes(judged) == found
    assert any(finding.blocks for finding in judged) == ("ma_structure" in found)


@pytest.mark.parametrize(
    ("code", "blocks"), [("81234567890123", False), ("A1", True), ("", True), ("阿里1234", True), ("1" * 81, True)]
)
def test_an_ahm_code_is_taken_as_it_is(code: str, blocks: bool) -> None:
    (only,) = rules.findings_about_code(code, "ahm", "sales_unit")
    assert only.blocks is blocks


def package(level: str, quantity: int | None, inner: IdentifierFact | None, model: str = "A") -> list[str]:
    class Row:
        pk = inner.identifier_id if inner else 0

    content = {
        "model": model,
        "level": level,
        "agency": "ahm",
        "code": "12345678",
        "site": None,
        "contains": Row() if inner else None,
        "contained_quantity": quantity,
        "replaces": None,
        "new_because": "",
        "assigned_on": DAY,
    }
    existing = (replace(inner, identifier_id=inner.identifier_id),) if inner else ()
    facts = AssignmentFacts(("A", "B"), False, frozenset(), existing)
    return [c for c in codes(rules.findings_to_assign(content, facts, DAY)) if c != "ahm_not_judged"]


@pytest.mark.parametrize(
    ("level", "quantity", "inner", "found"),
    [
        ("carton", 20, FACT, []),
        ("carton", 1, FACT, []),
        ("inner_pack", 10, FACT, []),
        ("carton", None, FACT, ["quantity_missing"]),
        ("carton", None, None, ["package_without_content"]),
        ("inner_pack", 5, replace(FACT, level="carton"), ["package_chain"]),
        ("inner_pack", 5, replace(FACT, model="B"), ["package_chain"]),
        ("inner_pack", 5, replace(FACT, retired_on=DAY), ["package_chain"]),
        ("inner_pack", 5, replace(FACT, site_id=7), ["package_chain"]),
        ("sales_unit", 10, replace(FACT, level="use_unit"), []),
        ("sales_unit", 10, None, ["use_unit_di_missing"]),
        ("sales_unit", 1, None, ["quantity_without_content"]),
        ("sales_unit", None, None, []),
        ("use_unit", None, None, []),
        ("use_unit", 2, None, ["use_unit_contains"]),
    ],
)
def test_packages_contain_a_lower_standing_level_of_the_same_model(
    level: str, quantity: int | None, inner: IdentifierFact | None, found: list[str]
) -> None:
    assert package(level, quantity, inner) == found


#: Both days of every edge: the last day without and the first with a UDI, by class, listing and notice.
BATCHES = [
    ("III", "13", "no", date(2022, 5, 31), "no", "UDI-B1"),
    ("III", "13", "no", date(2022, 6, 1), "yes", "UDI-B2"),
    ("III", "13", "yes", date(2020, 12, 31), "no", "UDI-B2"),
    ("III", "13", "yes", date(2021, 1, 1), "yes", "UDI-B1"),
    ("III", "13", "unknown", date(2020, 12, 31), "no", "UDI-B2"),
    ("III", "13", "unknown", date(2021, 1, 1), "unknown", "UDI-B1"),
    ("III", "13", "unknown", date(2022, 5, 31), "unknown", "UDI-B1"),
    ("III", "13", "unknown", date(2022, 6, 1), "yes", "UDI-B2"),
    ("III", "IVD", "no", date(2022, 6, 1), "yes", "UDI-B2"),
    ("II", "14", "yes", date(2024, 5, 31), "no", "UDI-B4"),
    ("II", "14", "yes", date(2024, 6, 1), "yes", "UDI-B3"),
    ("II", "14", "no", date(2024, 6, 1), "no", "UDI-B3"),
    ("II", "14", "unknown", date(2024, 5, 31), "no", "UDI-B4"),
    ("II", "14", "unknown", date(2024, 6, 1), "unknown", "UDI-B3"),
    ("II", "14", "unknown", date(2027, 5, 31), "unknown", "UDI-B3"),
    ("II", "14", "no", date(2027, 5, 31), "no", "UDI-B3"),
    ("II", "14", "no", date(2027, 6, 1), "yes", "UDI-B4"),
    ("I", "IVD", "yes", date(2027, 5, 31), "no", "UDI-B4"),
    ("I", "IVD", "unknown", date(2027, 6, 1), "yes", "UDI-B4"),
    ("I", "02", "yes", date(2029, 5, 31), "no", "UDI-B5"),
    ("I", "02", "unknown", date(2029, 6, 1), "yes", "UDI-B5"),
    ("", "", "no", date(2020, 1, 1), "unknown", "UDI-LABEL-DATE"),
]


@pytest.mark.parametrize(("device_class", "sub_catalogue", "listed", "made_on", "answer", "citation"), BATCHES)
def test_the_day_of_manufacture_and_the_batch_decide_whether_a_udi_is_due(
    device_class: str, sub_catalogue: str, listed: str, made_on: date, answer: str, citation: str
) -> None:
    due = rules.udi_due(device_class, sub_catalogue, listed, made_on)
    assert (due.answer, due.citation) == (answer, citation)
    assert due.demanded == (answer != "no")
    assert reference(citation)


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        (("III", "13", "yes"), date(2021, 1, 1)),
        (("III", "13", "unknown"), date(2022, 6, 1)),
        (("II", "14", "yes"), date(2024, 6, 1)),
        (("II", "14", "no"), date(2027, 6, 1)),
        (("I", "IVD", "yes"), date(2027, 6, 1)),
        (("I", "02", "yes"), date(2029, 6, 1)),
    ],
)
def test_a_device_page_names_the_first_day_on_which_the_answer_is_yes(kind: tuple[str, str, str], begins: date) -> None:
    assert rules.udi_due_from(*kind) == begins
    assert rules.udi_due(*kind, begins).answer == "yes"
    assert rules.udi_due(*kind, begins - timedelta(days=1)).answer != "yes"


def test_a_device_without_known_class_names_no_day() -> None:
    assert rules.udi_due_from("", "", "yes") is None


def test_a_label_carries_the_di_of_its_place_that_is_uploaded_and_stands() -> None:
    plain = replace(FACT, identifier_id=1, submitted_on=DAY, uploaded_on=DAY)
    newer = replace(FACT, identifier_id=2, assigned_on=DAY, replaces_id=1)
    own = replace(FACT, identifier_id=3, site_id=7)
    pack = replace(FACT, identifier_id=4, level="carton")

    def chosen(day: date, site: int, *facts: IdentifierFact) -> int | None:
        found = rules.identifier_for(facts, "A", site, day)
        return found.identifier_id if found else None

    assert chosen(DAY, 7, plain, newer, pack) == 1
    done = replace(newer, submitted_on=DAY, uploaded_on=DAY + timedelta(days=3))
    assert chosen(DAY + timedelta(days=2), 7, plain, done) == 1
    assert chosen(DAY + timedelta(days=3), 7, plain, done) == 2
    assert chosen(DAY, 7, plain, own) == 3
    assert chosen(DAY, 8, plain, own) == 1
    assert chosen(DAY - timedelta(days=1), 7, plain) is None
    assert chosen(DAY, 7, replace(plain, retired_on=DAY)) is None
    assert chosen(DAY - timedelta(days=0), 7, replace(plain, retired_on=DAY + timedelta(days=1))) == 1


def test_a_retired_di_stands_until_the_day_before() -> None:
    retired = replace(FACT, retired_on=DAY + timedelta(days=10))
    assert retired.stands_on(DAY + timedelta(days=9))
    assert not retired.stands_on(DAY + timedelta(days=10))
    assert retired.state == "retired"


def test_every_finding_cites_a_legal_reference_that_is_held() -> None:
    made = [
        *[value for value in vars(wording_identifiers).values() if isinstance(value, Finding)],
        wording_identifiers.no_di("A"),
        wording_identifiers.di_not_submitted("A"),
        wording_identifiers.di_not_uploaded("A"),
        wording_identifiers.unit_missing(FACT),
        wording_identifiers.di_stands(FACT),
        wording_identifiers.contained_in(FACT),
        wording_identifiers.before_last_step(DAY),
        wording_identifiers.foreign_prefix("689"),
    ]
    assert len(made) > 30
    for finding in made:
        assert reference(finding.citation)
        assert finding.zh
        assert finding.en

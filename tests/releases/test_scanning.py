"""Scans held against a lot, element by element: what matches, what does not, and what is only noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cmo.catalogue.facts_identifiers import IdentifierFact
from cmo.codes import check_code
from releases.rules.scanning import Scan, ScannedLot, compare_scan, scan_of

DI = "06901234567892"
LOT = ScannedLot("L1", "A", date(2026, 5, 4), date(2026, 5, 8), date(2029, 5, 1), 7)
FACT = IdentifierFact(1, 1, DI, "gs1", "A", "sales_unit", None, None, None, None, date(2026, 1, 1))
SCAN = Scan("gs1", DI, "L1", "2026-05-08", "2029-05-01")


def verdicts(scan: Scan, lot: ScannedLot = LOT, *facts: IdentifierFact) -> dict[str, str]:
    return {one.key: one.verdict for one in compare_scan(scan, lot, facts or (FACT,))}


def test_the_label_of_the_lot_matches_in_everything() -> None:
    assert verdicts(SCAN) == {
        "di": "match",
        "model": "match",
        "level": "note",
        "lot": "match",
        "made_on": "match",
        "use_by": "match",
    }


@pytest.mark.parametrize(
    ("change", "key", "verdict"),
    [
        ({"di": "16901234567899"}, "di", "mismatch"),
        ({"di": ""}, "di", "note"),
        ({"lot": "L2"}, "lot", "mismatch"),
        ({"lot": "l1"}, "lot", "mismatch"),
        ({"lot": ""}, "lot", "note"),
        ({"made_on": "2026-05-04"}, "made_on", "match"),
        ({"made_on": "2026-05-03"}, "made_on", "mismatch"),
        ({"made_on": "2026-05-09"}, "made_on", "mismatch"),
        ({"made_on": ""}, "made_on", "note"),
        ({"use_by": "2029-05-02"}, "use_by", "mismatch"),
        ({"use_by": ""}, "use_by", "note"),
        ({"serial": "S1"}, "serial", "note"),
    ],
)
def test_each_element_is_judged_by_itself(change: dict[str, str], key: str, verdict: str) -> None:
    found = verdicts(replace(SCAN, **change))
    assert found[key] == verdict
    assert [k for k, v in found.items() if v == "mismatch"] == ([key] if verdict == "mismatch" else [])


@pytest.mark.parametrize(
    ("fact", "key", "verdict"),
    [
        (replace(FACT, model="B"), "model", "mismatch"),
        (replace(FACT, level="carton"), "level", "note"),
        (replace(FACT, site_id=8), "di", "mismatch"),
        (replace(FACT, site_id=7), "di", "match"),
        (replace(FACT, assigned_on=date(2026, 5, 8)), "di", "match"),
        (replace(FACT, assigned_on=date(2026, 5, 9)), "di", "mismatch"),
        (replace(FACT, retired_on=date(2026, 5, 8)), "di", "mismatch"),
        (replace(FACT, retired_on=date(2026, 5, 9)), "di", "match"),
    ],
)
def test_the_di_is_held_against_model_place_and_day(fact: IdentifierFact, key: str, verdict: str) -> None:
    assert verdicts(SCAN, LOT, fact)[key] == verdict


def test_a_lot_without_a_use_by_date_is_not_contradicted() -> None:
    assert verdicts(SCAN, replace(LOT, expires_on=None))["use_by"] == "note"


@pytest.mark.parametrize(
    "text",
    [
        f"(01){DI}(11)260508(17)290501(10)L1",
        f"]d201{DI}11260508172905011OL1".replace("1OL1", "10L1"),
        f"01{DI}112605081729050110L1",
        f"{{GS}}01{DI}112605081729050110L1",
    ],
)
def test_scans_of_every_kind_say_the_same(text: str) -> None:
    assert scan_of(text, check_code(text, today=date(2026, 6, 1))) == SCAN


def test_a_gtin_alone_says_only_the_di() -> None:
    text = DI[1:]
    assert scan_of(text, check_code(text, today=date(2026, 6, 1))) == Scan("gtin", DI)


@pytest.mark.parametrize(
    ("text", "scan"),
    [
        (
            "MA.156.M0.100001.AB123456.LL1.M260508.V20290501.SX9",
            Scan("ma", "MA.156.M0.100001.AB123456", "L1", "2026-05-08", "2029-05-01", "X9"),
        ),
        ("ma.156.m0.100001.ab123456", Scan("ma", "MA.156.M0.100001.AB123456")),
        ("MA.156", Scan("unknown")),
        ("", Scan("unknown")),
        ("你好", Scan("unknown")),
    ],
)
def test_an_ma_code_is_read_by_its_parts(text: str, scan: Scan) -> None:
    assert scan_of(text, check_code(text, today=date(2026, 6, 1))) == scan

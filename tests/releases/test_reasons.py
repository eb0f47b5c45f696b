"""What the inbox says of lots that one reason stops."""

from __future__ import annotations

from releases.reasons import GENERAL, said_of_all
from releases.rules import judge
from tests.releases.gate_cases import BLOCK, rows

ONE, OTHER = (
    ("本批被锁定（2026-11-01，甲）：疑问", "This lot is on hold: doubt"),
    ("本批被锁定：乙", "This lot is on hold: b"),
)


def test_every_reason_that_needs_no_person_is_said_of_many_lots_at_once() -> None:
    needs = {"releaser", "quantity"}
    found = {
        finding.code
        for row in rows()
        if row.kind == BLOCK
        for verdict in judge(row.case)
        if verdict.gate.needs not in needs
        for finding in verdict.findings
        if finding.blocks
    }
    assert found <= GENERAL.keys()


def test_particulars_of_one_lot_are_not_said_of_all() -> None:
    assert said_of_all("lot_on_hold", {ONE}) == GENERAL["lot_on_hold"]
    assert said_of_all("lot_on_hold", {ONE, OTHER}) == GENERAL["lot_on_hold"]


def test_a_hold_that_many_lots_share_is_said_with_its_reason_while_it_is_the_only_one() -> None:
    assert said_of_all("pair_on_hold", {ONE}) == ONE
    assert said_of_all("pair_on_hold", {ONE, OTHER}) == GENERAL["pair_on_hold"]

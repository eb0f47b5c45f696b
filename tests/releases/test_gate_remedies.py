"""Whatever blocks a lot says what to do about it and which post can do it, in both languages."""

import pytest

from cmo.errors import blocking
from cmo.parties.rights import EVERY_POST
from releases.rules import GATES, Gate, findings_of, judge
from tests.releases.gate_cases import Row, rows


def are_posts(who: str) -> bool:
    """Whether ``who`` names posts (side:role, by comma) that exist on that side."""
    return {tuple(one.strip().split(":")) for one in who.split(",")} <= EVERY_POST


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.code)
def test_every_gate_of_the_table_says_what_to_do_and_who_can(gate: Gate) -> None:
    assert gate.todo_zh.endswith("。")
    assert gate.todo_en.endswith(".")
    assert are_posts(gate.who)


@pytest.mark.parametrize("row", list(rows()), ids=str)
def test_every_finding_that_blocks_says_what_to_do_and_who_can(row: Row) -> None:
    for finding in blocking(findings_of(judge(row.case))):
        assert finding.todo_zh.endswith("。"), finding.code
        assert finding.todo_en.endswith("."), finding.code
        assert are_posts(finding.who), (finding.code, finding.who)

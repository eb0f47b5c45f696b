"""What the page of an audit says of its steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from audits.facts.audit import AuditFacts
from audits.states import audit_steps

FIRST, LATER = date(2026, 11, 22), date(2026, 12, 1)
PLANNED = AuditFacts(
    audit_id=1,
    number="AU2026-000001",
    kind="annual",
    pair_id=1,
    registrant_id=1,
    contractor_id=2,
    site_id=None,
    announced=True,
    template_id=1,
    edition=1,
    manner="on_site",
    starts_on=FIRST,
    ends_on=FIRST,
    scope="全部",
    members=(),
    begun_on=None,
    cancelled_on=None,
    reported_on=None,
    closed_on=None,
    finding_ids=(),
)


@pytest.mark.parametrize(
    ("happened", "states"),
    [
        ({}, ["done", "todo", "todo", "todo"]),
        ({"begun_on": FIRST}, ["done", "current", "todo", "todo"]),
        ({"begun_on": FIRST, "reported_on": LATER}, ["done", "done", "done", "current"]),
        ({"begun_on": FIRST, "reported_on": LATER, "closed_on": LATER}, ["done", "done", "done", "done"]),
        ({"cancelled_on": FIRST}, ["done", "blocked", "todo", "todo"]),
        ({"begun_on": FIRST, "cancelled_on": LATER}, ["done", "blocked", "todo", "todo"]),
    ],
)
def test_an_audit_is_conducted_until_its_report_is_signed(happened: dict[str, Any], states: list[str]) -> None:
    assert [step["state"] for step in audit_steps(replace(PLANNED, **happened))] == states

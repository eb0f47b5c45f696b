"""Duties about findings: who is told of which step, by which day, under which law, and at what cost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits import duties
from audits.models import AuditFinding
from cmo.calendar.sources import SOURCES
from cmo.duty import Duty, Kind
from cmo.parties.access import Scope, scope_of
from cmo.regulation.references import reference
from tests.audits import build, build_capa
from tests.audits.build import TODAY, C, R

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def scope(built: build.World, side: str = R, role: str = "quality_manager", on: date = TODAY) -> Scope:
    return scope_of(build.person(built.by(side, role)), on)


def about(found: list[Duty], row: AuditFinding) -> list[Duty]:
    return [duty for duty in found if duty.about.startswith(row.number + " ")]


def waiting(built: build.World, row: AuditFinding, side: str, role: str = "quality_manager") -> list[str]:
    """Codes of what waits on a post about a finding."""
    return [duty.code for duty in about(duties.waiting_on(scope(built, side, role), TODAY), row)]


OWED = [
    ("answer_owed", C, "finding_answer", Kind.ANSWER),
    ("plan_proposed", R, "capa_plan_decide", Kind.REVIEW),
    ("action_owed", C, "capa_action_complete", Kind.ANSWER),
    ("check_owed", R, "capa_effectiveness_check", Kind.REVIEW),
]


@pytest.mark.parametrize(("state", "side", "code", "kind"), OWED)
def test_each_step_waits_on_the_side_that_owes_it_and_comes_up_for_both(state: str, side: str, code: str, kind: Kind):
    built, row = build.with_findings()
    found = build.finding(row, 2)
    build_capa.brought_to(built, found, state)
    other = R if side == C else C
    for role in ("quality_manager", "management_representative"):
        assert waiting(built, found, side, role) == [code]
        assert waiting(built, found, other, role) == []
    assert waiting(built, found, side, "viewer") == []
    due_on = build_capa.facts_of(found).due_on
    assert due_on is not None
    owner = {R: built.pair.registrant_id, C: built.pair.contractor_id}[side]
    keys = set()
    for reader in (R, C):
        coming = about(duties.coming_up(scope(built, reader, "viewer"), TODAY, due_on), found)
        [duty] = [one for one in coming if one.code != "capa_correction"]
        assert (duty.code, duty.kind, duty.due_on, duty.owner_ids) == (code, kind, due_on, frozenset({owner}))
        assert reference(duty.citation)
        keys.add(duty.key)
    assert len(keys) == 1
    earlier = about(duties.coming_up(scope(built), TODAY, due_on - timedelta(days=1)), found)
    assert {one.code for one in earlier} <= {"capa_correction"}


@pytest.mark.parametrize("state", ["plan_proposed", "action_owed"])
def test_a_correction_is_the_contractors_duty_on_its_own_day_and_overdue_until_the_action_is_reported(state: str):
    built, row = build.with_findings()
    found = build.finding(row, 2)
    build_capa.brought_to(built, found, state)
    due_on = TODAY + timedelta(days=7)

    def corrections(on: date, until: date, side: str = C) -> list[tuple[date | None, str, frozenset[int]]]:
        coming = about(duties.coming_up(scope(built, side, on=on), on, until), found)
        return [(one.due_on, one.tone, one.owner_ids) for one in coming if one.code == "capa_correction"]

    owner = frozenset({built.pair.contractor_id})
    for side in (R, C):
        assert corrections(TODAY, due_on - timedelta(days=1), side) == []
        assert corrections(TODAY, due_on, side) == [(due_on, "active", owner)]
        assert corrections(due_on + timedelta(days=1), due_on, side) == [(due_on, "bad", owner)]


def test_a_reported_action_ends_the_duty_of_its_correction():
    built, row = build.with_findings()
    found = build.finding(row, 2)
    build_capa.brought_to(built, found, "check_owed")
    codes = {one.code for one in about(duties.coming_up(scope(built, C), TODAY, TODAY + timedelta(days=400)), found)}
    assert codes == {"capa_effectiveness_check"}


def test_the_other_side_reads_that_somebody_else_owes_it():
    built, row = build.with_findings()
    until = TODAY + timedelta(days=90)
    titles = {
        side: {
            str(duty.title) for duty in about(duties.coming_up(scope(built, side), TODAY, until), build.finding(row))
        }
        for side in (R, C)
    }
    assert titles[R].isdisjoint(titles[C])


@pytest.mark.parametrize("state", ["closed", "withdrawn"])
def test_nothing_is_owed_about_a_finding_that_is_over(state: str):
    built, row = build.with_findings()
    found = build.finding(row, 2)
    build_capa.brought_to(built, found, state)
    until = TODAY + timedelta(days=400)
    for side in (R, C):
        assert about(duties.waiting_on(scope(built, side), TODAY), found) == []
        assert about(duties.coming_up(scope(built, side), TODAY, until), found) == []


def test_overdue_duties_turn_bad_and_reach_the_management_representative_of_the_owing_side():
    built, row = build.with_findings()
    found = build.finding(row, 2)
    last = build_capa.facts_of(found).due_on
    assert last is not None
    for day, tone in ((last, "active"), (last + timedelta(days=1), "bad")):
        representative = scope(built, C, "management_representative", day)
        [waits] = about(duties.waiting_on(representative, day), found)
        [comes] = about(duties.coming_up(representative, day, day), found)
        assert (waits.tone, comes.tone) == (tone, tone)


def test_duties_cost_as_many_queries_for_many_findings_as_for_few():
    built, row = build.with_findings()
    build_capa.brought_to(built, build.finding(row, 3), "action_owed")
    reader, until = scope(built), TODAY + timedelta(days=90)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            duties.waiting_on(reader, TODAY)
            duties.coming_up(reader, TODAY, until)
        return len(captured)

    few = cost()
    values = {
        field.attname: getattr(build.finding(row, 2), field.attname) for field in AuditFinding._meta.concrete_fields
    }
    AuditFinding.objects.bulk_create(
        AuditFinding(**(values | {"id": None, "number": f"{values['number']}-{n}"})) for n in range(100)
    )
    assert cost() == few


def test_inbox_and_calendar_collect_them():
    assert duties in SOURCES

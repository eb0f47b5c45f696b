"""Adopting the year's audit programme: the order with its reasons is kept, and the audits are planned ahead of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from agreements.actions.recording import recorded
from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed_for
from cmo.parties.facts import exceptions
from cmo.parties.models import Organisation, Pair, Side, User
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.workdays import Exceptions

from ..facts.programme import load_led_audits, load_pair_risks
from ..models import Audit, AuditPlan, Programme, ProgrammeEntry, TemplateVersion
from ..rules.programme import EntrySaid, Ranked, blockers_to_adopt, last_day, ranked, warnings_of
from .planning import PlanSaid, plan_audit


@dataclass(frozen=True, slots=True)
class ProgrammeSaid:
    """A programme as typed. ``lead`` and ``template`` are those of every audit that is planned from it."""

    year: int
    auditor_days: int
    entries: tuple[EntrySaid, ...]
    lead: User
    template: TemplateVersion | str
    scope: str
    reason: str = ""


@transaction.atomic
def adopt_programme(*, organisation: Organisation, said: ProgrammeSaid, by: Actor, at: datetime) -> Programme:
    """Keep the programme of a year, and plan an annual audit on site for each chosen pair that has none in it.

    :raises Refused: with every reason against it or against one of its audits. :raises PermissionDenied:
    """
    on = day_of(at)
    still_allowed_for(by, Can.ADOPT_PROGRAMME, organisation, on, Side.REGISTRANT)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    calendar, risks = exceptions([organisation.pk]), load_pair_risks(organisation.pk, on, said.year)
    rows = ranked(risks, said.auditor_days, on, said.year, calendar)
    before = Programme.objects.filter(organisation=organisation, year=said.year).count()
    unreasoned = bool(before) and not said.reason.strip()
    led = load_led_audits(organisation.pk, said.lead.pk)
    warned = warnings_of(rows, said.entries, said.year, led, calendar)
    refuse_if_any(blockers_to_adopt(said.entries, rows, said.auditor_days, said.year, on, unreasoned))
    programme = Programme(
        organisation=organisation,
        year=said.year,
        edition=before + 1,
        auditor_days=said.auditor_days,
        reason=said.reason.strip() if before else "",
        **recorded(by, at),
    )
    programme.full_clean()
    programme.save(force_insert=True)
    entries = _write_entries(programme, rows, {entry.pair_id: entry for entry in said.entries})
    data = _data(programme, entries) | {"warnings": [{"code": one.code, **one.facts} for one in warned]}
    stream = f"organisation:{organisation.pk}"
    record("programme.adopted", by=by, at=at, subject=programme, stream=stream, reason=said.reason, data=data)
    _plan_audits(entries, rows, said, calendar, by, at)
    return programme


def _write_entries(
    programme: Programme, rows: Sequence[Ranked], chosen: Mapping[int, EntrySaid]
) -> list[ProgrammeEntry]:
    """One row per pair, in the order of the ranking."""
    return [
        ProgrammeEntry.objects.create(
            programme=programme,
            pair_id=row.risk.pair_id,
            rank=row.rank,
            points=row.points,
            reasons=[reason.as_dict() for reason in row.reasons],
            auditor_days=chosen[row.risk.pair_id].auditor_days,
            starts_on=chosen[row.risk.pair_id].starts_on,
        )
        for row in rows
    ]


def _data(programme: Programme, entries: Sequence[ProgrammeEntry]) -> dict[str, Any]:
    return {
        "year": programme.year,
        "edition": programme.edition,
        "auditor_days": programme.auditor_days,
        "entries": [
            {
                "pair": entry.pair_id,
                "rank": entry.rank,
                "points": entry.points,
                "days": entry.auditor_days,
                "starts_on": entry.starts_on.isoformat() if entry.starts_on else "",
            }
            for entry in entries
        ],
    }


def _plan_audits(
    entries: Sequence[ProgrammeEntry],
    rows: Sequence[Ranked],
    said: ProgrammeSaid,
    calendar: Exceptions,
    by: Actor,
    at: datetime,
) -> None:
    """Audits for the chosen pairs; a pair whose audit of the year is planned already keeps that one."""
    pairs = Pair.objects.in_bulk([entry.pair_id for entry in entries])
    planned = {row.risk.pair_id for row in rows if row.risk.planned is not None}
    for entry in entries:
        if entry.starts_on is None or entry.pair_id in planned:
            continue
        plan_audit(
            pair=pairs[entry.pair_id],
            kind=Audit.Kind.ANNUAL,
            plan=_plan(entry.starts_on, entry.auditor_days, said, calendar),
            template=said.template,
            entry=entry,
            by=by,
            at=at,
        )


def _plan(starts_on: date, auditor_days: int, said: ProgrammeSaid, calendar: Exceptions) -> PlanSaid:
    """On site by the leader alone, so that auditor days are working days; quality adds people by changing the plan."""
    last = last_day(starts_on, auditor_days, calendar)
    return PlanSaid(AuditPlan.Manner.ON_SITE, starts_on, last, said.scope, said.lead)

"""An adopted programme as its page shows it: each entry with the audit it led to, and the year as a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cmo.parties.facts import names_of
from cmo.parties.states import State
from cmo.web import charts

from .facts import AuditFacts, load_audits
from .models import Audit, Programme, ProgrammeEntry
from .states import audit_state


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One pair of the programme. ``facts`` and ``state``: its annual audit of the year, None where there is none."""

    entry: ProgrammeEntry
    contractor: Any
    facts: AuditFacts | None
    state: State | None


def shown_entries(adopted: Programme | None) -> list[EntryShown]:
    """The entries in their order; a constant number of queries."""
    if adopted is None:
        return []
    rows = list(adopted.entries.select_related("pair").order_by("rank"))
    first, last = date(adopted.year, 1, 1), date(adopted.year, 12, 31)
    audits = Audit.objects.filter(
        pair_id__in=[row.pair_id for row in rows],
        kind=Audit.Kind.ANNUAL,
        plans__starts_on__range=(first, last),
    )
    facts = load_audits(audits.exclude(events__kind="cancelled").distinct().order_by("id"))
    of_pair = {fact.pair_id: fact for fact in facts.values() if first <= fact.starts_on <= last}
    names = names_of({row.pair.contractor_id for row in rows})
    return [_shown(row, names.get(row.pair.contractor_id), of_pair.get(row.pair_id)) for row in rows]


def _shown(row: ProgrammeEntry, contractor: Any, facts: AuditFacts | None) -> EntryShown:
    return EntryShown(row, contractor, facts, audit_state(facts) if facts else None)


def lanes_of(entries: list[EntryShown]) -> list[charts.Lane]:
    """One lane for each pair that has an audit: its days, and the day of the report."""
    return [_lane(one.entry.pair.number, one.facts, one.state) for one in entries if one.facts and one.state]


def _lane(label: str, facts: AuditFacts, state: State) -> charts.Lane:
    span = charts.Span(facts.starts_on, facts.ends_on, f"{facts.number} · {state.word}", state.tone)
    report = [charts.Mark(facts.reported_on, _("report"), "good")] if facts.reported_on else []
    return charts.Lane(label, [span], report)

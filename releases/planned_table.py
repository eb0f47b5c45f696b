"""The list of planned production, and its next weeks as lanes of a timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import django_tables2 as tables
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.facts import load_entrustment_facts
from cmo.catalogue.models import DeviceVersion
from cmo.errors import Finding
from cmo.parties.access import Scope
from cmo.parties.models import SiteVersion
from cmo.web import badges
from cmo.web.charts import Lane, Span
from cmo.web.tables import DayColumn, MomentColumn, RecordTable
from cmo.web.wording import bilingual

from .facts import PlanAsked, standing_plans
from .models import PlannedProduction
from .rules.making import warnings_of_plan
from .states import PLAN_STATES

_WORDS = {"td": {"class": "words"}}
#: The timeline shows these weeks from today on, and at most this many entrustments.
WEEKS_AHEAD = 8
MOST_LANES = 12


def with_names(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Plans with the confirmed names of their device and site."""
    devices = DeviceVersion.objects.filter(
        device_id=OuterRef("entrustment__device_id"), decision__outcome="confirmed"
    ).order_by("-number")
    sites = SiteVersion.objects.filter(site_id=OuterRef("site_id"), decision__outcome="confirmed").order_by("-number")
    return rows.select_related("entrustment", "end").annotate(
        device_name_zh=Subquery(devices.values("name_zh")[:1]),
        device_name_en=Subquery(devices.values("name_en")[:1]),
        site_name_zh=Subquery(sites.values("name_zh")[:1]),
        site_name_en=Subquery(sites.values("name_en")[:1]),
    )


def plan_state(row: PlannedProduction, today: date) -> str:
    """``ended``, ``over``, ``running`` or ``planned``."""
    if getattr(row, "end", None) is not None:
        return "ended"
    if row.ends_on < today:
        return "over"
    return "running" if row.starts_on <= today else "planned"


def warnings_of(rows: Iterable[PlannedProduction], today: date) -> dict[int, list[Finding]]:
    """Plan id → what to look at, for plans that stand; a constant number of queries."""
    standing = [row for row in rows if plan_state(row, today) in {"planned", "running"}]
    facts = load_entrustment_facts({row.entrustment_id: row.entrustment for row in standing}.values())
    plans = standing_plans(facts, today)
    return {
        row.pk: warnings_of_plan(
            PlanAsked(
                facts[row.entrustment_id],
                row.starts_on,
                row.ends_on,
                today,
                tuple(plan for plan in plans[row.entrustment_id] if plan.plan_id != row.pk),
            )
        )
        for row in standing
    }


def lanes_ahead(rows: Iterable[PlannedProduction], today: date) -> list[Lane]:
    """The plans of the next weeks, one lane for each entrustment; ``rows`` come with names, by first day."""
    horizon = today + timedelta(weeks=WEEKS_AHEAD)
    found: dict[int, tuple[str, list[Span]]] = {}
    for row in rows:
        name = f"{bilingual(row, 'device_name')} · {row.entrustment.number}"
        _label, spans = found.setdefault(row.entrustment_id, (name, []))
        first, last = max(row.starts_on, today), min(row.ends_on, horizon)
        spans.append(Span(first, last, row.note or gettext("planned production"), "active"))
    return [Lane(label, spans=spans) for label, spans in list(found.values())[:MOST_LANES]]


class PlannedTable(RecordTable):
    """Planned production; ``names`` maps organisations to their data, ``warnings`` a plan to what to look at."""

    starts_on = DayColumn(verbose_name=_("first day"))
    ends_on = DayColumn(verbose_name=_("last day"))
    device = tables.Column(verbose_name=_("device"), accessor="pk", orderable=False, attrs=_WORDS)
    site = tables.Column(verbose_name=_("site"), accessor="pk", orderable=False, attrs=_WORDS)
    entrustment = tables.Column(verbose_name=_("entrustment"), accessor="entrustment__number", orderable=False)
    registrant = tables.Column(verbose_name=_("Registrant"), accessor="registrant_id", orderable=False, attrs=_WORDS)
    contractor = tables.Column(verbose_name=_("Contractor"), accessor="contractor_id", orderable=False, attrs=_WORDS)
    note = tables.Column(verbose_name=_("lots or steps planned"), attrs=_WORDS)
    state = tables.Column(verbose_name=_("state"), accessor="pk", orderable=False)
    look_at = tables.Column(
        verbose_name=_("to look at"), accessor="pk", orderable=False, exclude_from_export=True, attrs=_WORDS
    )
    act = tables.Column(verbose_name=_("act"), accessor="pk", orderable=False, exclude_from_export=True)
    recorded_by_name = tables.Column(verbose_name=_("planned by"))
    recorded_at = MomentColumn(verbose_name=_("recorded"))

    always = ("starts_on",)
    hidden_at_first: tuple[str, ...] = ("recorded_by_name", "recorded_at", "entrustment")
    export_name = "planned-production"

    class Meta:
        order_by = "starts_on"

    def __init__(
        self, *args: Any, names: Mapping[int, Any], today: date, scope: Scope, plans: frozenset[int], **kwargs: Any
    ) -> None:
        """``plans``: the pairs in which the reader plans production and so may take a plan back; ``scope``: a side that
        is always the reader's own is not shown."""
        super().__init__(*args, **kwargs)
        if not scope.contractor_ids and scope.registrant_ids:
            self.hidden_at_first = (*self.hidden_at_first, "registrant")
        if not scope.registrant_ids and scope.contractor_ids:
            self.hidden_at_first = (*self.hidden_at_first, "contractor")
        self.names, self.today, self.plans = names, today, plans
        self.warnings: Mapping[int, list[Finding]] = {}

    def row_url(self, record: Any) -> str:
        return reverse("agreements:entrustment", args=[record.entrustment_id])

    def render_device(self, record: Any) -> str:
        return bilingual(record, "device_name")

    def value_device(self, record: Any) -> str:
        return bilingual(record, "device_name")

    def render_site(self, record: Any) -> str:
        return bilingual(record, "site_name")

    def value_site(self, record: Any) -> str:
        return bilingual(record, "site_name")

    def render_registrant(self, value: int) -> str:
        return bilingual(self.names.get(value), "name")

    def render_contractor(self, value: int) -> str:
        return bilingual(self.names.get(value), "name")

    def render_state(self, record: Any) -> SafeString:
        state = PLAN_STATES[plan_state(record, self.today)]
        shown = badges.badge(state.tone, str(state.word))
        reason = record.end.reason if getattr(record, "end", None) else ""
        return format_html('{} <span class="fact-source">{}</span>', shown, reason) if reason else shown

    def value_state(self, record: Any) -> str:
        return str(PLAN_STATES[plan_state(record, self.today)].word)

    def render_look_at(self, record: Any) -> SafeString | str:
        found = self.warnings.get(record.pk, [])
        return format_html_join("", "<div>{}</div>", ((finding.text(),) for finding in found)) if found else "—"

    def render_act(self, record: Any) -> SafeString | str:
        if record.pair_id not in self.plans or plan_state(record, self.today) not in {"planned", "running"}:
            return ""
        url = reverse("releases:end_planned_production", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("Take back"))

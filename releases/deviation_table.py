"""The list of deviations over all lots."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cmo.catalogue.models import DeviceVersion
from cmo.web import badges
from cmo.web.tables import DayColumn, MomentColumn, NumberColumn, OpenColumn
from cmo.web.wording import bilingual

from .facts.deviating import CLOSED, OPEN, PROPOSED, RETURNED
from .models import Deviation, DeviationClosure
from .states import DEVIATION_STATES, SEVERITIES
from .tables import SidesTable

_WORDS = {"td": {"class": "words"}}


def with_closures(rows: QuerySet[Deviation]) -> QuerySet[Deviation]:
    """Deviations with their lot, the confirmed name of its device and the answer to their latest proposal to close."""
    proposals = DeviationClosure.objects.filter(deviation=OuterRef("pk")).order_by("-id")
    devices = DeviceVersion.objects.filter(device_id=OuterRef("lot__device_id"), decision__outcome="confirmed")
    latest = devices.order_by("-number")
    return rows.select_related("lot__pair").annotate(
        proposed=Exists(proposals),
        accepted=Subquery(proposals.values("answer__accepted")[:1]),
        device_name_zh=Subquery(latest.values("name_zh")[:1]),
        device_name_en=Subquery(latest.values("name_en")[:1]),
    )


def state_of(row: Any) -> str:
    """As ``DeviationFact.state``, from the columns of :func:`with_closures`."""
    return {None: PROPOSED, False: RETURNED, True: CLOSED}[row.accepted] if row.proposed else OPEN


class DeviationTable(SidesTable):
    """Deviations; ``names`` maps organisations to their data."""

    reference = OpenColumn(verbose_name=_("record number"))
    severity = tables.Column(verbose_name=_("Severity of the deviation"))
    kind = tables.Column(verbose_name=_("kind"))
    lot = tables.Column(verbose_name=_("lot number"), accessor="lot__number")
    device = tables.Column(verbose_name=_("device"), accessor="pk", orderable=False, attrs=_WORDS)
    registrant = tables.Column(
        verbose_name=_("Registrant"), accessor="lot__registrant_id", orderable=False, attrs=_WORDS
    )
    contractor = tables.Column(
        verbose_name=_("Contractor"), accessor="lot__contractor_id", orderable=False, attrs=_WORDS
    )
    occurred_on = DayColumn(verbose_name=_("occurred on"))
    discovered_on = DayColumn(verbose_name=_("discovered on"))
    quantity = NumberColumn(verbose_name=_("quantity concerned"))
    state = tables.Column(verbose_name=_("state"), accessor="pk", orderable=False)
    description = tables.Column(verbose_name=_("what happened"), orderable=False, attrs=_WORDS)
    recorded_at = MomentColumn(verbose_name=_("recorded"))

    always = ("reference",)
    hidden_at_first: tuple[str, ...] = ("occurred_on", "quantity", "description", "recorded_at")
    export_name = "deviations"

    class Meta:
        order_by = "-discovered_on"

    def row_url(self, record: Deviation) -> str:
        return reverse("releases:deviation", args=[record.pk])

    def render_severity(self, record: Deviation) -> SafeString:
        return badges.badge(SEVERITIES[record.severity], record.get_severity_display())

    def value_severity(self, record: Deviation) -> str:
        return record.get_severity_display()

    def render_state(self, record: Any) -> SafeString:
        state = DEVIATION_STATES[state_of(record)]
        return badges.badge(state.tone, str(state.word))

    def value_state(self, record: Any) -> str:
        return str(DEVIATION_STATES[state_of(record)].word)

    def render_device(self, record: Any) -> str:
        return bilingual(record, "device_name")

    def value_device(self, record: Any) -> str:
        return bilingual(record, "device_name")

    def render_registrant(self, value: int) -> str:
        return bilingual(self.names.get(value), "name")

    def render_contractor(self, value: int) -> str:
        return bilingual(self.names.get(value), "name")

    def render_kind(self, record: Deviation) -> str:
        return record.get_kind_display()

    def value_kind(self, record: Deviation) -> str:
        return record.get_kind_display()

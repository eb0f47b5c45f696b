"""The lists of devices and of their identifiers."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.web.tables import DayColumn, OpenColumn, RecordTable, StatusColumn


class DeviceTable(RecordTable):
    """One row per device: its current confirmed data, or the proposed data of a new one."""

    always = ("name",)
    hidden_at_first = ("implantable", "registrant")
    export_name = "devices"

    name = OpenColumn(verbose_name=_("device"), accessor="name", order_by=("name_zh",))
    number_printed = tables.Column(
        verbose_name=_("certificate or filing number"), attrs={"td": {"class": "figures"}}, accessor="number_printed"
    )
    device_class = tables.Column(verbose_name=_("class"), accessor="get_device_class_display", order_by="device_class")
    classification_code = tables.Column(verbose_name=_("code"), attrs={"td": {"class": "figures"}}, empty_values=())
    implantable = tables.Column(verbose_name=_("implantable"), accessor="get_implantable_display", orderable=False)
    registrant = tables.Column(verbose_name=_("registrant"), accessor="registrant_name", orderable=False)
    last_day = DayColumn(verbose_name=_("last day"))
    certificate = StatusColumn(verbose_name=_("certificate"), accessor="certificate")
    verdict = StatusColumn(verbose_name=_("may be entrusted?"), accessor="verdict")

    def row_url(self, record: Any) -> str:
        return reverse("catalogue:device", args=[record.device_id])

    def render_classification_code(self, record: Any) -> str:
        return record.screening_code or "—"


class IdentifierTable(RecordTable):
    """One row per UDI device identifier."""

    always = ("code",)
    hidden_at_first = ("agency", "contained_quantity", "retired_on")
    export_name = "device-identifiers"

    code = OpenColumn(verbose_name=_("UDI-DI"), accessor="code")
    device = tables.Column(verbose_name=_("device"))
    model = tables.Column(verbose_name=_("model / specification"))
    level = tables.Column(verbose_name=_("package level"))
    agency = tables.Column(verbose_name=_("issuing agency"))
    contained_quantity = tables.Column(verbose_name=_("how many it contains"))
    assigned_on = DayColumn(verbose_name=_("assigned on"))
    submitted_on = DayColumn(verbose_name=_("submitted on"))
    uploaded_on = DayColumn(verbose_name=_("uploaded on"))
    retired_on = DayColumn(verbose_name=_("no longer used from"))
    state = StatusColumn(verbose_name=_("state"), accessor="state")

    def row_url(self, record: Any) -> str:
        return reverse("catalogue:device_identifiers", args=[record.device_id])

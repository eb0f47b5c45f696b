"""The two lists of recurring reports: what is owed, and what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column

from cmo.catalogue.models import DeviceVersion
from cmo.parties.states import State
from cmo.web import badges
from cmo.web.tables import DayColumn, OpenColumn, RecordTable, StatusColumn
from cmo.web.wording import bilingual

from .facts.reports import ReportFacts
from .models import PeriodicReport
from .report_words import about, state_of, title_of
from .rules.reports import Period, name_of


@dataclass(frozen=True, slots=True)
class Owed:
    """One report that is not recorded yet."""

    organisation_id: int
    title: Any
    about: str
    organisation: str
    due_on: date
    state: State
    url: str


def owed_row(facts: ReportFacts, period: Period, organisation: str, on: date) -> Owed:
    """The row of one report."""
    url = reverse("calendar:report", args=[facts.organisation_id, period.name])
    state = state_of(facts, period, on)
    return Owed(facts.organisation_id, title_of(period), about(period), organisation, period.due_on, state, url)


class OwedTable(RecordTable):
    """What is to be done, the earliest last day first."""

    title = OpenColumn(verbose_name=_("report"))
    about = Column(verbose_name=_("About"))
    organisation = Column(verbose_name=_("Organisation"))
    due_on = DayColumn(verbose_name=_("last day"))
    state = StatusColumn(verbose_name=_("state"), orderable=False)

    always = ("title",)
    exportable = False  # the page's one download is what was recorded

    class Meta:
        order_by = "due_on"

    def row_url(self, record: Owed) -> str:
        return record.url

    def render_state(self, record: Owed) -> Any:
        return badges.badge(*record.state)

    def value_state(self, record: Owed) -> str:
        return record.state.word


class RecordedTable(RecordTable):
    """What was recorded, the newest first; ``names`` and ``devices`` are loaded once for the page."""

    kind = OpenColumn(verbose_name=_("report"))
    device = Column(verbose_name=_("Device"), accessor="device_id", orderable=False, default="—")
    organisation = Column(verbose_name=_("Organisation"), accessor="organisation_id", orderable=False)
    period_from = DayColumn(verbose_name=_("period: first day"))
    period_to = DayColumn(verbose_name=_("period: last day"))
    due_on = DayColumn(verbose_name=_("last day"))
    done_on = DayColumn(verbose_name=_("done on"))
    reference = Column(verbose_name=_("proving record"))
    recorded_by_name = Column(verbose_name=_("recorded by"))

    always = ("kind",)
    hidden_at_first = ("recorded_by_name",)
    export_name = "reports-recorded"

    class Meta:
        order_by = "-done_on"

    def __init__(self, *args: Any, names: dict[int, str], devices: dict[int, DeviceVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names, self.devices = names, devices

    def row_url(self, record: PeriodicReport) -> str:
        name = name_of(record.kind, record.device_id, record.period_from)
        return reverse("calendar:report", args=[record.organisation_id, name])

    def render_kind(self, record: PeriodicReport) -> Any:
        return format_html('<a href="{}">{}</a>', self.row_url(record), record.get_kind_display())

    def value_kind(self, record: PeriodicReport) -> str:
        return record.get_kind_display()

    def render_device(self, value: int) -> str:
        return bilingual(self.devices[value], "name") if value in self.devices else ""

    def render_organisation(self, value: int) -> str:
        return self.names.get(value, "")

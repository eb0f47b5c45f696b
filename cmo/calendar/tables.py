"""The calendar as a list: sorted, with chosen columns, exported."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tables2 import Column

from cmo.regulation.references import UnknownReference, reference
from cmo.regulation.templatetags.legal import citation
from cmo.web import badges, wording, words
from cmo.web.tables import DayColumn, OpenColumn, RecordTable
from cmo.workdays import arrangement_announced

from .shown import Shown, working_days_left


class DutyTable(RecordTable):
    """Every duty with its last day, the overdue ones first."""

    due_on = DayColumn(verbose_name=_("Last day"))
    left = Column(verbose_name=_("Time left"), accessor="due_on", order_by="due_on")
    title = OpenColumn(verbose_name=_("Duty"))
    about = Column(verbose_name=_("About"))
    kind = Column(verbose_name=_("Kind"), accessor="kind_word")
    pair = Column(verbose_name=_("Pair"), attrs={"td": {"class": "figures"}})
    counterpart = Column(verbose_name=_("With"))
    owner = Column(verbose_name=_("Whose duty"))
    source = Column(verbose_name=_("Rests on"), accessor="citation", attrs={"td": {"class": "cal-source"}})
    since = DayColumn(verbose_name=_("Possible from"), accessor="duty__since")

    always = ("due_on", "title")
    hidden_at_first = ("kind", "counterpart", "since")
    export_name = "calendar"

    class Meta:
        order_by = "due_on"

    def row_url(self, record: Shown) -> str:
        return record.url

    def render_left(self, record: Shown) -> SafeString:
        """Days and working days, with a badge's colour and icon."""
        working = working_days_left(record)
        sentence = words.days_left(record.due_on, record.on)
        if record.overdue:
            return badges.badge("bad", sentence)
        days = badges.badge("pending", sentence) if record.tone == "pending" else sentence
        return format_html('{} <span class="working-left">{}</span>', days, _working(working, record))

    def value_left(self, record: Shown) -> int:
        return working_days_left(record)

    def render_source(self, record: Shown) -> Any:
        return citation(record.citation)

    def value_source(self, record: Shown) -> str:
        try:
            return wording.bilingual(reference(record.citation), "label")
        except UnknownReference:
            return record.citation


def _working(number: int, record: Shown) -> str:
    """The number of working days; marked where it is counted without the year's arrangement."""
    sentence = working_words(number)
    return sentence if arrangement_announced(record.due_on.year) else f"{sentence}*"


def working_words(number: int) -> str:
    """How many working days, in words."""
    return ngettext("%(n)d working day", "%(n)d working days", number) % {"n": number}

"""The list of lots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cmo.errors import Finding
from cmo.parties.access import Scope
from cmo.web import badges
from cmo.web.tables import DayColumn, MomentColumn, NumberColumn, OpenColumn, RecordTable
from cmo.web.wording import bilingual

from .models import Lot
from .states import ON_HOLD, STATES, TAKEN_OVER

#: Columns that hold sentences or long names: wide enough to read, and they wrap.
_WORDS = {"td": {"class": "words"}}


#: Characters of the first reason that a row of the list shows.
MOST_SIGNS = 60


class SidesTable(RecordTable):
    """A list with a column for each side; one that is always the reader's own is not shown at first."""

    def __init__(self, *args: Any, names: Mapping[int, Any], scope: Scope, **kwargs: Any) -> None:
        """``names``: organisation id → its data; ``scope``: what the reader sees."""
        super().__init__(*args, **kwargs)
        self.names = names
        if not scope.contractor_ids and scope.registrant_ids:
            self.hidden_at_first = (*self.hidden_at_first, "registrant")
        if not scope.registrant_ids and scope.contractor_ids:
            self.hidden_at_first = (*self.hidden_at_first, "contractor")


class LotTable(SidesTable):
    """Lots; ``names`` maps organisations to their data, ``findings`` a lot to what stands against its next release."""

    number = OpenColumn(verbose_name=_("lot number"))
    device = tables.Column(verbose_name=_("device"), accessor="pk", orderable=False, attrs=_WORDS)
    model = tables.Column(verbose_name=_("model / specification"))
    registrant = tables.Column(verbose_name=_("Registrant"), accessor="registrant_id", orderable=False, attrs=_WORDS)
    contractor = tables.Column(verbose_name=_("Contractor"), accessor="contractor_id", orderable=False, attrs=_WORDS)
    produced_from = DayColumn(verbose_name=_("made from"))
    produced_to = DayColumn(verbose_name=_("made until"))
    quantity = NumberColumn(verbose_name=_("quantity"))
    unit = tables.Column(verbose_name=_("unit"), orderable=False)
    expires_on = DayColumn(verbose_name=_("use-by date"))
    state = tables.Column(verbose_name=_("state"), accessor="state", orderable=False)
    findings = tables.Column(
        verbose_name=_("next release"), accessor="pk", orderable=False, exclude_from_export=True, attrs=_WORDS
    )
    recorded_at = MomentColumn(verbose_name=_("registered"))

    always = ("number",)
    hidden_at_first: tuple[str, ...] = ("unit", "expires_on", "produced_from", "recorded_at")
    export_name = "lots"

    class Meta:
        order_by = "-recorded_at"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons: Mapping[int, list[Finding]] = {}

    def row_url(self, record: Lot) -> str:
        return reverse("releases:lot", args=[record.pk])

    def render_device(self, record: Any) -> str:
        return bilingual(record, "device_name")

    def value_device(self, record: Any) -> str:
        return bilingual(record, "device_name")

    def render_registrant(self, value: int) -> str:
        return bilingual(self.names.get(value), "name")

    def render_contractor(self, value: int) -> str:
        return bilingual(self.names.get(value), "name")

    def render_state(self, record: Any) -> SafeString:
        shown = [STATES[record.state]]
        shown += [ON_HOLD] if record.held else []
        shown += [TAKEN_OVER] if record.taken_over else []
        return format_html_join(" ", "{}", ((badges.badge(s.tone, str(s.word)),) for s in shown))

    def value_state(self, record: Any) -> str:
        held = gettext(", ") + str(ON_HOLD.word) if record.held else ""
        return f"{STATES[record.state].word}{held}"

    def render_findings(self, record: Any) -> SafeString | str:
        if record.state in {"on_market", "market_rejected", "production_rejected"}:
            return "—"
        found = self.reasons.get(record.pk, [])
        blocking = [finding for finding in found if finding.blocks]
        if not blocking:
            word = ngettext("%(n)d point to look at", "%(n)d points to look at", len(found)) if found else ""
            return (
                badges.badge("pending", word % {"n": len(found)})
                if found
                else badges.badge("good", gettext("ready to release"))
            )
        word = ngettext("stopped by %(n)d reason", "stopped by %(n)d reasons", len(blocking)) % {"n": len(blocking)}
        sentence = Truncator(blocking[0].text()).chars(MOST_SIGNS)
        return format_html('{} <span class="fact-source">{}</span>', badges.badge("bad", word), sentence)

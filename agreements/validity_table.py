"""The list of what expires first for every live entrustment, ordered over all of them and worded for the rows shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column

from cmo.web import badges, wording
from cmo.workdays import working_days_between

from .chains import first_of, kind_word, link_name, renewal_state, window_words
from .facts.validity import Chain, Link
from .labels import Labels, labels_for
from .rules.validity import Window, window_of
from .states import cap_word
from .stranding import Strands, strands_of
from .tables import FactTable, NumberOpensColumn


@dataclass(frozen=True, slots=True)
class Expiring:
    """One entrustment with what expires first; ``ends_on`` is the last date there is when nothing ends."""

    chain: Chain
    first: Link | None
    ends_on: date

    @property
    def number(self) -> str:
        return self.chain.number

    @property
    def pk(self) -> int:
        return self.chain.entrustment_id

    @property
    def covered_until(self) -> date:
        return self.chain.cover.last_day if self.chain.cover else date.min


def expiring(chain: Chain) -> Expiring:
    """The row of one chain."""
    first = first_of(chain)
    return Expiring(chain, first, first.last_day if first and first.last_day else date.max)


def _named(**options: Any) -> Column:
    return Column(**{"orderable": False, "accessor": "pk", **options})


class ValidityTable(FactTable):
    """What expires first, when, and where its renewal stands."""

    number = NumberOpensColumn(verbose_name=_("number"))
    device = _named(verbose_name=_("Device"))
    registrant = _named(verbose_name=_("Registrant"))
    contractor = _named(verbose_name=_("Contractor"))
    pair = _named(verbose_name=_("Pair"), attrs={"td": {"class": "figures"}})
    first = _named(verbose_name=_("expires first"))
    ends_on = Column(verbose_name=_("last day"), attrs={"td": {"class": "figures"}})
    days_left = _named(
        verbose_name=_("working days left"), attrs={"th": {"class": "number"}, "td": {"class": "number"}}
    )
    renewal = _named(verbose_name=_("renewal"))
    covered_until = Column(verbose_name=_("covered until"), attrs={"td": {"class": "figures"}})
    strands = _named(verbose_name=_("what would be stuck"))

    always = ("number",)
    hidden_at_first = ("pair", "registrant", "covered_until")
    export_name = "validity"

    class Meta:
        order_by = "ends_on"

    @cached_property
    def labels(self) -> Labels:
        return labels_for(row.chain for row in self.shown)

    @cached_property
    def stuck(self) -> dict[int, list[Strands]]:
        """What each shown entrustment's end would leave behind."""
        return strands_of({row.pk: row.ends_on for row in self.shown if row.first is not None})

    def row_url(self, record: Expiring) -> str:
        return reverse("agreements:entrustment", args=[record.pk])

    def window(self, record: Expiring) -> Window | None:
        """When what expires first is renewed."""
        return window_of(record.first, self.on) if record.first else None

    def render_device(self, record: Expiring) -> str:
        return self.labels.device(record.chain.device_id)

    def render_registrant(self, record: Expiring) -> str:
        return self.labels.organisation(record.chain.registrant_id)

    def render_contractor(self, record: Expiring) -> str:
        return self.labels.organisation(record.chain.contractor_id)

    def render_pair(self, record: Expiring) -> str:
        return self.labels.pair(record.chain.pair_id)

    def render_first(self, record: Expiring) -> Any:
        if record.first is None:
            return "—"
        return format_html(
            '{}<br><span class="figures">{}</span>', kind_word(record.first.kind), link_name(record.first)
        )

    def value_first(self, record: Expiring) -> str:
        return f"{kind_word(record.first.kind)} {link_name(record.first)}" if record.first else ""

    def render_ends_on(self, record: Expiring) -> str:
        return wording.day(record.ends_on) if record.first else "—"

    def value_ends_on(self, record: Expiring) -> Any:
        return record.ends_on if record.first else ""

    def left(self, record: Expiring) -> int | None:
        """Working days up to the last day; None when nothing ends or it is over."""
        over = record.first is None or record.ends_on < self.on
        return None if over else working_days_between(self.on, record.ends_on)

    def render_days_left(self, record: Expiring) -> str:
        left = self.left(record)
        return "—" if left is None else wording.number(left)

    def value_days_left(self, record: Expiring) -> Any:
        return "" if (left := self.left(record)) is None else left

    def render_renewal(self, record: Expiring) -> Any:
        window = self.window(record)
        if window is None or record.first is None or window.state == "none":
            return "—"
        badge = badges.badge(*renewal_state(window))
        if window.closes_on is None or window.state == "over":
            return badge
        day = window.opens_on if window.state == "not_open" else window.closes_on
        return format_html(
            '{} <span class="figures" title="{}">{}</span>', badge, window_words(record.first, window), day
        )

    def value_renewal(self, record: Expiring) -> str:
        window = self.window(record)
        return renewal_state(window).word if window else ""

    def render_covered_until(self, record: Expiring) -> str:
        cover = record.chain.cover
        return f"{wording.day(cover.last_day)} · {cap_word(cover.capped_by)}" if cover else "—"

    def value_covered_until(self, record: Expiring) -> Any:
        return record.chain.cover.last_day if record.chain.cover else ""

    def render_strands(self, record: Expiring) -> Any:
        found = self.stuck.get(record.pk, [])
        if not found:
            return "—"
        return format_html('<a href="{}">{}</a>', found[0].url, found[0].sentence)

    def value_strands(self, record: Expiring) -> str:
        return "; ".join(strands.sentence for strands in self.stuck.get(record.pk, []))

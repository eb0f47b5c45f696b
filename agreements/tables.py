"""The lists of the agreements app as tables with sort, columns and export; facts are loaded for the rows shown."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column

from cmo.parties.pages import scope_for
from cmo.parties.states import State
from cmo.web import badges, wording
from cmo.web.tables import MOST_EXPORTED, DayColumn, OpenColumn, RecordTable

from .facts import AgreementState, EntrustmentFacts, agreement_states, cover_days, load_entrustment_facts
from .labels import Labels, labels_for
from .models import Agreement, Entrustment, Hold
from .states import agreement_state, cap_word, cover_of, cover_state, entrustment_state, hold_state


class FactTable(RecordTable):
    """A list whose cells come from facts loaded at once for the page shown, or for the whole export."""

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.exporting = False

    @classmethod
    def for_request(cls, request: HttpRequest, data: Any, *, of_pair: bool = False, **options: Any) -> Any:
        """As in the base class; an export loads the facts of all its rows. A side that is always the reader's own is not shown
        at first, and neither side on the page of their pair (``of_pair``)."""
        hidden = {"registrant", "contractor"} if of_pair else _own_side(request)
        table = super().for_request(request, data, hidden=hidden, **options)
        table.exporting = bool(request.GET.get("export"))
        return table

    @cached_property
    def shown(self) -> list[Any]:
        """The records whose facts are needed."""
        if self.exporting:
            return list(self.data.data[:MOST_EXPORTED])
        return [row.record for row in self.paginated_rows]

    @cached_property
    def labels(self) -> Labels:
        return labels_for(self.shown)


def _own_side(request: HttpRequest) -> set[str]:
    scope = scope_for(request)
    held = {"registrant": scope.registrant_ids, "contractor": scope.contractor_ids}
    own = {side for side, organisations in held.items() if organisations}
    return own if len(own) == 1 else set()


class NumberOpensColumn(OpenColumn):
    """The number of the record, never broken, as the link that opens it."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(**extra)
        self.attrs = {"td": {"class": "open figures"}}


def _named(**options: Any) -> Column:
    """A column whose text is found by ``render_…``, not sorted."""
    return Column(**{"orderable": False, "accessor": "pk", **options})


class EntrustmentTable(FactTable):
    """Entrustments with their state and the agreement that covers them."""

    number = NumberOpensColumn(verbose_name=_("number"))
    device = _named(verbose_name=_("Device"))
    certificate = _named(verbose_name=_("certificate or filing"), attrs={"td": {"class": "figures"}})
    registrant = _named(verbose_name=_("Registrant"))
    contractor = _named(verbose_name=_("Contractor"))
    site = _named(verbose_name=_("Site"))
    pair = _named(verbose_name=_("Pair"), attrs={"td": {"class": "figures"}})
    starts_on = DayColumn(verbose_name=_("starts on"))
    state = _named(verbose_name=_("state"))
    agreement = _named(verbose_name=_("quality agreement"))
    covered_until = _named(verbose_name=_("covered until"), attrs={"td": {"class": "figures"}})
    holds = _named(verbose_name=_("holds"))

    always = ("number",)
    hidden_at_first = ("certificate", "pair", "site")
    export_name = "entrustments"

    class Meta:
        order_by = "-number"

    @cached_property
    def facts(self) -> dict[int, EntrustmentFacts]:
        return load_entrustment_facts(self.shown)

    def row_url(self, record: Entrustment) -> str:
        return reverse("agreements:entrustment", args=[record.pk])

    def render_device(self, record: Entrustment) -> str:
        return self.labels.device(record.device_id)

    def render_certificate(self, record: Entrustment) -> str:
        return self.labels.certificate(record.device_id)

    def render_registrant(self, record: Entrustment) -> str:
        return self.labels.organisation(record.registrant_id)

    def render_contractor(self, record: Entrustment) -> str:
        return self.labels.organisation(record.contractor_id)

    def render_site(self, record: Entrustment) -> str:
        return self.labels.site(record.site_id)

    def render_pair(self, record: Entrustment) -> str:
        return self.labels.pair(record.pair_id)

    def render_state(self, record: Entrustment) -> Any:
        return badges.badge(*entrustment_state(self.facts[record.pk], self.on))

    def value_state(self, record: Entrustment) -> str:
        return entrustment_state(self.facts[record.pk], self.on).word

    def render_agreement(self, record: Entrustment) -> Any:
        cover = cover_of(self.facts[record.pk], self.on)
        badge = badges.badge(*cover_state(self.facts[record.pk], self.on))
        number = f"{cover.agreement_number}/{cover.revision_number}" if cover else ""
        return format_html('{} <span class="figures">{}</span>', badge, number)

    def render_covered_until(self, record: Entrustment) -> Any:
        cover = cover_of(self.facts[record.pk], self.on)
        return f"{wording.day(cover.last_day)} · {cap_word(cover.capped_by)}" if cover else "—"

    def render_holds(self, record: Entrustment) -> Any:
        count = len(self.facts[record.pk].holds)
        return badges.badge("bad", wording.number(count)) if count else "—"

    def value_holds(self, record: Entrustment) -> int:
        return len(self.facts[record.pk].holds)


class AgreementTable(FactTable):
    """Quality agreements and where they stand."""

    number = NumberOpensColumn(verbose_name=_("number"))
    title = _named(verbose_name=_("title"))
    registrant = _named(verbose_name=_("Registrant"))
    contractor = _named(verbose_name=_("Contractor"))
    pair = _named(verbose_name=_("Pair"), attrs={"td": {"class": "figures"}})
    state = _named(verbose_name=_("state"))
    revision = _named(verbose_name=_("revision"), attrs={"td": {"class": "figures"}})
    ends_on = _named(verbose_name=_("term: last day"), attrs={"td": {"class": "figures"}})
    covered_until = _named(verbose_name=_("first cover ends on"), attrs={"td": {"class": "figures"}})
    recorded_at = DayColumn(verbose_name=_("begun on"))

    always = ("number",)
    hidden_at_first = ("pair",)
    export_name = "agreements"

    class Meta:
        order_by = "-recorded_at"

    @cached_property
    def states(self) -> dict[int, AgreementState]:
        return agreement_states([row.pk for row in self.shown], self.on)

    @cached_property
    def covers(self) -> dict[int, tuple[date, date]]:
        """Revision id → earliest and latest own last day of what the shown revisions cover."""
        return cover_days(r for state in self.states.values() if (r := state.effective or state.last))

    def state_of(self, record: Agreement) -> State:
        """Where the agreement stands."""
        state = self.states[record.pk]
        shown = state.effective or state.last
        covered = self.covers.get(shown.pk) if shown else None
        return agreement_state(state, covered[1] if covered else None, self.on)

    def row_url(self, record: Agreement) -> str:
        return reverse("agreements:agreement", args=[record.pk])

    def render_title(self, record: Agreement) -> str:
        return wording.bilingual(record, "title")

    def render_registrant(self, record: Agreement) -> str:
        return self.labels.organisation(record.registrant_id)

    def render_contractor(self, record: Agreement) -> str:
        return self.labels.organisation(record.contractor_id)

    def render_pair(self, record: Agreement) -> str:
        return self.labels.pair(record.pair_id)

    def render_state(self, record: Agreement) -> Any:
        return badges.badge(*self.state_of(record))

    def value_state(self, record: Agreement) -> str:
        return self.state_of(record).word

    def render_revision(self, record: Agreement) -> str:
        state = self.states[record.pk]
        shown = state.effective or state.last
        return str(shown.number) if shown else str(state.waiting or "—")

    def render_ends_on(self, record: Agreement) -> str:
        shown = self.states[record.pk].effective or self.states[record.pk].last
        return wording.day(shown.ends_on) if shown else "—"

    def render_covered_until(self, record: Agreement) -> str:
        shown = self.states[record.pk].effective or self.states[record.pk].last
        covered = self.covers.get(shown.pk) if shown else None
        return wording.day(covered[0]) if covered else "—"


class HoldTable(FactTable):
    """Holds on pairs, sites and entrustments."""

    placed = DayColumn(verbose_name=_("placed on"), accessor="recorded_at")
    kind = Column(verbose_name=_("kind"), accessor="get_kind_display", order_by="kind")
    scope = _named(verbose_name=_("What is locked"))
    reason = Column(verbose_name=_("reason"), orderable=False)
    side = Column(verbose_name=_("placed by"), accessor="recorded_by_name")
    pair = _named(verbose_name=_("Pair"), attrs={"td": {"class": "figures"}})
    registrant = _named(verbose_name=_("Registrant"))
    contractor = _named(verbose_name=_("Contractor"))
    state = _named(verbose_name=_("state"))

    hidden_at_first = ("registrant", "contractor")
    export_name = "holds"

    class Meta:
        order_by = "-placed"

    def row_url(self, record: Hold) -> str:
        return reverse("agreements:hold", args=[record.pk])

    def render_scope(self, record: Hold) -> str:
        if record.entrustment is not None:
            return record.entrustment.number
        return self.labels.site(record.site_id) if record.site_id else str(_("the whole pair"))

    def render_side(self, record: Hold) -> str:
        return f"{record.recorded_by_name} · {record.get_side_display()}"

    def render_pair(self, record: Hold) -> str:
        return self.labels.pair(record.pair_id)

    def render_registrant(self, record: Hold) -> str:
        return self.labels.organisation(record.registrant_id)

    def render_contractor(self, record: Hold) -> str:
        return self.labels.organisation(record.contractor_id)

    def render_state(self, record: Hold) -> Any:
        return badges.badge(*hold_state(record))

    def value_state(self, record: Hold) -> str:
        return hold_state(record).word

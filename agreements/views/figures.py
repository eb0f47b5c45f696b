"""The records behind one figure of a pair and period, for figures without a list of their own."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.parties.views.pairs import pair_context, visible_pair
from cmo.web.tables import DayColumn, OpenColumn, RecordTable
from cmo.web.wording import bilingual

from ..figures import Line, records_of
from ..forms.reviews import PeriodFilter
from ..rules.review import default_period


class LineTable(RecordTable):
    """One row for each record that a figure counts."""

    on = DayColumn(verbose_name=_("day"))
    what = OpenColumn(verbose_name=_("record"))
    note = tables.Column(verbose_name=_("note"), orderable=False, attrs={"td": {"class": "words"}})

    always = ("what",)
    export_name = "records"

    def row_url(self, record: Line) -> str | None:
        return record.url or None


@require_safe
def figure(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The records, as a list with export; without a period those of the last twelve months."""
    pair: Any = visible_pair(request, pk)
    records = records_of(key)
    if records is None:
        raise Http404
    form = PeriodFilter(request.GET)
    first, last = form.period(default_period(clock.today()))
    table = LineTable.for_request(request, list(records.load(pair.pk, first, last)), order_by=("-on", "what"))
    if download := table.export_for(request):
        return download
    context = pair_context(request, pair, "reviews") | {
        "table": table,
        "form": form,
        "title": bilingual(records, "label"),
        "first": first,
        "last": last,
    }
    return render(request, "agreements/figure.html", context)

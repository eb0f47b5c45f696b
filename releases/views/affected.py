"""Released lots that would not be released today, with every reason: after data, agreement or catalogue have changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agreements.models import Entrustment
from cmo import clock
from cmo.catalogue.models import DeviceVersion
from cmo.parties.access import Scope, visible_pairs
from cmo.parties.pages import scope_for
from cmo.web import export
from cmo.web.wording import bilingual

from ..affected import LOOK_BACK, Affected, affected_lots, in_full
from ..forms import AffectedFilter
from ..states import REASON_GROUPS, STAGES

PER_PAGE = 50


@require_safe
def affected(request: HttpRequest) -> HttpResponse:
    """Released lots with new reasons, by pair, device, group of reasons and day."""
    scope, today = scope_for(request), clock.today()
    pairs = dict(visible_pairs(scope).values_list("pk", "number"))
    devices = _devices(scope)
    since = today - LOOK_BACK
    form = AffectedFilter(request.GET or None, pairs=pairs, devices=devices, since=since)
    found = affected_lots(form.change(since), scope, today)
    entrustments = Entrustment.objects.in_bulk({one.lot.entrustment_id for one in found})
    if request.GET.get("export") in {"csv", "xlsx"}:
        rows = _lines(found, entrustments, devices)
        return export.response(rows, name="affected-lots", kind=request.GET["export"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [_row(one, entrustments, devices) for one in in_full(list(page))],
        "number": len(found),
    }
    return render(request, "releases/affected.html", context)


def _devices(scope: Scope) -> dict[int, str]:
    """The devices of visible entrustments by name; two queries."""
    pks = Entrustment.objects.visible_to(scope).values_list("device_id", flat=True).distinct()
    versions = DeviceVersion.objects.current_by_subject(pks)
    return {pk: bilingual(version, "name") for pk, version in versions.items()}


def _row(one: Affected, entrustments: dict[int, Entrustment], devices: dict[int, str]) -> dict[str, Any]:
    entrustment = entrustments[one.lot.entrustment_id]
    return {
        "lot": one.lot,
        "entrustment": entrustment,
        "device": devices.get(entrustment.device_id, ""),
        "stage": STAGES[one.lot.stage],
        "reasons": [{"group": REASON_GROUPS[group], "finding": finding} for group, finding in one.reasons],
    }


def _lines(
    found: Sequence[Affected], entrustments: dict[int, Entrustment], devices: dict[int, str]
) -> Iterable[list[Any]]:
    """One line for each lot and reason, for the export."""
    yield [_("Lot number"), _("device"), _("Entrustment"), _("made from"), _("made until"), _("Released on"),
           _("Reason for looking again"), _("Finding")]  # fmt: skip
    for one in in_full(found):
        lot, entrustment = one.lot, entrustments[one.lot.entrustment_id]
        own = [lot.number, devices.get(entrustment.device_id, ""), entrustment.number]
        for group, finding in one.reasons:
            yield [*own, lot.produced_from, lot.produced_to, lot.on, str(REASON_GROUPS[group]), finding.text()]

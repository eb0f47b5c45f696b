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
from cmo.parties.facts import names_of
from cmo.parties.models import Post
from cmo.parties.pages import scope_for
from cmo.web import export
from cmo.web.shown import list_rows, mark_of
from cmo.web.wording import bilingual

from ..affected import LOOK_BACK, Affected, affected_lots, in_full
from ..forms import AffectedFilter
from ..models import Lot
from ..record_links import RELEASERS
from ..states import REASON_GROUPS, STAGES

PER_PAGE = 50


@require_safe
def affected(request: HttpRequest) -> HttpResponse:
    """Released lots with new reasons, by pair, device, group of reasons and day."""
    scope, today = scope_for(request), clock.today()
    devices, since = _devices(scope), today - LOOK_BACK
    form = AffectedFilter(request.GET or None, devices=devices, since=since, **_choices(scope))
    found = [] if form.finds_nothing else affected_lots(form.change(since), scope, today)
    list_rows(request, (one.lot for one in found))
    if request.GET.get("export") in {"csv", "xlsx"}:
        kind, mark = request.GET["export"], mark_of(request)
        return export.response(_lines(found, devices), name="affected-lots", kind=kind, mark=mark)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": _rows(list(page), devices),
        "number": len(found),
    }
    return render(request, "releases/affected.html", context)


def _choices(scope: Scope) -> dict[str, dict[int, str]]:
    """Visible pairs, their contractors and whoever may have released their lots, by name; three queries."""
    pairs = list(visible_pairs(scope))
    contractors = names_of({pair.contractor_id for pair in pairs})
    firms = {pk for pair in pairs for pk in (pair.registrant_id, pair.contractor_id)}
    posts = Post.objects.confirmed().filter(organisation_id__in=firms, role__in=RELEASERS).select_related("user")
    return {
        "pairs": {pair.pk: pair.number for pair in pairs},
        "contractors": {pk: bilingual(version, "name") for pk, version in contractors.items()},
        "people": {post.user_id: post.user.printed_name for post in posts},
    }


def _devices(scope: Scope) -> dict[int, str]:
    """The devices of visible entrustments by name; two queries."""
    pks = Entrustment.objects.visible_to(scope).values_list("device_id", flat=True).distinct()
    versions = DeviceVersion.objects.current_by_subject(pks)
    return {pk: bilingual(version, "name") for pk, version in versions.items()}


def _lots(found: Sequence[Affected]) -> dict[int, Lot]:
    return Lot.objects.select_related("entrustment").in_bulk([one.lot.lot_id for one in found])


def _rows(found: Sequence[Affected], devices: dict[int, str]) -> list[dict[str, Any]]:
    lots = _lots(found)
    return [_row(one, lots[one.lot.lot_id], devices) for one in in_full(found)]


def _row(one: Affected, lot: Lot, devices: dict[int, str]) -> dict[str, Any]:
    return {
        "lot": lot,
        "device": devices.get(lot.device_id, ""),
        "on": one.lot.group.on,
        "stage": STAGES[one.lot.stage],
        "reasons": [{"group": REASON_GROUPS[group], "finding": finding} for group, finding in one.reasons],
    }


def _lines(found: Sequence[Affected], devices: dict[int, str]) -> Iterable[list[Any]]:
    """One line for each lot and reason, for the export."""
    yield [_("Lot number"), _("device"), _("Entrustment"), _("made from"), _("made until"), _("Released on"),
           _("Reason for looking again"), _("Finding")]  # fmt: skip
    lots = _lots(found)
    for one in in_full(found):
        lot = lots[one.lot.lot_id]
        own = [lot.number, devices.get(lot.device_id, ""), lot.entrustment.number, lot.produced_from, lot.produced_to]
        for group, finding in one.reasons:
            yield [*own, one.lot.group.on, str(REASON_GROUPS[group]), finding.text()]

"""Identification: the UDI and label block of a lot, scans held against it, and the checks of label texts of a pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agreements.models import Entrustment
from cmo import clock
from cmo.catalogue.facts_identifiers import load_identifiers
from cmo.catalogue.models import LabelVersion
from cmo.clock import day_of
from cmo.codes import check_code
from cmo.parties.access import Can, require
from cmo.parties.pages import act, get_visible_or_404, reasons_against, scope_for
from cmo.parties.views.form_page import form_page
from cmo.parties.views.pairs import pair_context

from .. import actions
from ..facts import load_lot_facts
from ..facts.labels import load_label_block, load_label_checks, load_label_facts
from ..forms.labels import CheckLabelForm, ScanForm
from ..label_block import LabelBlock
from ..label_drawing import label_pdf, label_svg, proof_pdf
from ..label_shown import check_shown, compared_rows, item_rows, labels_of_pair, names_of_items, unknown_facts
from ..labels import LABEL
from ..models import LabelCheck, Lot
from ..rules.scanning import ScannedLot, compare_scan, scan_of
from .lists import visible_pair
from .lot import lot_context, visible_lot


@require_http_methods(["GET", "HEAD", "POST"])
def lot_udi(request: HttpRequest, pk: int) -> HttpResponse:
    """The UDI and label block of a lot; a scan sent here is compared and nothing is kept of it."""
    row = visible_lot(request, pk)
    form = ScanForm(request.POST or None)
    scanned = _compare(row, form.cleaned_data["text"]) if request.method == "POST" and form.is_valid() else {}
    facts = load_lot_facts([row])[pk]
    used = ((row.label_version, facts.label_check), (row.ifu_version, facts.ifu_check))
    context = lot_context(request, row, facts, "lot_udi") | {
        "form": form,
        "printed": load_label_block(row),
        "versions": [check_shown(label, row.entrustment_id, check) for label, check in used if label is not None],
        **scanned,
    }
    return render(request, "releases/label_of_lot.html", context)


def _compare(row: Lot, text: str) -> dict[str, Any]:
    """The scan as read, and each element held against the lot."""
    judged = check_code(text, today=clock.today())
    scan = scan_of(text, judged)
    lot = ScannedLot(row.number, row.model, row.produced_from, row.produced_to, row.expires_on, row.site_id)
    found = compare_scan(scan, lot, load_identifiers([row.device_id]).get(row.device_id, ()))
    known = scan.kind != "unknown"
    return {
        "judged": judged,
        "readable": known,
        "compared": compared_rows(found) if known else [],
        "differs": any(one.verdict == "mismatch" for one in found),
    }


def _drawn(request: HttpRequest, pk: int, draw: Callable[[LabelBlock], bytes], kind: str, name: str) -> HttpResponse:
    row = visible_lot(request, pk)
    content_type = "image/svg+xml" if kind == "svg" else "application/pdf"
    response = HttpResponse(draw(load_label_block(row)), content_type=content_type)
    disposition = content_disposition_header("save" in request.GET, f"{name}-{row.number}.{kind}")
    response["Content-Disposition"] = disposition or "inline"
    return response


@require_safe
def label_as_svg(request: HttpRequest, pk: int) -> HttpResponse:
    """The label block at label size as SVG."""
    return _drawn(request, pk, label_svg, "svg", "label")


@require_safe
def label_as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The label block at label size as PDF."""
    return _drawn(request, pk, label_pdf, "pdf", "label")


@require_safe
def label_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The label block on A4 beside what the law demands."""
    return _drawn(request, pk, proof_pdf, "pdf", "label-proof")


@require_safe
def pair_labels(request: HttpRequest, pk: int) -> HttpResponse:
    """Every label and IFU version of the entrusted devices with its latest check, as a tab of the pair."""
    pair = visible_pair(request, pk)
    against = reasons_against(scope_for(request), Can.CHECK_LABEL, pair)
    context = pair_context(request, pair, "labels") | {
        "groups": labels_of_pair(pair, clock.today()),
        "against": against,
    }
    return render(request, "releases/label_list.html", context)


def _entrusted(request: HttpRequest, pk: int, label: int) -> tuple[Entrustment, LabelVersion]:
    """A visible entrustment and a label or IFU version of its device. :raises Http404:"""
    row = get_visible_or_404(request, Entrustment.objects.select_related("pair"), pk=pk)
    return row, get_object_or_404(LabelVersion, pk=label, device_id=row.device_id)


@require_safe
def label_checks(request: HttpRequest, pk: int, label: int) -> HttpResponse:
    """All checks of one version for one entrustment, the latest with every item and where it was found."""
    entrustment, version = _entrusted(request, pk, label)
    checks = list(LabelCheck.objects.filter(entrustment=entrustment, label=version).order_by("-id"))
    today = load_label_checks([entrustment], clock.today()).get((pk, label))
    context = pair_context(request, entrustment.pair, "labels") | {
        "entrustment": entrustment,
        "label": version,
        "checks": checks,
        "latest": checks[0] if checks else None,
        "outdated": names_of_items(today.outdated) if today else "",
        "items": item_rows(checks[0]) if checks else [],
        "against": reasons_against(scope_for(request), Can.CHECK_LABEL, entrustment.pair),
    }
    return render(request, "releases/label_checks.html", context)


def check_label(request: HttpRequest, pk: int, label: int) -> HttpResponse:
    """Compare the text of a version with what the law demands, and keep the result."""
    entrustment, version = _entrusted(request, pk, label)
    pair, back = entrustment.pair, reverse("releases:label_checks", args=[pk, label])
    require(request.user, Can.CHECK_LABEL, pair, clock.today())
    form = CheckLabelForm(request.POST or None, may_be_small=version.kind == LABEL)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "label.checked",
            subject=entrustment,
            stream=pair.stream,
            do=lambda at: actions.check_label(
                entrustment=entrustment,
                label=version,
                **form.cleaned_data,
                by=require(request.user, Can.CHECK_LABEL, pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect(back)
    title = _("Check the text of this version")
    return form_page(
        request,
        form,
        title=title,
        submit=title,
        back=back,
        kicker=f"{version} · {entrustment.number}",
        lead=unknown_facts(version.kind, load_label_facts(entrustment, clock.today())),
        draft=f"label-{pk}-{label}",
    )

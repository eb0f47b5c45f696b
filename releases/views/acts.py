"""The smaller acts on a lot, each one form and one action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cmo.clock import day_of
from cmo.evidence.registry import key_of
from cmo.parties.access import Can, require
from cmo.parties.forms import ReasonForm
from cmo.parties.pages import act

from .. import actions
from ..facts import load_lot_facts
from ..forms import AnswerForm, DocumentForm, MaterialForm, QuestionForm
from ..models import FileReturn, Lot, LotDocument, LotHold, MarketRelease, ProductionRelease
from .lot import visible_lot
from .on_lot import act_on_lot, hanging_on_lot

#: Where the release file stands on a lot's page.
_FILE = "#release-file"


def add_material(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a key material lot."""
    lot = visible_lot(request, pk)
    form = MaterialForm(request.POST or None)
    title = _("Add a key material lot")
    return act_on_lot(
        request,
        form,
        lot,
        Can.ATTACH_TO_LOT,
        "lot.material_added",
        title,
        lambda by, at: actions.add_material(lot=lot, **form.cleaned_data, by=by, at=at),
        draft=f"material-{pk}",
    )


def add_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a document to the release file; its file is attached on the lot's page."""
    lot = visible_lot(request, pk)
    required = load_lot_facts([lot])[pk].required_documents
    kind = request.GET.get("kind", "")
    form = DocumentForm(request.POST or None, required_documents=required, initial={"kind": kind})
    return act_on_lot(
        request,
        form,
        lot,
        Can.ATTACH_TO_LOT,
        "lot.document_added",
        _("Add a document to the release file"),
        lambda by, at: actions.add_document(lot=lot, **form.cleaned_data, by=by, at=at),
        lead=_("A later document of the same kind supersedes the earlier one and is reviewed anew."),
        draft=f"document-{pk}",
    )


@require_POST
def review_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a document as reviewed under one's own name."""
    document: LotDocument = hanging_on_lot(request, LotDocument, pk)
    lot = document.lot
    act(
        request,
        None,
        "lot.document_reviewed",
        subject=lot,
        stream=lot.pair.stream,
        do=lambda at: actions.review_document(
            document=document,
            remark=request.POST.get("remark", "")[:2000],
            seen=frozenset(int(one) for one in request.GET.get("seen", "").split(",") if one.isdecimal()),
            by=require(request.user, Can.REVIEW_RELEASE_FILE, lot.pair, day_of(at)),
            at=at,
        ),
    )
    return redirect(f"{reverse('releases:lot', args=[lot.pk])}#release-file")


def return_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the contractor about the release file, or return it."""
    lot = visible_lot(request, pk)
    form = QuestionForm(request.POST or None)
    return act_on_lot(
        request,
        form,
        lot,
        Can.RETURN_RELEASE_FILE,
        "lot.file_returned",
        _("Ask about the release file or return it"),
        lambda by, at: actions.return_file(lot=lot, question=form.cleaned_data["question"], by=by, at=at),
        then=_to_the_lot(
            request, lot, _("Your question is recorded. Both releases wait for the contractor's answer."), _FILE
        ),
        draft=f"question-{pk}",
    )


def answer_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question about the release file."""
    asked: FileReturn = hanging_on_lot(request, FileReturn, pk)
    form = AnswerForm(request.POST or None, attach_url=_attach_url(request, asked.lot))
    return act_on_lot(
        request,
        form,
        asked.lot,
        Can.ATTACH_TO_LOT,
        "lot.return_answered",
        _("Answer the question"),
        lambda by, at: actions.answer_return(file_return=asked, answer=form.cleaned_data["answer"], by=by, at=at),
        then=_to_the_lot(
            request,
            asked.lot,
            _("Your answer is recorded. The registrant reads it on the lot's page."),
            _FILE,
        ),
        lead=f"{asked.recorded_by_name}: {asked.question}",
        draft=f"answer-{pk}",
    )


def _attach_url(request: HttpRequest, lot: Lot) -> str:
    """Where a record that a question asks for is attached to the lot; from there one comes back to the answer."""
    return f"{reverse('evidence:attach', args=[key_of(lot)])}?{urlencode({'next': request.path})}"


def _to_the_lot(request: HttpRequest, lot: Lot, said: str, part: str = "") -> Callable[[Any], str]:
    """Say what was recorded and who is next, and go on at a part of the lot's page."""

    def address(_row: Any) -> str:
        messages.success(request, said)
        return reverse("releases:lot", args=[lot.pk]) + part

    return address


def place_lot_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock a doubtful lot."""
    lot = visible_lot(request, pk)
    form = ReasonForm(request.POST or None)
    return act_on_lot(
        request,
        form,
        lot,
        Can.PLACE_HOLD,
        "lot.hold_placed",
        _("Lock this lot"),
        lambda by, at: actions.place_lot_hold(lot=lot, reason=form.cleaned_data["reason"], by=by, at=at),
        then=_to_the_lot(
            request, lot, _("The lot is locked. Neither release is possible until quality of your side unlocks it.")
        ),
        lead=_("Anybody may lock a doubtful lot. Only quality of your side unlocks it."),
        draft=f"lot-hold-{pk}",
    )


def veto_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Veto the release of a lot as management representative."""
    lot = visible_lot(request, pk)
    form = ReasonForm(request.POST or None)
    return act_on_lot(
        request,
        form,
        lot,
        Can.VETO,
        "lot.vetoed",
        _("Veto the release of this lot"),
        lambda by, at: actions.veto_lot(lot=lot, reason=form.cleaned_data["reason"], by=by, at=at),
        lead=_("The lot cannot be released until quality of the registrant lifts the veto."),
    )


def lift_lot_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift one hold of the own side."""
    hold: LotHold = hanging_on_lot(request, LotHold, pk)
    form = ReasonForm(request.POST or None)
    return act_on_lot(
        request,
        form,
        hold.lot,
        Can.LIFT_HOLD,
        "lot.hold_lifted",
        _("Lift this hold"),
        lambda by, at: actions.lift_lot_hold(hold=hold, reason=form.cleaned_data["reason"], by=by, at=at),
        lead=f"{hold.recorded_by_name}: {hold.reason}",
    )


def withdraw_production(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the contractor's decision back."""
    release: ProductionRelease = hanging_on_lot(request, ProductionRelease, pk)
    form = ReasonForm(request.POST or None)
    return act_on_lot(
        request,
        form,
        release.lot,
        Can.RELEASE_PRODUCTION,
        "lot.production_withdrawn",
        _("Withdraw the production decision"),
        lambda by, at: actions.withdraw_production(release=release, reason=form.cleaned_data["reason"], by=by, at=at),
        lead=_("The decision stays on record with your reason; the lot can then be decided on anew."),
    )


def withdraw_market(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the registrant's decision back."""
    release: MarketRelease = hanging_on_lot(request, MarketRelease, pk)
    form = ReasonForm(request.POST or None)
    return act_on_lot(
        request,
        form,
        release.lot,
        Can.RELEASE_TO_MARKET,
        "lot.market_withdrawn",
        _("Withdraw the market decision"),
        lambda by, at: actions.withdraw_market(release=release, reason=form.cleaned_data["reason"], by=by, at=at),
        lead=_("The decision stays on record with your reason. A recall of what was delivered is decided separately."),
    )

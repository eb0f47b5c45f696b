"""Correcting what is said of a lot, and its key material lines."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cmo.catalogue.models import DeviceVersion
from cmo.parties.access import Can

from .. import actions
from ..facts.correcting import content_data
from ..forms import CorrectLotForm, CorrectMaterialForm, MaterialForm
from ..models import LotCorrection, LotMaterial
from .lot import visible_lot
from .on_lot import act_on_lot, hanging_on_lot


def correct_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct or complete what was registered; what it said stays readable."""
    lot = visible_lot(request, pk)
    version = DeviceVersion.objects.current_by_subject([lot.device_id]).get(lot.device_id)
    said = {**content_data(lot), "seen": lot.corrections.count()}
    form = CorrectLotForm(request.POST or None, version=version, initial=said)

    def correct(by: Any, at: Any) -> LotCorrection:
        typed = form.cleaned_data
        return actions.correct_lot(
            lot=lot, content=form.content, seen=typed["seen"], reason=typed["reason"], by=by, at=at
        )

    return act_on_lot(
        request,
        form,
        lot,
        Can.REGISTER_LOT,
        "lot.corrected",
        _("Correct this lot"),
        correct,
        lead=_(
            "Both releases are judged on what you enter here. What the lot said before stays readable with your reason."
        ),
        draft=f"correct-lot-{pk}",
    )


def correct_material(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a key material line or strike it out; what it said stays readable."""
    material: LotMaterial = hanging_on_lot(request, LotMaterial, pk)
    said = {name: getattr(material, name) for name in MaterialForm.base_fields}
    form = CorrectMaterialForm(request.POST or None, initial=said)

    def correct(by: Any, at: Any) -> LotMaterial:
        reason = form.cleaned_data["reason"]
        return actions.correct_material(material=material, content=form.content, reason=reason, by=by, at=at)

    return act_on_lot(
        request,
        form,
        material.lot,
        Can.ATTACH_TO_LOT,
        "lot.material_corrected",
        _("Correct this key material lot"),
        correct,
        then=lambda row: reverse("releases:lot", args=[row.lot_id]) + "#materials",
        lead=_("The line stays readable with your correction and its reason."),
        draft=f"correct-material-{pk}",
    )

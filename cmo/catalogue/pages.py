"""What the catalogue tells the pages of other apps: where a device is shown, and the catalogue tile of a pair."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cmo.parties.access import Scope
from cmo.parties.models import Pair
from cmo.parties.sections import Tile, register_pair_tile
from cmo.parties.trail_pages import register_subject_page

from .facts import screening_states
from .models import DeviceShare


def register() -> None:
    """Called once when the app is ready."""
    register_subject_page("catalogue.device", "catalogue:device")
    register_pair_tile(catalogue_tile, order=10)


def catalogue_tile(pair: Pair, scope: Scope, on: date) -> Tile | None:
    """One sentence about the catalogue for the devices shared in a pair."""
    label, url = _("Catalogue"), reverse("catalogue:devices")
    ids = list(DeviceShare.objects.standing().filter(pair=pair).values_list("device_id", flat=True))
    if not ids:
        return Tile(label, "idle", _("No device is shared in this pair yet."), url)
    outcomes = [state.outcome for state in screening_states(ids, on).values()]
    if stopped := outcomes.count("prohibited"):
        sentence = ngettext("%(n)d device is prohibited.", "%(n)d devices are prohibited.", stopped) % {"n": stopped}
        return Tile(label, "bad", sentence, url)
    if waiting := outcomes.count("undetermined"):
        words = ngettext("%(n)d device is undetermined.", "%(n)d devices are undetermined.", waiting)
        return Tile(label, "pending", words % {"n": waiting}, url)
    sentence = ngettext("%(n)d device shared may be entrusted.", "All %(n)d devices shared may be entrusted.", len(ids))
    return Tile(label, "good", sentence % {"n": len(ids)}, url)

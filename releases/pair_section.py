"""What this app adds to the page of a pair and to the trail: the tab of lots, a tile, the page of a lot."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cmo.parties.access import Scope
from cmo.parties.models import Pair
from cmo.parties.sections import Tile, register_pair_tab, register_pair_tile
from cmo.parties.trail_pages import register_subject_page

from .models import Lot


def register() -> None:
    """Called once when the app is ready."""
    register_pair_tab("lots", _("Lots"), "releases:pair_lots", order=40)
    register_pair_tile(lots_tile, order=40)
    register_subject_page("releases.lot", "releases:lot")


def lots_tile(pair: Pair, scope: Scope, on: date) -> Tile:
    """How many lots of the pair wait, and whether any is locked; three counts."""
    url, rows = reverse("releases:pair_lots", args=[pair.pk]), Lot.objects.filter(pair=pair)
    held = rows.on_hold(True).count()
    if held:
        words = ngettext("%(n)d lot is locked.", "%(n)d lots are locked.", held) % {"n": held}
        return Tile(gettext("Lots"), "bad", words, url)
    waiting = rows.in_state("registered", "production_released").count()
    if waiting:
        words = ngettext("%(n)d lot waits for a release.", "%(n)d lots wait for a release.", waiting) % {"n": waiting}
        return Tile(gettext("Lots"), "active", words, url)
    return Tile(gettext("Lots"), "idle", gettext("No lot waits for a release."), url)

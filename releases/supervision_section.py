"""What supervision adds to the page of a pair: its tab and a tile with who is on site and what nobody saw."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cmo import clock
from cmo.parties.access import Scope
from cmo.parties.models import Pair
from cmo.parties.sections import Tile, register_pair_tab, register_pair_tile

from .facts.planning import DAY, load_sites

#: The tile counts the gaps of this many days.
LOOKS_BACK = 30


def register() -> None:
    """Called once when the app is ready."""
    register_pair_tab("supervision", _("Supervision"), "releases:pair_supervision", order=45)
    register_pair_tile(supervision_tile, order=45)


def supervision_tile(pair: Pair, scope: Scope, on: date) -> Tile | None:
    """Who is on site now, and gaps of the last thirty days; None where no implantable is made and nobody is posted."""
    sites = load_sites([pair.pk], on - LOOKS_BACK * DAY, on, clock.now())
    if not sites:
        return None
    label, url = gettext("Supervision"), reverse("releases:pair_supervision", args=[pair.pk])
    inside = gettext(", ").join(posting.person for site in sites for posting in site.inside())
    now = gettext("On site now: %(people)s.") % {"people": inside} if inside else gettext("Nobody is on site.")
    gaps = sum(on - LOOKS_BACK * DAY <= gap.day for site in sites for _window, gap in site.gaps)
    if not gaps:
        return Tile(label, "good" if inside else "idle", now, url)
    words = ngettext("%(n)d gap in the last 30 days.", "%(n)d gaps in the last 30 days.", gaps) % {"n": gaps}
    return Tile(label, "bad", f"{words} {now}", url)

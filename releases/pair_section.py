"""What this app adds to the page of a pair and to the trail: the tab of lots, a tile, the page of a lot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agreements.models import Entrustment
from agreements.other_holds import OtherHolds, register_other_holds
from agreements.stranding import Strands, register_strands
from cmo.parties.access import Scope
from cmo.parties.models import Pair
from cmo.parties.sections import Tile, register_change_preview, register_pair_tab, register_pair_tile
from cmo.parties.trail_pages import register_subject_page

from . import supervision_section
from .affected import LOOK_BACK, affected_lots
from .facts.affected import Change
from .models import Lot
from .models.lists import UNDECIDED
from .previewing import lots_preview


def register() -> None:
    """Called once when the app is ready."""
    register_pair_tab("lots", _("Lots"), "releases:pair_lots", order=40)
    register_pair_tab("labels", _("Labels"), "releases:pair_labels", order=45)
    register_pair_tab("imports", _("Import and export"), "releases:imports", order=48)
    register_pair_tile(lots_tile, order=40)
    register_pair_tile(affected_tile, order=42)
    register_change_preview(lots_preview)
    supervision_section.register()
    register_subject_page("releases.lot", "releases:lot")
    register_strands(lots_that_strand)
    register_other_holds(locked_lots)


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


def locked_lots(scope: Scope, pair: Pair | None) -> OtherHolds | None:
    """How many lots are locked by themselves, for the pages of holds; one count."""
    rows = Lot.objects.visible_to(scope).on_hold(True)
    held = rows.filter(pair=pair).count() if pair else rows.count()
    if not held:
        return None
    words = ngettext("%(n)d lot is locked.", "%(n)d lots are locked.", held) % {"n": held}
    return OtherHolds(words, f"{reverse('releases:lots')}?held=yes")


def affected_tile(pair: Pair, scope: Scope, on: date) -> Tile | None:
    """How many released lots have new reasons against them; nothing when none has."""
    found = len(affected_lots(Change(pair_id=pair.pk, since=on - LOOK_BACK), scope, on))
    if not found:
        return None
    words = ngettext(
        "%(n)d released lot would not be released today.", "%(n)d released lots would not be released today.", found
    )
    url = f"{reverse('releases:affected')}?pair={pair.pk}"
    return Tile(gettext("Affected lots"), "bad", words % {"n": found}, url)


def lots_that_strand(last_days: Mapping[int, date]) -> dict[int, Strands]:
    """Entrustment id → its lots without a decision, and which of them are made after the given day; two queries."""
    rows = Lot.objects.filter(entrustment_id__in=last_days).in_state(*UNDECIDED)
    lots: dict[int, list[date]] = defaultdict(list)
    for entrustment, made_to in rows.values_list("entrustment_id", "produced_to"):
        lots[entrustment].append(made_to)
    pairs = dict(Entrustment.objects.filter(pk__in=lots).values_list("pk", "pair_id"))
    return {pk: _strands(made, last_days[pk], pairs[pk]) for pk, made in lots.items()}


def _strands(made: list[date], last_day: date, pair: int) -> Strands:
    after = sum(1 for day in made if day > last_day)
    sentence = ngettext("%(n)d lot undecided", "%(n)d lots undecided", len(made)) % {"n": len(made)}
    if after:
        sentence += ngettext(", %(n)d of them made later", ", %(n)d of them made later", after) % {"n": after}
    return Strands(len(made), after, sentence, reverse("releases:pair_lots", args=[pair]))

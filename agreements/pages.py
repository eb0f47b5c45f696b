"""What this app tells the pages of others: tabs and tiles of a pair, and where its records are shown."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cmo.parties.access import Scope
from cmo.parties.models import Pair
from cmo.parties.sections import Panel, Tile, register_pair_panel, register_pair_tab, register_pair_tile
from cmo.parties.trail_pages import register_subject_page
from cmo.web.words import due_tone

from .chains import bars_of, earliest, first_of, link_label
from .facts import EntrustmentFacts, load_entrustment_facts
from .facts.validity import Chain, live, load_validity
from .models import Entrustment, Hold, PairDuty
from .other_holds import other_holds
from .states import cover_of


def register() -> None:
    """Called once when the app is ready."""
    register_pair_tab("preparations", gettext_lazy("Preparations"), "agreements:preparations", 10)
    register_pair_tab("entrustments", gettext_lazy("Entrustments"), "agreements:pair_entrustments", 15)
    register_pair_tab("agreements", gettext_lazy("Quality agreements"), "agreements:pair_agreements", 20)
    register_pair_tab("validity", gettext_lazy("Validity"), "agreements:pair_validity", 25)
    register_pair_tab("suppliers", gettext_lazy("Suppliers"), "agreements:pair_suppliers", 46)
    register_pair_tab("holds", gettext_lazy("Holds and yearly duties"), "agreements:pair_holds", 50)
    register_pair_tile(entrustment_tile, order=15)
    register_pair_tile(agreement_tile, order=20)
    register_pair_tile(validity_tile, order=25)
    register_pair_tile(hold_tile, order=30)
    register_pair_panel(validity_panel, order=10)
    register_pair_tile(review_tile, order=41)
    for label, page in (
        ("agreements.preparation", "preparation"),
        ("agreements.entrustment", "entrustment"),
        ("agreements.agreement", "agreement"),
        ("agreements.agreementrevision", "revision"),
        ("agreements.returnedfile", "returned_file"),
        ("agreements.hold", "hold"),
        ("agreements.posting", "posting"),
        ("agreements.supplierapproval", "supplier"),
        ("agreements.obligationrecord", "obligation_record"),
    ):
        register_subject_page(label, f"agreements:{page}")


def _live(pair: Pair, on: date) -> list[EntrustmentFacts]:
    facts = load_entrustment_facts(Entrustment.objects.filter(pair=pair).order_by("id"))
    return [fact for fact in facts.values() if fact.state_on(on) != "ended"]


def entrustment_tile(pair: Pair, scope: Scope, on: date) -> Tile:
    """How many devices are entrusted."""
    label, url = _("Entrustments"), reverse("agreements:pair_entrustments", args=[pair.pk])
    live = _live(pair, on)
    suspended = [fact for fact in live if fact.state_on(on) == "suspended"]
    if suspended:
        words = ngettext("%(n)d entrustment is suspended.", "%(n)d entrustments are suspended.", len(suspended))
        return Tile(label, "pending", words % {"n": len(suspended)}, url)
    if not live:
        return Tile(label, "idle", _("No device is entrusted yet."), url)
    words = ngettext("%(n)d device is entrusted.", "%(n)d devices are entrusted.", len(live))
    return Tile(label, "good", words % {"n": len(live)}, url)


def agreement_tile(pair: Pair, scope: Scope, on: date) -> Tile:
    """Whether agreements cover every live entrustment, and which cover ends first."""
    label, url = _("Quality agreement"), reverse("agreements:pair_agreements", args=[pair.pk])
    live = _live(pair, on)
    covers = [cover for fact in live if (cover := cover_of(fact, on)) and cover.effective_on(on)]
    if len(covers) < len(live):
        n = len(live) - len(covers)
        words = ngettext(
            "%(n)d entrustment is not covered by an agreement in force.",
            "%(n)d entrustments are not covered by an agreement in force.",
            n,
        )
        return Tile(label, "bad", words % {"n": n}, url)
    if not covers:
        return Tile(label, "idle", _("There is nothing to cover yet."), url)
    first = min(cover.last_day for cover in covers)
    tone = "good" if due_tone(first, on) == "idle" else due_tone(first, on)
    return Tile(label, tone, _("In force; the first cover ends on %(day)s.") % {"day": first.isoformat()}, url)


def _chains(pair: Pair, on: date) -> list[Chain]:
    return load_validity(live(Entrustment.objects.filter(pair=pair)), on)


def validity_tile(pair: Pair, scope: Scope, on: date) -> Tile | None:
    """What expires first in the whole pair."""
    chain = earliest(_chains(pair, on))
    link = first_of(chain) if chain else None
    if link is None or link.last_day is None:
        return None
    tone, url = due_tone(link.last_day, on), reverse("agreements:pair_validity", args=[pair.pk])
    facts = {"what": link_label(link), "day": link.last_day.isoformat()}
    sentence = _("%(what)s ended on %(day)s.") if tone == "bad" else _("First to expire: %(what)s on %(day)s.")
    return Tile(_("Validity"), "good" if tone == "idle" else tone, sentence % facts, url)


def validity_panel(pair: Pair, scope: Scope, on: date) -> Panel | None:
    """The drawn chain of the entrustment in which something expires first."""
    chain = earliest(_chains(pair, on))
    if chain is None:
        return None
    return Panel("agreements/pair_chain.html", {"bars": bars_of(chain, on), "chain": chain})


def hold_tile(pair: Pair, scope: Scope, on: date) -> Tile:
    """Open holds of the pair; without any, what else is locked."""
    label, url = _("Holds"), reverse("agreements:pair_holds", args=[pair.pk])
    n = Hold.objects.filter(pair=pair, lift__isnull=True).count()
    if not n:
        others = other_holds(scope, pair)
        if others:
            return Tile(label, "bad", others[0].sentence, others[0].url)
        return Tile(label, "good", _("No hold stops a release."), url)
    return Tile(label, "bad", ngettext("%(n)d hold is in force.", "%(n)d holds are in force.", n) % {"n": n}, url)


def review_tile(pair: Pair, scope: Scope, on: date) -> Tile:
    """The yearly review of the agreement."""
    url = reverse("agreements:pair_reviews", args=[pair.pk])
    return duty_tile(pair, on, PairDuty.Kind.REVIEW, _("Agreement review"), _("No yearly review is on record."), url)


def duty_tile(pair: Pair, on: date, kind: str, label: str, none: str, url: str) -> Tile:
    """When a yearly duty of the pair was done last and is due again; ``none``: the sentence when it never was."""
    row = PairDuty.objects.filter(pair=pair, kind=kind).order_by("-done_on", "-id").first()
    if row is None:
        return Tile(label, "pending", none, url)
    tone = due_tone(row.next_due_on, on)
    done, due = row.done_on.isoformat(), row.next_due_on.isoformat()
    sentence = _("Done on %(done)s, next due on %(due)s.") % {"done": done, "due": due}
    return Tile(label, "good" if tone == "idle" else tone, sentence, url)

"""Two texts of one agreement next to each other: what changed, in both languages, word by word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from cmo.parties.models import Side

from ..comparing import ADDED, CHANGED, MOVED, PARTS, REMOVED, Comparison, Item, Piece
from ..comparing import compare as compared
from ..facts.frame import draft_body
from ..forms import CompareForm
from ..models import Agreement, AgreementRevision, Frequency, SigningOrder
from ..states import CAPS, State, cap_word
from .records import agreement_or_404

DRAFT = "draft"
TITLES = {
    "terms": gettext_lazy("Title, term and order"),
    "parties": gettext_lazy("Parties"),
    "coverage": gettext_lazy("Entrustments covered"),
    "clauses": gettext_lazy("Clauses"),
    "duties": gettext_lazy("Responsibility matrix"),
    "obligations": gettext_lazy("Obligations"),
}
NAMES = {
    "title": gettext_lazy("title"),
    "starts_on": gettext_lazy("term: first day"),
    "ends_on": gettext_lazy("term: last day"),
    "signing_order": gettext_lazy("order of signing"),
    "template": gettext_lazy("template"),
    "scan": gettext_lazy("SHA-256 of the scan"),
    "name": gettext_lazy("Name"),
    "uscc": gettext_lazy("unified social credit code"),
    "address": gettext_lazy("address"),
    "legal_representative": gettext_lazy("legal representative"),
    "licences": gettext_lazy("production licence"),
    "device": gettext_lazy("device"),
    "certificate": gettext_lazy("certificate"),
    "device_class": gettext_lazy("class"),
    "models": gettext_lazy("models"),
    "certificate_last_day": gettext_lazy("last day of the certificate"),
    "site": gettext_lazy("site"),
    "last_day": gettext_lazy("covered until"),
    "capped_by": gettext_lazy("limited by"),
    "heading": gettext_lazy("heading"),
    "text": gettext_lazy("text"),
    "citation": gettext_lazy("citation"),
    "duty": gettext_lazy("duty"),
    "registrant": gettext_lazy("registrant"),
    "contractor": gettext_lazy("contractor"),
    "clause": gettext_lazy("clause"),
    "what": gettext_lazy("what"),
    "proof": gettext_lazy("record that proves it"),
    "side": gettext_lazy("who"),
    "frequency": gettext_lazy("how often"),
    "days_allowed": gettext_lazy("days allowed after each period"),
}
#: Stored keys whose words are shown instead.
WORDS: Mapping[str, Any] = {
    "signing_order": lambda key: SigningOrder(key).label if key in SigningOrder.values else key,
    "frequency": lambda key: Frequency(key).label if key in Frequency.values else key,
    "side": lambda key: Side(key).label if key in Side.values else key,
    "capped_by": lambda key: cap_word(key) if key in CAPS else key,
}


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Any two revisions of an agreement, or its draft with any of them."""
    agreement = agreement_or_404(request, pk)
    rows = list(AgreementRevision.objects.filter(agreement=agreement).select_related("agreement").order_by("number"))
    texts = [(str(row.number), _label(row)) for row in rows] + [(DRAFT, _("draft"))]
    chosen = {"from": texts[0][0], "to": texts[-1][0], "show": "changes"} | request.GET.dict()
    form = CompareForm(chosen, texts=texts)
    context: dict[str, Any] = {
        "agreement": agreement,
        "form": form,
        "back": reverse("agreements:agreement", args=[pk]),
    }
    if form.is_valid():
        found = compared(_body(agreement, rows, chosen["from"]), _body(agreement, rows, chosen["to"]))
        whole = chosen["show"] == "all"
        labels = dict(texts)
        context |= {
            "before": labels[chosen["from"]],
            "after": labels[chosen["to"]],
            "summary": summary(found),
            "sections": sections_of(found, whole=whole),
            "empty": found.empty,
        }
    return render(request, "agreements/compare.html", context)


def _label(row: AgreementRevision) -> str:
    return f"{row} · {row.get_kind_display()}"


def _body(agreement: Agreement, rows: list[AgreementRevision], wanted: str) -> dict[str, Any]:
    if wanted == DRAFT:
        return draft_body(agreement.draft)
    return next(row for row in rows if str(row.number) == wanted).content


def sections_of(found: Comparison, *, whole: bool) -> list[dict[str, Any]]:
    """The parts of a comparison that have something to show; ``whole``: also what stayed the same."""
    return [section for part in PARTS if (section := _section(part, found, whole))["items"]]


def _section(part: str, found: Comparison, whole: bool) -> dict[str, Any]:
    items = [_shown(item, whole) for item in found.parts[part] if whole or item.differs]
    return {"part": part, "title": TITLES[part], "items": items}


def _shown(item: Item, whole: bool) -> dict[str, Any]:
    """One item as the page prints it: its name in both languages, what became of it, and its values."""
    pieces = item.pieces if whole or item.status in {ADDED, REMOVED} else item.changes
    return {
        "key": item.key,
        "part": item.part,
        "name": _name(item),
        "state": state_word(item.status),
        "differs": item.differs,
        "before": item.before,
        "after": item.after,
        "pieces": [_piece(piece) for piece in pieces if any(piece.before) or any(piece.after)],
    }


def _name(item: Item) -> str:
    """What the item is called: its heading, duty or device as the later text has it."""
    if item.part == "terms":
        return ""
    if item.part == "parties":
        return str(Side(item.key).label)
    named = {"clauses": "heading", "duties": "duty", "obligations": "what", "coverage": "device"}[item.part]
    piece = next(piece for piece in item.pieces if piece.name == named)
    zh, en = piece.after if any(piece.after) else piece.before
    name = zh if zh == en else f"{zh} · {en}"
    return f"{item.key} {name}" if item.part == "coverage" else name


def _piece(piece: Piece) -> dict[str, Any]:
    word = WORDS.get(piece.name, str)
    before, after = tuple(map(word, piece.before)), tuple(map(word, piece.after))
    return {
        "name": NAMES[piece.name],
        "changed": piece.changed,
        "bilingual": piece.bilingual,
        "zh_before": before[0],
        "zh_after": after[0],
        "en_before": before[1],
        "en_after": after[1],
    }


def state_word(status: str) -> State:
    """What became of an item, as tone and word."""
    return {
        ADDED: State("good", _("added")),
        REMOVED: State("bad", _("removed")),
        CHANGED: State("pending", _("changed")),
        MOVED: State("active", _("moved")),
    }.get(status, State("idle", _("unchanged")))


def summary(found: Comparison) -> list[str]:
    """The comparison in a few words: ``3 clauses changed``, ``1 added`` …; empty when nothing differs."""
    words = [*_counted(found)]
    for part in ("terms", "parties", "coverage"):
        if any(item.differs for item in found.parts[part]):
            words.append(_("%(part)s: changed") % {"part": TITLES[part]})
    return words


def _counted(found: Comparison) -> list[str]:
    counted = {
        ("clauses", CHANGED): lambda n: ngettext("%(n)d clause changed", "%(n)d clauses changed", n),
        ("clauses", ADDED): lambda n: ngettext("%(n)d clause added", "%(n)d clauses added", n),
        ("clauses", REMOVED): lambda n: ngettext("%(n)d clause removed", "%(n)d clauses removed", n),
        ("clauses", MOVED): lambda n: ngettext("%(n)d clause moved", "%(n)d clauses moved", n),
        ("duties", CHANGED): lambda n: ngettext("%(n)d duty changed", "%(n)d duties changed", n),
        ("duties", ADDED): lambda n: ngettext("%(n)d duty added", "%(n)d duties added", n),
        ("duties", REMOVED): lambda n: ngettext("%(n)d duty removed", "%(n)d duties removed", n),
        ("duties", MOVED): lambda n: ngettext("%(n)d duty moved", "%(n)d duties moved", n),
        ("obligations", CHANGED): lambda n: ngettext("%(n)d obligation changed", "%(n)d obligations changed", n),
        ("obligations", ADDED): lambda n: ngettext("%(n)d obligation added", "%(n)d obligations added", n),
        ("obligations", REMOVED): lambda n: ngettext("%(n)d obligation removed", "%(n)d obligations removed", n),
        ("obligations", MOVED): lambda n: ngettext("%(n)d obligation moved", "%(n)d obligations moved", n),
    }
    return [say(n) % {"n": n} for (part, status), say in counted.items() if (n := found.count(part, status))]

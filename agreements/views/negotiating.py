"""The page of a negotiation: whose turn it is, every place with its proposals; one place through all rounds; the rounds."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.errors import Finding
from cmo.parties.access import Can
from cmo.parties.pages import reasons_against, scope_for
from cmo.web.wording import moment

from .. import actions
from ..comparing import compare
from ..facts.columns import CLAUSE, DUTY, OBLIGATION, TERMS
from ..facts.frame import draft_body
from ..facts.negotiation import RoundFacts, load_negotiation
from ..facts.rounds import round_body
from ..forms import CompareForm
from ..forms.negotiating import HandOverForm
from ..labels import labels_for
from ..models import Agreement, AgreementDraft, NegotiationRound
from ..negotiation_line import by_round, line_of
from ..negotiation_shown import SHOWS, THEM, TITLES, US, NegotiationShown, name_of, shown_negotiation, words_in
from ..rules import blockers_to_act, blockers_to_hand_over
from .comparing import DRAFT, sections_of, summary
from .drafting import judged
from .negotiation_places import (
    act_page,
    key_of,
    negotiate,
    negotiated_or_404,
    page_of,
    row_context,
    side_in,
)
from .records import permitted

#: Kind → where its section stands on the page, and what its button says.
PARTS: dict[str, tuple[str, Any]] = {
    TERMS: ("frame", ""),
    CLAUSE: ("clauses", gettext_lazy("Propose a clause")),
    DUTY: ("matrix", gettext_lazy("Propose a duty")),
    OBLIGATION: ("obligations", gettext_lazy("Propose an obligation")),
}


@require_safe
def negotiation(request: HttpRequest, pk: int) -> HttpResponse:
    """Every place of the draft with what is proposed for it, and what this person can do."""
    agreement, draft = negotiated_or_404(request, pk)
    scope = scope_for(request)
    shown = shown_negotiation(agreement, clock.today(), side_in(scope, agreement.pair))
    show = request.GET.get("show", "all")
    show = show if show in SHOWS else "all"
    labels = labels_for([agreement])
    context = {
        **row_context(request, agreement, shown),
        "registrant_name": labels.organisation(agreement.registrant_id),
        "contractor_name": labels.organisation(agreement.contractor_id),
        "tabs": _tabs(agreement, shown, show),
        "sections": [section for kind in PARTS if (section := _section(shown, kind, show))["rows"]],
        "hand_over_word": _("Hand over to the other side"),
        "against_handing_over": _against_handing_over(request, agreement, shown),
        "against_offering": _against_offering(request, agreement, draft, shown) if shown.is_open else [],
    }
    return render(request, "agreements/negotiation.html", context)


def _tabs(agreement: Agreement, shown: NegotiationShown, show: str) -> list[dict[str, Any]]:
    words = {
        "all": _("All"),
        US: _("Waits on us"),
        THEM: _("Waits on them") if shown.side else _("Waits for an answer"),
        "changed": _("Changed"),
        "remarks": _("With remarks"),
    }
    page = page_of(agreement)
    return [
        {
            "label": words[one],
            "url": page if one == "all" else f"{page}?show={one}",
            "current": one == show,
            "count": shown.count(one),
        }
        for one in SHOWS
        if shown.side or one != US
    ]


def _section(shown: NegotiationShown, kind: str, show: str) -> dict[str, Any]:
    part, add_word = PARTS[kind]
    return {"kind": kind, "part": part, "title": TITLES[kind], "add_word": add_word, "rows": shown.of(kind, show)}


def _against_handing_over(request: HttpRequest, agreement: Agreement, shown: NegotiationShown) -> list[Finding]:
    """What the page knows against handing over; whether anything is new is judged when it is done."""
    against = reasons_against(scope_for(request), Can.DRAFT_AGREEMENT, agreement.pair)
    return against or blockers_to_hand_over(shown.standing, shown.side, clock.today(), new=True)


def _against_offering(
    request: HttpRequest, agreement: Agreement, draft: AgreementDraft, shown: NegotiationShown
) -> list[Finding]:
    against = reasons_against(scope_for(request), Can.DRAFT_AGREEMENT, agreement.pair)
    today = clock.today()
    _facts, findings = judged(draft, today)
    blocks = [finding for finding in findings if finding.blocks]
    return against or [*blockers_to_act(shown.standing, shown.side, today), *blocks]


def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the draft over to the other side, with a note."""
    agreement, _draft = negotiated_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {"agreement": agreement, "note": form.cleaned_data["note"]}
        if negotiate(request, form, "handed_over", agreement, actions.hand_over, **said):
            return redirect(page_of(agreement))
    lead = _(
        "The text as it stands becomes the next round and it is the other side's turn. From the first round on the "
        "draft changes only by proposals that the other side accepts; what nobody answered stays open."
    )
    words = {
        "title": _("Hand the draft over to the other side"),
        "submit": _("Hand over to the other side"),
        "lead": lead,
    }
    return act_page(request, agreement, form, draft="hand-over", **words)


@require_safe
def negotiated_row(request: HttpRequest, pk: int, kind: str, slug: str) -> HttpResponse:
    """One place through all rounds: who wrote, answered and remarked what."""
    agreement, _draft = negotiated_or_404(request, pk)
    facts = load_negotiation(agreement, clock.today())
    key = key_of(slug, kind)
    place = next((one for one in facts.rows.get(kind, ()) if one.key == key), None)
    if place is None or (kind == TERMS) != (slug == TERMS):
        raise Http404
    context = {
        "agreement": agreement,
        "place": place,
        "name": name_of(place),
        "kind_title": TITLES[kind],
        "rounds": by_round(line_of(place, words_in(facts))),
        "back": page_of(agreement, kind, key),
    }
    return render(request, "agreements/negotiated_row.html", context)


@require_safe
def negotiation_rounds(request: HttpRequest, pk: int) -> HttpResponse:
    """The rounds with their notes, and any two of them, or one and the draft, next to each other."""
    agreement, draft = negotiated_or_404(request, pk)
    rounds = load_negotiation(agreement, clock.today()).rounds
    context: dict[str, Any] = {"agreement": agreement, "rounds": rounds, "back": page_of(agreement)}
    if rounds:
        context |= _compared(request, agreement, draft, rounds)
    return render(request, "agreements/negotiation_rounds.html", context)


def _compared(
    request: HttpRequest, agreement: Agreement, draft: AgreementDraft, rounds: tuple[RoundFacts, ...]
) -> dict[str, Any]:
    texts = [*((str(row.number), _round_word(row)) for row in rounds), (DRAFT, _("draft"))]
    chosen = {"from": texts[-2][0], "to": DRAFT, "show": "changes"} | request.GET.dict()
    form = CompareForm(chosen, texts=texts)
    if not form.is_valid():
        return {"form": form}
    bodies = {str(row.number): row for row in NegotiationRound.objects.filter(agreement=agreement)}
    before, after = (
        draft_body(draft) if one == DRAFT else round_body(bodies[one]) for one in (chosen["from"], chosen["to"])
    )
    found, labels = compare(before, after), dict(texts)
    return {
        "form": form,
        "before": labels[chosen["from"]],
        "after": labels[chosen["to"]],
        "summary": summary(found),
        "sections": sections_of(found, whole=chosen["show"] == "all"),
        "empty": found.empty,
    }


def _round_word(row: RoundFacts) -> str:
    return _("Round %(number)s · %(at)s") % {"number": row.number, "at": moment(row.at)}

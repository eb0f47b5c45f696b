"""Pairs: the list, proposing and answering, the page of one pair with its licences, grants, evidence, trail and end."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.evidence.facts import ATTACHING, elsewhere, panel_of
from cmo.trail.actions import subject_key

from .. import actions
from ..access import Can, Scope, holders_of, require, visible_pairs
from ..facts import current_licences, key_posts, names_of, proposals_to
from ..forms import EndPairForm, PairFilter
from ..models import LicenceVersion, OrganisationVersion, Pair, PairProposal, Side
from ..pages import act, get_visible_or_404, not_yours, reasons_against, scope_for
from ..sections import pair_panels, pair_tabs, pair_tiles
from ..tables import PairTable, pair_state
from ..trail_pages import lines, visible_entries
from .form_page import form_page
from .organisation import licence_row
from .proposals import answering_organisation


@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    """The list of visible pairs, proposals to us, and what we proposed."""
    scope = scope_for(request)
    form = PairFilter(request.GET or None)
    rows = _filtered(visible_pairs(scope).select_related("end"), form, scope)
    parties = {pk for pair in rows.values_list("registrant_id", "contractor_id")[:10_000] for pk in pair}
    table = PairTable.for_request(request, rows, names=names_of(parties))
    if download := table.export_for(request):
        return download
    may_propose = any((post.side, post.role) in holders_of(Can.PROPOSE_PAIR) for post in scope.posts)
    context = {
        "table": table,
        "form": form,
        "to_us": _with_names(scope, proposals_to(scope.organisation_ids)),
        "by_us": PairProposal.objects.filter(proposer_id__in=scope.organisation_ids, answer__isnull=True).order_by(
            "id"
        ),
        "against_proposing": [] if may_propose else [not_yours(Can.PROPOSE_PAIR)],
    }
    return render(request, "parties/pairs.html", context)


def _filtered(rows: models.QuerySet[Pair], form: PairFilter, scope: Scope) -> models.QuerySet[Pair]:
    if not (form.is_bound and form.is_valid()):
        return rows
    words, side, state = (form.cleaned_data[name] for name in ("q", "side", "state"))
    if words:
        named = OrganisationVersion.objects.current().filter(
            models.Q(name_zh__icontains=words) | models.Q(name_en__icontains=words) | models.Q(uscc__icontains=words)
        )
        ids = named.values("organisation_id")
        rows = rows.filter(
            models.Q(number__icontains=words) | models.Q(registrant_id__in=ids) | models.Q(contractor_id__in=ids)
        )
    if side:
        own = scope.registrant_ids if side == Side.REGISTRANT else scope.contractor_ids
        rows = rows.filter(**{f"{side}_id__in": own})
    return rows.filter(end__isnull=state == "open") if state else rows


def _with_names(scope: Scope, proposals: models.QuerySet[PairProposal]) -> list[dict[str, Any]]:
    rows = list(proposals)
    names = names_of({row.proposer_id for row in rows})
    return [
        {
            "proposal": row,
            "proposer": names.get(row.proposer_id),
            "against": [] if answering_organisation(scope, row) else [not_yours(Can.ANSWER_PROPOSAL)],
        }
        for row in rows
    ]


def pair_context(request: HttpRequest, pair: Pair, current: str) -> dict[str, Any]:
    """What every page of a pair shows on top: parties, key posts, state, tabs. Apps above use it for their tabs too."""
    scope, on = scope_for(request), clock.today()
    names = names_of([pair.registrant_id, pair.contractor_id])
    sides = [(Side.REGISTRANT, pair.registrant_id), (Side.CONTRACTOR, pair.contractor_id)]
    return {
        "pair": pair,
        "today": on,
        "state": pair_state(pair),
        "parties": [
            {
                "label": side.label,
                "data": names.get(pk),
                "own": pk in scope.organisation_ids,
                "posts": key_posts([pk], side, on)[pk],
            }
            for side, pk in sides
        ],
        "tabs": pair_tabs(pair, current),
    }


def visible_pair(request: HttpRequest, pk: int) -> Pair:
    """The pair, when this person may see it. :raises Http404:"""
    return get_visible_or_404(request, Pair.objects.select_related("end"), pk=pk)


@require_safe
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """The relationship at a glance: state tiles, and what can be done next."""
    row = visible_pair(request, pk)
    scope = scope_for(request)
    context = pair_context(request, row, "overview") | {
        "tiles": pair_tiles(row, scope, clock.today()),
        "panels": pair_panels(row, scope, clock.today()),
        "against_ending": reasons_against(scope, Can.END_PAIR, row),
    }
    return render(request, "parties/pair.html", context)


def end_pair(request: HttpRequest, pk: int) -> HttpResponse:
    """End the relationship; its records stay readable."""
    row = visible_pair(request, pk)
    require(request.user, Can.END_PAIR, row, clock.today())
    form = EndPairForm(request.POST or None, initial={"ended_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "pair.ended",
            subject=row,
            stream=row.stream,
            do=lambda at: actions.end_pair(
                pair=row, **form.cleaned_data, by=require(request.user, Can.END_PAIR, row, day_of(at)), at=at
            ),
        )
        if done:
            return redirect("parties:pair", pk)
    return form_page(
        request,
        form,
        title=_("End this pair"),
        kicker=row.number,
        lead=_("All records stay readable to both sides; nothing new can be opened. This cannot be undone."),
        submit=_("End this pair"),
        back=reverse("parties:pair", args=[pk]),
    )


@require_safe
def pair_licences(request: HttpRequest, pk: int) -> HttpResponse:
    """The contractor's licences, and which versions the registrant has accepted for this pair."""
    row = visible_pair(request, pk)
    on = clock.today()
    accepted = {a.version_id: a for a in row.licence_acceptances.all()}
    rows = [
        {**licence_row(version, on), "accepted": accepted.get(version.pk)}
        for version in current_licences([row.contractor_id])
    ]
    context = pair_context(request, row, "licences") | {
        "rows": rows,
        "against_accepting": reasons_against(scope_for(request), Can.ACCEPT_LICENCE, row),
    }
    return render(request, "parties/pair_licences.html", context)


@require_POST
def accept_licence(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Accept one confirmed version of the contractor's licence for this pair."""
    row = visible_pair(request, pk)
    chosen = get_object_or_404(
        LicenceVersion.objects.confirmed(), pk=version, licence__organisation_id=row.contractor_id
    )
    act(
        request,
        None,
        "pair.licence_accepted",
        subject=row,
        stream=row.stream,
        do=lambda at: actions.accept_licence(
            pair=row, version=chosen, by=require(request.user, Can.ACCEPT_LICENCE, row, day_of(at)), at=at
        ),
    )
    return redirect("parties:pair_licences", pk)


#: How many files of a pair's records its page lists; the dossier has all of them.
MOST_FILES = 100


@require_safe
def pair_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Files on this pair, such as the entrustment contract or the contractor's credit statement, and those of its records."""
    row = visible_pair(request, pk)
    found = visible_entries(request.user, scope_for(request)).filter(stream=row.stream, verb__in=ATTACHING)  # type: ignore[arg-type]
    others = list(found.exclude(subject=subject_key(row)).order_by("-seq")[: MOST_FILES + 1])
    context = pair_context(request, row, "evidence") | {
        "panel": panel_of(row, request.user, clock.today()),
        "elsewhere": elsewhere(others[:MOST_FILES]),
        "more": len(others) > MOST_FILES,
    }
    return render(request, "parties/pair_evidence.html", context)


@require_safe
def pair_trail(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened in this pair, with its agreements and lots."""
    row = visible_pair(request, pk)
    found = visible_entries(request.user, scope_for(request)).filter(stream=row.stream).order_by("-seq")  # type: ignore[arg-type]
    context = pair_context(request, row, "trail") | {"entries": lines(found[:50]), "stream": row.stream}
    return render(request, "parties/pair_trail.html", context)

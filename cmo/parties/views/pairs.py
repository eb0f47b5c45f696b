"""Pairs: the list, proposing and answering, the page of one pair with its licences, grants, evidence, trail and end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.evidence.facts import panel_of

from .. import actions
from ..access import Can, Scope, holders_of, may_for, require, require_for, visible_pairs
from ..facts import current_licences, key_posts, names_of, proposals_to
from ..forms import EndPairForm, GrantForm, PairFilter, ProposePairForm, ReasonForm
from ..models import Grant, LicenceVersion, Organisation, OrganisationVersion, Pair, PairProposal, Side
from ..pages import act, get_visible_or_404, not_yours, reasons_against, scope_for
from ..sections import pair_tabs, pair_tiles
from ..tables import PairTable, pair_state
from ..trail_pages import entries_for
from .form_page import form_page
from .organisation import licence_row


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
            "against": [] if _answering_organisation(scope, row) else [not_yours(Can.ANSWER_PROPOSAL)],
        }
        for row in rows
    ]


def propose_pair(request: HttpRequest) -> HttpResponse:
    """Propose a pair to the holder of a credit code."""
    scope = scope_for(request)
    sides = {post.side for post in scope.posts if (post.side, post.role) in holders_of(Can.PROPOSE_PAIR)}
    organisation = _proposing_organisation(request, scope)
    form = ProposePairForm(request.POST or None, sides=sides, initial={"proposer_side": next(iter(sorted(sides)), "")})
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "pair.proposed",
            subject=organisation,
            stream=f"organisation:{organisation.pk}",
            do=lambda at: actions.propose_pair(
                organisation=organisation,
                content=form.cleaned_data,
                by=require_for(
                    request.user, Can.PROPOSE_PAIR, organisation, day_of(at), form.cleaned_data["proposer_side"]
                ),
                at=at,
            ),
        )
        if done:
            messages.info(request, _("The proposal waits for the holder of this credit code to answer."))
            return redirect("parties:pairs")
    return form_page(
        request,
        form,
        title=_("Propose a pair"),
        lead=_("A pair is one registrant and one contractor. It comes into being when the other side accepts."),
        submit=_("Propose the pair"),
        back=reverse("parties:pairs"),
        draft="pair-new",
    )


def _proposing_organisation(request: HttpRequest, scope: Scope) -> Organisation:
    """The own organisation at which this person may propose.

    :raises PermissionDenied: when there is none.
    """
    own = (p.organisation_id for p in scope.posts if may_for(scope, Can.PROPOSE_PAIR, p.organisation_id))
    pk = next(own, 0)
    require_for(request.user, Can.PROPOSE_PAIR, pk, scope.on)  # type: ignore[arg-type]
    return Organisation.objects.get(pk=pk)


def _answering_organisation(scope: Scope, proposal: PairProposal) -> int:
    """The own organisation whose quality may answer this proposal, on the side that it gives us; 0 when there is none."""
    ours = {v.organisation_id for v in names_of(scope.organisation_ids).values() if v.uscc == proposal.counterpart_uscc}
    return next((pk for pk in sorted(ours) if may_for(scope, Can.ANSWER_PROPOSAL, pk, _answering_side(proposal))), 0)


def _proposal_to_us(request: HttpRequest, pk: int) -> tuple[PairProposal, Organisation]:
    """A proposal addressed to us, answered or not, and the organisation that answers it.

    :raises Http404: for anybody else's. :raises PermissionDenied: without quality's post on that side.
    """
    scope = scope_for(request)
    codes = [version.uscc for version in names_of(scope.organisation_ids).values()]
    proposal = get_object_or_404(PairProposal.objects.select_related("proposer"), pk=pk, counterpart_uscc__in=codes)
    organisation_id = _answering_organisation(scope, proposal)
    require_for(request.user, Can.ANSWER_PROPOSAL, organisation_id, scope.on)  # type: ignore[arg-type]
    return proposal, Organisation.objects.get(pk=organisation_id)


def _answering_side(proposal: PairProposal) -> str:
    return Side.CONTRACTOR if proposal.proposer_side == Side.REGISTRANT else Side.REGISTRANT


@require_POST
def accept_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a proposal; the pair comes into being."""
    proposal, organisation = _proposal_to_us(request, pk)
    pair = act(
        request,
        None,
        "pair.accepted",
        subject=proposal,
        stream=f"organisation:{organisation.pk}",
        do=lambda at: actions.accept_proposal(
            proposal=proposal,
            organisation=organisation,
            by=require_for(request.user, Can.ANSWER_PROPOSAL, organisation, day_of(at), _answering_side(proposal)),
            at=at,
        ),
    )
    return redirect("parties:pair", pair.pk) if pair else redirect("parties:pairs")


def decline_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline a proposal with a reason."""
    proposal, organisation = _proposal_to_us(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "pair.declined",
            subject=proposal,
            stream=f"organisation:{organisation.pk}",
            do=lambda at: actions.decline_proposal(
                proposal=proposal,
                organisation=organisation,
                reason=form.cleaned_data["reason"],
                by=require_for(request.user, Can.ANSWER_PROPOSAL, organisation, day_of(at), _answering_side(proposal)),
                at=at,
            ),
        )
        if done:
            return redirect("parties:pairs")
    title = _("Decline the proposal")
    return form_page(request, form, title=title, submit=title, back=reverse("parties:pairs"))


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


@require_safe
def pair_grants(request: HttpRequest, pk: int) -> HttpResponse:
    """Named exceptions on this pair: who, what, until when."""
    row = visible_pair(request, pk)
    on = clock.today()
    grants = Grant.objects.filter(pair=row).select_related("user", "revocation").order_by("-id")
    effective = set(Grant.objects.effective(on).filter(pair=row).values_list("pk", flat=True))
    rows = [{"grant": g, "state": _grant_state(g, g.pk in effective, on)} for g in grants]
    context = pair_context(request, row, "grants") | {
        "rows": rows,
        "against_granting": reasons_against(scope_for(request), Can.GRANT, row),
    }
    return render(request, "parties/pair_grants.html", context)


def _grant_state(grant: Grant, effective: bool, on: Any) -> tuple[str, str]:
    if effective:
        return "good", _("in force")
    if hasattr(grant, "revocation"):
        return "idle", _("revoked")
    return ("idle", _("begins later")) if grant.starts_on > on else ("idle", _("ended"))


def give_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Open this pair to a named person for a time, or limit a colleague to it."""
    row = visible_pair(request, pk)
    require(request.user, Can.GRANT, row, clock.today())
    form = GrantForm(request.POST or None, initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "grant.given",
            subject=row,
            stream=row.stream,
            do=lambda at: actions.grant(
                pair=row,
                user=form.cleaned_data["user"],
                content=form.content,
                by=require(request.user, Can.GRANT, row, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("parties:pair_grants", pk)
    return form_page(
        request,
        form,
        title=_("Give a permission on this pair"),
        kicker=row.number,
        lead=_("For inspectors, outside auditors, and colleagues who are to see some pairs only."),
        submit=_("Give the permission"),
        back=reverse("parties:pair_grants", args=[pk]),
        draft=f"grant-{pk}",
    )


def revoke_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a permission back at once."""
    grants = Grant.objects.filter(pair__in=visible_pairs(scope_for(request)))
    grant = get_object_or_404(grants.select_related("pair", "user"), pk=pk)
    require(request.user, Can.GRANT, grant.pair, clock.today())
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "grant.revoked",
            subject=grant,
            stream=grant.pair.stream,
            do=lambda at: actions.revoke_grant(
                grant=grant,
                reason=form.cleaned_data["reason"],
                by=require(request.user, Can.GRANT, grant.pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("parties:pair_grants", grant.pair_id)
    title, back = _("Revoke the permission"), reverse("parties:pair_grants", args=[grant.pair_id])
    return form_page(request, form, title=title, submit=title, kicker=str(grant), back=back)


@require_safe
def pair_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Files on this pair, such as the entrustment contract or the contractor's credit statement."""
    row = visible_pair(request, pk)
    context = pair_context(request, row, "evidence") | {"panel": panel_of(row, request.user, clock.today())}
    return render(request, "parties/pair_evidence.html", context)


@require_safe
def pair_trail(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened in this pair, with its agreements and lots."""
    row = visible_pair(request, pk)
    context = pair_context(request, row, "trail") | {"entries": entries_for(row.stream), "stream": row.stream}
    return render(request, "parties/pair_trail.html", context)

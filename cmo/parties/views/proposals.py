"""Proposing a pair to the holder of a credit code, and answering a proposal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cmo.clock import day_of

from .. import actions
from ..access import Can, Scope, holders_of, may_for, require_for
from ..facts import names_of
from ..forms import ProposePairForm, ReasonForm
from ..models import Organisation, PairProposal, Side
from ..pages import act, scope_for
from .form_page import form_page


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


def answering_organisation(scope: Scope, proposal: PairProposal) -> int:
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
    organisation_id = answering_organisation(scope, proposal)
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

"""Quality agreements: the list, the page of one with its revisions, and beginning one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.parties.access import Can
from cmo.parties.models import Pair, Side
from cmo.parties.pages import reasons_against, scope_for
from cmo.parties.sections import record_links
from cmo.parties.trail_pages import entries_for, listed
from cmo.parties.views.form_page import form_page
from cmo.parties.views.pairs import pair_context

from .. import actions
from ..chains import bars_of, under
from ..facts import (
    AgreementState,
    agreement_states,
    load_concluded_facts,
    load_entrustment_facts,
    load_revision_facts,
)
from ..facts.validity import load_validity
from ..forms import AgreementFilter, BeginForm, PaperForm
from ..labels import entrustment_choices, labels_for
from ..models import Agreement, AgreementRevision, Entrustment, EntrustmentEvent
from ..rules import blockers_to_begin_the_end, blockers_to_follow
from ..rules.hold import a_year_after
from ..rules.signing import sides_in_turn
from ..states import State, agreement_state, cap_word, revision_state
from ..tables import AgreementTable
from .records import act_in_pair, agreement_or_404, pair_or_404, permitted, upload_page
from .templates import template_choices


@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """Every agreement this person sees."""
    form = AgreementFilter(request.GET or None)
    rows = Agreement.objects.visible_to(scope_for(request))
    if form.is_bound and form.is_valid() and (words := form.cleaned_data["q"].strip()):
        rows = rows.filter(
            models.Q(number__icontains=words)
            | models.Q(title_zh__icontains=words)
            | models.Q(title_en__icontains=words)
        )
    table = AgreementTable.for_request(request, rows, on=clock.today())
    if download := table.export_for(request):
        return download
    return render(request, "agreements/agreements.html", {"table": table, "form": form})


@require_safe
def pair_agreements(request: HttpRequest, pk: int) -> HttpResponse:
    """The agreements of one pair."""
    pair = pair_or_404(request, pk)
    table = AgreementTable.for_request(request, Agreement.objects.filter(pair=pair), on=clock.today(), of_pair=True)
    if download := table.export_for(request):
        return download
    scope = scope_for(request)
    context = pair_context(request, pair, "agreements") | {
        "table": table,
        "against_drafting": reasons_against(scope, Can.DRAFT_AGREEMENT, pair),
        "against_paper": reasons_against(scope, Can.REGISTER_PAPER, pair),
    }
    return render(request, "agreements/pair_agreements.html", context)


@require_safe
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreement: which revision is in force, what it covers until when, its revisions and draft."""
    row, on = agreement_or_404(request, pk), clock.today()
    state = agreement_states([pk], on)[pk]
    shown = state.effective or state.last
    coverage = coverage_rows(shown) if shown else []
    last_cover = max((item["cover"].last_day for item in coverage), default=None)
    revisions = (
        AgreementRevision.objects.filter(agreement=row).select_related("event", "paper", "parent").order_by("-number")
    )
    labels = labels_for([row])
    effective = state.effective if last_cover is None or last_cover >= on else None
    context = {
        "agreement": row,
        "registrant_name": labels.organisation(row.registrant_id),
        "contractor_name": labels.organisation(row.contractor_id),
        "state": agreement_state(state, last_cover, on),
        "standing": state,
        "waiting": _waiting(row, state.waiting),
        "revisions": [{"row": r, "state": _state_of(r, effective, state)} for r in revisions],
        "coverage": coverage,
        "today": on,
        "draft": getattr(row, "draft", None),
        "links": record_links(row),
        **_ways_on(request, row, state),
        "entries": entries_for(row),
    }
    return render(request, "agreements/agreement.html", context)


def _waiting(row: Agreement, number: int) -> dict[str, Any] | None:
    """The revision that waits, and for which sides: whose turn it is to sign, or to confirm what was signed on paper."""
    revision = AgreementRevision.objects.filter(agreement=row, number=number).first()
    if revision is None:
        return None
    facts = load_revision_facts(revision)
    sides = [str(Side(side).label) for side in sides_in_turn(facts.signing_order, facts.signers)]
    return {"row": revision, "sides": listed(sides), "on_paper": revision.route == AgreementRevision.Route.PAPER}


def _state_of(row: AgreementRevision, effective: AgreementRevision | None, state: AgreementState) -> State:
    superseded = state.effective is not None and row.number < state.effective.number
    return revision_state(load_revision_facts(row), row == effective, superseded=superseded)


def _ways_on(request: HttpRequest, row: Agreement, state: AgreementState) -> dict[str, Any]:
    """What can follow the agreement, with the reasons against it for this person."""
    against, facts = reasons_against(scope_for(request), Can.DRAFT_AGREEMENT, row.pair), load_concluded_facts(row)
    return {
        "against_drafting": against,
        "against_following": against or blockers_to_follow(facts),
        "against_ending": against or blockers_to_begin_the_end(facts),
        "compared": f"?from={state.last.number}&to=draft" if state.last else "",
    }


def coverage_rows(revision: AgreementRevision) -> list[dict[str, Any]]:
    """What a revision covers: each entrustment with its own last day, what caps it and the chain of validities."""
    covered = Entrustment.objects.filter(coverage__revision=revision)
    rows = list(covered.order_by("id"))
    facts, labels, on = load_entrustment_facts(rows), labels_for(rows), clock.today()
    chains = {chain.entrustment_id: chain for chain in load_validity(covered, on, texts=True)}
    found = []
    for row in rows:
        fact = facts[row.pk]
        cover = next(c for c in fact.coverage if c.revision_id == revision.pk)
        found.append(
            {
                "entrustment": row,
                "device": labels.device(row.device_id),
                "site": labels.site(row.site_id),
                "cover": cover,
                "cap": cap_word(cover.capped_by),
                "bars": bars_of(under(chains[row.pk], cover), on),
            }
        )
    return found


def coverable(pair: Pair) -> list[tuple[int, str]]:
    """The pair's entrustments that have not ended, as choices."""
    ended = EntrustmentEvent.objects.filter(kind=EntrustmentEvent.Kind.ENDED).values("entrustment_id")
    return entrustment_choices(Entrustment.objects.filter(pair=pair).exclude(pk__in=ended).order_by("id"))


def create_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an agreement from the template."""
    pair = pair_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, pair)
    choices, today = coverable(pair), clock.today()
    initial = {"starts_on": today, "ends_on": a_year_after(today), "entrustments": [pk for pk, _label in choices]}
    offered = template_choices(pair, today)
    form = BeginForm(request.POST or None, entrustments=choices, templates=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "agreement.drafted",
            can=Can.DRAFT_AGREEMENT,
            within=pair,
            subject=pair,
            do=actions.create_agreement,
            pair=pair,
            entrustments=form.rows,
            template_key=form.cleaned_data["template"],
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
        )
        if done:
            return redirect("agreements:draft", done.pk)
    return form_page(
        request,
        form,
        title=_("Draft a quality agreement"),
        kicker=pair.number,
        lead=_("The draft begins with the template in both languages, with the clauses that the covered devices need."),
        submit=_("Draft the agreement"),
        back=reverse("agreements:pair_agreements", args=[pk]),
    )


def register_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Register an agreement that both parties signed on paper."""
    pair = pair_or_404(request, pk)
    permitted(request, Can.REGISTER_PAPER, pair)
    form = PaperForm(request.POST or None, request.FILES or None, entrustments=coverable(pair))
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "agreement.paper_registered",
            can=Can.REGISTER_PAPER,
            within=pair,
            subject=pair,
            do=actions.register_paper_agreement,
            pair=pair,
            entrustments=form.rows,
            content=form.content,
            scan=form.cleaned_data["scan"],
        )
        if done:
            return redirect("agreements:revision", done.pk)
    return upload_page(
        request,
        form,
        title=_("Register an agreement signed on paper"),
        kicker=pair.number,
        lead=_("It counts once quality of both sides has confirmed that this is the agreement signed on paper."),
        submit=_("Register the agreement"),
        back=reverse("agreements:pair_agreements", args=[pk]),
    )

"""Beginning a renewal, and setting the draft back to a concluded text to amend it."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cmo import clock
from cmo.parties.access import Can
from cmo.parties.views.form_page import form_page

from .. import actions
from ..facts import agreement_states
from ..facts.rounds import negotiation_open
from ..forms import RestoreForm, TermsForm
from ..models import Agreement, RevisionCoverage
from ..rules.hold import a_year_after
from .agreements import coverable
from .records import act_in_pair, agreement_or_404, permitted, revision_or_404


def begin_renewal(request: HttpRequest, pk: int) -> HttpResponse:
    """The text in force for another term; the draft then waits to be looked at and offered."""
    agreement = agreement_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    choices = coverable(agreement.pair)
    form = TermsForm(request.POST or None, entrustments=choices, initial=_initial(agreement, choices))
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "agreement.renewal_begun",
            can=Can.DRAFT_AGREEMENT,
            within=agreement.pair,
            subject=agreement,
            do=actions.begin_renewal,
            agreement=agreement,
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
            entrustments=form.rows,
        )
        if done:
            return redirect("agreements:draft", pk)
    return form_page(
        request,
        form,
        title=_("Renew the agreement"),
        kicker=agreement.number,
        lead=_open_words(agreement)
        or _("The draft is set to the text in force. What it says now is kept on the trail."),
        submit=_("Begin the renewal"),
        back=reverse("agreements:agreement", args=[pk]),
    )


def _open_words(agreement: Agreement) -> str:
    """That a negotiation stands against it, before anybody fills in the form."""
    if not negotiation_open(agreement):
        return ""
    return _("A negotiation of this agreement is open; until it is concluded its draft cannot be set to another text.")


def _initial(agreement: Agreement, choices: list[tuple[int, str]]) -> dict[str, object]:
    """From the day after the current last day, for a year, with what is covered today and has not ended."""
    state = agreement_states([agreement.pk], clock.today())[agreement.pk]
    shown = state.effective or state.last
    first = max(shown.ends_on + timedelta(days=1), clock.today()) if shown else clock.today()
    held = set(RevisionCoverage.objects.filter(revision=shown).values_list("entrustment_id", flat=True))
    return {
        "starts_on": first,
        "ends_on": a_year_after(first) - timedelta(days=1),
        "entrustments": [pk for pk, _label in choices if pk in held],
    }


def restore_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the draft to this revision's text, to begin an amendment."""
    row = revision_or_404(request, pk)
    agreement = row.agreement
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = RestoreForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        done = act_in_pair(
            request,
            form,
            "agreement.draft_restored",
            can=Can.DRAFT_AGREEMENT,
            within=agreement.pair,
            subject=agreement,
            do=actions.restore_draft,
            agreement=agreement,
            revision=row,
        )
        if done:
            return redirect("agreements:draft", agreement.pk)
    return form_page(
        request,
        form,
        title=_("Begin an amendment"),
        kicker=str(row),
        lead=_open_words(agreement)
        or _(
            "Clauses, duties, obligations and order of the draft are set to this revision. "
            "What the draft says now is kept on the trail; its term and coverage stay."
        ),
        submit=_("Set the draft to this text"),
        back=reverse("agreements:revision", args=[pk]),
    )

"""Ending: declining and withdrawing a revision, one side's signed notice, and the termination that both sides sign."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cmo import clock
from cmo.errors import Refused, blocking
from cmo.parties.access import Can
from cmo.parties.pages import show_errors
from cmo.parties.views.form_page import day_previews, form_page
from cmo.signing.actions import record_hash
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning
from cmo.trail.actor import Actor

from .. import actions
from ..actions.ending import notice_of
from ..facts import agreement_states, load_authorisation, load_revision_facts
from ..forms import NoticeForm, ReasonForm, TerminationForm
from ..models import AgreementRevision, RevisionEvent
from ..rules import blockers_to_terminate
from .records import act_in_pair, agreement_or_404, permitted, revision_or_404
from .revisions import PAPER, panel

VERB = "agreement.terminated"


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline with a reason."""
    row = revision_or_404(request, pk)
    can = Can.CONFIRM_PAPER if row.route == PAPER else Can.SIGN_AGREEMENT
    return _close(request, row, can, "agreement.declined", _("Decline the revision"), actions.decline_revision)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back before the second signature."""
    row = revision_or_404(request, pk)
    title, do = _("Withdraw the revision"), actions.withdraw_revision
    return _close(request, row, Can.DRAFT_AGREEMENT, "agreement.withdrawn", title, do)


def _close(request: HttpRequest, row: AgreementRevision, can: Can, verb: str, title: str, do: Any) -> HttpResponse:
    pair = row.agreement.pair
    permitted(request, can, pair)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request, form, verb, can=can, within=pair, subject=row, do=do, revision=row, **form.cleaned_data
        )
        if done:
            return redirect("agreements:revision", row.pk)
    back = reverse("agreements:revision", args=[row.pk])
    lead = _("This cannot be undone. The revision stays readable.")
    return form_page(request, form, title=title, kicker=str(row), lead=lead, submit=title, back=back)


def terminate(request: HttpRequest, pk: int) -> HttpResponse:
    """One side's notice: first its words, then the signature under exactly these."""
    row = revision_or_404(request, pk)
    by = permitted(request, Can.SIGN_AGREEMENT, row.agreement.pair)
    form = NoticeForm(request.POST or None, initial={"ended_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        notice = notice_of(revision=row, **form.cleaned_data)
        found = blocking(_against(row, notice, by))
        if not found:
            return _sign_notice(request, row, notice, form, by)
        show_errors(request, form, Refused(found))
    return _notice_page(request, row, form)


def _against(row: AgreementRevision, notice: RevisionEvent, by: Actor) -> list[Any]:
    today = clock.today()
    words = (notice.reason, notice.post_market, notice.documents_return)
    return blockers_to_terminate(load_revision_facts(row), notice.event_on, today, words, load_authorisation(by, today))


def _notice_page(request: HttpRequest, row: AgreementRevision, form: NoticeForm) -> HttpResponse:
    return form_page(
        request,
        form,
        title=_("Give notice of termination"),
        kicker=str(row),
        lead=_(
            "One side ends the agreement for cause. Where both agree on the end, offer a termination to sign instead."
        ),
        submit=_("Go on to sign the notice"),
        back=reverse("agreements:revision", args=[row.pk]),
        draft=f"notice-{row.pk}",
        **_previews(request, row, form),
    )


def _previews(request: HttpRequest, row: AgreementRevision, form: NoticeForm) -> dict[str, Any]:
    """What ending it from this day on would do; nothing when it has come to an end before."""
    if hasattr(row, "event"):
        return {}

    def notice(day: date, at: datetime) -> RevisionEvent:
        said = dict.fromkeys(("reason", "post_market", "documents_return", "recorded_by_name"), "—")
        return RevisionEvent(revision=row, kind=RevisionEvent.Kind.TERMINATED, event_on=day, recorded_at=at, **said)

    return day_previews(request, form, "ended_on", notice)


def _sign_notice(
    request: HttpRequest, row: AgreementRevision, notice: RevisionEvent, typed: NoticeForm, by: Actor
) -> HttpResponse:
    pair, digest = row.agreement.pair, record_hash(notice)
    data = request.POST if "seen_hash" in request.POST else None
    form = SigningForm(data, user=request.user, by=by, record_hash=digest, subject=row, stream=pair.stream)
    if form.is_bound and form.is_valid():
        done = act_in_pair(
            request,
            typed,
            VERB,
            can=Can.SIGN_AGREEMENT,
            within=pair,
            subject=row,
            do=actions.terminate_revision,
            revision=row,
            proof=form.proof,
            **typed.cleaned_data,
        )
        if done:
            messages.info(request, _("Your notice is on record."))
            return redirect("agreements:revision", row.pk)
        return _notice_page(request, row, typed)
    title = _("Sign the notice of termination")
    consequence = _("From this day on the agreement no longer counts; no lot may be begun under it.")
    words = panel(row, by, title, Meaning.TERMINATES, consequence, digest)
    words |= {"notice": notice, "typed": typed, "form": form} | _previews(request, row, typed)
    return render(request, "agreements/sign_notice.html", words)


def offer_termination(request: HttpRequest, pk: int) -> HttpResponse:
    """The end that both sides sign: its day and what they settle, in both languages."""
    agreement = agreement_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = TerminationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "agreement.offered",
            can=Can.DRAFT_AGREEMENT,
            within=agreement.pair,
            subject=agreement,
            do=actions.offer_termination,
            agreement=agreement,
            ended_on=form.cleaned_data["ended_on"],
            arrangements=form.arrangements,
        )
        if done:
            return redirect("agreements:revision", done.pk)
    state = agreement_states([pk], clock.today())[pk]
    back = reverse("agreements:agreement", args=[pk])
    context = {"agreement": agreement, "form": form, "shown": state.effective or state.last, "back": back}
    return render(request, "agreements/offer_termination.html", context)

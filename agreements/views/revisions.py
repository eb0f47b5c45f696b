"""One revision: its frozen text, signatures, what it covers; signing, confirming paper, declining, ending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.errors import Finding
from cmo.evidence.facts import panel_of
from cmo.parties.access import Can, may
from cmo.parties.models import Side
from cmo.parties.pages import reasons_against, scope_for
from cmo.parties.trail_pages import entries_for, post_word
from cmo.parties.views.form_page import form_page
from cmo.signing.actions import record_hash
from cmo.signing.facts import signatures_under
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning
from cmo.trail.actor import Actor

from .. import actions
from ..facts import RevisionFacts, agreement_states, load_revision_facts
from ..forms import ReasonForm, TerminateForm
from ..models import AgreementRevision
from ..rules import blockers_to_confirm_paper, blockers_to_sign
from ..states import revision_state
from .agreements import coverage_rows
from .records import act_in_pair, permitted, revision_or_404

PAPER = AgreementRevision.Route.PAPER


@require_safe
def revision(request: HttpRequest, pk: int) -> HttpResponse:
    """The text as it was frozen, who signed, and what can be done next."""
    row, on = revision_or_404(request, pk), clock.today()
    facts = load_revision_facts(row)
    coverage = coverage_rows(row)
    effective = agreement_states([row.agreement_id], on)[row.agreement_id].effective == row
    in_force = effective and any(item["cover"].last_day >= on for item in coverage)
    context = {
        "revision": row,
        "agreement": row.agreement,
        "body": row.content,
        "registrant_word": Side.REGISTRANT.label,
        "contractor_word": Side.CONTRACTOR.label,
        "state": revision_state(facts, in_force),
        "facts": facts,
        "signatures": _signature_places(row),
        "coverage": coverage,
        "hash": record_hash(row),
        "today": on,
        "paper": getattr(row, "paper", None),
        "panel": panel_of(row, request.user, on) if row.route == PAPER else None,
        "entries": entries_for(row),
        **_ways_on(request, row, facts),
    }
    return render(request, "agreements/revision.html", context)


def _signature_places(row: AgreementRevision) -> list[dict[str, Any]]:
    """One place per side, with the signature that stands there."""
    given = {state.signature.side: state for state in next(iter(signatures_under([row]).values()))}
    return [{"label": side.label, "signature": given.get(side.value)} for side in Side]


def _ways_on(request: HttpRequest, row: AgreementRevision, facts: RevisionFacts) -> dict[str, Any]:
    """What can still be done with the revision, with the reasons against it for this person."""
    scope, pair = scope_for(request), row.agreement.pair
    can = Can.CONFIRM_PAPER if row.route == PAPER else Can.SIGN_AGREEMENT
    return {
        "open": not facts.event and not facts.complete,
        "concluded": facts.complete and not facts.event,
        "against_signing": reasons_against(scope, can, pair) or _against_signing(request, row, facts, can),
        "against_declining": reasons_against(scope, can, pair),
        "against_withdrawing": reasons_against(scope, Can.DRAFT_AGREEMENT, pair),
        "against_terminating": reasons_against(scope, Can.SIGN_AGREEMENT, pair),
    }


def _against_signing(request: HttpRequest, row: AgreementRevision, facts: RevisionFacts, can: Can) -> list[Finding]:
    post = may(scope_for(request), can, row.agreement.pair)
    side, user_id = (post.side if post else ""), request.user.pk
    if row.route == PAPER:
        return blockers_to_confirm_paper(facts, side, user_id)
    return blockers_to_sign(facts, side, user_id, clock.today())


@dataclass(frozen=True, slots=True)
class _Signing:
    """One way of signing a revision as a page."""

    can: Can
    verb: str
    title: Any
    meaning: Meaning
    consequence: Any
    done: Any
    do: Callable[..., Any]


_SIGN = _Signing(
    Can.SIGN_AGREEMENT,
    "agreement.signed",
    gettext_lazy("Sign the quality agreement"),
    Meaning.AGREES,
    gettext_lazy("With both signatures the agreement is concluded and binds both parties for its term."),
    gettext_lazy("Your signature is on record."),
    actions.sign_agreement,
)
_CONFIRM = _Signing(
    Can.CONFIRM_PAPER,
    "agreement.paper_confirmed",
    gettext_lazy("Confirm the agreement signed on paper"),
    Meaning.CONFIRMS_PAPER,
    gettext_lazy("Once both sides have confirmed it, lots can be made and released under this agreement."),
    gettext_lazy("Your confirmation is on record."),
    actions.confirm_paper_agreement,
)


def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The signing panel of a signatory."""
    return _signing_page(request, pk, _SIGN)


def confirm_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The signing panel of quality for an agreement on paper."""
    return _signing_page(request, pk, _CONFIRM)


def _signing_page(request: HttpRequest, pk: int, way: _Signing) -> HttpResponse:
    row = revision_or_404(request, pk)
    pair = row.agreement.pair
    by = permitted(request, way.can, pair)
    form = SigningForm(
        request.POST or None, user=request.user, by=by, record_hash=record_hash(row), subject=row, stream=pair.stream
    )
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request, form, way.verb, can=way.can, within=pair, subject=row, do=way.do, revision=row, proof=form.proof
        )
        if done:
            messages.info(request, str(way.done))
            return redirect("agreements:revision", pk)
    return render(request, "agreements/sign.html", {"row": row, "form": form, **_panel(row, by, way)})


def _panel(row: AgreementRevision, by: Actor, way: _Signing) -> dict[str, Any]:
    post, side = post_word(by.post), Side(by.side).label
    return {
        "title": way.title,
        "hash": record_hash(row),
        "meaning": way.meaning.label,
        "signer": {"name": by.name, "organisation": by.organisation, "post": post, "side": side},
        "shown_as": f"{by.name} · {post} · {by.organisation}",
        "consequence": way.consequence,
        "body": row.content,
        "page": reverse("agreements:revision", args=[row.pk]),
    }


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline with a reason."""
    row = revision_or_404(request, pk)
    can = Can.CONFIRM_PAPER if row.route == PAPER else Can.SIGN_AGREEMENT
    title = _("Decline the revision")
    return _close(request, row, can, "agreement.declined", ReasonForm, title, actions.decline_revision)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back before the second signature."""
    row = revision_or_404(request, pk)
    title = _("Withdraw the revision")
    return _close(
        request, row, Can.DRAFT_AGREEMENT, "agreement.withdrawn", ReasonForm, title, actions.withdraw_revision
    )


def terminate(request: HttpRequest, pk: int) -> HttpResponse:
    """End a concluded agreement."""
    row = revision_or_404(request, pk)
    title, do = _("Terminate the agreement"), actions.terminate_revision
    return _close(request, row, Can.SIGN_AGREEMENT, "agreement.terminated", TerminateForm, title, do)


def _close(
    request: HttpRequest, row: AgreementRevision, can: Can, verb: str, form_class: Any, title: str, do: Any
) -> HttpResponse:
    permitted(request, can, row.agreement.pair)
    initial = {"ended_on": clock.today()}
    form = form_class(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            verb,
            can=can,
            within=row.agreement.pair,
            subject=row,
            do=do,
            revision=row,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:revision", row.pk)
    back = reverse("agreements:revision", args=[row.pk])
    lead = _("This cannot be undone. The revision stays readable.")
    return form_page(request, form, title=title, kicker=str(row), lead=lead, submit=title, back=back)

"""What an agreement obliges each side to do: the table with its history, recording, and one recorded performance."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.errors import Finding
from cmo.evidence.facts import panel_of
from cmo.parties.access import Can, Scope, may
from cmo.parties.models import Side
from cmo.parties.pages import get_visible_or_404, not_yours, scope_for
from cmo.parties.states import State
from cmo.parties.trail_pages import entries_for
from cmo.web.wording import bilingual

from .. import actions
from ..facts.obligations import ObligationFact, ObligationFacts, load_obligations
from ..forms.obligations import PerformanceForm
from ..models import Agreement, Frequency, ObligationRecord
from ..rules.obligations import Occurrence, next_open, occurrences
from ..rules.state import SIDE_ZH
from ..wording import finding
from .records import act_in_pair, agreement_or_404, permitted, upload_page


def occurrence_state(occurrence: Occurrence) -> State:
    """Where one occurrence stands."""
    return {
        "done": State("good", _("done")),
        "overdue": State("bad", _("overdue")),
        "due": State("pending", _("due soon")),
        "coming": State("idle", _("coming")),
    }[occurrence.state]


def obligation_rows(
    facts: ObligationFacts | None, agreement: Agreement, scope: Scope, on: date
) -> list[dict[str, Any]]:
    """The obligations as the page shows them, in the agreement's order."""
    return [_row(facts, obligation, agreement, scope, on) for obligation in facts.obligations] if facts else []


def _row(
    facts: ObligationFacts, obligation: ObligationFact, agreement: Agreement, scope: Scope, on: date
) -> dict[str, Any]:
    found = occurrences(facts, obligation, on)
    following, done = next_open(found), [each for each in found if each.record]
    return {
        "obligation": obligation,
        "what": bilingual(obligation, "what"),
        "proof": bilingual(obligation, "proof"),
        "side": Side(obligation.side).label,
        "frequency": Frequency(obligation.frequency).label,
        "next": following,
        "state": occurrence_state(following) if following else None,
        "last": max(done, key=lambda each: each.due_on, default=None),
        "overdue": sum(1 for each in found if each.state == "overdue"),
        "history": [{"occurrence": each, "state": occurrence_state(each)} for each in _shown(found)],
        "url": reverse("agreements:record_obligation", args=[agreement.pk, obligation.key]),
        "against": against_recording(obligation, following, agreement, scope),
    }


def _shown(found: list[Occurrence]) -> list[Occurrence]:
    """The past and the next one, the newest first; what lies further ahead is no history."""
    past = [each for each in found if each.state != "coming"]
    ahead = [each for each in found if each.state == "coming"][:1]
    return [*past, *ahead][::-1]


def against_recording(
    obligation: ObligationFact, following: Occurrence | None, agreement: Agreement, scope: Scope
) -> list[Finding]:
    """Why this person cannot record the next occurrence."""
    post = may(scope, Can.RECORD_OBLIGATION, agreement.pair)
    if post is None:
        return [not_yours(Can.RECORD_OBLIGATION)]
    if post.side != obligation.side:
        return [finding("obligation_of_other_side", side=obligation.side, side_zh=SIDE_ZH[obligation.side])]
    return [] if following else [finding("obligations_all_done")]


@require_safe
def obligations(request: HttpRequest, pk: int) -> HttpResponse:
    """What each side has to do under the agreement, when, and what was recorded."""
    row, on = agreement_or_404(request, pk), clock.today()
    facts = load_obligations([pk], on).get(pk)
    context = {
        "agreement": row,
        "facts": facts,
        "rows": obligation_rows(facts, row, scope_for(request), on),
        "today": on,
    }
    return render(request, "agreements/obligations.html", context)


def record_obligation(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Record that one occurrence was performed."""
    row, on = agreement_or_404(request, pk), clock.today()
    permitted(request, Can.RECORD_OBLIGATION, row.pair)
    facts = load_obligations([pk], on).get(pk)
    obligation = next((o for o in facts.obligations if o.key == key), None) if facts else None
    if facts is None or obligation is None:
        raise Http404(key)
    form = _form(request, facts, obligation, on)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "obligation.recorded",
            can=Can.RECORD_OBLIGATION,
            within=row.pair,
            subject=row,
            do=actions.record_obligation,
            agreement=row,
            key=key,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:obligations", pk)
    return upload_page(
        request,
        form,
        title=_("Record the performance"),
        kicker=row.number,
        lead=bilingual(obligation, "what"),
        submit=_("Record the performance"),
        back=reverse("agreements:obligations", args=[pk]),
    )


def _form(request: HttpRequest, facts: ObligationFacts, obligation: ObligationFact, on: date) -> PerformanceForm:
    """The form with what is still to be done: everything due, and the next one ahead."""
    undone = [each for each in occurrences(facts, obligation, on) if each.record is None]
    offered = [each for each in undone if each.state != "coming"] or undone[:1]
    days = [(each.due_on, f"{each.due_on.isoformat()} · {occurrence_state(each).word}") for each in offered]
    proof = bilingual(obligation, "proof")
    return PerformanceForm(
        request.POST or None, request.FILES or None, due_days=days, proof=proof, initial={"done_on": on}
    )


@require_safe
def obligation_record(request: HttpRequest, pk: int) -> HttpResponse:
    """One recorded performance with its files and trail."""
    rows = ObligationRecord.objects.select_related("agreement", "pair")
    row, on = get_visible_or_404(request, rows, pk=pk), clock.today()
    facts = load_obligations([row.agreement_id], on).get(row.agreement_id)
    obligation = next((o for o in facts.obligations if o.key == row.key), None) if facts else None
    context = {
        "row": row,
        "what": bilingual(obligation, "what") if obligation else row.key,
        "side": Side(obligation.side).label if obligation else "",
        "panel": panel_of(row, request.user, on),
        "entries": entries_for(row),
    }
    return render(request, "agreements/obligation_record.html", context)

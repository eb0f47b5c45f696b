"""What is prepared before entrusting: the list on a pair, recording, and the registrant's answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.catalogue.models import DeviceShare
from cmo.evidence.facts import files_of, panel_of
from cmo.parties.access import Can
from cmo.parties.facts import current_sites
from cmo.parties.pages import reasons_against, scope_for
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page
from cmo.parties.views.pairs import pair_context

from .. import actions
from ..forms import PreparationForm, ReasonForm, device_choices, site_choices
from ..labels import labels_for
from ..models import Preparation
from ..rules.preparation import blockers_to_accept_preparation
from ..states import preparation_state
from .records import act_in_pair, pair_or_404, permitted, preparation_or_404, upload_page


@require_safe
def preparations(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything prepared in one pair, by kind."""
    pair, on = pair_or_404(request, pk), clock.today()
    rows = list(Preparation.objects.filter(pair=pair).select_related("answer").order_by("-id"))
    files = files_of(rows)
    labels = labels_for(rows)
    shown = [
        {
            "row": row,
            "state": preparation_state(row, on),
            "files": len(files[f"agreements.preparation:{row.pk}"]),
            "device": labels.device(row.device_id) if row.device_id else "",
            "site": labels.site(row.site_id) if row.site_id else "",
        }
        for row in rows
    ]
    context = pair_context(request, pair, "preparations") | {
        "groups": [
            {
                "key": kind,
                "kind": label,
                "rows": [item for row, item in zip(rows, shown, strict=True) if row.kind == kind],
            }
            for kind, label in Preparation.Kind.choices
        ],
        "against_recording": reasons_against(scope_for(request), Can.RECORD_PREPARATION, pair),
    }
    return render(request, "agreements/preparations.html", context)


def record_preparation(request: HttpRequest, pk: int) -> HttpResponse:
    """Record one prepared fact with its file."""
    pair = pair_or_404(request, pk)
    permitted(request, Can.RECORD_PREPARATION, pair)
    shared = DeviceShare.objects.standing().filter(pair=pair).values_list("device_id", flat=True)
    form = PreparationForm(
        request.POST or None,
        request.FILES or None,
        devices=device_choices(shared),
        sites=site_choices(current_sites([pair.contractor_id])),
        initial={"kind": request.GET.get("kind", "")},
    )
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "preparation.recorded",
            can=Can.RECORD_PREPARATION,
            within=pair,
            subject=pair,
            do=actions.record_preparation,
            pair=pair,
            content=form.content,
            upload=form.cleaned_data["upload"],
        )
        if done:
            return redirect("agreements:preparation", done.pk)
    title = _("Record a preparation")
    back = reverse("agreements:preparations", args=[pk])
    lead = _("It counts once the registrant's quality has accepted it.")
    return upload_page(request, form, title=title, kicker=pair.number, lead=lead, submit=title, back=back)


@require_safe
def preparation(request: HttpRequest, pk: int) -> HttpResponse:
    """One preparation with its files, and the registrant's answer."""
    row = preparation_or_404(request, pk)
    labels = labels_for([row])
    panel = panel_of(row, request.user, clock.today())
    against = reasons_against(scope_for(request), Can.ACCEPT_PREPARATION, row.pair)
    context = {
        "row": row,
        "device": labels.device(row.device_id) if row.device_id else "",
        "site": labels.site(row.site_id) if row.site_id else "",
        "state": preparation_state(row, clock.today()),
        "panel": panel,
        "entries": entries_for(row),
        "against_returning": against,
        "against_accepting": against
        or blockers_to_accept_preparation(False, row.recorded_by_id, request.user.pk, len(panel.items)),
    }
    return render(request, "agreements/preparation.html", context)


@require_POST
def accept_preparation(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept it."""
    row = preparation_or_404(request, pk)
    act_in_pair(
        request,
        None,
        "preparation.accepted",
        can=Can.ACCEPT_PREPARATION,
        within=row.pair,
        subject=row,
        do=actions.answer_preparation,
        preparation=row,
        accepted=True,
    )
    return redirect("agreements:preparation", pk)


def return_preparation(request: HttpRequest, pk: int) -> HttpResponse:
    """Return it with a reason."""
    row = preparation_or_404(request, pk)
    permitted(request, Can.ACCEPT_PREPARATION, row.pair)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "preparation.returned",
            can=Can.ACCEPT_PREPARATION,
            within=row.pair,
            subject=row,
            do=actions.answer_preparation,
            preparation=row,
            accepted=False,
            reason=form.cleaned_data["reason"],
        )
        if done:
            return redirect("agreements:preparation", pk)
    title = _("Return the preparation")
    back = reverse("agreements:preparation", args=[pk])
    return form_page(request, form, title=title, kicker=str(row), submit=title, back=back)

"""Named, dated exceptions on one pair: the list, giving one, taking one back."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of

from .. import actions
from ..access import Can, require, visible_pairs
from ..facts_invitations import standings
from ..forms import GrantForm, ReasonForm
from ..models import Grant
from ..pages import act, reasons_against, scope_for
from ..states import invitation_state
from .form_page import form_page
from .pairs import pair_context, visible_pair


@require_safe
def pair_grants(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was invited, and named exceptions on this pair: who, what, until when. Outsiders read of themselves alone."""
    row = visible_pair(request, pk)
    on, scope = clock.today(), scope_for(request)
    grants = Grant.objects.filter(pair=row, invitation__isnull=True).select_related("user", "revocation")
    invited = standings(row, on)
    if not scope.stands_in(row):
        grants = grants.filter(user=request.user)
        invited = [one for one in invited if one.answer is not None and one.answer.user_id == request.user.pk]
    effective = set(Grant.objects.effective(on).filter(pair=row).values_list("pk", flat=True))
    context = pair_context(request, row, "grants") | {
        "rows": [{"grant": g, "state": _grant_state(g, g.pk in effective, on)} for g in grants.order_by("-id")],
        "invited": [{"standing": one, "state": invitation_state(one.state)} for one in invited],
        "against_granting": reasons_against(scope, Can.GRANT, row),
    }
    return render(request, "parties/pair_grants.html", context)


def _grant_state(grant: Grant, effective: bool, on: date) -> tuple[str, str]:
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

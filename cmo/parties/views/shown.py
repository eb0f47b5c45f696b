"""What was shown to an outsider and what they took: for quality of the pair, and for the person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.trail.models import Entry, EntryQuerySet

from ..access import Can, require, visible_pairs
from ..models import Grant, Invitation, Pair
from ..outside import subject_of
from ..pages import scope_for
from ..tables import ShownTable
from .invitations import visible_invitation

_VERBS = ("outside.shown", "outside.taken")


@require_safe
def invitation_log(request: HttpRequest, pk: int) -> HttpResponse:
    """What an invitation led to."""
    row: Invitation = visible_invitation(request, pk)
    answer = getattr(row, "answer", None)
    person = answer.user if answer is not None else None
    return _log(request, row.pair, f"parties.invitation:{row.pk}", str(person or row.printed_name), row.employer)


@require_safe
def grant_log(request: HttpRequest, pk: int) -> HttpResponse:
    """What a permission by name led to; one that came by an invitation is kept with it."""
    rows = Grant.objects.filter(pair__in=visible_pairs(scope_for(request))).select_related("pair", "user")
    row = get_object_or_404(rows, pk=pk)
    return _log(request, row.pair, subject_of(row), str(row.user), "")


def _log(request: HttpRequest, pair: Pair, subject: str, person: str, employer: str) -> HttpResponse:
    require(request.user, Can.GRANT, pair, clock.today())
    rows = Entry.objects.filter(subject=subject, verb__in=_VERBS).order_by("-id")
    back = reverse("parties:pair_grants", args=[pair.pk])
    return _page(request, rows, {"pair": pair, "person": person, "employer": employer, "back": back})


@require_safe
def own_log(request: HttpRequest) -> HttpResponse:
    """What was shown to oneself as an outsider, in all pairs."""
    rows = Entry.objects.filter(stream=f"user:{request.user.pk}", verb__in=_VERBS).order_by("-id")
    return _page(request, rows, {"person": str(request.user), "back": reverse("parties:account")})


def _page(request: HttpRequest, rows: EntryQuerySet, context: dict[str, object]) -> HttpResponse:
    table = ShownTable.for_request(request, rows)
    if download := table.export_for(request):
        return download
    return render(request, "parties/shown.html", {**context, "table": table})

"""One's own exports over all pairs, and the pairs whose dossier was opened to one by name."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.parties.models import Pair
from cmo.parties.pages import scope_for

from ..listed import listed
from ..rights import visible_exports

#: Exports on one page.
PER_PAGE = 50


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I have asked for, the latest first."""
    scope = scope_for(request)
    rows = visible_exports(scope).filter(recorded_by_id=request.user.pk).select_related("pair").order_by("-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    opened = scope.granted_pair_ids | {grant.pair_id for grant in scope.dossiers}
    context = {
        "exports": listed(page, scope, clock.now()),
        "page": page,
        "pairs": Pair.objects.filter(pk__in=sorted(opened)).order_by("number"),
    }
    return render(request, "dossier/mine.html", context)

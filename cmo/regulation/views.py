"""Three pages for everybody who is signed in: judge a number, search the classification, read the legal references."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from cmo import clock
from cmo.regulation import references as legal
from cmo.regulation.cards import card
from cmo.regulation.classification import search
from cmo.regulation.forms import ClassificationFilter, CodesForm, ReferenceFilter
from cmo.regulation.sections import sections
from cmo.regulation.tables import ClassificationTable


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponseBase:
    """Judge pasted or scanned numbers; ``?text=`` does the same for a link. Nothing is stored."""
    asked = request.POST if request.method == "POST" else (request.GET if "text" in request.GET else None)
    form = CodesForm(asked)
    today = clock.today()
    cards = [card(line, today=today) for line in form.lines()] if form.is_bound and form.is_valid() else []
    return render(request, "regulation/codes.html", {"form": form, "cards": cards})


@login_required
@require_safe
def classification(request: HttpRequest) -> HttpResponseBase:
    """Search product categories by code or name in both languages, and by sub-catalogue."""
    form = ClassificationFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "sub_catalogue": ""}
    found = search(asked["q"], None, sub_catalogue=asked["sub_catalogue"])
    table = ClassificationTable.for_request(request, found)
    if download := table.export_for(request):
        return download
    return render(request, "regulation/classification.html", {"form": form, "table": table, "found": found})


@login_required
@require_safe
def references(request: HttpRequest) -> HttpResponseBase:
    """Legal references by document, with their dates; filter by text, basis and day."""
    form = ReferenceFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = legal.find(asked.get("q", ""), basis=asked.get("basis", ""), on=asked.get("on"))
    context = {"form": form, "sections": sections(found, clock.today())}
    return render(request, "regulation/references.html", context)

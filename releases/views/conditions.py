"""The dated table of all conditions of release, as a page for everybody who is signed in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..columns import column_titles
from ..rules import GATES, NOT_JUDGED


@require_safe
@login_required
def conditions(request: HttpRequest) -> HttpResponse:
    """Every condition with its stages, basis, citation, first legal day, who resolves it and whether it can be waived."""
    titles = {stage: title for stage, (title, _act, _post) in column_titles().items()}
    rows = [{"gate": gate, "stages": [titles[stage] for stage in gate.stages]} for gate in GATES]
    return render(request, "releases/conditions.html", {"rows": rows, "not_judged": NOT_JUDGED})

"""The inbox: what waits on me, what is blocked, what expires next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.parties.access import scope_of

from .collect import inbox_of
from .opened import openings

#: No primary key has more digits; a longer number in the address is nonsense.
LONGEST = 18


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Home page of every signed-in person, over all their pairs: what waits on them, or what was opened to them by name."""
    on = clock.today()
    chosen = request.GET.get("with", "")
    scope = scope_of(request.user, on)
    counterpart = int(chosen) if chosen.isdecimal() and len(chosen) < LONGEST else None
    page = inbox_of(scope, on, counterpart, openings(request.user, scope))
    return render(request, "home/inbox.html", {"page": page, "today": on})

"""The inbox: what waits on me, what is blocked, what expires next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.parties.access import scope_of

from .collect import inbox_of

#: No primary key has more digits; a longer number in the address is nonsense.
LONGEST = 18


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Home page of every signed-in person, over all their pairs."""
    on = clock.today()
    chosen = request.GET.get("with", "")
    page = inbox_of(
        scope_of(request.user, on), on, int(chosen) if chosen.isdecimal() and len(chosen) < LONGEST else None
    )
    return render(request, "home/inbox.html", {"page": page, "today": on})

"""The public door: asking to bring an organisation in. Everybody gets the same answer, whatever is known here."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cmo import clock

from .. import actions
from ..forms import JoinForm

#: Requests from one address within one hour.
MOST_PER_HOUR = 5


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The form; a request is kept and answered alike for known and unknown organisations."""
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not _may_ask(request):
            return render(request, "parties/join.html", {"form": form, "too_many": True}, status=429)
        actions.record_join_request(content=form.cleaned_data, at=clock.now())
        return redirect("parties:join_received")
    return render(request, "parties/join.html", {"form": form})


@login_not_required
@require_safe
def join_received(request: HttpRequest) -> HttpResponse:
    """The one answer."""
    return render(request, "parties/join_received.html")


def _may_ask(request: HttpRequest) -> bool:
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return False
    # Each request takes one of the places for an hour; adding is atomic, counting up in the shared cache is not.
    return any(cache.add(f"parties.join:{address}:{place}", 1, timeout=3600) for place in range(MOST_PER_HOUR))

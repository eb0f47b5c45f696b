"""What holds for every page: sessions end by idleness and by age, the second factor where required, no stored copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cmo import clock

from .sign_in import has_second_factor

Next = Callable[[HttpRequest], HttpResponse]

_STARTED = "session_started"
_SEEN = "session_seen"
#: The last use is written at most this often (seconds), so that not every page writes to the database. This stands in
#: for allauth's own middleware, which writes on each request.
_SEEN_EVERY = 30
_SENTENCES = {
    "idle": _("You were signed out because nothing happened for a while. Sign in again to go on."),
    "age": _("You were signed out because the session had lasted its full length. Sign in again to go on."),
    "closed": _("This account has been closed. Ask the administrator of your organisation."),
}


class SessionLimits:
    """Ends a session that was idle too long, is too old, or belongs to somebody who was dismissed."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get(SESSION_KEY):
            ended = _why_ended(request)
            if ended:
                request.sign_out_reason = ended  # type: ignore[attr-defined]
                logout(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_args: Any) -> None:
        """Say why, on the page that follows (messages are ready only now)."""
        ended = getattr(request, "sign_out_reason", "")
        if ended:
            messages.info(request, _SENTENCES[ended])


def _why_ended(request: HttpRequest) -> str:
    """``idle``, ``age``, ``closed`` or nothing; moves the session's marks on while it lives."""
    if not request.user.is_authenticated:
        return "closed"
    now = int(clock.now().timestamp())
    started = request.session.setdefault(_STARTED, now)
    seen = request.session.get(_SEEN, now)
    if now - started >= settings.SESSION_ABSOLUTE_SECONDS:
        return "age"
    if now - seen >= settings.SESSION_IDLE_SECONDS:
        return "idle"
    if _SEEN not in request.session or now - seen >= _SEEN_EVERY:
        request.session[_SEEN] = now
        UserSession.objects.create_from_request(request)
    return ""


class SecondFactor:
    """Where the setting asks for it, nobody gets past setting up a one-time code or a passkey."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_args: Any
    ) -> HttpResponseRedirect | None:
        if not settings.SECOND_FACTOR_REQUIRED or _open_without_second_factor(request, view):
            return None
        if not request.user.is_authenticated or has_second_factor(request.user):
            return None
        messages.warning(
            request, _("Set up a one-time code or a passkey first: this product requires a second factor.")
        )
        return redirect("mfa_index")


def _open_without_second_factor(request: HttpRequest, view: Callable[..., HttpResponse]) -> bool:
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    return name.startswith(("account_", "mfa_")) or not getattr(view, "login_required", True)


class PrivatePages:
    """No browser or proxy keeps a copy of a page that a signed-in person saw."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = bool(request.session.get(SESSION_KEY))
        response = self.get_response(request)
        if signed_in or request.session.get(SESSION_KEY):
            response["Cache-Control"] = "no-store"
        return response

"""What holds for every page: sessions end by idleness and by age, the second factor where required, no stored copies; what
an outsider is shown is kept."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import parse_header_parameters, url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from cmo import clock

from .actions.outside import record_shown, record_taken
from .outside import Reading, may_send, reading_of
from .pages import scope_for
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
_NO_LONGER_OPEN = _("Nothing is open to you any more: the invitation has ended. Ask whoever invited you.")
_READS_ONLY = _("You read as an outsider: nothing can be changed under this account.")
_OUTSIDE, _FETCHED = "read_from_outside", "fetched_from_outside"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Addresses that a page asks again and again how far some work is; they show no record.
_POLLED = frozenset({"dossier:progress"})
#: A part that a page fetches again and again is kept once in so many seconds.
_FETCHED_EVERY = 600
_HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_TITLE = re.compile(r"<title>(.*?)(?: · [^·<]*)?</title>", re.DOTALL)


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


class SignInFirst(LoginRequiredMiddleware):
    """Leads to the sign-in page and from there back to what was asked for; after a form, to the page it stood on: an address that
    only takes forms shows nothing, and the browser puts back there what was typed."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        page = "" if request.method in _SAFE or request.headers.get("HX-Request") else _page_before(request)
        if page:
            return redirect_to_login(page, self.get_login_url(view_func), self.get_redirect_field_name(view_func))
        return super().handle_no_permission(request, view_func)


def _page_before(request: HttpRequest) -> str:
    """The own page that this request was sent from, as the browser says; empty where it says nothing or another host."""
    said = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(said)
    return urlunsplit(("", "", parts.path, parts.query, "")) if parts.netloc else ""


class SecondFactor:
    """Where the settings ask for it, nobody, or no outsider, gets past setting up a one-time code or a passkey."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_args: Any
    ) -> HttpResponseRedirect | None:
        if _open_without_second_factor(request, view) or not request.user.is_authenticated:
            return None
        outside = settings.OUTSIDER_SECOND_FACTOR and scope_for(request).by_name
        if not (settings.SECOND_FACTOR_REQUIRED or outside) or has_second_factor(request.user):
            return None
        messages.warning(
            request, _("Set up a one-time code or a passkey first: this product requires a second factor.")
        )
        return redirect("mfa_index")


def _open_without_second_factor(request: HttpRequest, view: Callable[..., HttpResponse]) -> bool:
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    return name.startswith(("account_", "mfa_")) or not getattr(view, "login_required", True)


class OutsideReaders:
    """Outsiders read: what they send is refused, what is shown to them and what they take is kept on their stream. Who has a
    post elsewhere is an outsider in the pairs opened by name: there no post of theirs allows anything.

    The session of an outsider to whom nothing is open any more ends at the next click.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        reading = reading_of(request)
        if reading is not None and reading.applies and response.status_code == 200 and request.method != "HEAD":
            _keep(request, reading, response)
        return response

    def process_view(self, request: HttpRequest, *_args: Any) -> HttpResponseRedirect | None:
        if not request.user.is_authenticated:
            return None
        scope = scope_for(request)
        if scope.by_name:
            request.reading = Reading(request.user, scope)  # type: ignore[attr-defined]
        if scope.outside:
            if _OUTSIDE not in request.session:
                request.session[_OUTSIDE] = True
            if request.method not in _SAFE and not may_send(
                request.resolver_match.view_name if request.resolver_match else ""
            ):
                raise PermissionDenied(_READS_ONLY)
        elif not scope.posts and request.session.get(_OUTSIDE):
            logout(request)
            messages.info(request, _NO_LONGER_OPEN)
            return redirect("account_login")
        return None


def _keep(request: HttpRequest, reading: Reading, response: HttpResponse) -> None:
    """Put on the trail what this answer shows; parts that a page fetches once in a while, and never each second."""
    view, at = (request.resolver_match.view_name if request.resolver_match else ""), clock.now()
    if view in _POLLED:
        return
    path = request.get_full_path()
    kind = response.get("Content-Type", "").partition(";")[0]
    if kind == "text/html" and reading.whole:
        title = _title_of(response)
        record_shown(reading=reading, path=path, view=view, title=title, at=at)
    elif kind in {"text/html", "application/json"} and "Content-Disposition" not in response:
        if _fetched_anew(request, int(at.timestamp())):
            record_shown(reading=reading, path=path, view=view, title=_heading_of(response) or request.path, at=at)
    else:
        name = _file_of(response) or request.path.rstrip("/").rpartition("/")[2]
        record_taken(reading=reading, path=path, view=view, name=name, size=_size_of(response), at=at)


def _fetched_anew(request: HttpRequest, now: int) -> bool:
    path, when = request.session.get(_FETCHED, ("", 0))
    if path == request.get_full_path() and now - when < _FETCHED_EVERY:
        return False
    request.session[_FETCHED] = (request.get_full_path(), now)
    return True


def _title_of(response: HttpResponse) -> str:
    found = _TITLE.search(response.content[:4096].decode(errors="replace"))
    return " ".join(html.unescape(found[1]).split()) if found else ""


def _heading_of(response: HttpResponse) -> str:
    """What a part of a page, or a page outside the frame, is called: its title, else its first heading."""
    found = _HEADING.search(response.content[:8192].decode(errors="replace"))
    heading = " ".join(html.unescape(_TAG.sub(" ", found[1])).split()) if found else ""
    return _title_of(response) or heading


def _file_of(response: HttpResponse) -> str:
    _kind, parts = parse_header_parameters(response.get("Content-Disposition", ""))
    return str(parts.get("filename", ""))


def _size_of(response: HttpResponse) -> int | None:
    if response.get("Content-Length", "").isdecimal():
        return int(response["Content-Length"])
    return None if response.streaming else len(response.content)


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

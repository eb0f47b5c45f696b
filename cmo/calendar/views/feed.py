"""Personal calendar feeds: making and revoking one, and the file that calendar programs fetch without sign-in."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.parties.access import plain_actor, scope_of
from cmo.parties.models import User
from cmo.parties.pages import act
from cmo.parties.views.form_page import form_page

from .. import actions
from ..collect import duties_of
from ..feed import token_hash, written
from ..forms.calendar import FeedForm
from ..models import FeedToken
from ..shown import by_posts, shown

#: How far a feed looks ahead.
AHEAD = timedelta(days=731)


def make_feed(request: HttpRequest) -> HttpResponse:
    """Make a feed and show its address, once."""
    form = FeedForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        stream = f"user:{request.user.pk}"
        made = act(
            request,
            form,
            "feed.made",
            subject=request.user,
            stream=stream,
            do=lambda at: actions.make_feed(
                person=request.user, **form.cleaned_data, by=plain_actor(request.user), at=at
            ),
        )
        if made:
            return _shown_once(request, *made)
    return form_page(
        request,
        form,
        title=_("Make a calendar feed"),
        lead=_(
            "A calendar program reads your last days at an address of its own. Whoever has the address reads them too."
        ),
        submit=_("Make the feed"),
        back=reverse("parties:account"),
    )


def _shown_once(request: HttpRequest, feed: FeedToken, token: str) -> HttpResponse:
    address = settings.SITE_URL.rstrip("/") + reverse("calendar:feed", args=[token])
    return render(request, "calendar/feed_made.html", {"feed": feed, "address": address})


@require_POST
def revoke_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the own feeds; nobody else's exists here."""
    feed = get_object_or_404(FeedToken.objects.filter(person=request.user), pk=pk)
    act(
        request,
        None,
        "feed.revoked",
        subject=feed,
        stream=f"user:{request.user.pk}",
        do=lambda at: actions.revoke_feed(feed=feed, by=plain_actor(request.user), at=at),
    )
    return redirect("parties:account")


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The duties of whoever the token belongs to, as that person's posts reach today. What was opened by name is read on
    marked pages that keep a record, and nowhere else.

    :raises Http404: for a token that is unknown or revoked, and for a closed account, all alike.
    """
    rows = FeedToken.objects.filter(token_hash=token_hash(token), end__isnull=True, person__is_active=True)
    found = rows.first()
    if found is None:
        raise Http404
    at = clock.now()
    person = User.objects.get(pk=found.person_id)
    scope = by_posts(scope_of(person, clock.day_of(at)))
    with override(found.language):
        duties = duties_of(scope, scope.on, scope.on + AHEAD)
        name = _("Last days of %(person)s") % {"person": person}
        text = written(shown(duties, scope), name=name, site_url=settings.SITE_URL, at=at)
    headers = {"Cache-Control": "private, max-age=3600", "Content-Disposition": 'inline; filename="calendar.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)

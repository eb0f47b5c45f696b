"""Postings of resident supervisors, checking in and out, corrections, and the pair's policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.evidence.facts import panel_of
from cmo.parties.access import Can, may, require
from cmo.parties.facts import current_sites
from cmo.parties.models import Pair, Post, Role, Side
from cmo.parties.pages import act, get_visible_or_404, reasons_against, scope_for
from cmo.parties.states import State
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page
from cmo.web.wording import moment

from .. import actions
from ..facts.supervision import EntryFact, PolicyFact, PostingFact, load_supervision, stays
from ..facts.supervision import effective_entries as entries_that_count
from ..forms.entrusting import site_choices
from ..forms.supervision import CorrectionForm, EventForm, LastDayForm, PolicyForm, PostingForm
from ..labels import labels_for
from ..models import Posting, PresenceEntry
from ..rules.coverage import LONGEST_STAY
from ..rules.supervision import LATE
from ..wording import finding
from .records import act_in_pair, pair_or_404, permitted, upload_page

#: The page of a posting shows this many entries, the latest first.
MOST_ENTRIES = 40


def posting_or_404(request: HttpRequest, pk: int) -> Posting:
    """:raises Http404: when there is none that this person may see."""
    rows = Posting.objects.select_related("pair", "end", "deputy_for", "revision__agreement")
    return get_visible_or_404(request, rows, pk=pk)


def fact_of(posting: Posting) -> PostingFact:
    """The posting with its early end taken into account."""
    facts = load_supervision([posting.pair_id])[posting.pair_id]
    return next(fact for fact in facts.postings if fact.posting_id == posting.pk)


def posting_state(fact: PostingFact, on: date) -> State:
    """Whether a posting is in force on a day."""
    if on < fact.starts_on:
        return State("idle", _("begins later"))
    if on > fact.ends_on:
        return State("idle", _("over"))
    return State("good", _("in force")) if fact.qualified_on(on) else State("pending", _("not yet qualified"))


@require_safe
def posting(request: HttpRequest, pk: int) -> HttpResponse:
    """One posting: duties, qualification, what was entered, and the next entry."""
    row = posting_or_404(request, pk)
    fact, on = fact_of(row), clock.today()
    counting = entries_that_count(PresenceEntry.objects.filter(posting=row)).get(row.pk, [])
    inside = next((begun for begun, ended in stays(counting) if ended is None), None)
    own = request.user.pk == row.person_id
    context = {
        "posting": row,
        "fact": fact,
        "state": posting_state(fact, on),
        "site": labels_for([row]).site(row.site_id),
        "own": own,
        "inside_since": inside.event_at if inside else None,
        "entries_in_all": row.presence.count(),
        "entries_shown": _entries_shown(row, counting),
        "may_correct": own or may(scope_for(request), Can.POST_SUPERVISOR, row.pair) is not None,
        "against_ending": _against_ending(request, row, fact, on),
        "panel": panel_of(row, request.user, on),
        "entries": entries_for(row),
    }
    return render(request, "agreements/posting.html", context)


def _entries_shown(row: Posting, effective: Sequence[EntryFact]) -> list[dict[str, Any]]:
    rows = PresenceEntry.objects.filter(posting=row).order_by("-event_at", "-id")[:MOST_ENTRIES]
    counting = {entry.entry_id for entry in effective}
    closed = ((begun, ended) for begun, ended in stays(effective) if ended is not None)
    too_long = {ended.entry_id for begun, ended in closed if ended.event_at - begun.event_at > LONGEST_STAY}
    return [
        {
            "entry": entry,
            "counts": entry.pk in counting,
            "too_long": entry.pk in too_long,
            "late": entry.corrects_id is None and entry.recorded_at - entry.event_at > LATE,
            "for_them": entry.corrects_id is None and entry.recorded_by_id != row.person_id,
            "rests_on": entry.reason if entry.corrects_id is None else "",
        }
        for entry in rows
    ]


def _against_ending(request: HttpRequest, row: Posting, fact: PostingFact, on: date) -> list[Finding]:
    if hasattr(row, "end") or on > fact.ends_on:
        return [finding("posting_over", ends_on=fact.ends_on.isoformat())]
    return reasons_against(scope_for(request), Can.POST_SUPERVISOR, row.pair)


def make_posting(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a resident supervisor at a site of the contractor."""
    pair, on = pair_or_404(request, pk), clock.today()
    permitted(request, Can.POST_SUPERVISOR, pair)
    asked = request.GET
    initial = {name: asked.get(name, "") for name in ("site", "deputy_for", "starts_on", "ends_on")}
    form = PostingForm(
        request.POST or None,
        request.FILES or None,
        people=_residents(pair, on),
        sites=site_choices(current_sites([pair.contractor_id])),
        postings=_postings(pair, on),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "posting.made",
            can=Can.POST_SUPERVISOR,
            within=pair,
            subject=pair,
            do=actions.make_posting,
            pair=pair,
            content=form.content,
            upload=form.cleaned_data["upload"],
            **form.person_and_site,
        )
        if done:
            return redirect("agreements:posting", done.pk)
    title = _("Post a resident supervisor")
    back = reverse("releases:pair_supervision", args=[pk])
    lead = _("The duties are taken from the agreement in force that covers the site.")
    return upload_page(request, form, title=title, kicker=pair.number, lead=lead, submit=title, back=back)


def _residents(pair: Pair, on: date) -> list[tuple[int, str]]:
    """The registrant's people who hold the post of resident supervisor."""
    rows = Post.objects.effective(on).filter(organisation_id=pair.registrant_id, side=Side.REGISTRANT)
    held = rows.filter(role=Role.RESIDENT_SUPERVISOR).select_related("user").order_by("id")
    return [(post.user_id, post.user.printed_name) for post in held]


def _postings(pair: Pair, on: date) -> list[tuple[int, str]]:
    facts = load_supervision([pair.pk])[pair.pk].postings
    return [(f.posting_id, f"{f.person} · {f.starts_on} – {f.ends_on}") for f in facts if f.ends_on >= on]


def end_posting(request: HttpRequest, pk: int) -> HttpResponse:
    """End a posting before its time."""
    row = posting_or_404(request, pk)
    permitted(request, Can.POST_SUPERVISOR, row.pair)
    form = LastDayForm(request.POST or None, initial={"last_day": clock.today()})
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "posting.ended",
            can=Can.POST_SUPERVISOR,
            within=row.pair,
            subject=row,
            do=actions.end_posting,
            posting=row,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:posting", pk)
    title = _("End the posting early")
    lead = _("After the last day presence of this person no longer covers production.")
    back = reverse("agreements:posting", args=[pk])
    return form_page(request, form, title=title, kicker=str(row), lead=lead, submit=title, back=back)


def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The posted person comes on site; one tap means now."""
    return _enter(request, pk, _("Check in"), actions.check_in)


def check_out(request: HttpRequest, pk: int) -> HttpResponse:
    """The posted person leaves the site; one tap means now."""
    return _enter(request, pk, _("Check out"), actions.check_out)


def _enter(request: HttpRequest, pk: int, title: str, do: Callable[..., PresenceEntry]) -> HttpResponse:
    row = posting_or_404(request, pk)
    permitted(request, Can.LOG_PRESENCE, row.pair)
    now = {"event_at": clock.now().astimezone(clock.SHANGHAI)}
    form = EventForm(request.POST) if request.method == "POST" else EventForm(initial=now)
    back = _next(request) or reverse("agreements:posting", args=[pk])
    if request.method == "POST" and form.is_valid():

        def at_once(at: datetime) -> PresenceEntry:
            by = require(request.user, Can.LOG_PRESENCE, row.pair, day_of(at))  # type: ignore[arg-type]
            return do(posting=row, event_at=form.cleaned_data["event_at"] or at, by=by, at=at)

        if act(request, form, "presence.recorded", subject=row, stream=row.pair.stream, do=at_once):
            return redirect(back)
    site = labels_for([row]).site(row.site_id)
    return form_page(request, form, title=title, kicker=f"{row.person_name} · {site}", submit=title, back=back)


def _next(request: HttpRequest) -> str:
    """Where to return to, when that is an address of this site."""
    address = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if here else ""


def correct_presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the time of an entry or strike it out, with a reason."""
    visible = PresenceEntry.objects.visible_to(scope_for(request))
    row = get_object_or_404(visible.select_related("posting", "pair"), pk=pk)
    own = request.user.pk == row.posting.person_id
    can = Can.LOG_PRESENCE if own else Can.POST_SUPERVISOR
    permitted(request, can, row.pair)
    form = CorrectionForm(request.POST or None, initial={"event_at": row.event_at.astimezone(clock.SHANGHAI)})
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "presence.corrected",
            can=can,
            within=row.pair,
            subject=row.posting,
            do=actions.correct_presence,
            entry=row,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:posting", row.posting_id)
    title = _("Correct the entry")
    kicker = f"{row.posting.person_name} · {row.get_kind_display()} · {moment(row.event_at)}"
    lead = _("The old entry stays readable; the reason is kept with the new one.")
    back = reverse("agreements:posting", args=[row.posting_id])
    return form_page(request, form, title=title, kicker=kicker, lead=lead, submit=title, back=back)


def set_pair_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """Set what the pair demands from a day on."""
    pair, on = pair_or_404(request, pk), clock.today()
    permitted(request, Can.SET_POLICY, pair)
    form = PolicyForm(request.POST or None, initial=_as_initial(load_supervision([pk])[pk].policy_on(on), on))
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "pair.policy_set",
            can=Can.SET_POLICY,
            within=pair,
            subject=pair,
            do=actions.set_pair_policy,
            pair=pair,
            **form.cleaned_data,
        )
        if done:
            return redirect("releases:pair_supervision", pk)
    title = _("Set the pair's policy")
    lead = _("A key or special step of an implantable lot without qualified presence is a gap under every policy.")
    back = reverse("releases:pair_supervision", args=[pk])
    return form_page(request, form, title=title, kicker=pair.number, lead=lead, submit=title, back=back)


def _as_initial(policy: PolicyFact, on: date) -> dict[str, Any]:
    return {
        "effective_from": on,
        "production_days": policy.production_days,
        "minimum_minutes": policy.minimum_minutes,
        "overdue_blocks_after_days": policy.overdue_blocks_after_days,
    }

"""People and posts of the own organisation: propose, confirm, turn down, end; which key post is empty."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.clock import day_of

from .. import actions
from ..access import Can, require_for
from ..facts import key_posts
from ..forms import EndPostForm, PostForm, ReasonForm
from ..models import Organisation, Post, PostEnd
from ..pages import act, get_visible_or_404, reasons_against, scope_for
from ..sections import record_links
from ..states import post_state
from .form_page import day_previews, form_page
from .organisation import organisation_context


@require_safe
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody's posts with state, and the key posts that nobody holds."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    on, scope = clock.today(), scope_for(request)
    posts = Post.objects.filter(organisation=row).select_related("user", "decision", "end")
    ordered = sorted(posts, key=lambda p: (p.side, p.get_role_display(), p.user.printed_name, p.pk))
    sides = sorted({p.side for p in ordered})
    context = organisation_context(row, "organisation_people") | {
        "rows": [{"post": post, "state": post_state(post, on), "links": record_links(post)} for post in ordered],
        "sides": [key_posts([row.pk], side, on)[row.pk] for side in sides],
        "against_appointing": reasons_against(scope, Can.APPOINT, row),
        "against_confirming": reasons_against(scope, Can.CONFIRM_BASE_DATA, row),
    }
    return render(request, "parties/people.html", context)


def propose_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Appoint somebody in writing; another quality person confirms."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    on = clock.today()
    require_for(request.user, Can.APPOINT, row, on)
    form = PostForm(request.POST or None, initial={"starts_on": on, "authorised_on": on})
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "post.proposed",
            subject=form.cleaned_data["user"],
            stream=f"organisation:{row.pk}",
            do=lambda at: actions.propose_post(
                user=form.cleaned_data["user"],
                organisation=row,
                appointment=form.appointment,
                by=require_for(request.user, Can.APPOINT, row, day_of(at)),
                at=at,
            ),
        )
        if done:
            messages.info(request, _("Proposed. Another quality person of your organisation confirms it now."))
            return redirect("parties:organisation_people", row.pk)
    return form_page(
        request,
        form,
        title=_("Propose an appointment"),
        lead=_("Enter the written authorisation as it was signed. Releasers need training before their first day."),
        submit=_("Propose the appointment"),
        back=reverse("parties:organisation_people", args=[pk]),
        draft=f"post-{pk}",
    )


def _own_post_or_404(request: HttpRequest, pk: int) -> Post:
    posts = Post.objects.filter(organisation_id__in=scope_for(request).organisation_ids)
    return get_object_or_404(posts.select_related("user", "organisation"), pk=pk)


@require_POST
def confirm_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm an appointment that somebody else proposed."""
    post = _own_post_or_404(request, pk)
    act(
        request,
        None,
        "post.confirmed",
        subject=post,
        stream=f"organisation:{post.organisation_id}",
        do=lambda at: actions.confirm_post(
            post=post,
            by=require_for(request.user, Can.CONFIRM_BASE_DATA, post.organisation_id, day_of(at)),
            at=at,
        ),
    )
    return redirect("parties:organisation_people", post.organisation_id)


def turn_down_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn a proposed appointment down with a reason."""
    post = _own_post_or_404(request, pk)
    require_for(request.user, Can.CONFIRM_BASE_DATA, post.organisation_id, clock.today())
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "post.turned_down",
            subject=post,
            stream=f"organisation:{post.organisation_id}",
            do=lambda at: actions.turn_down_post(
                post=post,
                reason=form.cleaned_data["reason"],
                by=require_for(request.user, Can.CONFIRM_BASE_DATA, post.organisation_id, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("parties:organisation_people", post.organisation_id)
    return _post_form(request, form, post, _("Turn the appointment down"))


def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post from a day on."""
    post = _own_post_or_404(request, pk)
    require_for(request.user, Can.APPOINT, post.organisation_id, clock.today())
    form = EndPostForm(request.POST or None, initial={"ended_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "post.ended",
            subject=post,
            stream=f"organisation:{post.organisation_id}",
            do=lambda at: actions.end_post(
                post=post,
                **form.cleaned_data,
                by=require_for(request.user, Can.APPOINT, post.organisation_id, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("parties:organisation_people", post.organisation_id)
    foretold = {} if hasattr(post, "end") else _previews(request, form, post)
    return _post_form(request, form, post, _("End this post"), **foretold)


def _previews(request: HttpRequest, form: EndPostForm, post: Post) -> dict[str, Any]:
    """What ending it from this day on would do."""

    def end(day: date, at: datetime) -> PostEnd:
        return PostEnd(post=post, ended_on=day, reason="—", ended_by_name="—", recorded_at=at)

    return day_previews(request, form, "ended_on", end)


def _post_form(
    request: HttpRequest, form: ReasonForm | EndPostForm, post: Post, title: str, **more: Any
) -> HttpResponse:
    back = reverse("parties:organisation_people", args=[post.organisation_id])
    return form_page(request, form, title=title, submit=title, kicker=str(post), back=back, **more)

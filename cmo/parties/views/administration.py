"""What administrators do: enter organisations, appoint their first quality managers, make and close accounts.

Every page here asks for the administrator first; nobody else learns what exists.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock

from .. import actions
from ..access import require_administrator
from ..facts import names_of
from ..forms import AccountForm, EmailForm, FounderForm, FoundForm, PartyForm, ReasonForm
from ..models import JoinRequest, Organisation, OrganisationVersion, Post, Role, User
from ..pages import act
from ..rules import FOUNDING_MANAGERS
from ..sign_in import has_second_factor
from ..states import post_state
from ..tables import AccountTable, OrganisationTable
from ..trail_pages import entries_for
from .form_page import form_page


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """Every organisation, with the way to enter one."""
    require_administrator(request.user)
    rows = OrganisationVersion.objects.current().order_by("name_zh")
    wanted = request.GET.get("q", "").strip()
    if wanted:
        rows = rows.filter(name_zh__icontains=wanted) | rows.filter(uscc__icontains=wanted)
    table = OrganisationTable.for_request(request, rows)
    waiting = JoinRequest.objects.count()
    context = {"table": table, "q": wanted, "waiting": waiting}
    return table.export_for(request) or render(request, "parties/organisations.html", context)


def found_organisation(request: HttpRequest) -> HttpResponse:
    """Enter an organisation with its first data; a join request may fill the form (``?request=7``)."""
    require_administrator(request.user)
    form = FoundForm(request.POST or None, initial=_from_join_request(request.GET.get("request", "")))
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "organisation.founded",
            subject="organisation",
            stream=f"user:{request.user.pk}",
            do=lambda at: actions.found_organisation(
                content=form.cleaned_data, by=require_administrator(request.user), at=at
            ),
        )
        if done:
            messages.info(request, _("Entered. Now appoint its first two quality managers."))
            return redirect("parties:founding", done.pk)
    return form_page(
        request,
        form,
        title=_("Enter an organisation"),
        lead=_(
            "Check name and credit code against the business licence. Later changes are proposed by its own quality."
        ),
        submit=_("Enter the organisation"),
        back=reverse("parties:organisations"),
        draft="organisation-new",
    )


def _from_join_request(number: str) -> dict[str, Any]:
    asked = JoinRequest.objects.filter(pk=number).first() if number.isdecimal() else None
    return {"name_zh": asked.name, "uscc": asked.uscc, "contact": asked.contact_name} if asked else {}


@require_safe
def founding(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation as the administrator sees it: its data and its quality managers."""
    require_administrator(request.user)
    row = get_object_or_404(Organisation, pk=pk)
    on = clock.today()
    posts = Post.objects.filter(organisation=row, role=Role.QUALITY_MANAGER).select_related("user", "decision", "end")
    rows = [{"post": post, "state": post_state(post, on)} for post in posts.order_by("id")]
    held = {p.user_id for p in posts if post_state(p, on).tone == "good"}
    context = {
        "organisation": row,
        "data": names_of([row.pk]).get(row.pk),
        "rows": rows,
        "run_by_quality": len(held) >= FOUNDING_MANAGERS,
    }
    return render(request, "parties/founding.html", context)


def appoint_founder(request: HttpRequest, pk: int) -> HttpResponse:
    """Appoint one of the first two quality managers."""
    require_administrator(request.user)
    row = get_object_or_404(Organisation, pk=pk)
    on = clock.today()
    form = FounderForm(request.POST or None, initial={"starts_on": on, "authorised_on": on})
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
                by=require_administrator(request.user),
                at=at,
            ),
        )
        if done:
            return redirect("parties:founding", row.pk)
    return form_page(
        request,
        form,
        title=_("Appoint a quality manager"),
        kicker=str(names_of([row.pk]).get(row.pk, "")),
        lead=_("The first two are appointed here; from then on the organisation's quality appoints everybody else."),
        submit=_("Appoint the quality manager"),
        back=reverse("parties:founding", args=[pk]),
        draft=f"founder-{pk}",
    )


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account."""
    require_administrator(request.user)
    rows = User.objects.order_by("username")
    wanted = request.GET.get("q", "").strip()
    if wanted:
        rows = rows.filter(username__icontains=wanted) | rows.filter(printed_name__icontains=wanted)
    table = AccountTable.for_request(request, rows)
    return table.export_for(request) or render(request, "parties/accounts.html", {"table": table, "q": wanted})


def create_account(request: HttpRequest) -> HttpResponse:
    """Make one person's account."""
    require_administrator(request.user)
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "account.created",
            subject="account",
            stream=f"user:{request.user.pk}",
            do=lambda at: actions.create_account(**form.cleaned_data, by=require_administrator(request.user), at=at),
        )
        if done:
            return redirect("parties:account_of", done.pk)
    return form_page(
        request,
        form,
        title=_("Create an account"),
        lead=_("One person, one account; a user name is never given to somebody else."),
        submit=_("Create the account"),
        back=reverse("parties:accounts"),
    )


@require_safe
def account_of(request: HttpRequest, pk: int) -> HttpResponse:
    """One account with its posts and its trail."""
    by = require_administrator(request.user)
    user = get_object_or_404(User, pk=pk)
    on = clock.today()
    posts = list(user.posts.select_related("user", "decision", "end").order_by("-id"))
    names = names_of({post.organisation_id for post in posts})
    context = {
        "person": user,
        "own": user.pk == by.user_id,
        "second_factor": has_second_factor(user),
        "rows": [{"post": p, "state": post_state(p, on), "organisation": names.get(p.organisation_id)} for p in posts],
        "entries": entries_for(f"user:{user.pk}"),
    }
    return render(request, "parties/account_of.html", context)


def dismiss_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account and end its sessions."""
    return _change_account(
        request,
        pk,
        "account.dismissed",
        actions.dismiss_account,
        _("Close the account"),
        _("The person is signed out everywhere at once; none of their posts gives rights any more."),
    )


def reinstate_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    return _change_account(
        request,
        pk,
        "account.reinstated",
        actions.reinstate_account,
        _("Open the account again"),
        _("Posts that have not ended give their rights again."),
    )


def change_email(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an account another e-mail address."""
    return _change_account(
        request,
        pk,
        "account.email_changed",
        actions.change_email,
        _("Change the e-mail"),
        _("Make sure that the address is this person's: they sign in by it, and invitations find them by it."),
        EmailForm,
    )


def _change_account(
    request: HttpRequest, pk: int, verb: str, change: Any, title: str, lead: str, shape: type[PartyForm] = ReasonForm
) -> HttpResponse:
    require_administrator(request.user)
    user = get_object_or_404(User, pk=pk)
    form = shape(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            verb,
            subject=user,
            stream=f"user:{user.pk}",
            do=lambda at: change(user=user, by=require_administrator(request.user), at=at, **form.cleaned_data),
        )
        if done:
            return redirect("parties:account_of", user.pk)
    back = reverse("parties:account_of", args=[pk])
    return form_page(request, form, title=title, submit=title, kicker=str(user), lead=lead, back=back)


@require_safe
def join_requests(request: HttpRequest) -> HttpResponse:
    """Requests to bring an organisation in, and whether its code is entered by now."""
    require_administrator(request.user)
    page = Paginator(JoinRequest.objects.order_by("-id"), 50).get_page(request.GET.get("page"))
    codes = [row.uscc for row in page]
    known = set(OrganisationVersion.objects.current().filter(uscc__in=codes).values_list("uscc", flat=True))
    rows = [{"request": row, "known": row.uscc in known} for row in page]
    return render(request, "parties/join_requests.html", {"page": page, "rows": rows})

"""Inviting outsiders to a pair: sending, accepting at the address of the mail, withdrawing, ending."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cmo import clock
from cmo.clock import day_of
from cmo.errors import Refused
from cmo.web.wording import in_language

from .. import actions
from ..access import Can, require, visible_pairs
from ..facts import names_of, open_accounts
from ..facts_invitations import accounts_with, waiting
from ..forms import ReasonForm
from ..forms_invitations import AcceptForm, ConfirmForm, InvitationForm
from ..invitation_mail import address_of
from ..models import Invitation
from ..pages import act, scope_for, show_errors
from ..rules_invitations import said
from ..tokens import token_hash
from .form_page import form_page
from .pairs import pair_context, visible_pair

#: Attempts at addresses of invitations from one network address within one hour.
MOST_PER_HOUR = 30


def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite an auditor or inspector; the address for accepting is mailed and shown here once."""
    row = visible_pair(request, pk)
    require(request.user, Can.GRANT, row, clock.today())
    initial = {"starts_on": clock.today(), "language": get_language(), "reads": Invitation.Reads.PAIR}
    form = InvitationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        sent = act(
            request,
            form,
            "invitation.sent",
            subject=row,
            stream=row.stream,
            do=lambda at: actions.invite(
                pair=row, content=form.content, by=require(request.user, Can.GRANT, row, day_of(at)), at=at
            ),
        )
        if sent:
            return _sent(request, *sent)
    return form_page(
        request,
        form,
        title=_("Invite an auditor or inspector"),
        kicker=row.number,
        lead=_(
            "The person reads this pair alone and changes nothing; every page bears their name, and what they open and take is "
            "recorded."
        ),
        submit=_("Send the invitation"),
        back=reverse("parties:pair_grants", args=[pk]),
        draft=f"invite-{pk}",
    )


def _sent(request: HttpRequest, row: Invitation, token: str) -> HttpResponse:
    context = pair_context(request, row.pair, "grants")
    context |= {"invitation": row, "address": address_of(token)}
    answer = render(request, "parties/invitation_sent.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept at the address of the mail, signed in where there is an account. One that is unknown, used, withdrawn or past
    answers alike."""
    rows = waiting(clock.today()).select_related("pair")
    row = rows.filter(token_sha256=token_hash(token)).first()
    if (row is None or request.method == "POST") and not _may_try(request):
        return render(request, "parties/invitation_closed.html", {"too_many": True}, status=429)
    if row is None:
        return _closed(request)
    if open_accounts(row.email).filter(is_staff=True).exists():
        return _closed(request, "invitation_administrator", 409)
    known = accounts_with(row.email)
    form = (ConfirmForm if known else AcceptForm)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (answer := _answered(request, token, form, bool(known))):
        return answer
    names = names_of([row.pair.registrant_id, row.pair.contractor_id])
    sides = [names.get(pk) for pk in (row.pair.registrant_id, row.pair.contractor_id)]
    context = {"form": form, "invitation": row, "sides": sides, "known": bool(known), "own": request.user in known}
    return render(request, "parties/invitation.html", context)


def _answered(request: HttpRequest, token: str, form: ConfirmForm | AcceptForm, known: bool) -> HttpResponse | None:
    """Where to go after accepting; None when what was typed is to be corrected."""
    account = request.user if request.user.is_authenticated else None
    try:
        actions.accept_invitation(token=token, **form.content, account=account, at=clock.now())
    except Refused as refusal:
        if refusal.codes != ["invitation_sign_in"]:
            return _closed(request)
        messages.warning(request, in_language(refusal.findings[0]))
        return redirect(request.path)
    except ValidationError as error:
        show_errors(request, form, error)
        return None
    messages.success(request, _accepted(known))
    return redirect("home:inbox" if known else "account_login")


def _accepted(known: bool) -> str:
    if known:
        return _("The pair is open to your account.")
    return _("Your account is ready. Sign in, then set up a second factor: a one-time code or a passkey.")


def _closed(request: HttpRequest, code: str = "invitation_not_open", status: int = 404) -> HttpResponse:
    return render(request, "parties/invitation_closed.html", {"sentence": said(code)}, status=status)


def _may_try(request: HttpRequest) -> bool:
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return False
    places = range(MOST_PER_HOUR)
    return any(cache.add(f"parties.invitation:{address}:{place}", 1, timeout=3600) for place in places)


def visible_invitation(request: HttpRequest, pk: int) -> Invitation:
    """An invitation to a pair that this person sees. :raises Http404:"""
    rows = Invitation.objects.filter(pair__in=visible_pairs(scope_for(request)))
    return get_object_or_404(rows.select_related("pair"), pk=pk)


def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an unanswered invitation back."""
    return _end(request, pk, "invitation.withdrawn", actions.withdraw_invitation, _("Withdraw the invitation"))


def end_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """End everything that an invitation opened."""
    return _end(request, pk, "grant.revoked", actions.end_invitation, _("End the invitation"))


def _end(request: HttpRequest, pk: int, verb: str, action: object, title: str) -> HttpResponse:
    row = visible_invitation(request, pk)
    pair = row.pair
    require(request.user, Can.GRANT, pair, clock.today())
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            verb,
            subject=row,
            stream=pair.stream,
            do=lambda at: action(  # type: ignore[operator]
                invitation=row,
                reason=form.cleaned_data["reason"],
                by=require(request.user, Can.GRANT, pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("parties:pair_grants", pair.pk)
    back = reverse("parties:pair_grants", args=[pair.pk])
    lead = _("It ends at the next click of the person invited; what they were shown and took stays on record.")
    return form_page(request, form, title=title, submit=title, kicker=str(row), lead=lead, back=back)

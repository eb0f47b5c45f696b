"""Pages of signing: the public check of one signature, a person's own signatures, and the statement they accept."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cmo import clock
from cmo.trail.actor import Actor

from . import attempts
from .actions import accept_electronic_signatures
from .facts import acceptance_of, kind_of_record, state_of
from .models import Signature
from .statement import STATEMENT, VERSION


@login_not_required
@require_safe
def verify(request: HttpRequest, pk: int, mark: str) -> HttpResponse:
    """Who signed, what it means, when, and whether the record still is what was signed; nothing of its content.

    Open to whoever holds the printed address: number and first 16 characters of the hash must belong together.
    """
    if not attempts.may_look(get_adapter(request).get_client_ip(request)):
        return render(request, "signing/too_many.html", status=429)
    signature = Signature.objects.filter(pk=pk).first()
    if signature is None or not constant_time_compare(signature.mark, mark):
        raise Http404
    context = {"state": state_of(signature), "signature": signature, "kind": kind_of_record(signature)}
    response = render(request, "signing/verify.html", context)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All signatures this person has given, newest first."""
    given = Signature.objects.filter(signer_id=request.user.pk).order_by("-id")
    page = Paginator(given, 50).get_page(request.GET.get("page"))
    return render(request, "signing/mine.html", {"page": page, "acceptance": acceptance_of(request.user.pk)})


@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest) -> HttpResponse:
    """The statement on electronic signatures, in both languages, and its acceptance."""
    user = request.user
    if request.method == "POST":
        by = Actor(user_id=user.pk, name=user.get_full_name() or user.get_username())
        accept_electronic_signatures(by=by, at=clock.now())
        messages.success(request, _("Your acceptance is on record."))
        return redirect("signing:statement")
    context = {"statement": STATEMENT, "version": VERSION, "acceptance": acceptance_of(user.pk)}
    return render(request, "signing/statement.html", context)

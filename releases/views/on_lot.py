"""What every act on a lot repeats: the visible row that hangs on it, one form, one action, back to the lot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cmo import clock
from cmo.clock import day_of
from cmo.parties.access import Can, require
from cmo.parties.pages import act, scope_for
from cmo.parties.views.form_page import form_page
from cmo.trail.actor import Actor

from ..models import Lot


def hanging_on_lot(request: HttpRequest, model: Any, pk: int) -> Any:
    """A row that hangs on a visible lot. :raises Http404:"""
    visible = Lot.objects.visible_to(scope_for(request))
    return get_object_or_404(model.objects.filter(lot__in=visible).select_related("lot__pair"), pk=pk)


def act_on_lot(
    request: HttpRequest,
    form: forms.Form,
    lot: Lot,
    can: Can,
    verb: str,
    title: str,
    do: Callable[[Actor, datetime], Any],
    then: Callable[[Any], str] | None = None,
    template: str = "",
    **page: Any,
) -> HttpResponse:
    """Show one form for a lot; on POST call one action under the post that allows it, then return to the lot.

    ``then`` gives another address for what was done, ``template`` a page that shows more than the form; ``page`` holds
    ``lead``, ``submit``, ``back`` or ``draft``, and what that template shows.
    """
    require(request.user, can, lot.pair, clock.today())
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            verb,
            subject=lot,
            stream=lot.pair.stream,
            do=lambda at: do(require(request.user, can, lot.pair, day_of(at)), at),
        )
        if done:
            return redirect(then(done)) if then else redirect("releases:lot", lot.pk)
    words = {"title": title, "submit": title, "back": reverse("releases:lot", args=[lot.pk])}
    words |= {"kicker": _("Lot %(number)s") % {"number": lot.number}, **page}
    if template:
        return render(request, template, {"form": form, **words})
    return form_page(request, form, **words)

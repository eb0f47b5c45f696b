"""Records a person may see, and the steps that every acting page of this app repeats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from cmo import clock
from cmo.clock import day_of
from cmo.parties.access import Can, require
from cmo.parties.models import Pair
from cmo.parties.pages import act, get_visible_or_404, scope_for
from cmo.trail.actor import Actor
from cmo.web.shown import shows

from ..models import Agreement, AgreementRevision, Entrustment, Hold, Preparation

T = TypeVar("T")


def entrustment_or_404(request: HttpRequest, pk: int) -> Entrustment:
    """:raises Http404: when there is none that this person may see."""
    return get_visible_or_404(request, Entrustment.objects.select_related("pair"), pk=pk)


def agreement_or_404(request: HttpRequest, pk: int) -> Agreement:
    """:raises Http404: when there is none that this person may see."""
    return get_visible_or_404(request, Agreement.objects.select_related("pair", "draft"), pk=pk)


def preparation_or_404(request: HttpRequest, pk: int) -> Preparation:
    """:raises Http404: when there is none that this person may see."""
    return get_visible_or_404(request, Preparation.objects.select_related("pair", "answer"), pk=pk)


def hold_or_404(request: HttpRequest, pk: int) -> Hold:
    """:raises Http404: when there is none that this person may see."""
    return get_visible_or_404(request, Hold.objects.select_related("pair", "entrustment", "lift"), pk=pk)


def pair_or_404(request: HttpRequest, pk: int) -> Pair:
    """:raises Http404: when there is none that this person may see."""
    return get_visible_or_404(request, Pair.objects.select_related("end"), pk=pk)


def revision_or_404(request: HttpRequest, pk: int) -> AgreementRevision:
    """:raises Http404: when there is none that this person may see."""
    visible = Agreement.objects.visible_to(scope_for(request))
    rows = AgreementRevision.objects.select_related("agreement__pair", "event", "paper", "parent")
    found = get_object_or_404(rows, pk=pk, agreement__in=visible)
    shows(request, found.agreement)
    return found


def permitted(request: HttpRequest, can: Can, pair: Pair) -> Actor:
    """The actor under which the person may do this today. :raises PermissionDenied:"""
    return require(request.user, can, pair, clock.today())  # type: ignore[arg-type]


def act_in_pair(
    request: HttpRequest,
    form: forms.BaseForm | None,
    verb: str,
    *,
    can: Can,
    within: Pair,
    subject: models.Model,
    do: Callable[..., T],
    **arguments: Any,
) -> T | None:
    """Run one action of this app on the pair's stream under the post that allows it; see ``cmo.parties.pages.act``."""

    def at_once(at: datetime) -> T:
        by = require(request.user, can, within, day_of(at))  # type: ignore[arg-type]
        return do(**arguments, by=by, at=at)

    return act(request, form, verb, subject=subject, stream=within.stream, do=at_once)


def upload_page(request: HttpRequest, form: forms.BaseForm, **words: Any) -> HttpResponse:
    """As ``form_page`` (title, submit, back, kicker, lead), for a form with a file."""
    return render(request, "agreements/upload_form.html", {"form": form, **words})

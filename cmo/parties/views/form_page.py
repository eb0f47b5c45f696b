"""The page that holds one form: every act of this app that needs typing uses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cmo import clock

from ..pages import scope_for
from ..sections import change_previews


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: str,
    submit: str,
    back: str,
    kicker: str = "",
    lead: str = "",
    draft: str = "",
    **more: Any,
) -> HttpResponse:
    """Show ``form`` in one column. ``submit`` is a verb with its object, ``back`` the address to return to.

    ``draft`` names the copy of what was typed that the browser keeps until the form was accepted.
    """
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "back": back,
        "kicker": kicker,
        "lead": lead,
        "draft": draft,
    }
    return render(request, "parties/form.html", {**context, **more})


def day_previews(
    request: HttpRequest, form: forms.BaseForm, name: str, row_of: Callable[[date, datetime], Model]
) -> dict[str, Any]:
    """What an act would do from the day in its field ``name`` on, for :func:`form_page`: as typed, as asked for in the address
    when the field changes, else today. ``row_of``: the unsaved row of the act of a day, recorded at a moment."""
    now = clock.now()
    row = row_of(_day_in(request, form, name), now)
    return {"previews": change_previews(row, scope_for(request), now), "previews_follow": name}


def _day_in(request: HttpRequest, form: forms.BaseForm, name: str) -> date:
    typed = form[name].value() if form.is_bound else request.GET.get(name) or form[name].value()
    try:
        return forms.DateField().clean(typed) or clock.today()
    except ValidationError:
        return clock.today()

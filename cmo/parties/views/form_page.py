"""The page that holds one form: every act of this app that needs typing uses it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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

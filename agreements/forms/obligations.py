"""Shape of what people type about a performed obligation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field

from .entrusting import file_field


class PerformanceForm(forms.Form):
    """Which occurrence, when it was done, and what proves it."""

    due_on = forms.TypedChoiceField(label=_("Which occurrence"), coerce=date.fromisoformat)
    done_on = day_field(label=_("done on"))
    reference = forms.CharField(label=_("proving record"), max_length=200)
    note = forms.CharField(label=_("note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    upload = file_field(label=_("file"), required=False)

    def __init__(self, *args: Any, due_days: Iterable[tuple[date, str]], proof: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].choices = [(day.isoformat(), word) for day, word in due_days]  # type: ignore[attr-defined]
        self.fields["reference"].help_text = proof

"""Filters of the lists of audits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Audit
from ..states import WORDS


class AuditFilter(forms.Form):
    """Words, kind, state and counterpart of the audits shown."""

    q = forms.CharField(label=_("Number or scope"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("every kind")), *Audit.Kind.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("every state")), *((state, word) for state, (_tone, word) in WORDS.items())],
    )
    party = forms.TypedChoiceField(label=_("With"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, parties: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [("", _("everybody")), *parties]  # type: ignore[attr-defined]

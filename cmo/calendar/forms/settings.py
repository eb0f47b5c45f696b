"""Shape of what people type about reminders."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import reason_field

from ..facts.reminding import Setting

_BETWEEN = re.compile(r"[\s,，、;；/]+")
#: No number of days has more digits; a longer one is a slip.
_DIGITS = 4


class DaysField(forms.CharField):
    """Whole numbers with anything between them, as people write lists: ``90, 30, 7`` or ``90、30、7``."""

    def clean(self, value: Any) -> tuple[int, ...]:  # type: ignore[override]
        parts = [part for part in _BETWEEN.split(str(super().clean(value)).strip()) if part]
        if not all(part.isascii() and part.isdecimal() and len(part) <= _DIGITS for part in parts):
            raise ValidationError(_("Write whole numbers of days, for example 90, 30, 7."), code="days")
        return tuple(int(part) for part in parts)


class ReminderForm(forms.Form):
    """How far ahead one kind of duty is told, when lateness is escalated, and why."""

    lead_days = DaysField(
        label=_("days ahead"), max_length=60, help_text=_("Calendar days before the last day, for example 90, 30, 7.")
    )
    escalate_after = forms.IntegerField(
        label=_("working days overdue until escalation"),
        help_text=_("0 brings a duty to quality and the management representative on the first day it is overdue."),
    )
    reason = reason_field(max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead_days"].unit = _("days")  # type: ignore[attr-defined]
        self.fields["escalate_after"].unit = _("working days")  # type: ignore[attr-defined]

    @property
    def setting(self) -> Setting:
        """What was typed, once it is valid."""
        return Setting(self.cleaned_data["lead_days"], self.cleaned_data["escalate_after"])


def days_text(days: tuple[int, ...]) -> str:
    """Days as the field shows them."""
    return ", ".join(str(day) for day in days)

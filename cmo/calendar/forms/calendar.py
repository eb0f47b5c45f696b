"""Which duties the calendar shows, and what is asked when a feed is made or a working day is set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field
from cmo.parties.models import WorkingDay

from ..rules.reminding import DEFAULTS
from ..sources import KIND_WORDS


class CalendarFilter(forms.Form):
    """Filters of the calendar; they live in the address. ``start`` and ``months`` say which period is shown."""

    start = forms.DateField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("Duty, record or pair"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("any")), *((kind.value, KIND_WORDS[kind]) for kind in DEFAULTS)],
    )
    party = forms.TypedChoiceField(label=_("With"), required=False, coerce=int, empty_value=None)
    whose = forms.ChoiceField(
        label=_("Whose duty"),
        required=False,
        choices=[("", _("anybody's")), ("ours", _("our own")), ("theirs", _("the other side's"))],
    )
    basis = forms.ChoiceField(
        label=_("Rests on"),
        required=False,
        choices=[("", _("anything")), ("law", _("law")), ("agreement", _("agreement")), ("policy", _("own policy"))],
    )
    months = forms.TypedChoiceField(
        label=_("Months"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(n, str(n)) for n in (1, 3, 6, 12, 36)],
    )
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)

    def __init__(self, asked: QueryDict, *, parties: Iterable[tuple[int, str]], months: int | None) -> None:
        data = asked.copy()
        if months is not None and not data.get("months"):
            data["months"] = str(months)  # a filter that says nothing of the period keeps it
        super().__init__(data)
        self.fields["party"].choices = [("", _("anybody")), *parties]  # type: ignore[attr-defined]
        if months is None:
            del self.fields["months"]
        else:
            self.fields["months"].initial = months
        self.full_clean()

    def asked(self) -> dict[str, Any]:
        """What was understood; nonsense in the address filters nothing."""
        return getattr(self, "cleaned_data", {})

    def start_or(self, today: date) -> date:
        """The day asked for, by default today."""
        return self.asked().get("start") or today


class FeedForm(forms.Form):
    """What the feed is for, and its language."""

    label = forms.CharField(
        label=_("What it is for"),
        max_length=100,
        help_text=_("The program or device that will read it, such as Outlook on the office computer."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class WorkingDayForm(forms.Form):
    """A day, how it is to be counted, and on whose announcement."""

    day = day_field(label=_("Day"))
    arrangement = forms.ChoiceField(label=_("The day is"), choices=WorkingDay.Arrangement.choices)
    reason = forms.CharField(
        label=_("Announcement or reason"),
        max_length=300,
        help_text=_("Title and number of the State Council's notice, or what else it rests on; kept on the trail."),
    )

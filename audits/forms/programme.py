"""Shape of what people type for the yearly programme: the days there are, who leads, and each pair's days and first day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.forms.entrusting import ChosenRow
from cmo.parties.forms import PartyForm, day_field
from cmo.parties.models import User

from ..actions import ProgrammeSaid
from ..models import TemplateVersion
from ..rules.programme import EntrySaid, Ranked
from .planning import OWN


class DaysForm(forms.Form):
    """How many auditor days there are; the ranking shows what fits into them."""

    days = forms.IntegerField(label=_("Auditor days available"), min_value=0, max_value=5000, required=False)


class ProgrammeForm(PartyForm):
    """One edition of a year's programme."""

    auditor_days = forms.IntegerField(
        label=_("auditor days available"), min_value=0, max_value=5000, widget=forms.HiddenInput
    )
    lead = ChosenRow(label=_("leader of the audits"), help_text=_("Each audit's plan can name others later."))
    template = forms.ChoiceField(label=_("checklist"))
    scope = forms.CharField(label=_("scope"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
    reason = forms.CharField(
        label=_("reason for the change"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
        help_text=_("Needed when the programme of the year was adopted before."),
    )

    def __init__(
        self,
        *args: Any,
        rows: Sequence[Ranked],
        people: list[tuple[int, str]],
        templates: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.fields["lead"].choices = [("", "—"), *people]  # type: ignore[attr-defined]
        self.fields["template"].choices = templates  # type: ignore[attr-defined]
        for row in rows:
            pk = row.risk.pair_id
            days = forms.IntegerField(min_value=0, max_value=60, label=_("Auditor days"), initial=row.auditor_days)
            day = day_field(label=_("First day"), required=False, initial=row.starts_on)
            self.fields[f"days_{pk}"], self.fields[f"day_{pk}"] = days, day
            for field in (days, day):
                field.widget.attrs["aria-label"] = f"{field.label} {row.risk.pair_number}"
            if row.risk.planned is not None:
                days.widget.attrs["readonly"] = day.widget.attrs["readonly"] = True

    def cells(self) -> Iterator[tuple[Ranked, forms.BoundField, forms.BoundField]]:
        """Each pair with its two fields."""
        for row in self.rows:
            yield row, self[f"days_{row.risk.pair_id}"], self[f"day_{row.risk.pair_id}"]

    def head(self) -> list[forms.BoundField]:
        """The fields that hold for all audits."""
        return [self[name] for name in ("lead", "template", "scope", "reason")]

    def said(self, year: int) -> ProgrammeSaid:
        """What the action takes."""
        data = self.cleaned_data
        own = data["template"].removeprefix(OWN) if data["template"].startswith(OWN) else ""
        return ProgrammeSaid(
            year=year,
            auditor_days=data["auditor_days"],
            entries=tuple(self._entry(row) for row in self.rows),
            lead=User.objects.get(pk=data["lead"]),
            template=TemplateVersion.objects.get(pk=int(own)) if own else data["template"],
            scope=data["scope"],
            reason=data["reason"],
        )

    def _entry(self, row: Ranked) -> EntrySaid:
        pk = row.risk.pair_id
        day: date | None = row.risk.planned.starts_on if row.risk.planned else self.cleaned_data[f"day_{pk}"]
        return EntrySaid(pk, self.cleaned_data[f"days_{pk}"], day)

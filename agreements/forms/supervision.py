"""Shape of what people type about postings, presence, the pair's policy and suppliers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import PartyForm, day_field, reason_field
from cmo.parties.models import Site, User

from ..models import PairPolicy, Posting, SupplierApproval
from .entrusting import ChosenRow, file_field


def moment_field(**options: Any) -> forms.DateTimeField:
    """An instant in Shanghai time, to the minute."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **options)


class PostingForm(PartyForm):
    """Who is posted where and when, and what qualifies them."""

    person = ChosenRow(label=_("person"), help_text=_("Only people who hold the post of resident supervisor."))
    site = ChosenRow(label=_("Contractor's site"))
    deputy_for = ChosenRow(label=_("deputy for"), required=False)
    starts_on = day_field(label=_("first day"))
    ends_on = day_field(label=_("last day"), help_text=_("Inclusive."))
    experience = forms.CharField(
        label=_("experience in the field"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("Production quality experience with products of this kind; its proof is attached as evidence."),
    )
    trained_on = day_field(label=_("trained on the product on"))
    training_reference = forms.CharField(label=_("training record"), max_length=200)
    appointed_on = day_field(label=_("appointed on"))
    appointment_reference = forms.CharField(label=_("appointment letter"), max_length=200)
    upload = file_field(label=_("File of the appointment letter"), required=False)
    duties_zh = forms.CharField(
        label=_("duties quoted from an agreement on paper (Chinese)"),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "zh-Hans"}),
        max_length=4000,
        required=False,
        help_text=_("Only where the agreement in force was signed on paper; otherwise its clause is taken."),
    )
    duties_en = forms.CharField(
        label=_("duties quoted from an agreement on paper (English)"),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        max_length=4000,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        people: list[tuple[int, str]],
        sites: list[tuple[int, str]],
        postings: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("person", people), ("site", sites), ("deputy_for", postings)):
            only = len(choices) == 1 and name != "deputy_for"
            self.fields[name].choices = choices if only else [("", "—"), *choices]  # type: ignore[attr-defined]

    @property
    def content(self) -> dict[str, Any]:
        """What the action takes besides person, site and file."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"person", "site", "upload"}}
        return data | {"deputy_for": Posting.objects.filter(pk=data["deputy_for"] or 0).first()}

    @property
    def person_and_site(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"person": User.objects.get(pk=data["person"]), "site": Site.objects.get(pk=data["site"])}


class LastDayForm(PartyForm):
    """An early end: the last day and why."""

    last_day = day_field(label=_("last day"))
    reason = reason_field()


class EventForm(PartyForm):
    """When somebody came or left; empty means now."""

    event_at = moment_field(
        label=_("time of the event"),
        required=False,
        help_text=_("Leave empty for now. The time of recording is kept beside it."),
    )


class CorrectionForm(PartyForm):
    """The right time of an entry, or that it is struck out; and why."""

    event_at = moment_field(label=_("right time"), required=False)
    void = forms.BooleanField(label=_("strike the entry out"), required=False)
    reason = reason_field()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("void") and not isinstance(data.get("event_at"), datetime) and not self.errors:
            self.add_error("event_at", _("State the right time, or strike the entry out."))
        return data


class PolicyForm(PartyForm):
    """The pair's own rules from a day on."""

    effective_from = day_field(label=_("effective from"), help_text=_("Today or later; what was before stays judged."))
    production_days = forms.ChoiceField(
        label=_("production days"),
        choices=PairPolicy.ProductionDays,
        widget=forms.RadioSelect,
        help_text=_("Key and special steps of implantables need presence throughout, whatever is chosen."),
    )
    minimum_minutes = forms.IntegerField(label=_("minutes of presence that cover a day"), min_value=1, max_value=1440)
    overdue_blocks_after_days = forms.IntegerField(
        label=_("days after which an overdue audit or review blocks"), min_value=0, max_value=3650
    )
    reason = reason_field()


class SupplierForm(PartyForm):
    """A key supplier or outside process, audited and approved for a term."""

    supplier = forms.CharField(label=_("supplier"), max_length=200)
    scope = forms.ChoiceField(label=_("scope"), choices=SupplierApproval.Scope)
    covers = forms.CharField(label=_("material or process"), max_length=200)
    acceptance_criteria = forms.CharField(
        label=_("acceptance criteria"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    audited_on = day_field(label=_("audited on"))
    reference = forms.CharField(label=_("audit report"), max_length=200)
    approved_from = day_field(label=_("approved from"))
    approved_until = day_field(label=_("approved until"), help_text=_("Inclusive."))
    upload = file_field(label=_("File of the audit report"), required=False)

    @property
    def content(self) -> dict[str, Any]:
        """What the action takes, without the file."""
        return {name: value for name, value in self.cleaned_data.items() if name != "upload"}

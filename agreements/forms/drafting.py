"""Shape of what people type about agreements and their drafts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field

from ..models import AgreementDraft, DraftClause, DraftDuty, Entrustment
from .entrusting import file_field


class TermsForm(forms.Form):
    """Term and coverage of an agreement."""

    starts_on = day_field(label=_("term: first day"))
    ends_on = day_field(
        label=_("term: last day"),
        help_text=_("In principle not beyond the certificates and the contractor's licence (N38-12)."),
    )
    entrustments = forms.TypedMultipleChoiceField(
        label=_("entrustments covered"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, entrustments: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entrustments"].choices = entrustments  # type: ignore[attr-defined]

    @property
    def rows(self) -> list[Entrustment]:
        """The chosen entrustments."""
        return list(Entrustment.objects.filter(pk__in=self.cleaned_data["entrustments"]).order_by("id"))


class SeenForm(forms.Form):
    """Carries the edition that the page showed, so that a stale editor is told."""

    seen_edition = forms.IntegerField(widget=forms.HiddenInput)


class DraftTermsForm(SeenForm, TermsForm):
    """Term and coverage of a draft that may have been changed meanwhile."""

    @classmethod
    def of(cls, draft: AgreementDraft, choices: list[tuple[int, str]], data: Any = None) -> DraftTermsForm:
        """The form showing a draft as it stands."""
        initial = {
            "seen_edition": draft.edition,
            "starts_on": draft.starts_on,
            "ends_on": draft.ends_on,
            "entrustments": list(draft.coverage.values_list("entrustment_id", flat=True)),
        }
        return cls(data, entrustments=choices, initial=initial)


class ClauseForm(SeenForm):
    """One clause in both languages; it may be left incomplete until it is offered for signature."""

    heading_zh = forms.CharField(label=_("heading (Chinese)"), max_length=200, required=False)
    text_zh = forms.CharField(
        label=_("text (Chinese)"), widget=forms.Textarea(attrs={"rows": 9, "lang": "zh-Hans"}), required=False
    )
    heading_en = forms.CharField(label=_("heading (English)"), max_length=200, required=False)
    text_en = forms.CharField(
        label=_("text (English)"), widget=forms.Textarea(attrs={"rows": 9, "lang": "en"}), required=False
    )

    @classmethod
    def of(cls, clause: DraftClause, data: Any = None) -> ClauseForm:
        """The form showing a clause as it stands."""
        names = ("heading_zh", "text_zh", "heading_en", "text_en")
        return cls(data, initial={name: getattr(clause, name) for name in names} | {"seen_edition": clause.edition})

    @property
    def content(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_edition"}


class DutyForm(SeenForm):
    """One row of the responsibility matrix."""

    duty_zh = forms.CharField(label=_("duty (Chinese)"), max_length=300, required=False)
    duty_en = forms.CharField(label=_("duty (English)"), max_length=300, required=False)
    registrant_part = forms.CharField(
        label=_("registrant"),
        max_length=4,
        required=False,
        help_text=_("R responsible, A approves, C consulted, I informed."),
    )
    contractor_part = forms.CharField(label=_("contractor"), max_length=4, required=False)

    @classmethod
    def of(cls, duty: DraftDuty, data: Any = None) -> DutyForm:
        """The form showing a duty as it stands; words of a locked one are not offered."""
        names = ("duty_zh", "duty_en", "registrant_part", "contractor_part")
        form = cls(data, initial={name: getattr(duty, name) for name in names} | {"seen_edition": duty.edition})
        if duty.locked:
            del form.fields["duty_zh"], form.fields["duty_en"]
        return form

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("registrant_part", "contractor_part"):
            data[name] = (data.get(name) or "").upper().replace(" ", "").replace("/", "")
        return data

    @property
    def content(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_edition"}


class PaperForm(TermsForm):
    """An agreement signed on paper."""

    title_zh = forms.CharField(label=_("title (Chinese)"), max_length=200)
    title_en = forms.CharField(label=_("title (English)"), max_length=200)
    signed_on = day_field(label=_("signed on"), help_text=_("The date on the paper."))
    registrant_signatory = forms.CharField(label=_("signed for the registrant by"), max_length=100)
    contractor_signatory = forms.CharField(label=_("signed for the contractor by"), max_length=100)
    sealed_by_registrant = forms.BooleanField(label=_("bears the registrant's seal"), required=False)
    sealed_by_contractor = forms.BooleanField(label=_("bears the contractor's seal"), required=False)
    lots_made_in_time = forms.CharField(
        label=_("Clause about lots made before the end"),
        max_length=300,
        required=False,
        help_text=_("Number and gist of what the paper says about lots made while it was valid."),
    )
    scan = file_field(label=_("Scan of the signed agreement"))

    field_order = ["title_zh", "title_en", "entrustments", "starts_on", "ends_on"]

    @property
    def content(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"scan", "entrustments"}}


class AgreementFilter(forms.Form):
    """Search in the list of agreements."""

    q = forms.CharField(label=_("Number or title"), required=False)

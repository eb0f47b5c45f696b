"""Shape of what people type about agreements and their drafts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field

from ..models import AgreementDraft, Entrustment
from .draft_rows import SeenForm
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

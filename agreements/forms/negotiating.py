"""Shape of what people type while they negotiate a draft: proposals with their reason, answers, remarks, handing over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cmo.web.wording import bilingual

from ..models import AgreementDraft, DraftClause, DraftDuty, Entrustment, SigningOrder
from .draft_rows import LETTERS, AddClauseForm, DutyForm, ObligationForm, SeenForm, WholeClauseForm
from .drafting import DraftTermsForm

_PARTS = ("registrant_part", "contractor_part")


def words_field(label: Any, *, required: bool = False, rows: int = 2, help_text: Any = "") -> forms.CharField:
    """Some sentences to the other side; line ends as the database keeps them."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=4000, widget=widget, help_text=help_text)


class HandOverForm(forms.Form):
    """What accompanies the draft on its way to the other side."""

    note = words_field(_("note to the other side"), rows=4)


class WithReason(forms.Form):
    """A proposal says why, so that the other side can judge it."""

    reason = words_field(_("reason"), help_text=_("Both sides read it, through all rounds."))


class ClauseProposalForm(WithReason, WholeClauseForm):
    """Another text for a clause."""

    field_order = [*WholeClauseForm.names, "reason"]


class DutyProposalForm(WithReason, DutyForm):
    """Other words or parts for a duty; where the law fixes the holder, its R is not offered and stays."""

    field_order = [*DutyForm.names, "reason"]

    def adapt(self, row: DraftDuty | None) -> None:
        super().adapt(row)
        self.fixed = {name: "R" for name in _PARTS if row is not None and row.locked and "R" in getattr(row, name)}
        for name in _PARTS if self.fixed else ():
            self.fields[name].choices = LETTERS[1:]  # type: ignore[attr-defined]
            self.fields[name].help_text = _("The law fixes who holds this duty: its R stays where it is.")

    @property
    def content(self) -> dict[str, Any]:
        typed = super().content
        return typed | {name: letter + typed[name] for name, letter in self.fixed.items()}


class ObligationProposalForm(WithReason, ObligationForm):
    """Other words, party or rhythm for an obligation."""

    field_order = [*ObligationForm.names, "reason"]


class ClauseAdditionForm(WithReason, AddClauseForm):
    """A clause that the draft does not have, and its place."""

    field_order = ["position", *WholeClauseForm.names, "reason"]


class TermsProposalForm(WithReason, DraftTermsForm):
    """Another term, coverage or order of signing."""

    signing_order = forms.ChoiceField(label=_("order of signing"), choices=SigningOrder)
    field_order = ["starts_on", "ends_on", "entrustments", "signing_order", "reason"]

    @classmethod
    def going_on(
        cls, draft: AgreementDraft, choices: list[tuple[int, str]], proposed: Mapping[str, Any], data: Any = None
    ) -> TermsProposalForm:
        """The form showing the terms as they stand, or as ``proposed`` has them."""
        form: TermsProposalForm = cls.of(draft, choices, data)  # type: ignore[assignment]
        form.initial["signing_order"] = draft.signing_order
        if proposed:
            numbers = proposed["entrustments"]
            covered = Entrustment.objects.filter(pair=draft.agreement.pair_id, number__in=numbers)
            form.initial.update(proposed, entrustments=list(covered.values_list("pk", flat=True)))
        return form

    @property
    def content(self) -> dict[str, Any]:
        """What is proposed; only after ``is_valid()``."""
        typed = self.cleaned_data
        return {name: typed[name] for name in ("starts_on", "ends_on", "signing_order")} | {"entrustments": self.rows}


class RemovalForm(WithReason, SeenForm):
    """Taking a row out."""


class MoveProposalForm(WithReason, SeenForm):
    """Another place for a clause."""

    position = forms.TypedChoiceField(label=_("place"), coerce=int)
    field_order = ["position", "reason"]

    def __init__(self, *args: Any, row: DraftClause, clauses: Iterable[DraftClause], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(clauses)
        now = [one.pk for one in rows].index(row.pk) + 1
        others = [one for one in rows if one.pk != row.pk]
        places = [(n, f"{n}  {_('before')} {bilingual(one, 'heading')}") for n, one in enumerate(others, 1)]
        places.append((len(rows), f"{len(rows)}  {_('at the end')}"))
        self.fields["position"].choices = [place for place in places if place[0] != now]  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """Why a proposal is declined."""

    reason = words_field(_("reason"), required=True, help_text=_("The other side reads it and can propose again."))


class WithdrawForm(forms.Form):
    """Why one's own proposal is taken back."""

    reason = words_field(_("reason"))


class RemarkForm(forms.Form):
    """A remark that both sides read."""

    text = words_field(_("remark"), required=True, rows=3)


class ChosenForm(forms.Form):
    """Proposals that were looked at and are accepted together: their primary keys."""

    change = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        sent = [value for value in data.getlist("change") if value.isdecimal()]
        self.fields["change"].choices = [(value, value) for value in sent]  # type: ignore[attr-defined]

"""Shape of a request for an exception and of the decision on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import reason_field

APPROVE, REFUSE = "approve", "refuse"


class ExceptionForm(forms.Form):
    """Why the finding is waived, with which effect, and for how much of the lot."""

    justification = reason_field(
        label=_("Justification"),
        help_text=_(
            "Why this lot may be released all the same, and what was done instead. It is shown with the release."
        ),
        max_length=4000,
    )
    effect = reason_field(
        label=_("Effect on the product"), help_text=_("Assessed effect on safety and performance."), max_length=4000
    )
    quantity = forms.IntegerField(
        label=_("Quantity concerned"),
        min_value=1,
        max_value=10**12,
        required=False,
        help_text=_("No more than this may then be released under the exception. Empty: the whole lot."),
    )


class ExceptionDecisionForm(forms.Form):
    """Approve or refuse, with the reason that is signed."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[(APPROVE, _("Approve the exception")), (REFUSE, _("Refuse the exception"))],
        widget=forms.RadioSelect,
    )
    reason = reason_field(help_text=_("It is signed with the decision and cannot be changed."), max_length=4000)

    @property
    def approved(self) -> bool:
        return bool(self.cleaned_data["outcome"] == APPROVE)

    @property
    def hidden(self) -> list[tuple[str, Any]]:
        """Names and values of everything typed, to be carried through the signing panel."""
        return [(name, self.data.get(self.add_prefix(name), "")) for name in self.fields]

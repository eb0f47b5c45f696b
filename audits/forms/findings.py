"""Shape of what people type about findings and corrective action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.forms.entrusting import file_field
from cmo.parties.forms import day_field, reason_field

from ..facts.capa import CapaSaid
from ..finding_states import WORDS
from ..wording import SEVERITY_WORDS

#: The two answers to a plan, and the two results of a check.
ACCEPT, RETURN, EFFECTIVE, INEFFECTIVE = "accept", "return", "effective", "ineffective"


def _text(**options: Any) -> forms.CharField:
    return forms.CharField(**{"max_length": 4000, **options}, widget=forms.Textarea(attrs={"rows": 4}))


class FindingFilter(forms.Form):
    """Words, severity, state, pair, repetition and overdue; the choice lives in the address."""

    q = forms.CharField(label=_("Number, requirement or word"), max_length=100, required=False)
    severity = forms.ChoiceField(
        label=_("Severity"), required=False, choices=[("", _("every severity")), *SEVERITY_WORDS.items()]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("every state")),
            ("open", _("not closed")),
            *((state, word) for state, (_tone, word) in WORDS.items()),
        ],
    )
    pair = forms.TypedChoiceField(label=_("Pair"), required=False, coerce=int, empty_value=None)
    overdue = forms.BooleanField(label=_("Overdue"), required=False)
    repeated = forms.BooleanField(label=_("Repeats an earlier finding"), required=False)

    def __init__(self, *args: Any, pairs: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = sorted(pairs.items(), key=lambda item: item[1])
        self.fields["pair"].choices = [("", _("any")), *listed]  # type: ignore[attr-defined]


class CapaPlanForm(forms.Form):
    """The contractor's answer to a finding."""

    root_cause = _text(
        label=_("Root cause"),
        help_text=_("Why it could happen, down to the cause that can be removed; not who did it."),
    )
    correction = _text(
        label=_("Correction"),
        help_text=_("How the nonconformity that was found is removed, with the product concerned."),
    )
    correction_due_on = day_field(label=_("Correction done by"))
    corrective_action = _text(
        label=_("Corrective action"),
        help_text=_("How the cause is removed, so that it does not happen again, here or elsewhere."),
    )
    action_due_on = day_field(label=_("Corrective action done by"))
    upload = file_field(
        label=_("Record of the analysis"), required=False, help_text=_("Further files are attached on the next page.")
    )

    @property
    def said(self) -> CapaSaid:
        """What ``plan_capa`` takes."""
        return CapaSaid(**{name: value for name, value in self.cleaned_data.items() if name != "upload"})


class PlanAnswerForm(forms.Form):
    """The registrant's decision on a plan."""

    VERDICTS: Sequence[tuple[str, Any]] = ((ACCEPT, _("Accept the plan")), (RETURN, _("Return it")))

    verdict = forms.ChoiceField(label=_("Decision on the plan"), choices=VERDICTS, widget=forms.RadioSelect)
    check_due_on = day_field(
        label=_("Check of effectiveness by"),
        required=False,
        help_text=_("Needed to accept: after the last day of the corrective action, when its effect can be seen."),
    )
    reason = reason_field(
        label=_("Reason for the return"),
        required=False,
        help_text=_("Needed for a return: what is missing or does not convince."),
    )

    @property
    def content(self) -> dict[str, Any]:
        """What ``answer_plan`` takes."""
        chosen = {name: self.cleaned_data[name] for name in ("check_due_on", "reason")}
        return {"accepted": self.cleaned_data["verdict"] == ACCEPT, **chosen}


class CompletionForm(forms.Form):
    """The contractor reports the agreed action as done."""

    done_on = day_field(label=_("Done on"))
    what_was_done = _text(
        label=_("What was done"), help_text=_("Correction and corrective action, as they were carried out.")
    )
    upload = file_field(
        label=_("Proof"),
        help_text=_(
            "Revised document, training record, photograph or test result; further files are attached on the next page."
        ),
    )

    def __init__(self, *args: Any, proved: bool, **kwargs: Any) -> None:
        """``proved``: whether the action is proved by a file."""
        super().__init__(*args, **kwargs)
        self.fields["upload"].required = proved


class CheckForm(forms.Form):
    """The registrant judges whether the action works."""

    VERDICTS: Sequence[tuple[str, Any]] = (
        (EFFECTIVE, _("Effective: close the finding")),
        (INEFFECTIVE, _("Not effective: a new plan is owed")),
    )

    verdict = forms.ChoiceField(label=_("Result"), choices=VERDICTS, widget=forms.RadioSelect)
    checked_on = day_field(label=_("Day of the check"))
    statement = _text(
        label=_("What was checked and seen"),
        help_text=_("Records, lots or places looked at since the action, and that it has no adverse effect."),
    )
    upload = file_field(label=_("Record of the check"), required=False)

    @property
    def content(self) -> dict[str, Any]:
        """What ``check_effectiveness`` takes."""
        chosen = {name: self.cleaned_data[name] for name in ("checked_on", "statement", "upload")}
        return {"effective": self.cleaned_data["verdict"] == EFFECTIVE, **chosen}

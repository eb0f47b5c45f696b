"""Shape of what people type about planned production, steps, observations and deviations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field, reason_field
from cmo.parties.models import OrganisationVersion
from cmo.web.wording import bilingual, moment

from ..models import Deviation, DeviationClosure, LotStep, Observation

#: The two answers to a proposed closure.
ACCEPT, RETURN = "accept", "return"


def moment_field(**options: Any) -> forms.DateTimeField:
    """A moment in Shanghai; browsers offer a calendar with a clock, anybody may type 2026-11-22 14:05."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **options)


def text_field(**options: Any) -> forms.CharField:
    """Some lines of text."""
    return forms.CharField(**{"max_length": 4000, **options}, widget=forms.Textarea(attrs={"rows": 3}))


class PlannedFilter(forms.Form):
    """Search and filters of planned production; they live in the address."""

    q = forms.CharField(label=_("Note or entrustment"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("any")), ("standing", _("planned")), ("over", _("over")), ("ended", _("no longer planned"))],
    )
    party = forms.TypedChoiceField(label=_("With"), required=False, coerce=int, empty_value=None)
    first = day_field(label=_("From"), required=False)
    last = day_field(label=_("Until"), required=False)

    def __init__(self, *args: Any, parties: Iterable[OrganisationVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((bilingual(party, "name"), party.organisation_id) for party in parties)
        self.fields["party"].choices = [("", _("anybody")), *((pk, name) for name, pk in named)]  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """Days on which production is planned."""

    starts_on = day_field(label=_("First planned day"))
    ends_on = day_field(label=_("Last planned day"), help_text=_("The same day when one day is enough."))
    note = forms.CharField(
        label=_("Lots or steps planned"),
        max_length=200,
        required=False,
        help_text=_("What the resident supervisor should know: how many lots, which key steps."),
    )


class StepForm(forms.Form):
    """A process step as the contractor records it."""

    name = forms.CharField(label=_("Step"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=LotStep.Kind.choices,
        help_text=_("Key steps, special processes and sterilisation of implantables need presence throughout."),
    )
    starts_at = moment_field(label=_("Began at"), help_text=_("Times in Shanghai (UTC+8)."))
    ends_at = moment_field(label=_("Ended at"))
    performed_by = forms.CharField(
        label=_("Done by another party"),
        max_length=200,
        required=False,
        help_text=_(
            "The party that did an outsourced step, as approved by the registrant for it; without such an approval the step "
            "is judged like one of the contractor's. Empty when the contractor did it."
        ),
    )

    @property
    def content(self) -> dict[str, Any]:
        """What ``record_step`` takes."""
        return {name: self.cleaned_data[name] for name in StepForm.base_fields}


class CorrectStepForm(StepForm):
    """The step as it should read, or struck out, with the reason."""

    strike = forms.BooleanField(
        label=_("Strike the step out"),
        required=False,
        help_text=_("It was recorded in error and did not take place in this lot. What stands above is not used then."),
    )
    reason = reason_field(label=_("Why it is corrected"))


class StepChoice(forms.ModelChoiceField):
    """A step of the lot, named by its kind and time."""

    def label_from_instance(self, obj: LotStep) -> str:
        return f"{obj.name} · {obj.get_kind_display()} · {moment(obj.starts_at)}"


class ObservationForm(forms.Form):
    """What the resident supervisor saw."""

    step = StepChoice(
        label=_("At the step"), queryset=LotStep.objects.none(), required=False, empty_label=_("the lot at large")
    )
    event_at = moment_field(label=_("Time of the event"), help_text=_("Time in Shanghai (UTC+8)."))
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Observation.Outcome.choices, widget=forms.RadioSelect)
    text = text_field(label=_("What was observed"))

    def __init__(self, *args: Any, steps: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].queryset = steps  # type: ignore[attr-defined]


class DeviationForm(forms.Form):
    """A deviation, nonconformity, rework or return from quarantine."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Deviation.Kind.choices)
    severity = forms.ChoiceField(
        label=_("Severity of the deviation"),
        choices=[("", _("choose")), *Deviation.Severity.choices],
        help_text=_("A critical one always puts the lot on hold."),
    )
    reference = forms.CharField(
        label=_("Record number"), max_length=80, help_text=_("Its number in the contractor's or registrant's system.")
    )
    occurred_on = day_field(label=_("Occurred on"))
    discovered_on = day_field(label=_("Discovered on"))
    description = text_field(label=_("What happened"))
    quantity = forms.IntegerField(
        label=_("Quantity concerned"),
        min_value=1,
        max_value=10**12,
        required=False,
        help_text=_("Needed for rework and returns from quarantine. Empty when it cannot be counted in units."),
    )

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].unit = unit  # type: ignore[attr-defined]


class ClosureForm(forms.Form):
    """How a deviation was dealt with, for the registrant to accept."""

    cause = text_field(label=_("Cause"))
    action = text_field(label=_("What was done"))
    effect = text_field(
        label=_("Effect on the product and on other lots"),
        help_text=_("Why the remaining product conforms, and which other lots are concerned."),
    )
    #: Nothing is chosen beforehand: the person decides, also that nothing was taken out.
    disposition = forms.ChoiceField(
        label=_("Disposition"), choices=[("", _("choose")), *DeviationClosure.Disposition.choices]
    )
    quantity_out = forms.IntegerField(
        label=_("Quantity taken out"), min_value=0, max_value=10**12, help_text=_("0 when nothing was.")
    )

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity_out"].unit = unit  # type: ignore[attr-defined]


class ClosureAnswerForm(forms.Form):
    """The registrant's answer to a proposed closure."""

    VERDICTS: Sequence[tuple[str, Any]] = ((ACCEPT, _("Accept the closure")), (RETURN, _("Return it")))

    verdict = forms.ChoiceField(label=_("Answer"), choices=VERDICTS, widget=forms.RadioSelect)
    reason = reason_field(
        label=_("Reason for the return"),
        required=False,
        help_text=_("Needed for a return: what is missing or does not convince."),
    )

    @property
    def accepted(self) -> bool:
        return bool(self.cleaned_data["verdict"] == ACCEPT)

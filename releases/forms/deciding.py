"""What a releaser types when deciding on a release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.errors import Finding
from cmo.web.wording import bilingual

from ..models import Outcome
from ..rules import NotJudged, Review

#: The outcomes as what a person chooses to do.
DECISIONS = [
    (Outcome.RELEASED, _("Release")),
    (Outcome.CONDITIONAL, _("Release with conditions")),
    (Outcome.REJECTED, _("Reject")),
]
#: The field at which the form of a decision says a reason.
UNCONFIRMED = "statement_incomplete"
SAID_AT = {
    UNCONFIRMED: "confirmed",
    "statement_missing": "statement",
    "outcome_unknown": "outcome",
    "quantity": "quantity",
    "quantity_missing": "quantity",
    "quantity_of_rejection": "quantity",
    "conditions_missing": "conditions",
}


class ConfirmedField(forms.MultipleChoiceField):
    """What a releaser states point by point. Needed for a release and not for a rejection: the rule judges, so none is well-formed."""

    def validate(self, value: list[str]) -> None:
        if value:
            super().validate(value)


class DecisionForm(forms.Form):
    """Outcome, quantity and statement of a release; what the system does not judge is confirmed one by one."""

    ASKED = _("Confirm every one of these points for a release.")

    outcome = forms.ChoiceField(label=_("Outcome"), choices=DECISIONS, widget=forms.RadioSelect)
    quantity = forms.IntegerField(label=_("Quantity released"), min_value=0, max_value=10**12)
    conditions = forms.CharField(
        label=_("Conditions"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For a release with conditions: what has to be kept or done."),
    )
    confirmed = ConfirmedField(
        label=_("What you confirm yourself, because no record here decides it"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A release needs every one of them; a rejection none."),
    )
    statement = forms.CharField(
        label=_("Statement of review"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was reviewed and with which result. It is signed with the decision and cannot be changed."),
    )

    def __init__(self, *args: Any, topics: Sequence[NotJudged], limit: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].help_text = _(
            "At most %(limit)s; a rejection releases 0. Units retained as samples or destroyed in testing are not "
            "released: subtract them and say so in the statement."
        ) % {"limit": f"{limit:,}"}
        self.fields["confirmed"].choices = [  # type: ignore[attr-defined]
            (topic.code, bilingual(topic, "stated")) for topic in topics
        ]

    def remind(self) -> None:
        """Say also of a form that is wrong elsewhere what is not confirmed, so that nobody learns it on the second try."""
        typed, topics = self.cleaned_data, dict(self.fields["confirmed"].choices)  # type: ignore[attr-defined]
        if typed.get("outcome") != Outcome.REJECTED and set(typed.get("confirmed", ())) != set(topics):
            self.add_error("confirmed", self.ASKED)

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Say every reason at the field that it is about; what is not confirmed is said once."""
        by_code = {finding.code: finding for finding in findings if finding.code in SAID_AT}
        for finding in findings:
            if finding.code not in SAID_AT:
                self.add_error(None, finding.text())
        for code, finding in by_code.items():
            words = self.ASKED if code == UNCONFIRMED else finding.text()
            self.add_error(SAID_AT[code], words)

    @property
    def review(self) -> Review:
        """What the action takes; a rejection releases nothing, whatever was left in the field."""
        typed = self.cleaned_data
        rejected = typed["outcome"] == Outcome.REJECTED
        return Review(
            outcome=typed["outcome"],
            quantity=0 if rejected else typed["quantity"],
            statement=typed["statement"],
            conditions=typed["conditions"],
            confirmed=tuple(typed["confirmed"]),
        )

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Names and values of everything typed, to be carried through the signing panel."""
        return [(name, value) for name in self.fields for value in self._values(name)]

    def _values(self, name: str) -> list[str]:
        data: Any = self.data
        return data.getlist(self.add_prefix(name)) if hasattr(data, "getlist") else [str(data.get(name, ""))]

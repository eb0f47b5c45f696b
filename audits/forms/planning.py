"""Shape of what people type when they plan, change, cancel or report an audit."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.forms.entrusting import ChosenRow
from cmo.parties.forms import PartyForm, day_field, reason_field
from cmo.parties.models import Site, User

from ..actions.planning import PlanSaid
from ..models import Audit, AuditPlan, TemplateVersion
from ..reporting import ReportSaid
from ..templates_data import SEVERITIES

#: Before the number of a company's own checklist in the choice.
OWN = "own:"


class PlanForm(PartyForm):
    """Days, manner, scope and team of an audit."""

    manner = forms.ChoiceField(
        label=_("manner"),
        choices=AuditPlan.Manner,
        widget=forms.RadioSelect,
        initial=AuditPlan.Manner.ON_SITE,
        help_text=_("Only an audit on site counts as the yearly audit (GMP 2025 art. 109)."),
    )
    starts_on = day_field(label=_("first day"))
    ends_on = day_field(label=_("last day"), help_text=_("Inclusive."))
    scope = forms.CharField(label=_("scope"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    lead = ChosenRow(label=_("leader of the team"), help_text=_("Signs the report."))
    team = forms.TypedMultipleChoiceField(
        label=_("further members"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = [("", "—"), *people]  # type: ignore[attr-defined]
        self.fields["team"].choices = people  # type: ignore[attr-defined]

    @property
    def plan(self) -> PlanSaid:
        """The plan as the action takes it."""
        data = self.cleaned_data
        users = User.objects.in_bulk([data["lead"], *data["team"]])
        return PlanSaid(
            manner=data["manner"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            scope=data["scope"],
            lead=users[data["lead"]],
            team=tuple(users[pk] for pk in sorted(data["team"]) if pk != data["lead"]),
        )


class NewAuditForm(PlanForm):
    """A new audit: what for, with which checklist, where, and whether the contractor is told."""

    kind = forms.ChoiceField(label=_("kind"), choices=Audit.Kind)
    cause = forms.CharField(
        label=_("cause"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
        help_text=_("For an audit for cause: what happened."),
    )
    template = forms.ChoiceField(label=_("checklist"))
    site = ChosenRow(label=_("site of the contractor"), required=False, help_text=_("Empty: the whole contractor."))
    announced = forms.TypedChoiceField(
        label=_("announcement"),
        choices=[("yes", _("announced to the contractor")), ("no", _("unannounced"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
        help_text=_("An unannounced audit is hidden from the contractor until it begins."),
    )

    field_order = ("kind", "cause", "template", "site", "announced")

    def __init__(
        self, *args: Any, templates: list[tuple[str, str]], sites: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = templates  # type: ignore[attr-defined]
        self.fields["site"].choices = [("", "—"), *sites]  # type: ignore[attr-defined]

    @property
    def content(self) -> dict[str, Any]:
        """What the action takes besides the pair."""
        data = self.cleaned_data
        chosen = data["template"]
        own = chosen.removeprefix(OWN) if chosen.startswith(OWN) else ""
        return {
            "kind": data["kind"],
            "plan": self.plan,
            "template": TemplateVersion.objects.get(pk=int(own)) if own else chosen,
            "site": Site.objects.filter(pk=data["site"] or 0).first(),
            "announced": data["announced"],
            "cause": data["cause"] if data["kind"] == Audit.Kind.FOR_CAUSE else "",
        }


class ReplanForm(PlanForm):
    """A changed plan and why it changes."""

    reason = reason_field()


class ReportForm(PartyForm):
    """What the leader adds to the answers: summary, conclusion and the days by which findings are answered."""

    summary = forms.CharField(
        label=_("summary"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=8000,
        help_text=_("What was looked at, with whom, and how the audit went."),
    )
    conclusion = forms.CharField(label=_("conclusion"), widget=forms.Textarea(attrs={"rows": 4}), max_length=8000)
    due_critical = day_field(label=_("critical findings answered by"))
    due_major = day_field(label=_("major findings answered by"))
    due_general = day_field(label=_("general findings answered by"))

    def __init__(self, *args: Any, severities: set[str], **kwargs: Any) -> None:
        """``severities``: those that occur; only they need a day."""
        super().__init__(*args, **kwargs)
        for severity in SEVERITIES:
            if severity not in severities:
                del self.fields[f"due_{severity}"]

    @property
    def said(self) -> ReportSaid:
        """What the action takes."""
        data = self.cleaned_data
        due: dict[str, date] = {name: data[f"due_{name}"] for name in SEVERITIES if data.get(f"due_{name}")}
        # A browser sends line breaks as two characters; the signed text has one.
        summary, conclusion = (data[name].replace("\r\n", "\n") for name in ("summary", "conclusion"))
        return ReportSaid(summary=summary, conclusion=conclusion, answer_due=due)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What was typed, carried through the signing panel."""
        return [(name, self.data.get(name, "")) for name in self.fields]

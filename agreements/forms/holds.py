"""Shape of what people type about holds and yearly duties."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field, reason_field
from cmo.parties.models import Pair, Site

from ..models import Entrustment, PairDuty
from .entrusting import file_field


class HoldForm(forms.Form):
    """A hold and its scope: the whole pair, one site or one entrustment."""

    scope = forms.ChoiceField(label=_("What is locked"))
    reason = reason_field(help_text=_("What is doubtful, and what must be known before it may be lifted."))

    def __init__(
        self, *args: Any, pair: Pair, entrustments: list[tuple[int, str]], sites: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pair = pair
        self.fields["scope"].choices = [  # type: ignore[attr-defined]
            ("pair", _("the whole pair")),
            *((f"entrustment-{pk}", label) for pk, label in entrustments),
            *((f"site-{pk}", label) for pk, label in sites),
        ]

    @property
    def content(self) -> dict[str, Any]:
        """What the action takes: reason, and the one row that the scope names."""
        kind, _dash, pk = self.cleaned_data["scope"].partition("-")
        found: dict[str, Any] = {"reason": self.cleaned_data["reason"]}
        if kind == "entrustment":
            found["entrustment"] = Entrustment.objects.get(pk=pk, pair=self.pair)
        elif kind == "site":
            found["site"] = Site.objects.get(pk=pk, organisation_id=self.pair.contractor_id)
        return found


class PairDutyForm(forms.Form):
    """A yearly duty that was done before the pair was taken in here."""

    kind = forms.ChoiceField(label=_("duty"), choices=PairDuty.Kind)
    done_on = day_field(label=_("done on"))
    next_due_on = day_field(label=_("next due on"), help_text=_("At most twelve months later."))
    reference = forms.CharField(label=_("record"), max_length=200, help_text=_("Number of the report or minutes."))
    upload = file_field(label=_("File of the report or minutes"))


class HoldFilter(forms.Form):
    """Which holds are listed."""

    q = forms.CharField(label=_("Reason or pair"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("open", _("in force")), ("", _("all"))], initial="open"
    )

"""What lists of deviations and of one pair's lots are narrowed to; the choice lives in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field

from ..models import Deviation
from ..states import SHOWN_LOTS


class DeviationFilter(forms.Form):
    """Pair, severity, state and the days of discovery."""

    q = forms.CharField(label=_("Record or lot number"), max_length=80, required=False)
    pair = forms.TypedChoiceField(label=_("Pair"), required=False, coerce=int, empty_value=None)
    severity = forms.ChoiceField(
        label=_("Severity of the deviation"), required=False, choices=[("", _("any")), *Deviation.Severity.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("any")), ("open", _("not closed")), ("closed", _("closed"))]
    )
    since = day_field(label=_("Discovered from"), required=False)
    until = day_field(label=_("Discovered until"), required=False)

    def __init__(self, *args: Any, pairs: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = sorted(pairs.items(), key=lambda item: item[1])
        self.fields["pair"].choices = [("", _("any")), *listed]  # type: ignore[attr-defined]


class PairLotFilter(forms.Form):
    """Which lots of a pair, and in which period they were made or decided."""

    shown = forms.ChoiceField(
        label=_("Lots shown"),
        required=False,
        choices=[("", _("any")), *((key, word) for key, word in SHOWN_LOTS.items())],
    )
    since = day_field(label=_("From"), required=False)
    until = day_field(label=_("Until"), required=False)

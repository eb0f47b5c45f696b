"""Which affected lots are shown; the choice lives in the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field

from ..facts.affected import Change
from ..states import REASON_GROUPS


class AffectedFilter(forms.Form):
    """Pair, device, group of reasons, and since which day lots were made or released."""

    pair = forms.TypedChoiceField(label=_("Pair"), required=False, coerce=int, empty_value=None)
    device = forms.TypedChoiceField(label=_("Device"), required=False, coerce=int, empty_value=None)
    reason = forms.ChoiceField(label=_("Reason for looking again"), required=False)
    since = day_field(label=_("Made or released since"), required=False)

    def __init__(
        self, *args: Any, pairs: Mapping[int, str], devices: Mapping[int, str], since: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs | {"initial": {"since": since}})
        for name, known in (("pair", pairs), ("device", devices)):
            listed = sorted(known.items(), key=lambda item: item[1])
            self.fields[name].choices = [("", _("any")), *listed]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", _("any")), *REASON_GROUPS.items()]  # type: ignore[attr-defined]

    def change(self, since: date) -> Change:
        """What is asked for; what cannot be understood is not asked."""
        self.full_clean()
        asked = getattr(self, "cleaned_data", {})
        return Change(
            kind=asked.get("reason") or "",
            pair_id=asked.get("pair"),
            device_id=asked.get("device"),
            since=asked.get("since") or since,
        )

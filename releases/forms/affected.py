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
    """Pair, device, contractor, releaser, group of reasons, and since which day lots were made or released."""

    pair = forms.TypedChoiceField(label=_("Pair"), required=False, coerce=int, empty_value=None)
    device = forms.TypedChoiceField(label=_("Device"), required=False, coerce=int, empty_value=None)
    contractor = forms.TypedChoiceField(label=_("Contractor"), required=False, coerce=int, empty_value=None)
    person = forms.TypedChoiceField(label=_("Released by"), required=False, coerce=int, empty_value=None)
    reason = forms.ChoiceField(label=_("Reason for looking again"), required=False)
    since = day_field(label=_("Made or released since"), required=False)

    def __init__(
        self,
        *args: Any,
        pairs: Mapping[int, str],
        devices: Mapping[int, str],
        contractors: Mapping[int, str],
        people: Mapping[int, str],
        since: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs | {"initial": {"since": since}})
        offered = {"pair": pairs, "device": devices, "contractor": contractors, "person": people}
        for name, known in offered.items():
            listed = sorted(known.items(), key=lambda item: item[1])
            self.fields[name].choices = [("", _("any")), *listed]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", _("any")), *REASON_GROUPS.items()]  # type: ignore[attr-defined]

    @property
    def finds_nothing(self) -> bool:
        """Whether it asks for a record that has no lots this person sees."""
        return bool(self.errors.keys() & {"pair", "device", "contractor", "person"})

    def change(self, since: date) -> Change:
        """What is asked for; what cannot be understood is not asked."""
        self.full_clean()
        asked = getattr(self, "cleaned_data", {})
        return Change(
            kind=asked.get("reason") or "",
            pair_id=asked.get("pair"),
            device_id=asked.get("device"),
            contractor_id=asked.get("contractor"),
            person_id=asked.get("person"),
            since=asked.get("since") or since,
        )

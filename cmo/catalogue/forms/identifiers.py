"""Shape of what people type about UDI device identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import PartyForm, day_field

from ..models import DeviceIdentifier


class _NamedChoice(forms.ModelChoiceField):
    """A choice among rows whose names the view has loaded."""

    names: dict[int, str]

    def label_from_instance(self, obj: Any) -> str:
        return self.names.get(obj.pk, str(obj))


class IdentifierForm(PartyForm):
    """A DI to assign: what it stands for, its code, what it contains, and what it replaces and why."""

    model = forms.ChoiceField(label=_("model / specification"))
    level = forms.ChoiceField(
        label=_("package level"),
        choices=DeviceIdentifier.Level,
        initial=DeviceIdentifier.Level.SALES_UNIT,
        help_text=_("Each level has its own DI. A sales unit that holds several identical units needs one for both."),
    )
    agency = forms.ChoiceField(
        label=_("issuing agency"),
        choices=DeviceIdentifier.Agency,
        help_text=_("GS1 codes are judged in full, MA codes by their structure; AHM codes are taken as they are."),
    )
    code = forms.CharField(
        label=_("UDI-DI"),
        max_length=80,
        help_text=_("GS1: the GTIN with 13 or 14 digits, check digit included. A DI is never used again."),
    )
    site = _NamedChoice(
        label=_("place of production"),
        queryset=DeviceIdentifier.objects.none(),
        required=False,
        empty_label=_("every place"),
        help_text=_("Only where each place has a DI of its own."),
    )
    contains = _NamedChoice(
        label=_("contains"), queryset=DeviceIdentifier.objects.none(), required=False, empty_label="—"
    )
    contained_quantity = forms.IntegerField(label=_("how many it contains"), required=False, min_value=1)
    replaces = _NamedChoice(
        label=_("replaces"),
        queryset=DeviceIdentifier.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("A product keeps its DI while its basic features stay; name the earlier one if a new one is due."),
    )
    new_because = forms.ChoiceField(
        label=_("why a new DI"), choices=[("", "—"), *DeviceIdentifier.NewBecause.choices], required=False
    )
    assigned_on = day_field(
        label=_("assigned on"),
        help_text=_("Lots finished before this day carry no UDI; they cannot get one afterwards."),
    )

    def __init__(
        self,
        *args: Any,
        models: Sequence[str],
        identifiers: Iterable[tuple[Any, str]],
        sites: tuple[Any, dict[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._field("model").choices = [(model, model) for model in models]
        site = self._field("site")
        site.queryset, site.names = sites
        names = {row.pk: name for row, name in identifiers}
        for name in ("contains", "replaces"):
            field = self._field(name)
            field.queryset, field.names = DeviceIdentifier.objects.filter(pk__in=names), names

    def _field(self, name: str) -> Any:
        return self.fields[name]


class StepForm(PartyForm):
    """The day of a submission or upload and the record that proves it."""

    event_on = day_field(label=_("date"))
    reference = forms.CharField(
        label=_("number of the record"),
        max_length=200,
        help_text=_("The acceptance number of the registration system or the version in the national database."),
    )


class RetireIdentifierForm(PartyForm):
    """From which day a DI is no longer used, and why."""

    event_on = day_field(label=_("no longer used from"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept on the trail; write what somebody reading it in three years needs to know."),
    )


class IdentifierFilter(forms.Form):
    """Search and filter of the list of DIs."""

    q = forms.CharField(label=_("DI, model or device"), required=False)
    level = forms.ChoiceField(
        label=_("package level"), choices=[("", _("all")), *DeviceIdentifier.Level.choices], required=False
    )
    state = forms.ChoiceField(
        label=_("state"),
        choices=[
            ("", _("all")),
            ("assigned", _("not submitted yet")),
            ("submitted", _("not uploaded yet")),
            ("uploaded", _("in the national database")),
            ("retired", _("no longer used")),
        ],
        required=False,
    )

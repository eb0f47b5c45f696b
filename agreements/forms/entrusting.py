"""Shape of what people type about preparations, entrustments and editions of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cmo.catalogue.models import Device, DeviceShare, DeviceVersion
from cmo.evidence.inspection import ACCEPT
from cmo.parties.facts import current_sites, names_of
from cmo.parties.forms import ReasonForm, day_field, reason_field
from cmo.parties.models import Pair, Site, SiteVersion
from cmo.web.wording import bilingual

from ..models import EntrustmentEvent, Preparation

__all__ = ["ReasonForm"]


class ChosenRow(forms.TypedChoiceField):
    """One of the rows given, as ``(pk, label)``; gives the primary key or None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **options)


def file_field(**options: Any) -> forms.FileField:
    """One file; whether it is acceptable is judged when it is attached."""
    return forms.FileField(max_length=255, widget=forms.FileInput(attrs={"accept": ACCEPT}), **options)


def device_choices(devices: Iterable[int]) -> list[tuple[int, str]]:
    """Devices by their confirmed names in the active language."""
    rows = DeviceVersion.objects.current_by_subject(devices)
    return [(pk, f"{bilingual(row, 'name')} {row.number_printed}") for pk, row in sorted(rows.items())]


def site_choices(sites: Iterable[SiteVersion]) -> list[tuple[int, str]]:
    """Sites by name and address in the active language."""
    return [(row.site_id, f"{bilingual(row, 'name')} · {bilingual(row, 'address')}") for row in sites]


def pair_choices(pairs: Iterable[Pair]) -> list[tuple[int, str]]:
    """Pairs by number and both names in the active language."""
    rows = list(pairs)
    names = names_of({pk for row in rows for pk in (row.registrant_id, row.contractor_id)})

    def name(pk: int) -> str:
        return bilingual(names[pk], "name") if pk in names else ""

    return [(row.pk, f"{row.number} · {name(row.registrant_id)} × {name(row.contractor_id)}") for row in rows]


class PreparationForm(forms.Form):
    """One prepared fact with its file."""

    kind = forms.ChoiceField(label=_("kind"), choices=Preparation.Kind)
    device = ChosenRow(
        label=_("Device"), required=False, help_text=_("Needed for transfer, trial production, validation, report.")
    )
    site = ChosenRow(
        label=_("Site"), required=False, help_text=_("Needed for evaluation, transfer, trial production, validation.")
    )
    event_on = day_field(label=_("date of the event"), help_text=_("The date on the report, not today's date."))
    expires_on = day_field(label=_("valid until"), required=False, help_text=_("Inclusive; empty when unlimited."))
    reference = forms.CharField(label=_("document reference"), max_length=200)
    summary = forms.CharField(label=_("result"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    upload = file_field(
        label=_("File"), required=False, help_text=_("Without a file it cannot be accepted; one can be added later.")
    )

    def __init__(self, *args: Any, devices: list[tuple[int, str]], sites: list[tuple[int, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["device"].choices = [("", "—"), *devices]  # type: ignore[attr-defined]
        self.fields["site"].choices = [("", "—"), *sites]  # type: ignore[attr-defined]

    @property
    def content(self) -> dict[str, Any]:
        """What the action takes: rows instead of keys, without the file."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "upload"}
        data["device"] = Device.objects.filter(pk=data["device"]).first()
        data["site"] = Site.objects.filter(pk=data["site"]).first()
        return data


class OpenForm(forms.Form):
    """Which device at which site of which pair, from when. What is the only choice is chosen already."""

    pair = ChosenRow(label=_("Pair"))
    device = ChosenRow(label=_("Device"), help_text=_("Devices that were shared with this pair."))
    site = ChosenRow(label=_("Contractor's site"))
    starts_on = day_field(label=_("starts on"))

    def __init__(self, data: Any, *, pairs: list[Pair], today: date) -> None:
        typed = {name: value for name, value in data.items() if value}
        super().__init__({"starts_on": today.isoformat(), **typed})
        self._choose("pair", pair_choices(pairs))
        self.chosen_pair = next((row for row in pairs if str(row.pk) == self.data.get("pair")), None)
        pair = self.chosen_pair
        shares = DeviceShare.objects.standing().filter(pair=pair) if pair else DeviceShare.objects.none()
        self._choose("device", device_choices(shares.values_list("device_id", flat=True)))
        self._choose("site", site_choices(current_sites([pair.contractor_id]) if pair else ()))

    def _choose(self, name: str, choices: list[tuple[int, str]]) -> None:
        if len(choices) == 1:
            self.data[name] = str(choices[0][0])  # type: ignore[index]
        elif self.data.get(name) not in {str(pk) for pk, _label in choices}:
            self.data.pop(name, None)  # type: ignore[attr-defined]
        self.fields[name].choices = [("", "—"), *choices] if len(choices) != 1 else choices  # type: ignore[attr-defined]

    @property
    def content(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        return {
            "device": Device.objects.get(pk=data["device"]),
            "site": Site.objects.get(pk=data["site"]),
            "starts_on": data["starts_on"],
        }


class StateForm(forms.Form):
    """A change of state: the day and why. Resuming has no day to choose: it counts from ``today``."""

    event_on = day_field(label=_("date"))
    reason = reason_field()

    def __init__(self, data: Any, *, today: date, only_today: bool) -> None:
        super().__init__(data, initial={"event_on": today})
        if only_today:
            self.fields["event_on"].disabled = True


class ReportForm(forms.Form):
    """A report to the authority with its proof."""

    kind = forms.ChoiceField(label=_("Report"))
    event_on = day_field(label=_("reported on"))
    proof = forms.CharField(
        label=_("proof"), max_length=200, help_text=_("Number of the report, receipt or acceptance notice.")
    )

    def __init__(self, *args: Any, kinds: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(EntrustmentEvent.Kind.choices)
        self.fields["kind"].choices = [(kind, words[kind]) for kind in kinds]  # type: ignore[attr-defined]


class EntrustmentFilter(forms.Form):
    """Search and state of the list of entrustments."""

    q = forms.CharField(label=_("Number or device"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), ("active", _("active")), ("suspended", _("suspended")), ("ended", _("ended"))],
    )


class EditionForm(forms.Form):
    """A file with an edition of the prohibited catalogue."""

    upload = forms.FileField(label=_("Edition file (YAML)"), max_length=255)

    def clean_upload(self) -> str:
        """The text of the file."""
        upload = self.cleaned_data["upload"]
        if upload.size > MOST_BYTES:
            raise ValidationError(_("An edition file has less than one megabyte."), code="too_large")
        try:
            return str(upload.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ValidationError(_("The file is not UTF-8 text."), code="not_text") from error


MOST_BYTES = 1_000_000

"""What somebody wants a dossier of: the day, the scope, the language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Entrustment
from cmo.catalogue.models import DeviceShare, DeviceVersion
from cmo.parties.forms import day_field
from cmo.parties.models import DossierScope, Pair
from cmo.web.wording import bilingual, is_chinese
from releases.models import Lot

from .actions import Wish
from .models import Export
from .rights import WHOLE, Limit

#: Lots that are offered while somebody types; any other is found by its number.
MOST_LOTS = 50


@dataclass(frozen=True, slots=True)
class Choices:
    """What a dossier of this pair can be limited to: (key, words) of its devices and agreements."""

    devices: tuple[tuple[str, str], ...]
    agreements: tuple[tuple[str, str], ...]


def choices_of(pair: Pair) -> Choices:
    """Devices shared or entrusted, and agreements of the pair; three queries, whatever their number."""
    shared = DeviceShare.objects.filter(pair=pair).values("device_id")
    entrusted = Entrustment.objects.filter(pair=pair).values("device_id")
    versions = DeviceVersion.objects.current().filter(Q(device_id__in=shared) | Q(device_id__in=entrusted))
    devices = {row.number_printed: f"{bilingual(row, 'name')} {row.number_printed}" for row in versions}
    agreements = Agreement.objects.filter(pair=pair).order_by("-pk")
    return Choices(
        tuple(sorted(devices.items(), key=lambda item: item[1])),
        tuple((row.number, f"{row.number} {bilingual(row, 'title')}") for row in agreements),
    )


def lots_like(pair: Pair, words: str) -> list[str]:
    """Numbers of the latest lots of the pair that contain these characters."""
    found = Lot.objects.filter(pair=pair, number__icontains=words.strip()).order_by("-pk")
    return list(dict.fromkeys(found.values_list("number", flat=True)[:MOST_LOTS]))


def limit_words(kind: str, key: str) -> str:
    """A scope in the active language, as lists name it: ``lot H2611``, ``period 2026-01-01 to 2026-06-30``."""
    if kind == DossierScope.PERIOD:
        return gettext("period %(first)s to %(last)s") % dict(zip(("first", "last"), key.split("/"), strict=True))
    named = {
        DossierScope.DEVICE: gettext("device %(number)s"),
        DossierScope.LOT: gettext("lot %(number)s"),
        DossierScope.AGREEMENT: gettext("agreement %(number)s"),
    }
    return named[DossierScope(kind)] % {"number": key} if kind in named else gettext("all records")


class WishForm(forms.Form):
    """Day, scope and language of a dossier. Whoever may read certain scopes only chooses among these."""

    as_of = day_field(
        label=_("As of the end of"),
        help_text=_("The dossier shows what was on record at the end of this day; today up to now."),
    )
    scope = forms.ChoiceField(label=_("Scope of the dossier"), widget=forms.RadioSelect, choices=DossierScope.choices)
    first = day_field(label=_("First day of the period"), required=False)
    last = day_field(label=_("Last day of the period"), required=False)
    device = forms.ChoiceField(label=_("Device"), required=False)
    lot = forms.CharField(
        label=_("Lot number"),
        max_length=120,
        required=False,
        help_text=_("Type some characters of the number and choose."),
        widget=forms.TextInput(attrs={"list": "lots-of-pair", "autocomplete": "off"}),
    )
    agreement = forms.ChoiceField(label=_("Quality agreement"), required=False)
    language = forms.ChoiceField(
        label=_("Language of PDF and Word file"), widget=forms.RadioSelect, choices=Export.Language.choices
    )

    def __init__(self, data: Any = None, *, pair: Pair, today: date, limits: Sequence[Limit] = ()) -> None:
        """``limits``: the scopes that this person may read; empty: every scope."""
        super().__init__(data, initial={"as_of": today, "language": "zh" if is_chinese() else "en"})
        self._pair, self._today, self._limits = pair, today, tuple(limits)
        self.fields["as_of"].widget.attrs["max"] = today.isoformat()
        if self._limits:
            self._offer_limits()
        else:
            self._offer_everything()

    def _offer_limits(self) -> None:
        for name in ("first", "last", "device", "lot", "agreement"):
            del self.fields[name]
        self.fields["scope"].choices = [(str(n), limit_words(*limit)) for n, limit in enumerate(self._limits)]  # type: ignore[attr-defined]
        self.initial["scope"] = "0"

    def _offer_everything(self) -> None:
        found = choices_of(self._pair)
        self.initial["scope"] = DossierScope.WHOLE.value
        for name, rows in (("device", found.devices), ("agreement", found.agreements)):
            self.fields[name].choices = [("", _("choose")), *rows]  # type: ignore[attr-defined]

    def wish(self) -> Wish:
        """What was asked for, once the form is valid."""
        data = self.cleaned_data
        return Wish(data["limit"], data["language"], data["as_of"])

    @property
    def limited(self) -> bool:
        """Whether only certain scopes are offered."""
        return bool(self._limits)

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > self._today:
            raise forms.ValidationError(_("This day lies in the future. Choose today or a day before."))
        return day

    def clean(self) -> dict[str, Any]:
        """``limit``: kind and key of the scope."""
        data = super().clean() or {}
        scope = data.get("scope", "")
        if self._limits and scope:
            data["limit"] = self._limits[int(scope)]
        elif scope == DossierScope.PERIOD:
            self._clean_period(data)
        elif scope and scope != DossierScope.WHOLE:
            self._clean_named(data, scope)
        elif scope:
            data["limit"] = WHOLE
        return data

    def _clean_period(self, data: dict[str, Any]) -> None:
        first, last = data.get("first"), data.get("last")
        for name, day in (("first", first), ("last", last)):
            if day is None and name not in self.errors:
                self.add_error(name, _("Give the day; both days belong to the period."))
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first day."))
        elif first and last:
            data["limit"] = (DossierScope.PERIOD.value, f"{first.isoformat()}/{last.isoformat()}")

    def _clean_named(self, data: dict[str, Any], kind: str) -> None:
        key = (data.get(kind) or "").strip()
        if kind == DossierScope.LOT and key and not Lot.objects.filter(pair=self._pair, number=key).exists():
            self.add_error(kind, _("There is no lot with this number in this pair. Choose one that is offered."))
        elif not key and kind not in self.errors:
            self.add_error(kind, _("Choose what the dossier is to be limited to."))
        elif key:
            data["limit"] = (kind, key)


def kept_fields(form: WishForm) -> Iterable[tuple[str, str]]:
    """Name and value of everything that was asked, to be sent again with the click that exports."""
    for name in form.fields:
        value = form[name].value()
        if value not in {None, ""}:
            yield name, value.isoformat() if isinstance(value, date) else str(value)

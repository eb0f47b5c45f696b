"""Shape of what people type about entrustments, agreements and holds; business rules are the actions'."""

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

from .models import AgreementDraft, DraftClause, DraftDuty, Entrustment, EntrustmentEvent, PairDuty, Preparation

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
    """A change of state: the day and why."""

    event_on = day_field(label=_("date"))
    reason = reason_field()


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


class TermsForm(forms.Form):
    """Term and coverage of an agreement."""

    starts_on = day_field(label=_("term: first day"))
    ends_on = day_field(
        label=_("term: last day"),
        help_text=_("In principle not beyond the certificates and the contractor's licence (N38-12)."),
    )
    entrustments = forms.TypedMultipleChoiceField(
        label=_("entrustments covered"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, entrustments: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entrustments"].choices = entrustments  # type: ignore[attr-defined]

    @property
    def rows(self) -> list[Entrustment]:
        """The chosen entrustments."""
        return list(Entrustment.objects.filter(pk__in=self.cleaned_data["entrustments"]).order_by("id"))


class SeenForm(forms.Form):
    """Carries the edition that the page showed, so that a stale editor is told."""

    seen_edition = forms.IntegerField(widget=forms.HiddenInput)


class DraftTermsForm(SeenForm, TermsForm):
    """Term and coverage of a draft that may have been changed meanwhile."""

    @classmethod
    def of(cls, draft: AgreementDraft, choices: list[tuple[int, str]], data: Any = None) -> DraftTermsForm:
        """The form showing a draft as it stands."""
        initial = {
            "seen_edition": draft.edition,
            "starts_on": draft.starts_on,
            "ends_on": draft.ends_on,
            "entrustments": list(draft.coverage.values_list("entrustment_id", flat=True)),
        }
        return cls(data, entrustments=choices, initial=initial)


class ClauseForm(SeenForm):
    """One clause in both languages; it may be left incomplete until it is offered for signature."""

    heading_zh = forms.CharField(label=_("heading (Chinese)"), max_length=200, required=False)
    text_zh = forms.CharField(
        label=_("text (Chinese)"), widget=forms.Textarea(attrs={"rows": 9, "lang": "zh-Hans"}), required=False
    )
    heading_en = forms.CharField(label=_("heading (English)"), max_length=200, required=False)
    text_en = forms.CharField(
        label=_("text (English)"), widget=forms.Textarea(attrs={"rows": 9, "lang": "en"}), required=False
    )

    @classmethod
    def of(cls, clause: DraftClause, data: Any = None) -> ClauseForm:
        """The form showing a clause as it stands."""
        names = ("heading_zh", "text_zh", "heading_en", "text_en")
        return cls(data, initial={name: getattr(clause, name) for name in names} | {"seen_edition": clause.edition})

    @property
    def content(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_edition"}


class DutyForm(SeenForm):
    """One row of the responsibility matrix."""

    duty_zh = forms.CharField(label=_("duty (Chinese)"), max_length=300, required=False)
    duty_en = forms.CharField(label=_("duty (English)"), max_length=300, required=False)
    registrant_part = forms.CharField(
        label=_("registrant"),
        max_length=4,
        required=False,
        help_text=_("R responsible, A approves, C consulted, I informed."),
    )
    contractor_part = forms.CharField(label=_("contractor"), max_length=4, required=False)

    @classmethod
    def of(cls, duty: DraftDuty, data: Any = None) -> DutyForm:
        """The form showing a duty as it stands; words of a locked one are not offered."""
        names = ("duty_zh", "duty_en", "registrant_part", "contractor_part")
        form = cls(data, initial={name: getattr(duty, name) for name in names} | {"seen_edition": duty.edition})
        if duty.locked:
            del form.fields["duty_zh"], form.fields["duty_en"]
        return form

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("registrant_part", "contractor_part"):
            data[name] = (data.get(name) or "").upper().replace(" ", "").replace("/", "")
        return data

    @property
    def content(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_edition"}


class PaperForm(TermsForm):
    """An agreement signed on paper."""

    title_zh = forms.CharField(label=_("title (Chinese)"), max_length=200)
    title_en = forms.CharField(label=_("title (English)"), max_length=200)
    signed_on = day_field(label=_("signed on"), help_text=_("The date on the paper."))
    registrant_signatory = forms.CharField(label=_("signed for the registrant by"), max_length=100)
    contractor_signatory = forms.CharField(label=_("signed for the contractor by"), max_length=100)
    sealed_by_registrant = forms.BooleanField(label=_("bears the registrant's seal"), required=False)
    sealed_by_contractor = forms.BooleanField(label=_("bears the contractor's seal"), required=False)
    lots_made_in_time = forms.CharField(
        label=_("Clause about lots made before the end"),
        max_length=300,
        required=False,
        help_text=_("Number and gist of what the paper says about lots made while it was valid."),
    )
    scan = file_field(label=_("Scan of the signed agreement"))

    field_order = ["title_zh", "title_en", "entrustments", "starts_on", "ends_on"]

    @property
    def content(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"scan", "entrustments"}}


class TerminateForm(forms.Form):
    """The end of a concluded agreement."""

    ended_on = day_field(label=_("terminated from"), help_text=_("From this day on the agreement no longer counts."))
    reason = reason_field()


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
    """A yearly duty that was done."""

    kind = forms.ChoiceField(label=_("duty"), choices=PairDuty.Kind)
    done_on = day_field(label=_("done on"))
    next_due_on = day_field(label=_("next due on"), help_text=_("At most twelve months later."))
    reference = forms.CharField(label=_("record"), max_length=200, help_text=_("Number of the report or minutes."))


class EntrustmentFilter(forms.Form):
    """Search and state of the list of entrustments."""

    q = forms.CharField(label=_("Number or device"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), ("active", _("active")), ("suspended", _("suspended")), ("ended", _("ended"))],
    )


class AgreementFilter(forms.Form):
    """Search in the list of agreements."""

    q = forms.CharField(label=_("Number or title"), required=False)


class HoldFilter(forms.Form):
    """Which holds are listed."""

    q = forms.CharField(label=_("Reason or pair"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("open", _("in force")), ("", _("all"))], initial="open"
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

"""Shape of what people type about lots and releases; business rules are the actions'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from agreements.models import Entrustment
from cmo.catalogue.models import DeviceVersion, LabelVersion
from cmo.parties.forms import day_field, reason_field
from cmo.parties.models import OrganisationVersion
from cmo.web.wording import bilingual

from ..facts import RequiredDocument
from ..states import STATES

OTHER_DOCUMENT = "other"


class LotFilter(forms.Form):
    """Search and filters of the list; they live in the address."""

    q = forms.CharField(label=_("Lot number or model"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("any")), *((key, state.word) for key, state in STATES.items())],
    )
    held = forms.ChoiceField(
        label=_("Hold"), required=False, choices=[("", _("any")), ("yes", _("on hold")), ("no", _("free"))]
    )
    party = forms.TypedChoiceField(label=_("With"), required=False, coerce=int, empty_value=None)
    made_from = day_field(label=_("Made from"), required=False)
    made_to = day_field(label=_("Made until"), required=False)
    blocked = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, parties: Iterable[OrganisationVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((bilingual(party, "name"), party.organisation_id) for party in parties)
        self.fields["party"].choices = [("", _("anybody")), *((pk, name) for name, pk in named)]  # type: ignore[attr-defined]


class EntrustmentField(forms.ModelChoiceField):
    """An entrustment, named by its device and number."""

    names: dict[int, DeviceVersion] = {}

    def label_from_instance(self, obj: Entrustment) -> str:
        version = self.names.get(obj.device_id)
        return f"{bilingual(version, 'name') if version else ''} · {obj.number}"


class EntrustmentForm(forms.Form):
    """Under which entrustment a lot is registered."""

    entrustment = EntrustmentField(label=_("Entrustment"), queryset=Entrustment.objects.none())

    def __init__(self, *args: Any, entrustments: Any, names: dict[int, DeviceVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["entrustment"]
        field.queryset, field.names = entrustments, names  # type: ignore[attr-defined]


class LotContentForm(forms.Form):
    """What is said of a lot and can be corrected."""

    model = forms.ChoiceField(label=_("Model / specification"))
    produced_from = day_field(label=_("Production: first day"))
    produced_to = day_field(label=_("Production: last day"), help_text=_("The same day when made within one day."))
    quantity = forms.IntegerField(label=_("Quantity produced"), min_value=1, max_value=10**12)
    unit = forms.CharField(label=_("Unit"), max_length=20, initial="件")
    expires_on = day_field(
        label=_("Use-by date"),
        required=False,
        help_text=_("The last day of use, as on the label. Needed before the production release."),
    )
    label_version = forms.ModelChoiceField(
        label=_("Label version used"),
        queryset=LabelVersion.objects.none(),
        required=False,
        help_text=_("Needed before the production release."),
    )
    ifu_version = forms.ModelChoiceField(
        label=_("Version of the instructions for use"),
        queryset=LabelVersion.objects.none(),
        required=False,
        help_text=_("Needed before the production release."),
    )

    def __init__(self, *args: Any, version: DeviceVersion | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        models = version.models_and_specifications if version else []
        self.fields["model"].choices = [(name, name) for name in models]  # type: ignore[attr-defined]
        labels = LabelVersion.objects.filter(device_id=version.device_id if version else 0).order_by("-id")
        for name, kind in (("label_version", LabelVersion.Kind.LABEL), ("ifu_version", LabelVersion.Kind.IFU)):
            self.fields[name].queryset = labels.filter(kind=kind)  # type: ignore[attr-defined]
            self.fields[name].initial = _only_one(labels.filter(kind=kind))

    @property
    def content(self) -> dict[str, Any]:
        """What ``register_lot`` or ``correct_lot`` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"note", "reason", "seen"}}


def _only_one(versions: QuerySet[LabelVersion]) -> int | None:
    """The version without a last day, where there is only one."""
    found = list(versions.filter(effective_to=None, withdrawal=None).values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None


class LotForm(LotContentForm):
    """A lot as the contractor registers it."""

    number = forms.CharField(label=_("Lot number"), max_length=60)
    field_order = ["number"]


class CorrectLotForm(LotContentForm):
    """A lot as it should read, with the reason. A model that the device no longer has stays choosable for its lots."""

    reason = reason_field(label=_("Why it is corrected"))
    #: How many corrections there were when the page was opened.
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, initial: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, initial=initial, **kwargs)
        field: Any = self.fields["model"]
        if initial["model"] not in dict(field.choices):
            field.choices = [(initial["model"], initial["model"]), *field.choices]


class TakeOverForm(LotForm):
    """A lot that was in production before records began here."""

    note = forms.CharField(
        label=_("Why it is taken over, and on which records"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays on the lot for good. What lies before the records is answered by the releaser's statement."),
    )


class MaterialForm(forms.Form):
    """A key material lot."""

    name = forms.CharField(label=_("Material"), max_length=120)
    material_lot = forms.CharField(label=_("Material lot"), max_length=80)
    supplier = forms.CharField(label=_("Supplier"), max_length=200, required=False)


class CorrectMaterialForm(MaterialForm):
    """A key material lot as it should read, or struck out, with the reason."""

    strike = forms.BooleanField(
        label=_("Strike the line out"),
        required=False,
        help_text=_("This material lot was not used in this lot. What stands above is not used then."),
    )
    reason = reason_field(label=_("Why it is corrected"))

    @property
    def content(self) -> dict[str, Any] | None:
        """What ``correct_material`` takes."""
        if self.cleaned_data["strike"]:
            return None
        return {name: self.cleaned_data[name] for name in MaterialForm.base_fields}


class DocumentForm(forms.Form):
    """A document of the release file."""

    kind = forms.ChoiceField(label=_("Document"))
    reference = forms.CharField(
        label=_("Document reference"), max_length=200, help_text=_("Its number and version, as printed on it.")
    )
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, required_documents: Sequence[RequiredDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(item.key, bilingual({"name_zh": item.zh, "name_en": item.en}, "name")) for item in required_documents]
        self.fields["kind"].choices = [*named, (OTHER_DOCUMENT, _("another document"))]  # type: ignore[attr-defined]


class QuestionForm(forms.Form):
    """The registrant's question about a release file."""

    question = reason_field(
        label=_("Question, or reason for the return"),
        help_text=_("Both releases wait until the contractor has answered."),
        max_length=2000,
    )


class AnswerForm(forms.Form):
    """The contractor's answer; a record that the question asks for is attached to the lot."""

    answer = reason_field(label=_("Answer"), help_text="", max_length=2000)

    def __init__(self, *args: Any, attach_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].help_text = format_html(
            '{} <a href="{}">{}</a>',
            _(
                "A record that the question asks for: attach it to the lot first and name it here; what you typed is kept."
            ),
            attach_url,
            _("Attach a file to the lot"),
        )

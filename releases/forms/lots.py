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
from cmo.errors import Finding
from cmo.parties.forms import day_field, reason_field
from cmo.parties.models import OrganisationVersion
from cmo.web.wording import bilingual

from ..facts import RequiredDocument
from ..models import Outcome
from ..rules import NotJudged, Review
from ..states import STATES

OTHER_DOCUMENT = "other"
#: The outcomes as what a person chooses to do.
DECISIONS = [
    (Outcome.RELEASED, _("Release")),
    (Outcome.CONDITIONAL, _("Release with conditions")),
    (Outcome.REJECTED, _("Reject")),
]

#: The field at which the form of a decision says a reason.
UNCONFIRMED = "statement_incomplete"
SAID_AT = {
    UNCONFIRMED: "confirmed",
    "statement_missing": "statement",
    "outcome_unknown": "outcome",
    "quantity": "quantity",
    "quantity_missing": "quantity",
    "quantity_of_rejection": "quantity",
    "conditions_missing": "conditions",
}


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


class ConfirmedField(forms.MultipleChoiceField):
    """What a releaser states point by point. Needed for a release and not for a rejection: the rule judges, so none is well-formed."""

    def validate(self, value: list[str]) -> None:
        if value:
            super().validate(value)


class DecisionForm(forms.Form):
    """Outcome, quantity and statement of a release; what the system does not judge is confirmed one by one."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=DECISIONS, widget=forms.RadioSelect)
    quantity = forms.IntegerField(label=_("Quantity released"), min_value=0, max_value=10**12)
    conditions = forms.CharField(
        label=_("Conditions"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For a release with conditions: what has to be kept or done."),
    )
    confirmed = ConfirmedField(
        label=_("What you confirm yourself, because no record here decides it"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A release needs every one of them; a rejection none."),
    )
    statement = forms.CharField(
        label=_("Statement of review"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was reviewed and with which result. It is signed with the decision and cannot be changed."),
    )

    def __init__(self, *args: Any, topics: Sequence[NotJudged], limit: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].help_text = _(
            "At most %(limit)s; a rejection releases 0. Units retained as samples or destroyed in testing are not "
            "released: subtract them and say so in the statement."
        ) % {"limit": f"{limit:,}"}
        self.fields["confirmed"].choices = [  # type: ignore[attr-defined]
            (topic.code, bilingual(topic, "stated")) for topic in topics
        ]

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Say every reason at the field that it is about; what is not confirmed is said once."""
        by_code = {finding.code: finding for finding in findings if finding.code in SAID_AT}
        for finding in findings:
            if finding.code not in SAID_AT:
                self.add_error(None, finding.text())
        for code, finding in by_code.items():
            words = _("Confirm every one of these points for a release.") if code == UNCONFIRMED else finding.text()
            self.add_error(SAID_AT[code], words)

    @property
    def review(self) -> Review:
        """What the action takes; a rejection releases nothing, whatever was left in the field."""
        typed = self.cleaned_data
        rejected = typed["outcome"] == Outcome.REJECTED
        return Review(
            outcome=typed["outcome"],
            quantity=0 if rejected else typed["quantity"],
            statement=typed["statement"],
            conditions=typed["conditions"],
            confirmed=tuple(typed["confirmed"]),
        )

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Names and values of everything typed, to be carried through the signing panel."""
        return [(name, value) for name in self.fields for value in self._values(name)]

    def _values(self, name: str) -> list[str]:
        data: Any = self.data
        return data.getlist(self.add_prefix(name)) if hasattr(data, "getlist") else [str(data.get(name, ""))]

"""Shape of what people type about devices and screenings; business rules are the actions'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field, reason_field, scope_choices
from cmo.web.wording import bilingual, is_chinese

from ..facts_vocabulary import UNKNOWN, VALUES
from ..models import DeviceVersion, LabelVersion, TechnicalDocument, Verdict
from ..release_documents import USUAL, document

ANSWERS = [("yes", _("yes")), ("no", _("no")), (UNKNOWN, _("unknown"))]
#: Rows of production addresses a form offers beyond those already filled.
SPARE_ADDRESSES = 1


class AskForm(forms.Form):
    """The questions of “May this be entrusted?”; the page shows only those that matter.

    ``about`` is the text that code and answers were given for; another text in ``q`` begins anew.
    """

    q = forms.CharField(label=_("Classification code or product name"), max_length=200, required=False)
    code = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    about = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    on = day_field(label=_("Date of the act"), required=False)
    compare = day_field(label=_("Compare with"), required=False)
    name = forms.CharField(
        label=_("What is the product's Chinese name?"),
        max_length=200,
        required=False,
        help_text=_("The edition of 2014 lists names and no codes; only an exactly listed name decides."),
    )
    vascular_site = forms.ChoiceField(
        label=_("Where in the vessels is it used?"), choices=DeviceVersion.Site, required=False
    )
    contains_animal_derived = forms.ChoiceField(
        label=_("Does it contain animal-derived material?"),
        choices=ANSWERS,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Also purified collagen, gelatin or a heparin coating."),
    )
    implantable = forms.ChoiceField(
        label=_("Is it implantable?"),
        choices=ANSWERS,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Wholly or partly in the body by surgery and staying 30 days or more, or absorbed."),
    )
    contains_allogeneic = forms.ChoiceField(
        label=_("Does it contain allogeneic material?"),
        choices=ANSWERS,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Tissue, cells or bone of another human being."),
    )
    directly_from_animal_tissue = forms.ChoiceField(
        label=_("Is it taken directly from animal tissue?"),
        choices=ANSWERS,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Such as pericardium or dermis; narrower than “contains animal-derived material”."),
    )

    def facts(self) -> dict[str, str]:
        """The answers, unknown where nothing was said."""
        begins_anew = self.begins_anew
        return {fact: (not begins_anew and self.cleaned_data.get(fact)) or UNKNOWN for fact in VALUES}

    @property
    def begins_anew(self) -> bool:
        """Whether something else was typed than what the code and the answers were given for."""
        about = self.cleaned_data.get("about", "").strip()
        return bool(about) and about != self.cleaned_data.get("q", "").strip()


class DeviceForm(forms.ModelForm):
    """One state of a device. Lists are typed one item per line; production addresses in rows."""

    sub_catalogue = forms.ChoiceField(label=_("sub-catalogue"), choices=lambda: [("", "—"), *scope_choices()])
    first_day = day_field(
        label=_("first day of validity"),
        help_text=_("As printed. For another standing: the day from which that applies."),
    )
    last_day = day_field(
        label=_("last day of validity"), required=False, help_text=_("Inclusive. A class I filing has none.")
    )
    renewal_filed_on = day_field(label=_("renewal applied for on"), required=False)
    models_and_specifications = forms.CharField(
        label=_("models and specifications"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One per line.")
    )
    release_documents = forms.MultipleChoiceField(
        label=_("documents of the release file"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What must be reviewed before a lot of this device is released."),
    )
    further_documents = forms.CharField(
        label=_("further documents of the release file"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One per line."),
    )
    reason = reason_field()

    class Meta:
        model = DeviceVersion
        fields = [  # in the order of the page
            "kind",
            "number_printed",
            "name_zh",
            "name_en",
            "device_class",
            "sub_catalogue",
            "classification_code",
            "first_day",
            "last_day",
            "standing",
            "deemed_renewed",
            "renewal_filed_on",
            "renewal_proof",
            "models_and_specifications",
            "sterile",
            "active",
            "implantable",
            "implantable_reason",
            "contains_animal_derived",
            "directly_from_animal_tissue",
            "contains_allogeneic",
            "vascular_site",
            "device_life_months",
            "udi_listed",
            "release_documents",
        ]
        help_texts = {
            "number_printed": _("As printed, for example 国械注准20233130001."),
            "classification_code": _("Three parts, such as 13-07-02; empty for IVD reagents only."),
            "implantable_reason": _("Only where it differs from what the classification code suggests."),
            "contains_animal_derived": _("Unknown never clears a product that the catalogue lists."),
            "vascular_site": _("Only for vascular devices."),
        }
        widgets = {"implantable_reason": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, data: Any = None, *, content: dict[str, Any] | None = None, **kwargs: Any) -> None:
        content = dict(content or {})
        addresses = content.pop("production_addresses", [])
        documents = content.pop("release_documents", [])
        initial = {
            **content,
            "models_and_specifications": "\n".join(content.get("models_and_specifications", [])),
            "release_documents": [d["key"] for d in documents if d["key"] in USUAL],
            "further_documents": "\n".join(d["zh"] for d in documents if d["key"] not in USUAL),
        }
        super().__init__(data, initial=initial, **kwargs)
        self.fields["release_documents"].choices = [
            (key, zh if is_chinese() else en) for key, (zh, en) in USUAL.items()
        ]
        self.address_rows = len(addresses) + SPARE_ADDRESSES if addresses else 2
        for row in range(self.address_rows):
            self._add_address(row + 1, addresses[row] if row < len(addresses) else {})
        self.order_fields([*self.Meta.fields, "further_documents"])
        self.fields["reason"] = self.fields.pop("reason")

    def _add_address(self, number: int, address: dict[str, Any]) -> None:
        words = {"number": number}
        fields: dict[str, forms.Field] = {
            "address": forms.CharField(
                label=gettext("production address %(number)s on the certificate") % words, max_length=300
            ),
            "entrusted": forms.BooleanField(label=gettext("address %(number)s carries the mark “(委托生产)”") % words),
            "contractor_name": forms.CharField(
                label=gettext("address %(number)s: contractor named in the remarks") % words, max_length=200
            ),
            "contractor_uscc": forms.CharField(
                label=gettext("address %(number)s: contractor's credit code in the remarks") % words, max_length=18
            ),
        }
        for name, field in fields.items():
            field.required = name == "address" and number == 1
            field.initial = address.get(name)
            self.fields[f"{name}_{number}"] = field

    def content(self) -> dict[str, Any]:
        """The content of a version from the cleaned fields."""
        data = dict(self.cleaned_data)
        content = {name: data[name] for name in DeviceVersion.content_fields if name in data}
        lines = data["models_and_specifications"].splitlines()
        further = [line.strip() for line in data["further_documents"].splitlines() if line.strip()]
        return {
            **content,
            "models_and_specifications": [line.strip() for line in lines if line.strip()],
            "production_addresses": list(self._addresses(data)),
            "release_documents": [
                *(document(key) for key in data["release_documents"]),
                *(document(f"own_{number}", text) for number, text in enumerate(further, 1)),
            ],
        }

    def _addresses(self, data: dict[str, Any]) -> Any:
        for number in range(1, self.address_rows + 1):
            if data[f"address_{number}"]:
                yield {
                    "address": data[f"address_{number}"],
                    "entrusted": data[f"entrusted_{number}"],
                    "contractor_name": data[f"contractor_name_{number}"],
                    "contractor_uscc": data[f"contractor_uscc_{number}"],
                }

    def _post_clean(self) -> None:
        """The model's own checks run in the action, on the whole version."""


class ShareForm(forms.Form):
    """The pair in which a device is opened to the contractor."""

    pair = forms.ChoiceField(label=_("pair"))

    def __init__(self, *args: Any, pairs: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pair"].choices = pairs


class DocumentForm(forms.ModelForm):
    """One line of the technical file list."""

    effective_from = day_field(label=_("effective from"))

    class Meta:
        model = TechnicalDocument
        fields = ["kind", "reference", "version", "title_zh", "title_en", "effective_from", "kept_at"]

    def _post_clean(self) -> None:
        """The model's own checks run in the action."""


class LabelForm(forms.ModelForm):
    """One label or IFU version."""

    effective_from = day_field(label=_("effective from"))
    effective_to = day_field(label=_("effective to"), required=False, help_text=_("Inclusive; empty while open."))

    class Meta:
        model = LabelVersion
        fields = ["kind", "version", "effective_from", "effective_to"]

    def _post_clean(self) -> None:
        """The model's own checks run in the action."""


class WithdrawLabelForm(forms.Form):
    """Until when a label or IFU version may be used, and why it ends."""

    last_used_on = day_field(label=_("last day of use"))
    reason = reason_field()


class ScreenForm(forms.Form):
    """The date of the act a device is screened for."""

    acted_on = day_field(label=_("Date of the act"))


class DetermineForm(forms.Form):
    """The judgement of a person, before it is signed."""

    outcome = forms.ChoiceField(
        label=_("Judgement"),
        choices=[(Verdict.ALLOWED, _("may be entrusted")), (Verdict.PROHIBITED, _("may not be entrusted"))],
        widget=forms.RadioSelect,
    )
    reason = reason_field(label=_("Reason"), max_length=4000)


class DeviceFilter(forms.Form):
    """Search and filters of the device list."""

    q = forms.CharField(label=_("Name, number or code"), required=False)
    device_class = forms.ChoiceField(
        label=_("class"), choices=[("", _("all")), *DeviceVersion.DeviceClass.choices], required=False
    )


def choice_of_pairs(pairs: list[tuple[int, str, Any]]) -> list[tuple[int, str]]:
    """Pairs as a choice: number and the contractor's name in the active language."""
    return [(pk, f"{number} · {bilingual(contractor, 'name')}") for pk, number, contractor in pairs]

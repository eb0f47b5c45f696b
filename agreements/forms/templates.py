"""Shape of what people type about their own templates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field
from cmo.web.wording import is_chinese

from ..facts.templates import BASE
from ..template_file import MOST_CHARACTERS, read_file
from ..templates_data import TemplateError
from .drafting import TermsForm


class BeginForm(TermsForm):
    """Term, coverage, and the template that a new agreement begins from."""

    template = forms.TypedChoiceField(label=_("Template"), coerce=str, empty_value=BASE, required=False)

    field_order = ("template", "starts_on", "ends_on", "entrustments")

    def __init__(self, *args: Any, templates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = templates  # type: ignore[attr-defined]


class TemplateForm(forms.Form):
    """A template file of one of the person's organisations."""

    organisation = forms.TypedChoiceField(label=_("Organisation"), coerce=int)
    key = forms.SlugField(
        label=_("Key"),
        max_length=40,
        help_text=_("Lower-case letters, digits and hyphens. The same key again makes the next version."),
    )
    effective_from = day_field(label=_("In force from"), help_text=_("Drafts begun from this day on are offered it."))
    upload = forms.FileField(
        label=_("Template file (YAML)"),
        max_length=255,
        help_text=_("Download an existing template as a model, change it and upload it here."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def __init__(self, *args: Any, organisations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]

    def clean_key(self) -> str:
        """Lower case, so that one key is one template."""
        return str(self.cleaned_data["key"]).lower()

    def clean_upload(self) -> dict[str, Any]:
        """The content of the file."""
        upload = self.cleaned_data["upload"]
        if upload.size > 4 * MOST_CHARACTERS:
            raise ValidationError(_("The file is too large for a template."), code="too_large")
        try:
            return read_file(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ValidationError(_("The file is not UTF-8 text."), code="not_text") from error
        except TemplateError as error:
            raise ValidationError([fault_words(fault) for fault in error.faults], code="template_wrong") from error


def fault_words(fault: Any) -> ValidationError:
    """One fault of a file in the active language."""
    words = fault.zh if is_chinese() else fault.en
    return ValidationError("%(place)s: %(words)s", params={"place": fault.place, "words": words}, code="template_wrong")

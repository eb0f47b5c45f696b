"""Shape of what people type about their own checklists."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agreements.templates_data import TemplateError
from cmo.errors import Refused
from cmo.parties.forms import PartyForm, day_field

from ..checklist_files.reading import MOST_BYTES, faults_of, read_checklist
from ..wording import finding


class ChecklistForm(PartyForm):
    """Whose checklist, under which key, and from when."""

    organisation = forms.TypedChoiceField(label=_("Organisation"), coerce=int)
    key = forms.SlugField(
        label=_("Key of the checklist"),
        max_length=60,
        help_text=_("Lower-case letters, digits and hyphens; the same key again makes its next version."),
    )
    effective_from = day_field(label=_("In force from"), help_text=_("Audits planned from this day on are offered it."))

    def __init__(self, *args: Any, organisations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]

    def clean_key(self) -> str:
        """Lower case, so that one key is one checklist."""
        return str(self.cleaned_data["key"]).lower()


class ChecklistFileForm(ChecklistForm):
    """A checklist file of one of the person's organisations; after validation ``upload`` is its content."""

    upload = forms.FileField(
        label=_("Checklist file (XLSX or YAML)"),
        max_length=255,
        help_text=_("Download the example or an existing checklist as a model, change it and upload it here."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.yaml,.yml"}),
    )

    def clean_upload(self) -> dict[str, Any]:
        """The content of the file; what is wrong with it stands in ``findings``."""
        upload = self.cleaned_data["upload"]
        try:
            return read_checklist(upload.name or "", upload.read(MOST_BYTES + 1))
        except (TemplateError, Refused) as error:
            self.findings = [
                finding("checklist_wrong", place=fault.place, what_zh=fault.zh, what_en=fault.en)
                for fault in faults_of(error)
            ]
            raise ValidationError(
                _("The file cannot be kept as a checklist; what is wrong stands below."), code="checklist_wrong"
            ) from error


class KeepChecklistForm(ChecklistForm):
    """What the preview showed, sent back to be kept."""

    content = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.HiddenInput()

    def clean_content(self) -> dict[str, Any]:
        """The content as plain values."""
        try:
            found = json.loads(self.cleaned_data["content"])
        except (ValueError, RecursionError) as error:
            raise ValidationError(
                _("The preview was damaged on its way; upload the file again."), code="damaged"
            ) from error
        if not isinstance(found, dict):
            raise ValidationError(_("The preview was damaged on its way; upload the file again."), code="damaged")
        return found

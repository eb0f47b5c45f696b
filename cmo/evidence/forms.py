"""The shape of an upload; whether the file is acceptable is judged by the action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import registry
from .inspection import ACCEPT
from .models import File


class DayInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AttachForm(forms.Form):
    """A file with its title, kind and dates; optionally the standing file of this record that it replaces."""

    upload = forms.FileField(
        label=_("File"),
        help_text=_("PDF, DOCX, XLSX, PNG, JPG, TXT or CSV."),
        max_length=255,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("What this file proves, in a few words."))
    kind = forms.ChoiceField(label=_("Kind"))
    event_on = forms.DateField(
        label=_("Date of the event or document"),
        help_text=_("The date on the document, not today's date."),
        widget=DayInput(),
    )
    expires_on = forms.DateField(
        label=_("Valid until (inclusive)"),
        required=False,
        help_text=_("Leave empty when the document does not expire."),
        widget=DayInput(),
    )
    replaces = forms.ModelChoiceField(
        label=_("Replaces"),
        queryset=File.objects.none(),
        required=False,
        empty_label=_("nothing, it is a new file"),
        help_text=_("The replaced file stays readable."),
    )

    def __init__(self, *args: Any, subject: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = registry.kinds()
        standing = File.objects.of(subject).standing()
        self.fields["replaces"].queryset = standing
        if not standing.exists():
            del self.fields["replaces"]

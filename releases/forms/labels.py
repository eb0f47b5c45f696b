"""Shape of what people scan, and of label texts to be checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.codes.text import MAX_LENGTH

from ..rules.labels import LONGEST_TEXT


class ScanForm(forms.Form):
    """One scan or printed UDI; blanks and separators stay as they were sent."""

    text = forms.CharField(
        label=_("Scan or paste the UDI"),
        max_length=MAX_LENGTH,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("As a scanner sends it, or as printed with brackets: (01)…(11)…(17)…(10)…"),
    )


class CheckLabelForm(forms.Form):
    """The text of a label or IFU version."""

    small = forms.BooleanField(
        label=_("The label is too small for everything"),
        required=False,
        help_text=_("Then at least name, model, specification, dates and “其他内容详见说明书” are demanded."),
    )
    text = forms.CharField(
        label=_("Text on the label or in the instructions"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Copy all words from the artwork. Fields that are filled in for each lot count by their names."),
    )

    def __init__(self, *args: Any, may_be_small: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_be_small:
            del self.fields["small"]

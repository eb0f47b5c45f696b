"""Shape of what is typed on the reference pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cmo.regulation.classification import sub_catalogues
from cmo.web.wording import bilingual
from cmo.web.words import BASIS_WORDS

MOST_LINES = 100
MOST_CHARACTERS = 20_000


class CodesForm(forms.Form):
    """One or several numbers, one per line."""

    text = forms.CharField(
        label=_("Numbers"),
        help_text=_(
            "Paste or scan, one per line: UDI, GTIN, unified social credit code, registration or filing number, "
            "production licence or filing number, classification code."
        ),
        strip=False,  # the GS1 separator counts as a blank for strip()
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "off", "autofocus": True}),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        count = len(lines_of(text))
        if not count:
            raise ValidationError(gettext("Enter at least one number."), code="required")
        if count > MOST_LINES:
            raise ValidationError(
                gettext("At most %(most)d lines at a time; there are %(count)d.")
                % {"most": MOST_LINES, "count": count},
                code="too_many_lines",
            )
        return text

    def lines(self) -> list[str]:
        """The texts to judge; call only when the form is valid."""
        return lines_of(self.cleaned_data["text"])


def lines_of(text: str) -> list[str]:
    """Lines with something in them. Only line feeds separate: ``splitlines`` would cut at the GS1 separator too."""
    return [line for line in text.replace("\r", "\n").split("\n") if line.strip(" \t")]


class ClassificationFilter(forms.Form):
    """Search of the classification table."""

    q = forms.CharField(label=_("Code or name, Chinese or English"), required=False, max_length=200)
    sub_catalogue = forms.ChoiceField(label=_("Sub-catalogue"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(item.number, f"{item.number} {bilingual(item, 'name')}") for item in sub_catalogues()]
        choices = [choice for choice in choices if choice[0] != "IVD"]
        self.fields["sub_catalogue"].choices = [("", gettext("all")), *choices]


class ReferenceFilter(forms.Form):
    """Search of the legal references."""

    q = forms.CharField(label=_("Key, title, number or text"), required=False, max_length=200)
    basis = forms.ChoiceField(
        label=_("Basis"),
        required=False,
        choices=lambda: [
            ("", gettext("all")),
            *((key, word) for key, word in BASIS_WORDS.items() if key != "agreement"),
        ],
    )
    on = forms.DateField(
        label=_("In force on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

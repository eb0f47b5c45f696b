"""What is typed to find items of a template."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ..wording import SEVERITY_WORDS


class ItemFilter(forms.Form):
    """Words and severity of a template's items."""

    q = forms.CharField(label=_("Item, clause or word"), required=False, max_length=100)
    severity = forms.ChoiceField(
        label=_("Severity"), required=False, choices=[("", _("every severity")), *SEVERITY_WORDS.items()]
    )

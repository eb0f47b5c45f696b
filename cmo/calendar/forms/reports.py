"""Shape of what people type about a recurring report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.evidence.inspection import ACCEPT
from cmo.parties.forms import day_field

PROOF = {
    "self_inspection": _("Number of the report or of the authority's receipt."),
    "representative": _("Number of the minutes or of the written report that the principal signed."),
    "risk_evaluation": _("Number of the report or of its entry in the monitoring system."),
}


class RecordReportForm(forms.Form):
    """When it was done, what proves it, and its file."""

    done_on = day_field(label=_("done on"))
    reference = forms.CharField(label=_("proving record"), max_length=200)
    upload = forms.FileField(
        label=_("file"), required=False, max_length=255, widget=forms.FileInput(attrs={"accept": ACCEPT})
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].help_text = PROOF[kind]

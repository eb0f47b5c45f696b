"""Shape of what people type about ending agreements and comparing their revisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field, reason_field

from ..termination import Arrangement, proposed


class NoticeForm(forms.Form):
    """One side's notice: from when, why, and what both arrangements are that the guide asks for (QA-40)."""

    ended_on = day_field(label=_("terminated from"), help_text=_("From this day on the agreement no longer counts."))
    reason = reason_field(label=_("cause"), help_text=_("No side ends the agreement without cause; name it."))
    post_market = forms.CharField(
        label=_("post-market duties for delivered goods"),
        help_text=_("Who handles complaints, adverse events and recalls of what was delivered."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
    )
    documents_return = forms.CharField(
        label=_("return of documents and materials"),
        help_text=_("What becomes of documents, tools, materials, stock and samples, and by when."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
    )

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Names and values of everything typed, to be carried through the signing panel."""
        return [(name, str(self.data.get(self.add_prefix(name), ""))) for name in self.fields]


class TerminationForm(forms.Form):
    """The end that both sides sign: its day, and every matter they settle, proposed in both languages."""

    ended_on = day_field(
        label=_("first day without agreement"),
        help_text=_("From this day on the agreement covers nothing; both sides must have signed by then."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, row in enumerate(proposed()[1], 1):
            for language, code, heading in (("zh", "zh-Hans", row.heading_zh), ("en", "en", row.heading_en)):
                self.fields[f"{row.key}_{language}"] = forms.CharField(
                    label=f"{number} {heading}",
                    initial=getattr(row, f"text_{language}"),
                    max_length=4000,
                    widget=forms.Textarea(attrs={"rows": 7, "lang": code}),
                )

    @property
    def matters(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of each matter, Chinese and English."""
        return [(self[f"{row.key}_zh"], self[f"{row.key}_en"]) for row in proposed()[1]]

    @property
    def arrangements(self) -> list[Arrangement]:
        """What was settled; only after ``is_valid()``."""
        typed = self.cleaned_data
        return [
            replace(row, text_zh=typed[f"{row.key}_zh"].strip(), text_en=typed[f"{row.key}_en"].strip())
            for row in proposed()[1]
        ]


class RestoreForm(forms.Form):
    """Nothing to type: only that the draft shall be set to a revision's text."""


class CompareForm(forms.Form):
    """Which two texts of one agreement are compared (``from``, ``to``), and whether what stayed the same is shown."""

    show = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("changes", _("only changes")), ("all", _("the whole text"))]
    )

    def __init__(self, *args: Any, texts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = forms.ChoiceField(label=_("from"), choices=texts)
        self.fields["to"] = forms.ChoiceField(label=_("to"), choices=texts)
        self.order_fields(["from", "to", "show"])

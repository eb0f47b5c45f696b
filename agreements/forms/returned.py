"""Shape of what people choose of a Word file that came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cmo.web.wording import bilingual

from ..models import DraftClause
from ..word.planning import MOVING
from .negotiating import words_field

#: So many texts without a clause are offered both languages.
_FEW = 60
LANGUAGES = {"zh": gettext_lazy("Chinese"), "en": gettext_lazy("English")}


class ReturnForm(forms.Form):
    """A Word file."""

    upload = forms.FileField(
        label=gettext_lazy("Word file (.docx)"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text=gettext_lazy("The file you took from here, changed in Word, WPS or LibreOffice; at most 10 MB."),
    )


class TakeOverForm(forms.Form):
    """Clauses and comments that are taken over, and where text without a clause goes."""

    chosen = forms.MultipleChoiceField(required=False)
    remarks = forms.MultipleChoiceField(required=False)
    reason = words_field(gettext_lazy("reason"))

    def __init__(self, data: Any, *, report: Mapping[str, Any], clauses: Iterable[DraftClause], reasoned: bool) -> None:
        super().__init__(data)
        rows = list(clauses)
        keys = [row["key"] for row in report["clauses"]]
        loose = [one for one in report["loose"] if one["why"] != "row" and one["text"]]
        self.fields["chosen"].choices = [(key, key) for key in [*keys, *(f"{MOVING}{key}" for key in keys)]]
        self.fields["remarks"].choices = [
            (key, key) for key in [*keys, *(f"loose:{one['id']}" for one in report["loose"])]
        ]
        few = len(loose) <= _FEW
        for one in loose:
            self.fields[f"to_{one['id']}"] = forms.ChoiceField(
                label=_("Where the text goes"),
                required=False,
                choices=_targets(rows, one, few),
                initial=one["suggested"],
            )
        for row in rows:
            self.fields[f"seen_{row.key}"] = forms.IntegerField(required=False)
        if not reasoned:
            del self.fields["reason"]
        self._loose, self._keys = [one["id"] for one in loose], [row.key for row in rows]

    @property
    def choice(self) -> dict[str, Any]:
        """What the action takes; valid forms only."""
        given = self.cleaned_data
        return {
            "chosen": given["chosen"],
            "remarks": given["remarks"],
            "mapped": {one: given[f"to_{one}"] for one in self._loose if given[f"to_{one}"]},
            "seen": {key: given[f"seen_{key}"] or 0 for key in self._keys},
            "reason": given.get("reason", ""),
        }


def _targets(rows: list[DraftClause], loose: Mapping[str, Any], few: bool) -> list[tuple[str, Any]]:
    """Nowhere, a clause of its own, behind a clause or in place of one; in the language of the text first, and where there
    are many texts in that one alone, so that the page stays of a size that opens."""
    order = sorted(LANGUAGES, key=lambda language: language != loose["language"])[: 2 if few else 1]
    new = [(f"new:{one}", _("a new clause (%(language)s)") % {"language": LANGUAGES[one]}) for one in order]
    named = [
        (row.key, one, f"{n} {bilingual(row, 'heading')} · {LANGUAGES[one]}")
        for one in order
        for n, row in enumerate(rows, 1)
    ]
    return [
        ("", _("nowhere: leave it out")),
        *new,
        *((f"add:{key}:{language}", _("behind %(clause)s") % {"clause": words}) for key, language, words in named),
        *((f"set:{key}:{language}", _("in place of %(clause)s") % {"clause": words}) for key, language, words in named),
    ]

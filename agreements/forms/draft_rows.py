"""Shape of what people type into the rows of a draft: clauses, duties of the matrix, obligations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Side
from cmo.web.wording import bilingual

from ..guide import guide_elements
from ..models import AgreementDraft, DraftClause, DraftDuty
from ..models.agreement import SigningOrder
from ..models.obligation import Frequency

LETTERS = (
    ("R", _("R responsible")),
    ("A", _("A approves")),
    ("C", _("C consulted")),
    ("I", _("I informed")),
)


class SeenForm(forms.Form):
    """Carries the edition that the page showed, so that a stale editor is told."""

    seen_edition = forms.IntegerField(widget=forms.HiddenInput)


class WordsField(forms.CharField):
    """A text that may be empty until the draft is offered; line ends as the database keeps them."""

    def __init__(self, *, lang: str, rows: int = 0, **kwargs: Any) -> None:
        attrs = {"lang": lang, **({"rows": rows} if rows else {})}
        widget = forms.Textarea(attrs=attrs) if rows else forms.TextInput(attrs=attrs)
        super().__init__(widget=widget, required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class PartField(forms.MultipleChoiceField):
    """What one party is to a duty: any of the letters, kept as one word such as ``RA``."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=LETTERS, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        chosen = super().clean(value)
        return "".join(letter for letter, _words in LETTERS if letter in chosen)


class RowForm(SeenForm):
    """One row of a draft; ``names``: its fields in the database."""

    names: tuple[str, ...] = ()

    def __init__(self, *args: Any, clauses: Iterable[DraftClause] = (), row: Any = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = self.values_of(row) | {"seen_edition": row.edition}
        super().__init__(*args, **kwargs)
        if row is None:
            del self.fields["seen_edition"]
        if "clause_key" in self.fields:
            self.fields["clause_key"].choices = clause_choices(clauses, self.initial.get("clause_key", ""))  # type: ignore[attr-defined]
        self.adapt(row)

    def adapt(self, row: Any) -> None:
        """Take out what this row does not offer."""

    @classmethod
    def values_of(cls, row: Any) -> dict[str, Any]:
        """The row as the fields of the form hold it."""
        return {name: getattr(row, name) for name in cls.names}

    @classmethod
    def sent_by(cls, row: Any) -> dict[str, list[str]]:
        """The row as a browser would send it."""
        values = cls.values_of(row)
        return {
            name: [str(item) for item in value] if isinstance(value, list) else [str(value)]
            for name, value in values.items()
        }

    @property
    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.names if name in self.cleaned_data}


class ClauseForm(RowForm):
    """One clause in both languages, and the elements of the guide that it covers."""

    names: tuple[str, ...] = ("heading_zh", "text_zh", "heading_en", "text_en")

    heading_zh = WordsField(label=_("heading (Chinese)"), max_length=200, lang="zh-Hans")
    text_zh = WordsField(label=_("text (Chinese)"), lang="zh-Hans", rows=9)
    heading_en = WordsField(label=_("heading (English)"), max_length=200, lang="en")
    text_en = WordsField(label=_("text (English)"), lang="en", rows=9)
    #: Tells the fields under the text on the draft's page from the whole clause on a page of its own.
    shown = forms.CharField(widget=forms.HiddenInput, initial="in place", required=False)


class WholeClauseForm(ClauseForm):
    """A clause with the elements of the guide that it covers."""

    names = (*ClauseForm.names, "elements")

    elements = forms.MultipleChoiceField(
        label=_("elements of the guide that it covers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("An agreement is offered once every element is covered by a complete clause."),
    )

    def adapt(self, row: Any) -> None:
        del self.fields["shown"]
        self.fields["elements"].choices = [  # type: ignore[attr-defined]
            (element.key, f"{element.key} {bilingual(element, 'name')}") for element in guide_elements().values()
        ]


class AddClauseForm(WholeClauseForm):
    """A clause of one's own and its place."""

    position = forms.TypedChoiceField(label=_("place"), coerce=int)
    field_order = ["position"]

    def __init__(self, *args: Any, clauses: Iterable[DraftClause] = (), **kwargs: Any) -> None:
        rows = list(clauses)
        super().__init__(*args, clauses=rows, **kwargs)
        last = len(rows) + 1
        places = [(n, f"{n}  {_('before')} {bilingual(row, 'heading')}") for n, row in enumerate(rows, 1)]
        self.fields["position"].choices = [*places, (last, f"{last}  {_('at the end')}")]  # type: ignore[attr-defined]
        self.fields["position"].initial = last


class DutyForm(RowForm):
    """One row of the responsibility matrix."""

    names = ("duty_zh", "duty_en", "registrant_part", "contractor_part", "clause_key")

    duty_zh = WordsField(label=_("duty (Chinese)"), max_length=300, lang="zh-Hans")
    duty_en = WordsField(label=_("duty (English)"), max_length=300, lang="en")
    registrant_part = PartField(label=_("registrant"))
    contractor_part = PartField(label=_("contractor"))
    clause_key = forms.ChoiceField(label=_("clause"), required=False)

    @classmethod
    def values_of(cls, row: DraftDuty) -> dict[str, Any]:
        parts = {name: list(getattr(row, name)) for name in ("registrant_part", "contractor_part")}
        return super().values_of(row) | parts

    def adapt(self, row: DraftDuty | None) -> None:
        """Words and clause of a duty that the law fixes are not offered."""
        if row is not None and row.locked:
            for name in ("duty_zh", "duty_en", "clause_key"):
                del self.fields[name]


class ObligationForm(RowForm):
    """What a side does again and again, and the record that proves it."""

    names = (
        "what_zh",
        "what_en",
        "side",
        "frequency",
        "days_allowed",
        "clause_key",
        "proof_zh",
        "proof_en",
    )

    what_zh = WordsField(label=_("what (Chinese)"), max_length=300, lang="zh-Hans")
    what_en = WordsField(label=_("what (English)"), max_length=300, lang="en")
    side = forms.ChoiceField(label=_("who"), choices=Side)
    frequency = forms.ChoiceField(label=_("how often"), choices=Frequency)
    days_allowed = forms.IntegerField(label=_("days allowed after each period"), min_value=0, max_value=366, initial=30)
    clause_key = forms.ChoiceField(label=_("clause"), required=False)
    proof_zh = WordsField(label=_("record that proves it (Chinese)"), max_length=200, lang="zh-Hans")
    proof_en = WordsField(label=_("record that proves it (English)"), max_length=200, lang="en")


class MoveForm(SeenForm):
    """Another place for a clause."""

    position = forms.IntegerField(min_value=1)


class OrderForm(SeenForm):
    """Which side signs first."""

    signing_order = forms.ChoiceField(label=_("order of signing"), choices=SigningOrder)

    @classmethod
    def of(cls, draft: AgreementDraft, data: Any = None) -> OrderForm:
        """The form showing the draft as it stands."""
        return cls(data, initial={"seen_edition": draft.edition, "signing_order": draft.signing_order})


def clause_choices(clauses: Iterable[DraftClause], held: str = "") -> list[tuple[str, Any]]:
    """The draft's clauses by number; one that was removed while a row still names it stays selectable."""
    rows = [(row.key, f"{n} {bilingual(row, 'heading')}") for n, row in enumerate(clauses, 1)]
    gone = [(held, _("(clause removed)"))] if held and held not in {key for key, _words in rows} else []
    return [("", "—"), *gone, *rows]

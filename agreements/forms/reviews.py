"""Shape of what people type about yearly reviews; business rules are the actions'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.forms import day_field
from cmo.parties.models import Side
from cmo.web.wording import is_chinese

from ..models import ReviewDraft
from ..review_body import PARTS, VERDICTS, Written

#: The form offers this many empty rows for actions beyond those that are written.
MORE_ROWS, MOST_ROWS = 2, 40


class PeriodFilter(forms.Form):
    """First and last day of a period; they live in the address."""

    since = day_field(label=_("From"), required=False)
    until = day_field(label=_("Until"), required=False)

    def period(self, default: tuple[date, date]) -> tuple[date, date]:
        """The period asked for; what is missing or cannot be understood comes from ``default``."""
        self.full_clean()
        asked = self.cleaned_data
        return asked.get("since") or default[0], asked.get("until") or default[1]


def _text(label: Any, rows: int) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": rows}))


class ReviewForm(forms.Form):
    """The whole draft: period, five judgements with their text, conclusion, rows of actions. Nothing but the period has
    to be there until the review is offered."""

    seen_edition = forms.IntegerField(widget=forms.HiddenInput)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_ROWS)
    period_from = day_field(label=_("period: first day"))
    period_to = day_field(label=_("period: last day"))
    conclusion = _text(_("Conclusion of the review"), 4)

    def __init__(self, draft: ReviewDraft, data: Mapping[str, Any] | None = None) -> None:
        written = Written.of(draft.content)
        self.shown_rows = _rows_in(data) if data is not None else min(len(written.actions) + MORE_ROWS, MOST_ROWS)
        super().__init__(data, initial=self._initial(draft, written))
        zh = is_chinese()
        verdicts = [("", "—"), *((key, words[0] if zh else words[1]) for key, words in VERDICTS.items())]
        for part in PARTS:
            self.fields[f"{part}_verdict"] = forms.ChoiceField(label=_("Evaluation"), required=False, choices=verdicts)
            self.fields[f"{part}_text"] = _text(_("Reasons and facts"), 3)
        for number in range(1, self.shown_rows + 1):
            for field, made in self._action_fields().items():
                self.fields[f"action_{number}_{field}"] = made

    @staticmethod
    def _action_fields() -> dict[str, forms.Field]:
        words = forms.Textarea(attrs={"rows": 2})
        return {
            "what": forms.CharField(label=_("what is to be done"), required=False, max_length=2000, widget=words),
            "side": forms.ChoiceField(label=_("who"), required=False, choices=[("", "—"), *Side.choices]),
            "due_on": day_field(label=_("due on"), required=False),
        }

    def _initial(self, draft: ReviewDraft, written: Written) -> dict[str, Any]:
        found: dict[str, Any] = {
            "seen_edition": draft.edition,
            "rows": self.shown_rows,
            "period_from": draft.period_from,
            "period_to": draft.period_to,
            "conclusion": written.conclusion,
        }
        for part, (verdict, text) in written.parts.items():
            found |= {f"{part}_verdict": verdict, f"{part}_text": text}
        for number, (what, side, due_on) in enumerate(written.actions, 1):
            row = {"what": what, "side": side, "due_on": due_on}
            found |= {f"action_{number}_{name}": value for name, value in row.items()}
        return found

    @property
    def part_rows(self) -> Iterator[dict[str, Any]]:
        """Each part with its question and its two fields."""
        for part, (name_zh, name_en, question_zh, question_en) in PARTS.items():
            yield {
                "part": part,
                "name": name_zh if is_chinese() else name_en,
                "question": question_zh if is_chinese() else question_en,
                "verdict": self[f"{part}_verdict"],
                "text": self[f"{part}_text"],
            }

    @property
    def action_rows(self) -> Iterator[dict[str, Any]]:
        """Each row of actions with its fields."""
        for number in range(1, self.shown_rows + 1):
            yield {"number": number, **{name: self[f"action_{number}_{name}"] for name in ("what", "side", "due_on")}}

    @property
    def written(self) -> Written:
        """What was typed; rows of actions without any word are no rows."""
        data = self.cleaned_data
        rows = (
            (data[f"action_{n}_what"].strip(), data[f"action_{n}_side"], data[f"action_{n}_due_on"])
            for n in range(1, self.shown_rows + 1)
        )
        return Written(
            parts={part: (data[f"{part}_verdict"], _lines(data[f"{part}_text"])) for part in PARTS},
            conclusion=_lines(data["conclusion"]),
            actions=tuple((_lines(what), side, due_on) for what, side, due_on in rows if what or side or due_on),
        )


def _rows_in(data: Mapping[str, Any]) -> int:
    """How many rows of actions the page had, whatever was sent for it."""
    sent = str(data.get("rows", ""))
    return min(int(sent), MOST_ROWS) if sent.isdecimal() and len(sent) < 4 else 0


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


class ActionDoneForm(forms.Form):
    """When an action was carried out, and what was done."""

    done_on = day_field(label=_("Done on"))
    note = forms.CharField(label=_("What was done and with which result"), max_length=4000, widget=forms.Textarea)

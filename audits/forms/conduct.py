"""The shape of one answer to an item of the checklist, as a device sends it or as a plain page does, and of one file."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..facts.conduct import AnswerSaid
from ..facts.sent_files import FileSaid
from ..models import ItemAnswer

#: How long a note may be, in bytes of UTF-8: some 6,600 Chinese characters.
MOST_BYTES = 20_000
#: How long the reason for a lighter weight may be, in characters.
LONGEST_REASON = 1000
#: The largest number of a row that a database can hold.
LARGEST = 2**63 - 1
#: Clocks of devices may be wrong, but not by decades.
EARLIEST, LATEST = 2020, 2100


class AnswerNumbers(forms.Field):
    """Numbers of answers: a list, or text with commas."""

    widget = forms.HiddenInput
    most = 50

    def to_python(self, value: Any) -> tuple[int, ...]:
        parts = value if isinstance(value, list) else str(value or "").split(",")
        texts = [str(part).strip() for part in parts if part != ""]
        if len(texts) > self.most or not all(text.isascii() and text.isdecimal() for text in texts):
            raise ValidationError(_("These are not numbers of answers."))
        numbers = tuple(dict.fromkeys(int(text) for text in texts if len(text) < 19))
        if len(numbers) < len(set(texts)):
            raise ValidationError(_("These are not numbers of answers."))
        return numbers

    def prepare_value(self, value: Any) -> Any:
        """As the hidden field carries it."""
        return ",".join(map(str, value)) if isinstance(value, tuple | list) else value


class AnswerForm(forms.Form):
    """One answer. What it must contain is judged by the action; here only what cannot be read is refused."""

    value = forms.ChoiceField(label=_("Answer"), choices=ItemAnswer.Value, widget=forms.RadioSelect)
    severity = forms.ChoiceField(
        label=_("Severity of the defect"),
        choices=[("", _("as the checklist marks it")), *ItemAnswer.Severity.choices],
        required=False,
    )
    note = forms.CharField(
        label=_("What was seen, or why it does not apply"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed for a defect and for an item that does not apply."),
    )
    lighter_because = forms.CharField(
        label=_("Why it weighs less than marked"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when the severity lies below the mark of the checklist."),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    stated_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    replaces = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=LARGEST)
    settles = AnswerNumbers(required=False)
    person = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=LARGEST)

    def clean_note(self) -> str:
        """:raises ValidationError: for a note that is too long or is no text."""
        note = _text(self.cleaned_data["note"])
        if len(note.encode()) > MOST_BYTES:
            raise ValidationError(
                _("The note is too long: at most %(most)s bytes, about 6,600 Chinese characters.")
                % {"most": f"{MOST_BYTES:,}"}
            )
        return note

    def clean_lighter_because(self) -> str:
        """:raises ValidationError: for what is no text."""
        return _text(self.cleaned_data["lighter_because"])

    def clean_stated_at(self) -> datetime | None:
        """:raises ValidationError: when the clock of the device is wrong beyond doubt."""
        moment: datetime | None = self.cleaned_data["stated_at"]
        return moment and _credible(moment)

    def said(self, at: datetime) -> AnswerSaid:
        """The answer; a plain page states no moment of its own."""
        typed = self.cleaned_data
        return AnswerSaid(
            client_key=typed["client_key"],
            value=typed["value"],
            severity=typed["severity"],
            note=typed["note"],
            stated_at=typed["stated_at"] or at,
            replaces=typed["replaces"],
            settles=typed["settles"],
            lighter_because=typed["lighter_because"],
        )


class FileForm(forms.Form):
    """A photo or file with the key of the device. Whether the file is acceptable is judged by the action."""

    upload = forms.FileField(max_length=255, allow_empty_file=True)
    client_key = forms.UUIDField()
    taken_at = forms.DateTimeField()
    person = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def clean_taken_at(self) -> datetime:
        """:raises ValidationError: when the clock of the device is wrong beyond doubt."""
        return _credible(self.cleaned_data["taken_at"])

    def said(self, title: str) -> FileSaid:
        """The file under a title of the product's."""
        typed = self.cleaned_data
        return FileSaid(typed["client_key"], typed["upload"], title, typed["taken_at"])


def _credible(moment: datetime) -> datetime:
    """:raises ValidationError: for a moment that no device can have meant."""
    if not EARLIEST <= moment.year < LATEST:
        raise ValidationError(_("Check the date and time of the device."))
    return moment


def _text(typed: str) -> str:
    """With one character for a line break. :raises ValidationError: for half a character, which no database keeps."""
    try:
        typed.encode()
    except UnicodeEncodeError as error:
        raise ValidationError(_("The note contains characters that are no text.")) from error
    return typed.replace("\r\n", "\n")

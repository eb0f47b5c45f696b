"""Shape of what people choose when a text goes out to Word, and of the Word templates that they keep."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cmo.paper.word.opening import MOST_BYTES

LANGUAGES = (("zh", _("Chinese")), ("en", _("English")), ("both", _("Chinese and English")))


class WordForm(forms.Form):
    """Which text goes out, in which language, tracked against which other text, in whose layout."""

    text = forms.ChoiceField(label=_("Text that goes out"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    against = forms.ChoiceField(
        label=_("Tracked against"),
        required=False,
        help_text=_("What differs from that text is shown as tracked changes, with whoever made them where known."),
    )
    layout = forms.ChoiceField(label=_("Layout"), required=False)

    def __init__(self, *args: Any, texts: list[tuple[str, str]], layouts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].choices = texts  # type: ignore[attr-defined]
        self.fields["against"].choices = [("", _("nothing")), *texts]  # type: ignore[attr-defined]
        self.fields["layout"].choices = [("", _("layout of the product")), *layouts]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A text is not tracked against itself."""
        chosen = super().clean() or {}
        if chosen.get("against") and chosen["against"] == chosen.get("text"):
            self.add_error(
                "against", ValidationError(_("Choose another text than the one that goes out."), code="same")
            )
        return chosen


class WordTemplateForm(forms.Form):
    """A Word file that one of the person's organisations keeps as a template."""

    organisation = forms.TypedChoiceField(label=_("Organisation"), coerce=int)
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The same name again makes the next version of that template.")
    )
    upload = forms.FileField(
        label=_("Word file (.docx)"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    def __init__(self, *args: Any, organisations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]

    def clean_upload(self) -> Any:
        """Nothing is read of a file that is too large."""
        upload = self.cleaned_data["upload"]
        if upload.size > MOST_BYTES:
            raise ValidationError(_("The file is too large for a template."), code="too_large")
        return upload

"""The file of an import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..importing.reading import EXTENSIONS, MOST_BYTES, MOST_ROWS


class ImportForm(forms.Form):
    """One CSV or XLSX file; what is in it is judged by the action."""

    upload = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{one}" for one in EXTENSIONS)}),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].help_text = _(
            "XLSX or CSV with the columns of the template, at most %(rows)s rows and %(size)s MB."
        ) % {"rows": f"{MOST_ROWS:,}", "size": MOST_BYTES // (1024 * 1024)}

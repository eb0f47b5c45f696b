"""Which validities are listed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import OrganisationVersion
from cmo.web.wording import bilingual


class ValidityFilter(forms.Form):
    """Search and filters of the list; they live in the address."""

    q = forms.CharField(label=_("Entrustment or pair"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("Expires first"),
        required=False,
        choices=[
            ("", _("any")),
            ("licence", _("contractor's licence")),
            ("certificate", _("certificate or filing")),
            ("term", _("quality agreement")),
            ("post", _("authorised post")),
        ],
    )
    within = forms.TypedChoiceField(
        label=_("Ends within"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("any time")),
            (30, _("30 days")),
            (90, _("90 days")),
            (180, _("180 days")),
            (365, _("365 days")),
        ],
    )
    party = forms.TypedChoiceField(label=_("With"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, parties: Iterable[OrganisationVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((bilingual(party, "name"), party.organisation_id) for party in parties)
        self.fields["party"].choices = [("", _("anybody")), *((pk, name) for name, pk in named)]  # type: ignore[attr-defined]

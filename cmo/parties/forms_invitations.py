"""Shape of what is typed about invitations; whether one may be sent is the action's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .forms import LONGEST_EMAIL, PartyForm, day_field, reason_field
from .models import DossierScope, Invitation
from .rules_invitations import LONGEST_INVITATION


class InvitationForm(PartyForm):
    """Who is invited, for how long, and what they may read."""

    places = {
        "invitation_needless": "email",
        "invitation_administrator": "email",
        "invitation_waiting": "email",
        "invitation_period": "ends_on",
        "invitation_too_long": "ends_on",
        "invitation_scope": "scope_kind",
        "invitation_scope_kind": "scope_kind",
        "invitation_scope_unknown": "scope_number",
    }

    purpose = forms.ChoiceField(label=_("who is invited"), choices=Invitation.Purpose, widget=forms.RadioSelect)
    printed_name = forms.CharField(
        label=_("name"), max_length=150, help_text=_("Stands on every page and paper that this person reads.")
    )
    employer = forms.CharField(label=_("authority or firm"), max_length=200)
    email = forms.EmailField(
        label=_("e-mail"),
        max_length=LONGEST_EMAIL,
        help_text=_("The address for accepting the invitation is sent there."),
    )
    language = forms.ChoiceField(label=_("language of the mail"), choices=settings.LANGUAGES)
    reads = forms.ChoiceField(label=_("may read"), choices=Invitation.Reads, widget=forms.RadioSelect)
    scope_kind = forms.ChoiceField(
        label=_("the dossier is limited to"),
        choices=DossierScope,
        help_text=_("Only where the dossier alone may be read."),
    )
    scope_from = day_field(label=_("first day of the period"), required=False)
    scope_until = day_field(label=_("last day of the period"), required=False)
    scope_number = forms.CharField(
        label=_("number of the device, lot or agreement"),
        max_length=100,
        required=False,
        help_text=_("As printed: certificate of the device, lot number, agreement number."),
    )
    takes = forms.BooleanField(label=_("may take the dossier away as a file"), required=False)
    starts_on = day_field(label=_("first day"))
    ends_on = day_field(label=_("last day"))
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Filled in with each form: a lazy sentence that is filled in here and now stays in the language of the moment.
        self.fields["ends_on"].help_text = gettext("Inclusive; %(days)s days at most.") % {"days": LONGEST_INVITATION}

    @property
    def content(self) -> dict[str, Any]:
        """As the action takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if not name.startswith("scope_")}
        return {**data, "scope_kind": self.cleaned_data["scope_kind"], "scope_key": self._scope_key}

    @property
    def _scope_key(self) -> str:
        data = self.cleaned_data
        days = [day.isoformat() if day else "" for day in (data["scope_from"], data["scope_until"])]
        typed = "/".join(days) if any(days) else ""
        keys = {DossierScope.PERIOD: typed, DossierScope.WHOLE: ""}
        return str(keys.get(data["scope_kind"], data["scope_number"].strip()))


class AcceptForm(PartyForm):
    """The account that an invitation makes."""

    username = forms.CharField(
        label=_("user name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("password"),
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters; not a common word and not your name."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("password once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return data

    @property
    def content(self) -> dict[str, str]:
        """As the action takes it."""
        return {name: self.cleaned_data[name] for name in ("username", "password")}


class ConfirmForm(PartyForm):
    """Nothing to type: somebody with an account opens the pair to it."""

    content: dict[str, str] = {}

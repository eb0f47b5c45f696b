"""The form at the moment of signing: it asks who is there every single time, with nothing remembered from the session."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cmo import clock
from cmo.trail.actor import Actor

from . import attempts, passkeys
from .actions import Proof, accept_electronic_signatures, has_accepted, record_signing_failure
from .factors import factors_of, is_passkey, keys, mark_of, one_time_codes
from .models import Method
from .statement import STATEMENT

SIGNED_FOR = "cmo.signing.form"
TOKEN_SECONDS = 30 * 60

_TOO_MANY = _("Too many failed attempts. Nothing was signed. Wait five minutes, then try again.")
_WRONG = {
    Method.PASSWORD: _("The password is not correct. Nothing was signed."),
    Method.PASSWORD_AND_TOTP: _("Password or one-time code is not correct. Nothing was signed."),
    Method.PASSWORD_AND_KEY: _("Password or security key is not correct. Nothing was signed."),
    Method.PASSKEY: _("The passkey was not recognised. Nothing was signed. Try again."),
}
_NO_KEY = _(
    "The password alone signs nothing, because a key is set up for your account. Nothing was signed. Use the key."
)
_KEY_AND_PASSWORD = _(
    "Your key asked for neither PIN nor fingerprint. Nothing was signed. Type your password as well, then use the key again."
)
_FACTORS_CHANGED = _(
    "Your second factor was changed after this page was shown. Nothing was signed. Confirm as the page asks for it now."
)
_HELP_CODE_OR_SECURITY_KEY = _("With the password, instead of the one-time code.")
_HELP_CODE = _(
    "Asked for at every signature since you set up the app. Recovery codes let you sign in; they sign nothing."
)
_HELP_CODE_OR_KEY = _(
    "Password and one-time code together, or the passkey. Recovery codes let you sign in; they sign nothing."
)
_HELP_PASSKEY = _("Asked for at every signature since you added it; the password alone signs nothing.")
_HELP_KEY = _("Asked for together with the password at every signature since you added it.")
_EXPIRED = _(
    "This page was shown too long ago or has been used already. Nothing was signed. Open it again and check it."
)
_CHANGED = _(
    "The content changed after the page was shown to you. Nothing was signed. Open the page again and check it."
)


class PasskeyInput(forms.Widget):
    """Asks the browser for the passkey; the answer travels in a hidden field. Script: passkey-sign.js. ``only``: nothing else
    signs, so that the form's own button asks for it."""

    template_name = "signing/passkey_input.html"
    options = ""
    only = False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"options": self.options, "only": self.only}
        return context


class PasskeyField(forms.JSONField):
    """The browser's answer; one of two ways to prove who signs, so its absence alone is no fault."""

    widget = PasskeyInput

    def validate(self, value: Any) -> None:
        """Whether the answer proves anything is judged with the whole form."""


class SigningForm(forms.Form):
    """Re-authentication for one signature under one exact record.

    Who has a second factor uses one at every signature: password and one-time code, a passkey that asks for PIN, finger or face,
    or password and security key. The password alone signs for nobody else than who has none.

    ``record_hash`` is the hash of what the page shows; ``subject`` and ``stream`` say where a failure is recorded
    (default: the person's own stream). After ``is_valid()``, ``proof`` goes into the action. Validate it outside any
    transaction, or the record of a failure is rolled back with it.
    """

    use_required_attribute = False

    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    token = forms.CharField(widget=forms.HiddenInput, max_length=500)
    accepts_statement = forms.BooleanField(
        label=_("I have read this statement and accept it."),
        error_messages={"required": _("Tick the box to accept the statement; without it nothing can be signed.")},
    )
    password = forms.CharField(
        label=_("Your password"),
        error_messages={"required": _("Type your password to sign.")},
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("One-time code"),
        error_messages={"required": _("Type the one-time code that your app shows now.")},
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    assertion = PasskeyField(label=_("Passkey"))

    def __init__(
        self,
        *args: Any,
        user: Any,
        by: Actor,
        record_hash: str,
        subject: Any = "",
        stream: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._method = ""
        self.user, self.by, self.record_hash = user, by, record_hash
        self.subject, self.stream = subject or user, stream or f"user:{user.pk}"
        factors = list(factors_of(user.pk))
        self._factors, self._totp, self._keys = mark_of(factors), one_time_codes(factors), keys(factors)
        self._passkeys = [key for key in self._keys if is_passkey(key)]
        self._keep_fields_that_apply()
        self._prepare_token()

    @property
    def proof(self) -> Proof:
        """How the signer proved who they are; only after ``is_valid()``."""
        return Proof(method=self._method, seen_hash=self.cleaned_data["seen_hash"])

    def _keep_fields_that_apply(self) -> None:
        if has_accepted(self.user.pk):
            del self.fields["accepts_statement"]
        else:
            language = "zh" if (get_language() or "").startswith("zh") else "en"
            self.fields["accepts_statement"].help_text = STATEMENT[language]
        keys_know_owner = bool(self._keys) and len(self._passkeys) == len(self._keys)
        if not self.user.has_usable_password() or (self._totp is None and keys_know_owner):
            del self.fields["password"]
        if self._totp is None or "password" not in self.fields:
            del self.fields["code"]
        else:
            self.fields["code"].help_text = _HELP_CODE_OR_KEY if self._passkeys else _HELP_CODE
        if self._keys:
            self._ask_for_key()
        else:
            del self.fields["assertion"]

    def _ask_for_key(self) -> None:
        """Beside a passkey nothing need be typed; beside a key that was added as a second step, the password."""
        field, answered = self.fields["assertion"], bool(self.data.get(self.add_prefix("assertion")))
        field.widget.only = "code" not in self.fields
        field.label, field.help_text = (
            (_("Passkey"), _HELP_PASSKEY) if self._passkeys else (_("Security key"), _HELP_KEY)
        )
        if "code" in self.fields:
            field.help_text = "" if self._passkeys else _HELP_CODE_OR_SECURITY_KEY
            self.fields["code"].required = not answered
        if "password" in self.fields:
            self.fields["password"].required = not self._passkeys or ("code" in self.fields and not answered)

    def _prepare_token(self) -> None:
        """A new page gets a new token; a page shown again after an error too, because the old one was used."""
        fresh = {"user": self.user.pk, "hash": self.record_hash, "factors": self._factors}
        self._fresh_token = signing.dumps({**fresh, "nonce": secrets.token_urlsafe(16)}, salt=SIGNED_FOR)
        self.initial = {**self.initial, "seen_hash": self.record_hash, "token": self._fresh_token}
        if self._keys:
            challenge = passkeys.challenge_for(self._fresh_token, self.record_hash)
            verified = len(self._passkeys) == len(self._keys)
            self.fields["assertion"].widget.options = passkeys.request_options(self.user, challenge, verified=verified)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        posted_token = data.get("token", "")
        self._offer_fresh_token()
        if self.errors:
            return data
        self._judge_page(posted_token, data["seen_hash"])
        self._prove(posted_token, data)
        if "accepts_statement" in self.fields and not self.errors:
            accept_electronic_signatures(by=self.by, at=clock.now())
        return data

    def _offer_fresh_token(self) -> None:
        """Whatever happens now, the form when shown again carries a token that still works."""
        self.data = self.data.copy()
        self.data[self.add_prefix("token")] = self._fresh_token
        self.data[self.add_prefix("password")] = self.data[self.add_prefix("code")] = ""

    def _judge_page(self, token: str, seen_hash: str) -> None:
        try:
            content = signing.loads(token, salt=SIGNED_FOR, max_age=TOKEN_SECONDS)
        except signing.BadSignature as error:
            raise ValidationError(_EXPIRED, code="page_expired") from error
        if content["user"] != self.user.pk or content["hash"] != seen_hash:
            raise ValidationError(_EXPIRED, code="page_expired")
        if seen_hash != self.record_hash:
            self.data[self.add_prefix("seen_hash")] = self.record_hash
            raise ValidationError(_CHANGED, code="record_changed")
        if content["factors"] != self._factors:
            raise ValidationError(_FACTORS_CHANGED, code="factors_changed")

    def _prove(self, token: str, data: dict[str, Any]) -> None:
        """Set the method of proof.

        :raises ValidationError: after recording the failure; when the form was used before; when the person must wait.
        """
        by_key = bool(data.get("assertion"))
        if not by_key and "code" not in self.fields and (self._keys or "password" not in self.fields):
            raise ValidationError(_NO_KEY, code="key_missing")
        place = attempts.take_place(self.user.pk)
        if place is None:
            raise ValidationError(_TOO_MANY, code="too_many_attempts")
        if not attempts.use_once(token, TOKEN_SECONDS):
            attempts.give_back(place)
            raise ValidationError(_EXPIRED, code="page_expired")
        proved = self._key_holds(token, data) if by_key else self._password_and_code_hold(data)
        if not proved:
            self._fail()
        attempts.give_back(place)

    def _key_holds(self, token: str, data: dict[str, Any]) -> bool:
        """Whether a key of the person answered, and knew its owner or came with the password."""
        self._method = str(Method.PASSKEY)
        challenge = passkeys.challenge_for(token, self.record_hash)
        answer = passkeys.answer_of(self.user, challenge, data["assertion"])
        if answer is None:
            return False
        if "password" not in self.fields or (answer.verified and self._passkeys):
            return answer.verified
        self._method = str(Method.PASSWORD_AND_KEY)
        if not data["password"]:
            self.add_error("password", ValidationError(_KEY_AND_PASSWORD, code="password_missing"))
            return True
        return bool(self.user.check_password(data["password"]))

    def _password_and_code_hold(self, data: dict[str, Any]) -> bool:
        self._method = str(Method.PASSWORD_AND_TOTP if self._totp else Method.PASSWORD)
        if not self.user.check_password(data["password"]):
            return False
        if self._totp is None:
            return True
        holds = bool(self._totp.wrap().validate_code(data["code"].replace(" ", "")))
        if holds:
            self._totp.record_usage()
        return holds

    def _fail(self) -> None:
        """:raises ValidationError: always; the failure is on the trail by then."""
        record_signing_failure(
            by=self.by,
            at=clock.now(),
            subject=self.subject,
            stream=self.stream,
            reason="re-authentication failed",
            method=self._method,
        )
        raise ValidationError(_WRONG[Method(self._method)], code="not_proved")

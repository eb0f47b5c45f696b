"""Signing in with a passkey alone: allauth tells nobody when that fails, so the form puts it on the trail itself."""

from __future__ import annotations

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django.core.exceptions import ValidationError

from .sign_in_events import address_of, record_failed_sign_in


class PasskeySignInForm(LoginWebAuthnForm):
    """Whose passkey was meant is not believed, because a forged answer can name anybody."""

    def clean_credential(self) -> Authenticator:
        """The authenticator that answered.

        :raises ValidationError: when none of the person's keys did; the failure is on the trail by then.
        """
        try:
            return super().clean_credential()
        except (
            ValidationError,
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
        ) as error:  # a forged answer's shape
            record_failed_sign_in(None, reason="passkey not correct", data={"address": address_of(context.request)})
            raise get_adapter().validation_error("incorrect_code") from error

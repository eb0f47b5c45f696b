"""How people sign in: no open sign-up, plain sentences for refusals, and the end of a dismissed person's sessions.

allauth does the work; these two adapters say what differs from its defaults.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.decorators import secure_admin_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import User

_NO_MATCH = _("Name or password is not correct. Check both and try again.")
_TOO_MANY = _("Too many failed attempts. Wait five minutes, then try again.")
_INACTIVE = _("This account has been closed. Ask the administrator of your organisation.")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators and quality people, never by signing up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _NO_MATCH,
        "email_password_mismatch": _NO_MATCH,
        "too_many_login_attempts": _TOO_MANY,
        "account_inactive": _INACTIVE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person with these credentials.

        :raises ValidationError: for a closed account, but only to whoever knows its password; after too many failures.
        """
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            raise self.validation_error("account_inactive")
        return user


class SecondFactorAdapter(DefaultMFAAdapter):
    """One-time codes and passkeys are labelled with the account's name, not with an address."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not correct or has been used already. Wait for the next one."),
    }

    def get_totp_label(self, user: User) -> str:
        return user.username


def close_admin_door() -> None:
    """Let the admin's own sign-in page lead to the one sign-in page: its limits, second factor and trail hold there."""
    admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def has_second_factor(user: User) -> bool:
    """Whether the person has a one-time code generator or a passkey (recovery codes alone do not count)."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


def end_sessions(user: User) -> int:
    """End every session of this person on every device; returns how many there were. Called when somebody is
    dismissed."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)

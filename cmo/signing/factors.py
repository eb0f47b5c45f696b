"""The second factors that a person has set up: from then on a password alone signs nothing.

Recovery codes are none of them. They let somebody in whose phone is lost; they sign nothing.
"""

from __future__ import annotations

import hashlib

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

_KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def factors_of(user_id: int) -> QuerySet[Authenticator]:
    """One-time-code generator, passkeys and security keys, in the order in which they were added."""
    return Authenticator.objects.filter(user_id=user_id, type__in=_KINDS).order_by("pk")


def mark_of(factors: list[Authenticator]) -> str:
    """Short text that differs whenever a factor was added or removed."""
    return hashlib.sha256(".".join(str(factor.pk) for factor in factors).encode()).hexdigest()[:16]


def one_time_codes(factors: list[Authenticator]) -> Authenticator | None:
    """The generator of one-time codes among them."""
    return next((factor for factor in factors if factor.type == Authenticator.Type.TOTP), None)


def keys(factors: list[Authenticator]) -> list[Authenticator]:
    """The passkeys and security keys among them."""
    return [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN]


def is_passkey(key: Authenticator) -> bool:
    """Whether the key was added to stand alone: it asks its owner for a PIN, a finger or a face. A security key that was added
    as a second step may not, and confirms beside the password."""
    return bool(key.wrap().is_passwordless)

"""Tokens of invitations: made from a random number by the product's own key, kept as their SHA-256 alone."""

from __future__ import annotations

import base64
import hashlib

from django.utils.crypto import salted_hmac

_SALT = "cmo.parties.invitation"


def token_of(number: str) -> str:
    """The token that belongs to a random number; without the product's key nobody finds it."""
    made = salted_hmac(_SALT, number, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()

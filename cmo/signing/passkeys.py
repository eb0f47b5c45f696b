"""Proving identity for one signature with a passkey: the key signs a challenge made from the very hash that is signed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import get_authenticator_by_credential_id, get_credentials, get_server
from fido2.webauthn import UserVerificationRequirement


def has_passkey(user: Any) -> bool:
    """Whether this person has registered a passkey or security key."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


def challenge_for(token: str, record_hash: str) -> bytes:
    """32 bytes that belong to one showing of one record; ``token`` is random and used once."""
    return hashlib.sha256(f"{token}\n{record_hash}".encode()).digest()


def request_options(user: Any, challenge: bytes) -> str:
    """What the browser hands to the key, as JSON text (``navigator.credentials.get``)."""
    options, _state = get_server().authenticate_begin(
        credentials=get_credentials(user), user_verification=UserVerificationRequirement.REQUIRED, challenge=challenge
    )
    return json.dumps(dict(options))


def proves(user: Any, challenge: bytes, assertion: Any) -> bool:
    """Whether the assertion answers this challenge with one of the person's keys, its owner verified by PIN or
    biometrics."""
    server = get_server()
    state = server.authenticate_begin(
        credentials=[], user_verification=UserVerificationRequirement.REQUIRED, challenge=challenge
    )[1]
    try:
        used = server.authenticate_complete(state, get_credentials(user), assertion)
    except (ValueError, TypeError, KeyError, AttributeError):  # whatever a forged answer lacks or holds
        return False
    authenticator = get_authenticator_by_credential_id(user, used.credential_id)
    if authenticator is None:
        return False
    authenticator.record_usage()
    return True

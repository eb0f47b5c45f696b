"""Proving identity for one signature with a key: it signs a challenge made from the very hash that is signed."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from typing import Any

from allauth.mfa.webauthn.internal.auth import get_authenticator_by_credential_id, get_credentials, get_server
from fido2.webauthn import AuthenticationResponse, UserVerificationRequirement


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """A key of the person answered this very challenge; ``verified``: it knew its owner by PIN, finger or face."""

    verified: bool


def challenge_for(token: str, record_hash: str) -> bytes:
    """32 bytes that belong to one showing of one record; ``token`` is random and used once."""
    return hashlib.sha256(f"{token}\n{record_hash}".encode()).digest()


def request_options(user: Any, challenge: bytes, *, verified: bool) -> str:
    """What the browser hands to the key, as JSON text (``navigator.credentials.get``). ``verified``: it must know
    its owner, because every key of the person can."""
    wanted = UserVerificationRequirement.REQUIRED if verified else UserVerificationRequirement.PREFERRED
    options, _state = get_server().authenticate_begin(
        credentials=get_credentials(user), user_verification=wanted, challenge=challenge
    )
    return json.dumps(dict(options))


def answer_of(user: Any, challenge: bytes, assertion: Any) -> KeyAnswer | None:
    """What an assertion proves; None when it does not answer this challenge with one of the person's keys."""
    server = get_server()
    state = server.authenticate_begin(
        credentials=[], user_verification=UserVerificationRequirement.PREFERRED, challenge=challenge
    )[1]
    try:
        used = server.authenticate_complete(state, get_credentials(user), assertion)
        data = AuthenticationResponse.from_dict(assertion).response.authenticator_data
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        struct.error,
    ):  # whatever a forged answer lacks or holds
        return None
    authenticator = get_authenticator_by_credential_id(user, used.credential_id)
    if authenticator is None:
        return None
    authenticator.record_usage()
    return KeyAnswer(verified=data.is_user_verified())

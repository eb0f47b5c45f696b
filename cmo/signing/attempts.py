"""How often a person may fail to prove who they are: five times in five minutes, counted in the cache all processes share.

An attempt takes one of five places *before* anything is checked and gives it back on success, so that a hundred guesses
sent at once are not checked before the first of them is counted.
"""

from __future__ import annotations

import hashlib
import secrets
import time

from django.core.cache import cache

PLACES = 5
SECONDS = 300


def take_place(user_id: int) -> str | None:
    """The place this attempt occupies, or None when all are taken: the person has to wait."""
    start = secrets.randbelow(PLACES)
    for step in range(PLACES):
        key = f"signing-attempt:{user_id}:{(start + step) % PLACES}"
        if cache.add(key, 1, SECONDS):
            return key
    return None


def give_back(place: str) -> None:
    """Free the place of an attempt that succeeded."""
    cache.delete(place)


def use_once(token: str, seconds: int) -> bool:
    """True the first time a token is used, False ever after (while it could still be valid)."""
    known = hashlib.sha256(token.encode()).hexdigest()  # a key of the cache is limited in length, a token is not
    return bool(cache.add(f"signing-token:{known}", 1, seconds))


def may_look(address: str, per_minute: int = 30) -> bool:
    """Whether this address may open one more public page in this minute."""
    minute = int(time.time()) // 60
    return any(cache.add(f"signing-look:{address}:{minute}:{n}", 1, 120) for n in range(per_minute))

"""Canonical text (RFC 8785) of the JSON values that are hashed: strings, integers, booleans, null, lists, objects."""

from __future__ import annotations

import hashlib
import json
from typing import Any

#: Beyond this, readers that hold numbers as floats (RFC 8785 does) would round.
_LARGEST = 2**53 - 1


def _checked(value: Any, path: str) -> Any:
    """Return ``value`` unchanged when it is canonical by type.

    :raises TypeError: naming the path of a float, a huge number, a non-ASCII key or any other type.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if -_LARGEST <= value <= _LARGEST:
            return value
        raise TypeError(f"{path}: {value} is too large for every reader of JSON; write it as text")
    if isinstance(value, str):
        value.encode()  # a lone surrogate raises UnicodeEncodeError here, not when the row is written
        return value
    if isinstance(value, list | tuple):
        return [_checked(item, f"{path}[{i}]") for i, item in enumerate(value)]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str) or not key.isascii():
                raise TypeError(f"{path}: key {key!r} is not ASCII text")
        return {key: _checked(item, f"{path}.{key}") for key, item in value.items()}
    raise TypeError(f"{path}: {type(value).__name__} cannot be hashed; write dates and decimals as text")


def canonical(data: Any) -> str:
    """The one text that represents ``data``; equal data give equal text on every machine.

    :raises TypeError: for floats, non-ASCII keys and other types.
    """
    # For these types (ASCII keys, no floats) the standard library writes exactly the text of RFC 8785, three times as
    # fast as a general implementation; a property test compares the two.
    return json.dumps(_checked(data, "$"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """SHA-256 of the UTF-8 text as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()

"""Text of people made fit for paper: what cannot be seen is shown by its code point instead of hidden or refused.

Control characters, lone halves of surrogate pairs, non-characters, zero-width characters and bidirectional overrides
would break a file or make it read differently from what it says; ``[U+202E]`` does neither.
"""

from __future__ import annotations

import re

_NON_CHARACTERS = "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    f"\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\U000e0000-\U000e007f{_NON_CHARACTERS}]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_TAB = " " * 4


def visible(text: str) -> str:
    """The text with every unseen character shown as ``[U+XXXX]``; line ends become ``\\n``, tabs four spaces."""
    if text.isprintable():
        return text
    return _UNSEEN.sub(lambda found: shown(found[0]), _LINE_ENDS.sub("\n", text)).replace("\t", _TAB)


def shown(character: str) -> str:
    """One character by its code point."""
    return f"[U+{ord(character):04X}]"

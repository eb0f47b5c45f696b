"""Bring pasted and scanned text into one shape before any parser sees it, without guessing.

Folded: full-width letters, digits and brackets, wide spaces, typographic dashes, the usual stand-ins for the GS1
separator, a leading label such as ``注册证编号：``. Nothing else is rewritten; in particular letters keep their case,
because lot and serial numbers are case-sensitive. Every step is linear and the length is capped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from cmo.codes.result import Message

#: Longer than any number we know by far (a GS1 DataMatrix in practice carries under 100 characters).
MAX_LENGTH = 1000

#: What scanners send in place of the FNC1 symbol character.
GS = "\x1d"

_FOLD: dict[int, int | str] = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    **dict.fromkeys([0x00A0, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x200B)], " "),
    **dict.fromkeys([0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63], "-"),
    0x241D: GS,
}
_INVISIBLE = dict.fromkeys([0x00AD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065)])
_BLANKS = " \t\r\n\v\f"
_SPACES = re.compile(r"[ \t\r\n\v\f]+")
_LABEL = re.compile(r"[A-Za-z\u4e00-\u9fff ()/-]{2,30}:")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Text in one shape; ``errors`` say what can be part of no number."""

    text: str
    errors: list[Message] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)


def clean(text: str) -> Cleaned:
    """Fold widths, trim blanks, drop a label; report control and invisible characters. Inner blanks stay."""
    if len(text) > MAX_LENGTH:
        return Cleaned("", errors=[_too_long(len(text))])
    folded = text.replace("<GS>", GS).replace("{GS}", GS).translate(_FOLD)
    visible = folded.translate(_INVISIBLE)
    warnings = [_INVISIBLE_REMOVED] if visible != folded else []
    forbidden = [(place, sign) for place, sign in enumerate(visible, 1) if _is_control(sign)]
    errors = [_control(*forbidden[0], len(forbidden))] if forbidden else []
    readable = "".join(sign for sign in visible if not _is_control(sign)).strip(_BLANKS)
    if label := _LABEL.match(readable):
        readable = readable[label.end() :].strip(_BLANKS)
    return Cleaned(readable, errors, warnings)


def without_spaces(text: str) -> str:
    """The text with every blank taken out (the GS1 separator is not a blank)."""
    return _SPACES.sub("", text)


def _is_control(sign: str) -> bool:
    return sign not in (GS, "\t", "\r", "\n", "\v", "\f") and unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"}


def _too_long(length: int) -> Message:
    return Message(
        "too_long",
        f"内容共 {length} 个字符，任何编号都不超过 {MAX_LENGTH} 个字符。",
        f"The text has {length} characters; no number has more than {MAX_LENGTH}.",
    )


def _control(place: int, sign: str, count: int) -> Message:
    return Message(
        "control_character",
        f"含有 {count} 个控制字符或无效字符，第一个在第 {place} 位（U+{ord(sign):04X}）。",
        f"The text contains control or invalid characters ({count}); the first is at position {place} "
        f"(U+{ord(sign):04X}).",
    )


_INVISIBLE_REMOVED = Message(
    "invisible_removed",
    "已忽略看不见的字符（例如零宽空格）。",
    "Invisible characters (such as a zero-width space) were ignored.",
)

"""Names of enclosed files that mean the same, and no harm, on every system: made from what people called their files."""

from __future__ import annotations

import unicodedata

_NOT_IN_NAMES = frozenset('\\/:*?"<>|')
_MOST_BYTES = 180  # of 255: room for the folder that somebody unpacks to
_MOST_OF_SUFFIX = 16


def enclosed_name(file_id: int, name: str) -> str:
    """``evidence/000123-说明书.pdf``. The number makes it unique, also without regard to case, and never a device."""
    stem, dot, suffix = _plain(name).rpartition(".")
    if not dot or not stem or not suffix.isascii() or not suffix.isalnum() or len(suffix) > _MOST_OF_SUFFIX:
        stem, suffix = _plain(name), ""
    ending = f".{suffix}" if suffix else ""
    begin = f"{file_id:06d}-"
    room = _MOST_BYTES - len(begin) - len(ending)
    stem = stem.encode()[:room].decode(errors="ignore").strip(". ") or "file"
    return f"evidence/{begin}{stem}{ending}"


def _plain(name: str) -> str:
    """The name without characters that separate, hide, reverse or end anything."""
    kept = (c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in _HIDDEN)
    return "".join("_" if c in _NOT_IN_NAMES else c for c in kept).strip(". ")


#: Control, format (bidi among them), surrogate, private and unassigned characters, separators of lines and paragraphs.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

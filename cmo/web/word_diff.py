"""Compares two texts word by word; Chinese is compared character by character, because it has no spaces."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_PIECES = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,/_-]*|\s+|.", re.DOTALL)


@lru_cache(maxsize=256)
def _steps(before: str, after: str) -> tuple[tuple[str, str, str], ...]:
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple((tag, "".join(old[a:b]), "".join(new[c:d])) for tag, a, b, c, d in matcher.get_opcodes())


def side(before: str, after: str, which: str) -> SafeString:
    """Markup of one side: ``"before"`` with ``<del>``, ``"after"`` with ``<ins>``.

    :raises ValueError: for any other side.
    """
    if which not in {"before", "after"}:
        raise ValueError(f"Unknown side {which!r}.")
    mark = "del" if which == "before" else "ins"
    parts = []
    for tag, old, new in _steps(before, after):
        text = escape(old if which == "before" else new)
        parts.append(text if tag == "equal" or not text else f"<{mark}>{text}</{mark}>")
    return mark_safe("".join(parts))  # noqa: S308 - every piece was escaped above


def changed(before: str, after: str) -> bool:
    """Whether the two texts differ at all."""
    return before != after

"""Compares two texts word by word; Chinese is compared character by character, because it has no spaces.

Of long texts what begins and ends alike is left out first; where much is left, lines are compared instead of words, so that
the time stays bounded whatever somebody typed.
"""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

#: What may stay between two changes and still be struck with them: one character, or two Chinese ones.
_SHORT = re.compile(r"\s*(?:\S|[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]{2})?\s*")
#: So many pairs of like pieces are looked at: about half a second.
_MOST = 1_000_000

#: ``equal`` or what else became of a stretch, and where it stands in the old and in the new text.
Opcode = tuple[str, int, int, int, int]
_PIECES = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,/_-]*|\n|[^\S\n]+|.", re.DOTALL)


def pieces(text: str) -> list[str]:
    """What is compared: words, single Chinese characters, line ends and other spaces; together they are the text."""
    return _PIECES.findall(text)


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """What stayed and what changed between two texts in pieces, as ``SequenceMatcher`` tells it."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    found = [("equal", 0, head, 0, head)] if head else []
    between = _between(old[head : len(old) - tail], new[head : len(new) - tail])
    found += [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in between]
    return [*found, ("equal", len(old) - tail, len(old), len(new) - tail, len(new))] if tail else found


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pieces both begin with."""
    return next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _between(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """Piece by piece; line by line where that would take too long, and as a whole where even that would."""
    if _affordable(old, new):
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()  # type: ignore[return-value]
    (old_lines, was), (new_lines, now) = _lines(old), _lines(new)
    if not _affordable(old_lines, new_lines):
        return [("replace", 0, len(old), 0, len(new))]
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    return [(tag, was[a], was[b], now[c], now[d]) for tag, a, b, c, d in matcher.get_opcodes()]


def _affordable(old: Sequence[str], new: Sequence[str]) -> bool:
    """By how many pairs of like pieces there are: each of them is looked at."""
    there = Counter(new)
    return sum(number * there[piece] for piece, number in Counter(old).items()) <= _MOST


def _lines(text: Sequence[str]) -> tuple[list[str], list[int]]:
    """The lines of a text in pieces, and the piece at which each begins, with the end."""
    ends = [number for number, piece in enumerate(text, 1) if piece == "\n"]
    places = [0, *ends] if ends and ends[-1] == len(text) else [0, *ends, len(text)]
    return ["".join(text[a:b]) for a, b in pairwise(places)], places


@lru_cache(maxsize=256)
def _steps(before: str, after: str) -> tuple[tuple[str, str, str], ...]:
    old, new = pieces(before), pieces(after)
    return tuple((tag, "".join(old[a:b]), "".join(new[c:d])) for tag, a, b, c, d in opcodes(old, new))


def side(before: str, after: str, which: str) -> SafeString:
    """Markup of one side: ``"before"`` with ``<del>``, ``"after"`` with ``<ins>``.

    :raises ValueError: for any other side.
    """
    if which not in {"before", "after"}:
        raise ValueError(f"Unknown side {which!r}.")
    mark = "del" if which == "before" else "ins"
    parts = []
    for tag, old, new in _joined(_steps(before, after)):
        text = escape(old if which == "before" else new)
        parts.append(text if tag == "equal" or not text else f"<{mark}>{text}</{mark}>")
    return mark_safe("".join(parts))  # noqa: S308 - every piece was escaped above


def redline(before: str, after: str) -> SafeString:
    """Both texts in one, as a lawyer marks a draft: removed words in ``<del>``, added ones after them in ``<ins>``."""
    parts: list[str] = []
    for tag, old, new in _joined(_steps(before, after)):
        if tag == "equal":
            parts.append(escape(old))
            continue
        parts += [f"<{mark}>{escape(text)}</{mark}>" for mark, text in (("del", old), ("ins", new)) if text]
    return mark_safe("".join(parts))  # noqa: S308 - every piece was escaped above


def _joined(steps: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str, str]]:
    """The steps with a short stretch that stayed between two changes counted as changed: one change reads as one."""
    found: list[tuple[str, str, str]] = []
    for number, (tag, old, new) in enumerate(steps):
        between = 0 < number < len(steps) - 1
        kept = tag == "equal" and not (between and _SHORT.fullmatch(old))
        if not kept and found and found[-1][0] != "equal":
            _tag, before, after = found.pop()
            found.append(("replace", before + old, after + new))
        else:
            found.append(("equal" if kept else "replace", old, new))
    return found


def changed(before: str, after: str) -> bool:
    """Whether the two texts differ at all."""
    return before != after

"""Who wrote which piece of a text: from an earlier text over every accepted change to the later one. Pure.

Accepting everything that is marked gives the later text, refusing everything the earlier one, whatever the steps between
were. A piece that came and went between the two is in neither and is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from cmo.paper.docx.controls import Change, Piece
from cmo.web.word_diff import opcodes, pieces

#: Characters that stayed between two changes and are still marked with them, so that one change reads as one.
_SHORT = 1
_EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Step:
    """A text as one person left it."""

    text: str
    change: Change


def tracked(before: str, steps: Iterable[Step]) -> tuple[Piece, ...]:
    """The pieces of the text after the last step, with those of ``before`` that are gone."""
    marked = [Piece(text) for text in pieces(before)]
    for step in steps:
        marked = _after(marked, pieces(step.text), step.change)
    return _merged(marked)


def accepted(marked: Iterable[Piece]) -> str:
    """The text with every change accepted."""
    return "".join(piece.text for piece in marked if piece.deleted is None)


def refused(marked: Iterable[Piece]) -> str:
    """The text with every change refused."""
    return "".join(piece.text for piece in marked if piece.inserted is None)


def _after(marked: Sequence[Piece], new: Sequence[str], change: Change) -> list[Piece]:
    """The pieces after one more step."""
    places = [number for number, piece in enumerate(marked) if piece.deleted is None]
    found: list[Piece] = []
    done = 0
    for equal, begin, end, first, last in _opcodes([marked[n].text for n in places], new):
        start = places[begin] if begin < len(places) else len(marked)
        stop = places[end - 1] + 1 if end > begin else start
        found += marked[done:start]
        found += marked[start:stop] if equal else _struck(marked[start:stop], change)
        found += () if equal else [Piece(text, inserted=change) for text in new[first:last]]
        done = stop
    return [*found, *marked[done:]]


def _struck(marked: Sequence[Piece], change: Change) -> list[Piece]:
    """The pieces as this change deletes them; what was inserted since the earlier text is simply gone."""
    return [
        piece if piece.deleted is not None else replace(piece, deleted=change)
        for piece in marked
        if piece.deleted is not None or piece.inserted is None
    ]


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[bool, int, int, int, int]]:
    """What stayed and what changed, each as places in both; a very short stay between two changes counts as changed."""
    return _joined([(tag == _EQUAL, *places) for tag, *places in opcodes(old, new)], old)  # type: ignore[misc]


def _joined(
    opcodes: Sequence[tuple[bool, int, int, int, int]], old: Sequence[str]
) -> list[tuple[bool, int, int, int, int]]:
    found: list[tuple[bool, int, int, int, int]] = []
    for number, (same, a, b, c, d) in enumerate(opcodes):
        stay = "".join(old[a:b])
        between = 0 < number < len(opcodes) - 1 and "\n" not in stay
        equal = same and not (between and len(stay.strip()) <= _SHORT)
        if not equal and found and not found[-1][0]:
            _equal, begin, _end, first, _last = found.pop()
            found.append((False, begin, b, first, d))
        else:
            found.append((equal, a, b, c, d))
    return found


def _merged(marked: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbours that met the same fate as one piece."""
    groups = groupby(marked, key=lambda piece: (piece.inserted, piece.deleted))
    return tuple(Piece("".join(piece.text for piece in group), *fate) for fate, group in groups)

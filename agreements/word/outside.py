"""With which lines outside of its clauses a file went out, so that what somebody typed there without tracking is seen.

The lines stand as short digests in custom properties of the file, which every program keeps; a line that is changed, or
typed anew, is not among them. Where a program drops the properties, only tracked changes and comments are seen there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from cmo.paper.docx import custom_properties
from cmo.paper.docx.existing import Existing
from cmo.paper.word.opening import NotTaken, opened
from cmo.paper.word.reading import Loose, read
from cmo.trail.canonical import sha256

_PROPERTY = "Outside{}"
_DIGEST = 5
#: So many digests fit into a property that every program keeps whole; so many properties at most.
_IN_ONE, _MOST = 48, 40


@dataclass(frozen=True, slots=True)
class Outside:
    """The digests of the lines."""

    digests: frozenset[str]

    @classmethod
    def said(cls, properties: Mapping[str, str]) -> Outside | None:
        """What a file says of itself; None: nothing."""
        said = [properties.get(_PROPERTY.format(number), "") for number in range(1, _MOST + 1)]
        return cls(frozenset(" ".join(said).split())) if said[0] else None

    def holds(self, line: str) -> bool:
        """Whether the file went out with this line."""
        return _digest(line) in self.digests


def sealed(content: bytes) -> bytes:
    """The file with the digests of its lines outside of the clauses; as it is where it cannot be read or has too many."""
    try:
        reading = read(opened(BytesIO(content)))
    except NotTaken:
        return content
    lines = [line for item in reading.items if isinstance(item, Loose) for line in item.text.after]
    digests = sorted({_digest(line) for line in lines if line.strip()})
    if not digests or len(digests) > _IN_ONE * _MOST:
        return content
    parts = [digests[start : start + _IN_ONE] for start in range(0, len(digests), _IN_ONE)]
    said = {_PROPERTY.format(number): " ".join(part) for number, part in enumerate(parts, 1)}
    file = Existing(content)
    file.add(custom_properties({**reading.properties, **said}))
    return file.saved()


def _digest(line: str) -> str:
    """Of what a line says, whatever the blanks in it."""
    return sha256("".join(line.split()))[:_DIGEST]

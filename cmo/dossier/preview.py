"""What a dossier would contain, before anybody asks for it: sections with counts, evidence files, a rough size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cmo.paper.words import Words
from cmo.parties.models import Pair

from .actions import Wish
from .building import dossier_of
from .collecting.files import measured
from .json_out import json_text
from .sheets import Attached, Dossier

#: Bytes of PDF and DOCX for each byte of the dossier as JSON, measured on the demonstration's dossiers; fonts come on top.
_DOCUMENTS_PER_BYTE = {"zh": 0.35, "en": 0.35, "both": 0.5}
_FONTS = 400_000
#: Bytes of a chain's entry.
_ENTRY = 900


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the first level and how many records it shows."""

    key: str
    title: Words
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """``files``, ``bytes``: evidence that will be enclosed; ``faulty``: what the storage has lost, or has with another size
    (the bytes are compared when the export is made);
    ``size``: roughly, of everything."""

    sections: tuple[Part, ...]
    entries: int
    files: int
    bytes: int
    faulty: tuple[Attached, ...]
    size: int
    notes: tuple[Words, ...]


def preview_of(pair: Pair, wish: Wish, now: datetime) -> Preview:
    """What a dossier of this wish would contain now. :raises Refused: day to come, unknown scope."""
    dossier = dossier_of(pair, wish.as_of, now, wish.scope, look=measured)
    whole = [file for file in dossier.files if file.state == "whole"]
    return Preview(
        sections=tuple(Part(one.key, one.title, _count(dossier, one.key)) for one in dossier.sections),
        entries=dossier.pin.seq,
        files=len(whole),
        bytes=sum(file.size for file in whole),
        faulty=tuple(file for file in dossier.files if file.state != "whole"),
        size=_size(dossier, wish.language) + sum(file.size for file in whole),
        notes=dossier.notes,
    )


def _count(dossier: Dossier, key: str) -> int:
    """Records of a section with those of what is in it, where it counts none itself."""
    section = next(one for one in dossier.sections if one.key == key)
    return section.count or sum(child.count for _level, child in section.walk())


def _size(dossier: Dossier, language: str) -> int:
    """Bytes of documents, data and chain."""
    data = len(json_text(dossier).encode())
    return round(data * (1 + _DOCUMENTS_PER_BYTE[language])) + _FONTS + dossier.pin.seq * _ENTRY

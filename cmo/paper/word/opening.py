"""Opening a file that somebody sent as a Word file: refused before anything is parsed when it is none, or is hostile.

Memory and time are bounded: by the size of the file, by what its directory announces, and again while it is inflated.
Each refusal has a stable code; whoever shows it words it.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from .kinds import kind_of
from .names import MAIN_TYPE, RELATIONS, TYPES
from .parts import Unsafe, parsed

MOST_BYTES = 10 * 1024 * 1024
MOST_MEMBERS = 1000
#: Of one part and of all together, inflated.
MOST_OF_ONE = 16 * 1024 * 1024
MOST_OF_ALL = 64 * 1024 * 1024
#: A part may be so many times as large as it is packed; small ones may be more.
MOST_TIMES = 150
SMALL = 256 * 1024
#: Of all parts together, counted before any of them is parsed: tags, opening and closing, and attributes.
MOST_TAGS = 400_000
MOST_ATTRIBUTES = 1_000_000
_DIRECTORY = 512 * MOST_MEMBERS
_CHUNK = 64 * 1024
_END = struct.Struct("<4s4H2LH")
_SAID_ENCODING = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)")
_ENCODINGS = frozenset((b"utf-8", b"utf8", b"us-ascii", b"ascii"))

TYPES_PART = "[Content_Types].xml"
#: How the names of the parts end that are read beside the document itself.
_READ = (
    ".rels",
    "[content_types].xml",
    "/comments.xml",
    "/commentsextended.xml",
    "docprops/custom.xml",
    "docprops/app.xml",
)


class NotTaken(Exception):
    """The file is not taken; ``code`` says why, ``facts`` what was found or which limit was passed."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts that are read, by name, and what was left alone: ``external`` (targets outside), ``objects`` (embedded)."""

    main: str
    parts: Mapping[str, bytes]
    external: tuple[str, ...]
    objects: tuple[str, ...]


def opened(file: IO[bytes]) -> Opened:
    """Open a file that can be sought.

    :raises NotTaken: with the one reason.
    """
    size = file.seek(0, 2)
    if not size:
        raise NotTaken("empty")
    if size > MOST_BYTES:
        raise NotTaken("too_large", limit=str(MOST_BYTES // (1024 * 1024)))
    file.seek(0)
    kind = kind_of(file.read())
    if kind != "zip":
        raise NotTaken(kind)
    _judge_directory(file, size)
    file.seek(0)
    try:
        with ZipFile(file) as archive:
            members = archive.infolist()
            _judge_members(members)
            return _read(archive, members)
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise NotTaken("broken") from error


def _judge_directory(file: IO[bytes], size: int) -> None:
    """The directory stands complete at the end and is small, before it is read whole."""
    start = max(0, size - 65557)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise NotTaken("broken")
    _mark, _disk, _first, _here, count, length, _offset, comment = _END.unpack_from(tail, place)
    if place + _END.size + comment != len(tail):
        raise NotTaken("broken")
    large = tail[max(0, place - 20) : place].startswith(b"PK\x06\x07")
    if large or count > MOST_MEMBERS or length > _DIRECTORY:
        raise NotTaken("too_many_parts", limit=str(MOST_MEMBERS))


def _judge_members(members: list[ZipInfo]) -> None:
    """What the directory announces: names, sizes, ratios, encryption, parts lying on top of each other."""
    names = [member.filename.lower() for member in members]
    if TYPES_PART.lower() not in names:
        raise NotTaken("odt" if "mimetype" in names and "content.xml" in names else "not_word")
    if len(set(names)) != len(names):
        raise NotTaken("doubled_parts")
    if any(_leads_out(member.filename) for member in members):
        raise NotTaken("path_trick")
    if any(member.flag_bits & 1 for member in members):
        raise NotTaken("locked")
    if any(member.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for member in members):
        raise NotTaken("packed_otherwise")
    total = sum(member.file_size for member in members)
    if total > MOST_OF_ALL or any(_swells(m.file_size, m.compress_size) for m in members):
        raise NotTaken("bomb")
    ordered = sorted(members, key=lambda member: member.header_offset)
    for one, after in pairwise(ordered):
        if one.header_offset + one.compress_size > after.header_offset:
            raise NotTaken("bomb")


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or "\x00" in name or ":" in parts[0] or "\\" in name


def _swells(size: int, packed: int) -> bool:
    return size > MOST_OF_ONE or (size > SMALL and size > MOST_TIMES * max(packed, 1))


def _read(archive: ZipFile, members: Iterable[ZipInfo]) -> Opened:
    """Inflate every part, so that each was judged and its checksum compared, and keep the few that are read."""
    kept: dict[str, bytes] = {}
    objects, left = [], MOST_OF_ALL
    tags = attributes = 0
    for member in members:
        name, low = member.filename, member.filename.lower()
        if low.endswith(("vbaproject.bin", "vbadata.xml")):
            raise NotTaken("macros")
        content = _inflated(archive, member, left)
        left -= len(content)
        if low.endswith((".xml", ".rels")):
            _judge_xml(name, content)
            tags, attributes = tags + content.count(b"<"), attributes + content.count(b"=")
            if tags > MOST_TAGS or attributes > MOST_ATTRIBUTES:
                raise NotTaken("too_many_tags")
            if low.endswith(_READ) or low.startswith("word/document"):
                kept[name] = content
        elif "/embeddings/" in low or "/activex/" in low:
            objects.append(name)
    main = _main_part(kept)
    return Opened(main, kept, tuple(_external(kept)), tuple(objects))


def _inflated(archive: ZipFile, member: ZipInfo, left: int) -> bytes:
    """The whole part; its checksum is compared. More than announced or allowed is never kept."""
    pieces, size = [], 0
    with archive.open(member) as source:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > left or size > MOST_OF_ONE:
                raise NotTaken("bomb")
            pieces.append(chunk)
    return b"".join(pieces)


def _judge_xml(name: str, content: bytes) -> None:
    """No document type, no entities, and in the one encoding that cannot hide them."""
    said = _SAID_ENCODING.match(content)
    other = said is not None and said[1].strip().lower() not in _ENCODINGS
    if other or content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        raise NotTaken("not_utf8", part=name)
    upper = content.upper()
    if b"<!DOCTYPE" in upper or b"<!ENTITY" in upper:
        raise NotTaken("entities", part=name)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotTaken("not_utf8", part=name) from error


def tree_of(name: str, content: bytes) -> Any:
    """The parsed part. :raises NotTaken: when it is no well-formed XML or nested too deeply."""
    try:
        return parsed(content)
    except Unsafe as error:
        raise NotTaken(error.code, part=name) from error


def _main_part(parts: Mapping[str, bytes]) -> str:
    """The name of the document itself. :raises NotTaken: macros, another kind of file, none."""
    types = tree_of(TYPES_PART, next(part for name, part in parts.items() if name.lower() == TYPES_PART.lower()))
    said = {
        node.get("PartName", "").lstrip("/"): node.get("ContentType", "") for node in types.iter(f"{{{TYPES}}}Override")
    }
    if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in said.values()):
        raise NotTaken("macros")
    for name, kind in said.items():
        if kind == MAIN_TYPE and name in parts:
            return name
    raise NotTaken("not_word")


def _external(parts: Mapping[str, bytes]) -> Iterable[str]:
    """Targets outside the file other than links to click; nothing is fetched."""
    for name, part in parts.items():
        if not name.lower().endswith(".rels"):
            continue
        for node in tree_of(name, part).iter(f"{{{RELATIONS}}}Relationship"):
            kind = node.get("Type", "").rpartition("/")[2]
            if node.get("TargetMode") == "External" and kind != "hyperlink":
                yield f"{kind}: {node.get('Target', '')}"[:200]

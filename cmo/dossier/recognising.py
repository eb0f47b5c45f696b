"""Recognising a dossier that somebody shows: what it says it is, whether it is whole, ours, and up to date.

A file whose SHA-256 is on record as exported here is known by that alone. Any other is read by a process of its own
(``inspecting``), bounded in memory and time; here its words are held against the chains and exports of this system. Nothing
of the file is kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Q

from cmo.evidence.store import hash_of
from cmo.paper.words import Words, same
from cmo.parties.models import Pair
from cmo.trail.actions import GENESIS
from cmo.trail.models import Entry, EntryQuerySet, Head

from . import inspecting
from .actions import commanding
from .chain import chain_digest
from .enclosed.verify import SCOPES, WORDS
from .models import Export, ExportFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Files looked at side by side on the whole installation, and how long one may take, in seconds.
PLACES, LONGEST = 3, 90
UNLOOKED = Words(
    "读取本文件所需的内存或者时间超出本页面所允许的范围；本文件也不在导出登记中。",
    "Reading it takes more memory or time than this page allows, and it is none of the files recorded as exported here.",
)

#: What the checking program finds wrong with a file that it names.
_OF_FILES = {"container", "content", "missing", "added", "size", "altered", "twice", "not_json"}


class BusyError(Exception):
    """As many files as allowed are being looked at."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of itself. ``scope``: in words where the file has them; ``scope_kind``: always."""

    pair_number: str
    as_of: str
    stream: str
    seq: int
    head: str
    scope_kind: str = ""
    scope: Words | None = None
    marked_for: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was found about a file.

    ``kind``: ``zip``, ``pdf``, ``docx``, ``json``, empty: none of these. ``said``: None where it is no dossier.
    ``fault``: the first thing that is wrong; ``unlooked``: that it could not be looked into, so that nothing is known to be
    wrong. ``made``: ``file``: these very bytes were exported here; ``command``: they were, by the command; ``content``: it
    begins with such a PDF and goes on after ``begin`` bytes; empty: not by a recorded export. ``parts``: a ZIP that says
    nothing, with members named as those of a dossier. ``chain``: ``ours``, ``other`` (not the hash that our
    chain has there), ``rewritten`` (the last hash is ours, an entry before it is not), ``longer`` (our chain is shorter),
    ``unknown``. ``later``: entries of the chain that came since.
    """

    kind: str
    sha256: str
    size: int
    said: Said | None
    fault: Words | None = None
    unlooked: bool = False
    made: str = ""
    chain: str = "unknown"
    later: int = 0
    pair: Pair | None = None
    begin: int = 0
    parts: bool = False

    @property
    def ours(self) -> bool:
        """Whether it is bound to a chain of this system."""
        return self.chain == "ours"

    @property
    def exact(self) -> bool:
        """Whether it is byte for byte what was exported here, so that nothing in it can be wrong that was right then."""
        return self.made in {"file", "command"}

    @property
    def whole(self) -> bool | None:
        """Whether nothing in it was changed; None where that cannot be told: what no chain binds can be sealed anew."""
        if self.exact:
            return True
        changed = (self.fault is not None and not self.unlooked) or self.chain == "rewritten" or self.made == "content"
        return False if changed else None


def recognised(path: Path) -> Recognised:
    """What a file is. :raises BusyError: too many are being looked at; ask again in a minute."""
    with _place():
        sha256, size = hash_of(path), path.stat().st_size
        known = _on_record(sha256)
        found = {} if known else _looked_at(path)
    if known:
        made, kind, said = known
        chain, later, pair = _standing(said)
        return Recognised(kind, sha256, size, said, made=made, chain=chain, later=later, pair=pair)
    told, kind = _said(found.get("says")), str(found.get("kind", ""))
    fault, unlooked = _fault(found.get("fault"))
    begin = _begin_of_ours({end: length for end, length in found.get("ends") or [] if end != sha256})
    made, parts = "content" if begin else "", bool(found.get("parts"))
    chain, later, pair = _standing(told, str(found.get("chain") or "")) if told else ("unknown", 0, None)
    return Recognised(kind, sha256, size, told, fault, unlooked, made, chain, later, pair, begin, parts)


@contextmanager
def _place() -> Iterator[None]:
    """One of the places in which files are looked at; taken back by itself should this process die."""
    key = next((f"dossier-look:{n}" for n in range(PLACES) if cache.add(f"dossier-look:{n}", 1, LONGEST + 30)), None)
    if key is None:
        raise BusyError
    try:
        yield
    finally:
        cache.delete(key)


def _looked_at(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(Path(inspecting.__file__)), str(path)]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=LONGEST)  # noqa: S603 - our own program
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"fault": ["", ""]}
    return found if isinstance(found, dict) else {}


def _said(found: Any) -> Said | None:
    if not isinstance(found, Mapping):
        return None
    words = found.get("scope")
    return Said(
        **{name: found[name] for name in ("pair_number", "as_of", "stream", "seq", "head")},
        scope_kind=found.get("scope_kind", ""),
        scope=Words(words["zh"], words["en"]) if words else None,
        marked_for=found.get("marked_for", ""),
    )


def _fault(found: Any) -> tuple[Words | None, bool]:
    """The fault in words, with the place, of a place outside our own words only a short part; and whether it only says that
    the file could not be looked into."""
    if not found:
        return None, False
    kind, where = found
    if kind not in WORDS or kind == "too_large":
        return UNLOOKED, True
    zh, en = WORDS[kind]
    if not where:
        return Words(zh, en), False
    place = where[:120]
    at = Words(f"文件“{place}”", f"file “{place}”") if kind in _OF_FILES else same(place)
    return Words(f"{zh}（{at.zh}）", f"{en} ({at.en})"), False


def _on_record(sha256: str) -> tuple[str, str, Said] | None:
    """How a file of this hash was exported here, its kind, and what it says of itself; None where none was."""
    export = Export.objects.filter(sha256=sha256).select_related("pair").last()
    if export is not None:
        return "file", "zip", _of_export(export)
    file = ExportFile.objects.filter(sha256=sha256).select_related("export__pair").last()
    if file is not None:
        return "file", _kind(file.name), _of_export(file.export)
    entry = _by_command([sha256]).last()
    if entry is None:
        return None
    data = entry.content["data"]
    names = ("pair_number", "as_of", "stream", "seq", "head")
    kind, key = data["scope"]
    return "command", _kind(data["name"]), Said(**{name: data[name] for name in names}, **_limited(kind, key))


def _kind(name: str) -> str:
    return name.rpartition(".")[2]


def _of_export(row: Export) -> Said:
    return Said(
        pair_number=row.pair.number,
        as_of=row.as_of.isoformat(),
        stream=row.pair.stream,
        seq=row.seq or 0,
        head=row.head,
        marked_for=row.marked_for,
        **_limited(row.scope_kind, row.scope_key),
    )


def _limited(kind: str, key: str) -> dict[str, Any]:
    (zh, en), (first, _, last) = SCOPES[kind], key.partition("/")
    said = Words(f"{first} 至 {last}", f"{first} to {last}") if kind == "period" else same(key)
    return {"scope_kind": kind, "scope": Words(f"{zh}：{said.zh}", f"{en}: {said.en}") if key else None}


def _by_command(hashes: Iterable[str]) -> EntryQuerySet:
    """The entries of files with one of these hashes that the command made."""
    return Entry.objects.filter(subject__in=map(commanding.subject_of, hashes), verb=commanding.VERB).order_by("pk")


def _begin_of_ours(ends: Mapping[str, int]) -> int:
    """The longest of these beginnings of a PDF that was exported here, in bytes, so that something was appended: a signature
    or anything; 0 where none was. ``ends``: SHA-256 → length."""
    if not ends:
        return 0
    known = Q(unsigned_sha256__in=list(ends)) | Q(sha256__in=list(ends))
    rows = ExportFile.objects.filter(known).values_list("sha256", "unsigned_sha256")
    commanded = set(_by_command(ends).values_list("subject", flat=True))
    found = {one for row in rows for one in row} | {one for one in ends if commanding.subject_of(one) in commanded}
    return max((length for end, length in ends.items() if end in found), default=0)


def _standing(said: Said, digest: str = "") -> tuple[str, int, Pair | None]:
    """Whether our chain has this hash at this place, how many entries came later, and whose chain it is; ``digest``: what all
    hashes up to there must amount to, where the file holds them."""
    name, _, pk = said.stream.partition(":")
    if name != "pair" or not (pk.isascii() and pk.isdecimal() and len(pk) < 19) or not 0 <= said.seq < 1 << 62:
        return "unknown", 0, None
    pair = Pair.objects.filter(pk=int(pk), number=said.pair_number).first()
    length = Head.objects.filter(stream=said.stream).values_list("seq", flat=True).first()
    if pair is None or length is None:
        return "unknown", 0, None
    if said.seq > length:
        return "longer", 0, pair
    entries = Entry.objects.filter(stream=said.stream, seq=said.seq).values_list("hash", flat=True)
    if said.head != (entries.first() if said.seq else GENESIS):
        return "other", 0, pair
    alike = not digest or digest == chain_digest(said.stream, said.seq)
    return ("ours" if alike else "rewritten"), length - said.seq, pair

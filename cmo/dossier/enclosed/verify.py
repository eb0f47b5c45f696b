"""Check a dossier without the system that wrote it: ``python verify.py DOSSIER.zip`` or an unpacked folder.

不依赖原系统核对委托生产档案。Needs Python 3.8 or later and nothing else; reads no network and writes no file.

Exit code 0: everything holds. 1: something does not, and the first fault is named. 2: the input cannot be checked.
``--head HASH``: the last hash printed on an earlier dossier, or on the other party's, must be part of the chain; without
it a chain that was rewritten from its beginning with new hashes cannot be told from a true one.

An outsider's copy of limited scope holds the hash alone of some entries. Such a hash is tied to nothing that can be read
here, so that no later hash vouches for what stands before it: only the verification page of the system compares every hash.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import stat
import struct
import sys
import unicodedata
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "manifest.json"
PACKAGE_FORMAT = "cmo.dossier.package/1"
DOSSIER_FORMAT = "cmo.dossier/1"
REQUIRED = ("README.txt", "dossier-1.schema.json", "dossier.json", "trail.jsonl", "verify.py")
GENESIS = "0" * 64
HEX = frozenset("0123456789abcdef")

CHUNK = 1 << 20
LARGEST_TEXT = 512 << 20  # dossier.json
LARGEST_MANIFEST = 64 << 20
LARGEST_LINE = 64 << 20  # one entry of the chain
LARGEST_ARCHIVE = (1 << 31) - 1
MOST_MEMBERS = 65_000

#: What the file managers of macOS and Windows leave in a folder that somebody opened; in an archive they are faults.
LEFT_BEHIND = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

#: Entries that rest on a frozen text, and the members of their data that hold its hash.
RESTS_ON = {
    "lot.production_released": ("facts_sha256", "findings_sha256"),
    "lot.production_rejected": ("facts_sha256", "findings_sha256"),
    "lot.released_to_market": ("facts_sha256", "findings_sha256"),
    "lot.market_rejected": ("facts_sha256", "findings_sha256"),
    "lot.exception_requested": ("waived_sha256",),
    "audit.reported": ("body_sha256",),
    "agreement.offered": ("body_hash",),
    "agreement.paper_confirmed": ("body_hash",),
    "entrustment.opened": ("facts_sha256", "findings_sha256"),
    "review.offered": ("body_hash",),
}
#: Both sides confirm one text, which is given once.
SHARES = "agreement.paper_confirmed"
ATTACHES = ("evidence.attached", "evidence.replaced")

WHOLE = ["whole", ""]
#: What a dossier may be limited to.
SCOPES = {
    "whole": ("全部记录", "all records"),
    "period": ("期间", "period"),
    "device": ("产品", "device"),
    "lot": ("批次", "lot"),
    "agreement": ("质量协议", "quality agreement"),
}

WORDS = {
    "empty": ("未找到文件或者文件夹", "there is no such file or folder"),
    "not_archive": ("不是本系统的档案压缩包", "this is no archive of a dossier"),
    "bad_head": ("--head 须为 64 位十六进制数", "--head takes 64 hexadecimal digits"),
    "unreadable": ("无法读取", "cannot be read"),
    "truncated": ("压缩包不完整或者已损坏", "the archive is cut off or damaged"),
    "container": (
        "压缩包的结构与本系统写出的不符",
        "the archive is not in the form in which the system writes it",
    ),
    "content": ("文件内容的校验和不符", "the bytes do not have their checksum"),
    "unsafe_name": ("文件名不安全", "a file has an unsafe name"),
    "twice": ("文件名重复", "a name occurs twice"),
    "link": ("文件夹内有链接或者特殊文件", "the folder holds a link or a special file"),
    "missing": ("缺少文件", "a file is missing"),
    "added": ("有清单以外的文件", "a file is not in the manifest"),
    "size": ("文件大小与清单不符", "a file does not have the size in the manifest"),
    "altered": ("文件内容与清单不符", "a file does not have the hash in the manifest"),
    "too_large": ("文件超出可核对的大小", "a file is larger than can be checked"),
    "not_json": ("不是规范的 JSON", "this is no JSON as written by the system"),
    "manifest": ("清单内容不完整或者不合格式", "the manifest is incomplete or not in its format"),
    "dossier": ("dossier.json 不完整或者不合格式", "dossier.json is incomplete or not in its format"),
    "pin": ("dossier.json 与清单的时点不一致", "dossier.json and manifest are not bound to the same moment"),
    "evidence": ("证明文件列表与档案不一致", "the list of evidence files differs from the dossier"),
    "prefix": ("PDF 签名前的内容与清单不符", "the PDF before its signature is not what the manifest states"),
    "entry": ("记录格式不符", "an entry is not in its format"),
    "stream": ("记录属于另一条链", "an entry belongs to another chain"),
    "withheld": (
        "只有供外部人员使用的限定范围的副本可以略去记录",
        "only an outsider's copy of limited scope may leave out entries",
    ),
    "order": ("记录缺失或者顺序改变", "an entry is missing or out of order"),
    "unlinked": ("记录与前一条不衔接", "an entry does not follow from the one before"),
    "forged": ("记录内容与其哈希不符", "an entry does not have its hash"),
    "length": ("记录条数与封面不符", "the chain does not have the stated length"),
    "tail": ("末位哈希与封面不符", "the chain does not end in the stated hash"),
    "unknown_head": (
        "给出的哈希不在链上：记录链曾被改写，或者该哈希属于另一条链或更晚的档案",
        "the given hash is not part of the chain: it was rewritten, or the hash belongs to another chain or a later dossier",
    ),
    "frozen_text": ("决定所依据的内容与其哈希不符", "what a decision rested on does not have its hash"),
    "frozen_entry": (
        "决定所依据内容的哈希与记录链不符",
        "the hash of what a decision rested on is not the one kept in the chain",
    ),
    "frozen_missing": ("缺少决定所依据的内容", "what a decision rested on is missing"),
    "unlisted": ("链上登记的证明文件未列入档案", "an evidence file of the chain is not listed in the dossier"),
    "other_hash": ("证明文件的哈希与记录链不符", "an evidence file has another hash in the chain"),
}
SAID = {
    "whole": ("核对通过：文件完整，未被改动。", "VERIFIED: the package is complete and unaltered."),
    "limited": ("核对通过：所载内容未被改动；限定范围：", "VERIFIED: what it holds is unaltered; limited to "),
    "bare": (
        "自身一致，但仅凭本文件不能证明未被改动（部分记录只有哈希）；限定范围：",
        "CONSISTENT, but by itself not proven unaltered (of some entries it holds the hash alone); limited to ",
    ),
    "scope": ("范围", "Scope"),
    "marked_for": ("每页载明", "Every page bears"),
    "nobody": ("无（双方自用）", "nothing (a copy of the parties themselves)"),
    "left_out": (
        "限定范围的档案不能证明范围内的记录已全部列入；是否与导出时相同，须在原系统的核对页面确认。",
        "That nothing of its scope is left out cannot be told; whether it is as exported, the system's page tells.",
    ),
    "bad": ("核对未通过：", "NOT VERIFIED: "),
    "unusable": ("无法核对：", "CANNOT BE CHECKED: "),
    "unpack": (
        "如果只是重新打包，请解压后核对文件夹。",
        "If it was only packed anew, unpack it and check the folder.",
    ),
    "pair": ("委托关系编号", "Pair"),
    "as_of": ("截至", "As of"),
    "instant": ("数据时点", "Records read up to"),
    "version": ("软件版本", "Product version"),
    "files": ("文件", "Files"),
    "chain": ("记录链", "Chain"),
    "entries": ("条", "entries"),
    "tail": ("末位哈希", "Last hash"),
    "frozen": ("已核对的决定依据", "Frozen texts that match"),
    "evidence": ("证明文件", "Evidence files"),
    "gone": ("其中缺失", "of these missing"),
    "changed": ("其中已变更", "of these altered in storage"),
    "withheld": (
        "供外部人员使用的副本，只给出哈希的记录条数（须在原系统的核对页面确认）",
        "Outsider's copy; entries of which it holds the hash alone (to be confirmed on the system's verification page)",
    ),
    "known": ("给出的哈希在链上，为第 {} 条", "The given hash is in the chain, entry {}"),
    "unbound": (
        "该哈希不能证明第 {} 条以前的记录未被改动（第 {} 条只有哈希），须在原系统的核对页面确认",
        "entries before #{} are not bound by this hash (of #{} the hash alone is given); the system's page compares them",
    ),
    "ignored": ("已忽略操作系统留下的文件：", "Ignored, left behind by the operating system: "),
    "unknown": (
        "未给出 --head：请将末位哈希与以前的或者对方的档案比较，否则无法发现整条链被重写。",
        "No --head was given: only comparing the last hash with an earlier or the other party's dossier shows a rewritten chain.",
    ),
    "signature": (
        "本程序不核对 PDF 的数字签名；请用 PDF 阅读软件查看。",
        "This program does not check the digital signature of the PDF; a PDF reader shows it.",
    ),
    "unsigned": ("PDF 未加数字签名。", "The PDF bears no digital signature."),
    "at_system": ("档案载明，系统中已缺失或者被改动：", "Stated in the dossier as missing or altered in the system: "),
}


class Fault(Exception):
    """The first thing that is wrong: a key of WORDS, and where."""

    def __init__(self, kind: str, where: str = "") -> None:
        super().__init__(kind, where)
        self.kind, self.where = kind, where


class Unusable(Fault):
    """There is nothing that could be checked."""


# ── where the files lie ──────────────────────────────────────────────────────────────────────────────────────────────


class Folder:
    """An unpacked package; some systems take composed characters apart in names, so that names are put together again."""

    def __init__(self, root: Path) -> None:
        self.sizes: dict[str, int] = {}
        self.ignored: list[str] = []
        self._places: dict[str, Path] = {}
        self._walk(root, "")

    def _walk(self, folder: Path, under: str) -> None:
        for place in sorted(folder.iterdir()):
            name, state = under + unicodedata.normalize("NFC", place.name), place.lstat()
            if stat.S_ISDIR(state.st_mode) and not under:
                self._walk(place, name + "/")
            elif name in self.sizes:
                raise Fault("twice", name)
            elif stat.S_ISREG(state.st_mode) and place.name in LEFT_BEHIND:
                self.ignored.append(name)
            elif stat.S_ISREG(state.st_mode):
                self.sizes[name], self._places[name] = state.st_size, place
            else:
                raise Fault("link", name)
            if len(self.sizes) + len(self.ignored) > MOST_MEMBERS:
                raise Fault("too_large", name)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of one file."""
        with self._places[name].open("rb") as file:
            yield from _portions(file, self.sizes[name])

    def close(self) -> None:
        """Nothing is kept open."""


class Archive:
    """The ZIP as it was written: members stored one behind the other, no byte between, before or after them."""

    LOCAL = struct.Struct("<4s5H3L2H")
    CENTRAL = struct.Struct("<4s6H3L5H2L")
    END = struct.Struct("<4s4H2LH")
    DAY = 33  # 1980-01-01

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sizes: dict[str, int] = {}
        self.ignored: list[str] = []
        self._places: dict[str, tuple[int, int]] = {}
        length = file.seek(0, os.SEEK_END)
        if length > LARGEST_ARCHIVE:
            raise Fault("too_large")
        if length < self.END.size:
            raise Fault("truncated")
        self._read_directory(length - self.END.size)

    def _read_directory(self, end: int) -> None:
        parts = self.END.unpack(self._at(end, self.END.size))
        if parts[0] != b"PK\5\6":
            raise Fault("truncated")
        count, size, start = parts[4], parts[5], parts[6]
        if parts[1:4] != (0, 0, count) or parts[7] or start + size != end or count > MOST_MEMBERS:
            raise Fault("container")
        directory, at, expected = self._at(start, size), 0, 0
        for _ in range(count):
            at, expected = self._read_member(directory, at, expected)
        if at != size or expected != start:
            raise Fault("container")

    def _read_member(self, directory: bytes, at: int, expected: int) -> tuple[int, int]:
        """One entry of the directory against the head of its member; where the next ones must begin."""
        if at + self.CENTRAL.size > len(directory):
            raise Fault("container")
        parts = self.CENTRAL.unpack_from(directory, at)
        made, needed, flags, method, hour, day, crc, packed, size, named = parts[1:11]
        raw = directory[at + self.CENTRAL.size : at + self.CENTRAL.size + named]
        try:
            name = raw.decode("utf-8" if flags == 0x800 else "ascii")
        except UnicodeDecodeError as error:
            raise Fault("unsafe_name", repr(raw)) from error
        constant = (parts[0], made, needed, method, hour, day) == (b"PK\1\2", 0x314, 20, 0, 0, self.DAY)
        rest = parts[11:] == (0, 0, 0, 0, 0o100644 << 16, expected)
        if not constant or not rest or flags not in (0, 0x800) or packed != size or (flags == 0) != name.isascii():
            raise Fault("container", name)
        head = self.LOCAL.pack(b"PK\3\4", needed, flags, method, hour, day, crc, packed, size, named, 0) + raw
        if self._at(expected, len(head)) != head:
            raise Fault("container", name)
        if name in self.sizes:
            raise Fault("twice", name)
        self.sizes[name] = size
        self._places[name] = (expected + len(head), crc)
        return at + self.CENTRAL.size + named, expected + len(head) + size

    def _at(self, start: int, size: int) -> bytes:
        self._file.seek(start)
        data = self._file.read(size)
        if len(data) != size:
            raise Fault("truncated")
        return data

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of one member."""
        start, crc = self._places[name]
        self._file.seek(start)
        running = 0
        for chunk in _portions(self._file, self.sizes[name]):
            running = zlib.crc32(chunk, running)
            place = self._file.tell()
            yield chunk
            self._file.seek(place)
        if running != crc:
            raise Fault("content", name)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


def _portions(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0:
        chunk = file.read(min(CHUNK, size))
        if not chunk:
            raise Fault("truncated")
        size -= len(chunk)
        yield chunk


def opened(path: Path) -> Any:
    """The package behind a path."""
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise Unusable("empty", str(path))
    file = path.open("rb")
    begin = file.read(4)
    file.seek(max(0, path.stat().st_size - Archive.END.size))
    if begin != b"PK\3\4" and file.read(4) != b"PK\5\6":
        file.close()
        raise Unusable("not_archive", str(path))
    try:
        return Archive(file)
    except Fault:
        file.close()
        raise


# ── names, JSON and hashes ───────────────────────────────────────────────────────────────────────────────────────────

RESERVED = {"con", "prn", "aux", "nul"} | {kind + str(n) for kind in ("com", "lpt") for n in range(10)}


def safe(name: str) -> bool:
    """Whether a name means the same, and no harm, on every system."""
    parts = name.split("/")
    if (
        len(parts) > 2
        or (len(parts) == 2 and parts[0] != "evidence")
        or len(parts[-1].encode("utf-8", "replace")) > 255
    ):
        return False
    if any(c in '\\:*?"<>|' or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in name):
        return False
    return all(part and part[-1] not in ". " and part.split(".")[0].strip().lower() not in RESERVED for part in parts)


def refuse_unsafe(names: Iterator[str]) -> None:
    """Every name safe, and no two alike on any system."""
    seen: set[str] = set()
    for name in names:
        if not safe(name):
            raise Fault("unsafe_name", name)
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        if folded in seen:
            raise Fault("twice", name)
        seen.add(folded)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member occurs twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


def read_json(data: bytes, where: str) -> Any:
    """Strict JSON: no member twice, whole numbers alone."""
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_float=_no_number, parse_constant=_no_number
        )
    except (ValueError, RecursionError) as error:
        raise Fault("not_json", where) from error


def read_whole(package: Any, name: str, most: int) -> bytes:
    """A file that is needed as a whole."""
    if name not in package.sizes:
        raise Fault("missing", name)
    if package.sizes[name] > most:
        raise Fault("too_large", name)
    return b"".join(package.chunks(name))


def is_hash(value: Any) -> bool:
    """64 lower-case hexadecimal digits."""
    return isinstance(value, str) and len(value) == 64 and HEX.issuperset(value)


def shaped(value: Any, **kinds: Any) -> bool:
    """Whether an object has these members, each of its kind; no boolean passes for a number."""
    return isinstance(value, dict) and all(
        name in value and isinstance(value[name], kind) and not (kind is int and isinstance(value[name], bool))
        for name, kind in kinds.items()
    )


# ── the checks ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Check:
    """One package, checked from the outside in; every method raises the first Fault it meets."""

    def __init__(self, package: Any, head: str) -> None:
        self.package, self.head = package, head
        self.manifest: dict[str, Any] = {}
        self.pin: dict[str, Any] = {}
        self.dossier: dict[str, Any] = {}
        self.hashes: dict[str, str] = {}
        self.found_head = 0
        self.withheld: set[int] = set()
        self.chain = hashlib.sha256()
        self.kept: dict[tuple[int, str], Any] = {}
        self.owed: list[tuple[int, str, str]] = []
        self.attached: dict[int, str] = {}

    def run(self) -> None:
        """Everything in turn."""
        refuse_unsafe(iter(self.package.sizes))
        self.read_manifest()
        self.check_files()
        self.read_dossier()
        self.check_prefix()
        self.check_chain()
        self.check_frozen()
        self.check_evidence()

    @property
    def is_whole(self) -> bool:
        """Whether nothing limits the dossier, so that it must hold all that the chain speaks of."""
        return bool(self.pin["scope"] == WHOLE)

    @property
    def unbound(self) -> int:
        """Number of the last entry without its text up to the given hash: what stands before it, the hash does not bind.
        0: the hash binds all."""
        return max((seq for seq in self.withheld if seq <= self.found_head), default=0)

    def read_manifest(self) -> None:
        """The manifest itself, and the pin that everything is bound to."""
        found = read_json(read_whole(self.package, MANIFEST, LARGEST_MANIFEST), MANIFEST)
        if (
            not shaped(
                found, format=str, pin=dict, marked_for=str, withheld=list, files=list, evidence=list, signed=list
            )
            or found["format"] != PACKAGE_FORMAT
        ):
            raise Fault("manifest", "format")
        pin = found["pin"]
        if not shaped(pin, stream=str, seq=int, head=str, pair_number=str, as_of=str, instant=str, scope=list):
            raise Fault("manifest", "pin")
        if not _is_scope(pin["scope"]):
            raise Fault("manifest", "scope")
        self.withheld = set(_numbers(found["withheld"]))
        if self.withheld and (pin["scope"] == WHOLE or not found["marked_for"]):
            raise Fault("withheld")
        for row in found["files"]:
            if not shaped(row, name=str, size=int, sha256=str) or not is_hash(row["sha256"]):
                raise Fault("manifest", "files")
        self.manifest, self.pin = found, pin

    def check_files(self) -> None:
        """Every listed file is there with its size and hash, and no other is."""
        names = [row["name"] for row in self.manifest["files"]]
        refuse_unsafe(iter([MANIFEST, *names]))
        for name in [*REQUIRED, *names]:
            if name not in self.package.sizes:
                raise Fault("missing", name)
        for name in [*self.package.sizes, *REQUIRED]:
            if name != MANIFEST and name not in names:
                raise Fault("added", name)
        for row in self.manifest["files"]:
            if self.package.sizes[row["name"]] != row["size"]:
                raise Fault("size", row["name"])
            if self._hash_of(row["name"]) != row["sha256"]:
                raise Fault("altered", row["name"])
            self.hashes[row["name"]] = row["sha256"]

    def _hash_of(self, name: str, first: int | None = None) -> str:
        digest, left = hashlib.sha256(), first
        for chunk in self.package.chunks(name):
            digest.update(chunk if left is None else chunk[:left])
            left = None if left is None else max(0, left - len(chunk))
        return digest.hexdigest()

    def read_dossier(self) -> None:
        """The dossier as JSON, bound to the same pin."""
        found = read_json(read_whole(self.package, "dossier.json", LARGEST_TEXT), "dossier.json")
        kinds = {"format": str, "pin": dict, "marked_for": str, "sections": list, "frozen": list, "files": list}
        if not shaped(found, **kinds) or found["format"] != DOSSIER_FORMAT:
            raise Fault("dossier", "format")
        if found["pin"] != self.pin or found["marked_for"] != self.manifest["marked_for"]:
            raise Fault("pin")
        for row in found["frozen"]:
            if not shaped(row, key=str, label=str, text=str, sha256=str, seq=int, path=str):
                raise Fault("dossier", "frozen")
        for row in found["files"]:
            if not shaped(row, file_id=int, subject=str, title=str, sha256=str, size=int, state=str):
                raise Fault("dossier", "files")
        self.dossier = found

    def check_prefix(self) -> None:
        """A signed PDF begins with exactly the PDF that was built."""
        for row in self.manifest["signed"]:
            if not shaped(row, name=str, unsigned_size=int, unsigned_sha256=str):
                raise Fault("manifest", "signed")
            whole = row["name"] in self.hashes and 0 < row["unsigned_size"] <= self.package.sizes[row["name"]]
            if not whole or self._hash_of(row["name"], row["unsigned_size"]) != row["unsigned_sha256"]:
                raise Fault("prefix", row["name"])

    def check_chain(self) -> None:
        """The chain from its first entry to the pin."""
        wanted: dict[int, set[str]] = {}
        for row in self.dossier["frozen"]:
            wanted.setdefault(row["seq"], set()).add(row["path"])
        seq, previous = 0, GENESIS
        for line in self._lines():
            seq += 1
            previous = self._check_entry(line, seq, previous, wanted.get(seq, set()))
            self.chain.update(f"{seq} {previous}\n".encode("ascii"))
        if seq != self.pin["seq"]:
            raise Fault("length", f"{seq} / {self.pin['seq']}")
        if previous != self.pin["head"]:
            raise Fault("tail", previous)
        if self.head and not self.found_head:
            raise Fault("unknown_head", self.head)

    def _lines(self) -> Iterator[bytes]:
        rest = b""
        for chunk in self.package.chunks("trail.jsonl"):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            if len(rest) > LARGEST_LINE:
                raise Fault("too_large", "trail.jsonl")
        if rest:
            raise Fault("entry", "trail.jsonl")

    def _check_entry(self, line: bytes, seq: int, previous: str, wanted: set[str]) -> str:
        where = "trail.jsonl, #" + str(seq)
        row = read_json(line, where)
        if seq in self.withheld:
            return self._check_withheld(row, seq, previous, where)
        if not shaped(row, payload=str, prev_hash=str, hash=str) or len(row) != 3:
            raise Fault("entry", where)
        content = read_json(_bytes(row["payload"], where), where)
        if not shaped(content, stream=str, seq=int, verb=str, at=str, data=dict):
            raise Fault("entry", where)
        if content["stream"] != self.pin["stream"]:
            raise Fault("stream", where)
        if content["seq"] != seq:
            raise Fault("order", where)
        if row["prev_hash"] != previous:
            raise Fault("unlinked", where)
        if hashlib.sha256((previous + row["payload"]).encode("utf-8")).hexdigest() != row["hash"]:
            raise Fault("forged", where)
        if self.head == row["hash"]:
            self.found_head = seq
        self._note(content, seq, wanted)
        return str(row["hash"])

    def _check_withheld(self, row: Any, seq: int, previous: str, where: str) -> str:
        """An entry outside the scope of an outsider's copy: its hashes alone, in their place. That its hash rests on the one
        before cannot be checked without its text."""
        if not shaped(row, prev_hash=str, hash=str) or len(row) != 2 or not is_hash(row["hash"]):
            raise Fault("entry", where)
        if row["prev_hash"] != previous:
            raise Fault("unlinked", where)
        if self.head == row["hash"]:
            self.found_head = seq
        return str(row["hash"])

    def _note(self, content: dict[str, Any], seq: int, wanted: set[str]) -> None:
        """What later checks need of an entry."""
        data, verb = content["data"], content["verb"]
        for path in wanted:
            self.kept[seq, path] = _member(content, path)
        if content["at"] > self.pin["instant"]:
            return  # written in the same moment from elsewhere; what it decides belongs to a later dossier
        named = [name for name in RESTS_ON.get(verb, ()) if name in data]
        self.owed += [(seq, "data." + name, str(data[name]) if verb == SHARES else "") for name in named]
        if verb in ATTACHES and shaped(data, file=int, sha256=str):
            self.attached[data["file"]] = data["sha256"]

    def check_frozen(self) -> None:
        """Every frozen text has its hash, its entry keeps the same, and no decision lacks its text."""
        given, texts = set(), set()
        for row in self.dossier["frozen"]:
            if hashlib.sha256(_bytes(row["text"], row["label"])).hexdigest() != row["sha256"]:
                raise Fault("frozen_text", row["label"])
            if self.kept.get((row["seq"], row["path"])) != row["sha256"]:
                raise Fault("frozen_entry", f"{row['label']}, #{row['seq']}")
            given.add((row["seq"], row["path"]))
            texts.add(row["sha256"])
        for seq, path, shared in self.owed if self.is_whole else []:
            if (seq, path) not in given and shared not in texts:
                raise Fault("frozen_missing", f"#{seq} {path}")

    def check_evidence(self) -> None:
        """The manifest lists exactly the dossier's evidence; whole files lie here; the chain knows no other."""
        listed = {row["file_id"]: row for row in self.dossier["files"]}
        stated = self.manifest["evidence"]
        if not all(shaped(row, file=int, sha256=str, size=int, state=str) for row in stated):
            raise Fault("manifest", "evidence")
        if len(stated) != len(listed) or {row["file"] for row in stated} != set(listed):
            raise Fault("evidence")
        expected = set()
        for row in stated:
            self._check_file(row, listed[row["file"]])
            expected.add(row.get("name"))
        for name in self.package.sizes:
            if name.startswith("evidence/") and name not in expected:
                raise Fault("evidence", name)
        for number, digest in self.attached.items():
            if number not in listed and self.is_whole:
                raise Fault("unlisted", str(number))
            if number in listed and listed[number]["sha256"] != digest:
                raise Fault("other_hash", listed[number]["title"])

    def _check_file(self, row: dict[str, Any], listed: dict[str, Any]) -> None:
        if any(row.get(name) != listed[name] for name in ("sha256", "size", "state", "title", "subject")):
            raise Fault("evidence", listed["title"])
        if row["state"] not in ("whole", "missing", "altered") or (row["state"] == "whole") != shaped(row, name=str):
            raise Fault("evidence", listed["title"])
        if row["state"] == "whole":
            name = row["name"]
            if self.hashes.get(name) != row["sha256"] or self.package.sizes[name] != row["size"]:
                raise Fault("altered", str(name))


def _bytes(text: str, where: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Fault("not_json", where) from error


def _numbers(values: list[Any]) -> list[int]:
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in values):
        raise Fault("manifest", "withheld")
    return values


def _is_scope(scope: list[Any]) -> bool:
    """Kind and key; a key for all but the whole."""
    if len(scope) != 2 or not all(isinstance(part, str) for part in scope) or scope[0] not in SCOPES:
        return False
    return (scope[0] == "whole") == (scope[1] == "")


def _member(content: Any, path: str) -> Any:
    """The member behind ``data.facts_sha256``; None when there is none."""
    for name in path.split("."):
        content = content.get(name) if isinstance(content, dict) else None
    return content


# ── the verdict ──────────────────────────────────────────────────────────────────────────────────────────────────────


def verdict(check: Check, language: str) -> str:
    """What was found, for a reader."""
    nth = 1 if language == "en" else 0

    def say(key: str) -> str:
        return SAID[key][nth]

    def told(key: str, value: object) -> str:
        return f"{say(key)}{colon}{value}"

    colon, comma, stop = (": ", ", ", "; ") if nth else ("：", "，", "；")
    pin, evidence = check.pin, check.manifest["evidence"]
    states = [row["state"] for row in evidence]
    gone, changed = states.count("missing"), states.count("altered")
    scope = colon.join([SCOPES[pin["scope"][0]][nth], *filter(None, [shown(pin["scope"][1])])])
    first = "whole" if check.is_whole else "bare" if check.withheld else "limited"
    lines = [
        say(first) + ("" if check.is_whole else scope),
        "  " + told("scope", scope) + stop + told("marked_for", shown(check.manifest["marked_for"]) or say("nobody")),
        "  " + told("pair", shown(pin["pair_number"])),
        "  " + told("as_of", shown(pin["as_of"])) + stop + told("instant", moment(pin["instant"])),
        "  " + told("version", shown(str(pin.get("product_version", "")))),
        "  " + told("files", len(check.hashes)),
        "  " + told("chain", f"{pin['seq']:,} {say('entries')}"),
        "  " + told("tail", pin["head"]),
        "  " + told("frozen", f"{len(check.dossier['frozen']):,}"),
        "  " + told("evidence", f"{len(states):,}") + comma + told("gone", gone) + comma + told("changed", changed),
    ]
    lines += ["  " + say("at_system") + shown(row["title"]) for row in evidence if row["state"] != "whole"]
    lines += ["  " + say("left_out")] if not check.is_whole else []
    lines += ["  " + told("withheld", len(check.withheld))] if check.withheld else []
    lines.append("  " + (_known(check, nth) if check.head else say("unknown")))
    lines.append("  " + say("signature" if check.manifest["signed"] else "unsigned"))
    lines += ["  " + say("ignored") + shown(", ".join(check.package.ignored))] if check.package.ignored else []
    return "\n".join(lines) + "\n"


def _known(check: Check, nth: int) -> str:
    """Where the given hash stands, and how far it vouches for what is before it."""
    known = SAID["known"][nth].format(check.found_head)
    if not check.unbound:
        return known
    return f"{known}{'; ' if nth else '；'}{SAID['unbound'][nth].format(check.unbound, check.unbound)}"


def moment(text: str) -> str:
    """A moment as people read it, in Beijing time; as it stands where it is none."""
    try:
        at = datetime.fromisoformat(text)
        return f"{at.astimezone(timezone(timedelta(hours=8))):%Y-%m-%d %H:%M:%S} (UTC+8)" if at.tzinfo else shown(text)
    except (ValueError, OverflowError):
        return shown(text)


def shown(text: str) -> str:
    """Somebody's text on one line, without characters that could disguise it."""
    return "".join(c if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029" else "\ufffd" for c in text[:300])


def main(arguments: list[str] | None = None) -> int:
    """Check, print, and say by the exit code how it went."""
    parser = argparse.ArgumentParser(description="Check a dossier: 核对委托生产档案")
    parser.add_argument("path", help="the ZIP or the unpacked folder / 压缩包或者解压后的文件夹")
    parser.add_argument(
        "--head", default="", help="a hash from an earlier dossier or the other party's / 以前或对方档案的末位哈希"
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    options = parser.parse_args(arguments)
    for out in (sys.stdout, sys.stderr):
        if hasattr(out, "reconfigure"):
            out.reconfigure(errors="replace")
    nth, package = 1 if options.lang == "en" else 0, None
    try:
        head = "".join(options.head.split()).lower()
        if options.head and not is_hash(head):
            raise Unusable("bad_head", options.head)
        package = opened(Path(options.path))
        check = Check(package, head)
        check.run()
    except Fault as fault:
        unusable = isinstance(fault, Unusable)
        begin, words = SAID["unusable" if unusable else "bad"][nth], WORDS[fault.kind][nth]
        colon = ": " if nth else "："
        sys.stderr.write(begin + words + (colon + shown(fault.where) if fault.where else "") + "\n")
        if fault.kind == "container":
            sys.stderr.write("  " + SAID["unpack"][nth] + "\n")
        return 2 if unusable else 1
    except OSError as error:
        colon = ": " if nth else "："
        sys.stderr.write(SAID["unusable"][nth] + WORDS["unreadable"][nth] + colon + shown(str(error)) + "\n")
        return 2
    finally:
        if package is not None:
            package.close()
    sys.stdout.write(verdict(check, options.lang))
    return 0


if __name__ == "__main__":
    sys.exit(main())

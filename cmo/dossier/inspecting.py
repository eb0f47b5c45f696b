"""What a file from anywhere says it is, found by a process of its own: ``python -I -S inspecting.py FILE``.

The file is a stranger's. Nothing of it is executed or unpacked to a disk; the process gives itself bounds of memory and time
and needs the standard library alone. It prints one JSON object, see ``inspected``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import resource
import struct
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY, SECONDS = 1 << 30, 60
#: What is parsed as one text has to fit the memory many times over.
LARGEST_TEXT = 48 << 20
_CHUNK = 1 << 20
_OVERLAP = 2048
_LARGEST_PROPERTIES = 64 << 10
_MOST_ENDS = 64
#: What no package of a dossier lacks; the end of a ZIP, and how long a member's entry in its directory is without the names.
_PARTS = {b"manifest.json", b"dossier.json", b"trail.jsonl"}
_END_RECORD, _MEMBER, _LARGEST_DIRECTORY = struct.Struct("<4s4H2LH"), 46, 16 << 20
_BINDING = re.compile(r"(\S{1,80}) (\d{1,18}) SHA-256 ([0-9a-f]{64}) (\S{1,200}) (\d{4}-\d\d-\d\d) ([a-z]{1,20})")
_PDF_SUBJECT = re.compile(rb"/Subject ?\(([^()\\]{1,600})\)")
_DOCX_SUBJECT = re.compile(rb"<dc:subject[^<>]{0,200}>([^<&]{1,600})</dc:subject>")
_END = re.compile(rb"%%EOF(?:\r\n|\r|\n)?")


def inspected(path: Path) -> dict[str, Any]:
    """``kind`` (zip, pdf, docx, json or nothing); ``says``: what it says of itself, if it is a dossier; ``fault``: for a ZIP the
    first thing that is wrong; ``chain``: of a ZIP without fault, one SHA-256 over number and hash of every entry; ``parts``:
    that a ZIP which says nothing has members named as those of a dossier; ``ends``: each end of a PDF in bytes, with the
    SHA-256 up to there."""
    with path.open("rb") as file:
        begin = file.read(64)
    found = {"kind": _kind(begin), "says": None, "fault": None}
    return found | _READERS.get(str(found["kind"]), _nothing)(path)


def _kind(begin: bytes) -> str:
    if begin.startswith(b"%PDF-"):
        return "pdf"
    if begin.startswith(b"PK\3\4"):
        return "docx" if begin[30:].startswith(b"[Content_Types].xml") else "zip"
    return "json" if begin.lstrip()[:1] == b"{" else ""


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _nothing(_path: Path) -> dict[str, Any]:
    return {}


def _pdf(path: Path) -> dict[str, Any]:
    """Its subject, and what it was before something was appended: a signature comes as an update behind the end."""
    says, digest, rest = None, hashlib.sha256(), b""
    ends: list[tuple[str, int]] = []
    length = 0
    for chunk in _chunks(path):
        data = rest + chunk
        says = says or _first_said(_PDF_SUBJECT, data)
        rest = data[-_OVERLAP:]
        begin = 0
        for found in _END.finditer(chunk):
            digest.update(chunk[begin : found.end()])
            begin = found.end()
            if len(ends) < _MOST_ENDS:
                ends.append((digest.hexdigest(), length + begin))
        digest.update(chunk[begin:])
        length += len(chunk)
    return {"says": says, "ends": ends}


def _docx(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("docProps/core.xml") as member:
            return {"says": _first_said(_DOCX_SUBJECT, member.read(_LARGEST_PROPERTIES))}
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return {"fault": ["truncated", ""]}


def _first_said(pattern: re.Pattern[bytes], data: bytes) -> dict[str, Any] | None:
    for found in pattern.finditer(data):
        said = _BINDING.fullmatch(found[1].decode("ascii", "replace"))
        if said is not None:
            names = ("stream", "seq", "head", "pair_number", "as_of", "scope_kind")
            values = dict(zip(names, said.groups(), strict=True))
            return {**values, "seq": int(said[2]), "pair_number": unquote(said[4])}
    return None


def _json(path: Path) -> dict[str, Any]:
    verify = _verify()
    if path.stat().st_size > LARGEST_TEXT:
        return {"fault": ["too_large", ""]}
    try:
        found = verify.read_json(path.read_bytes(), "")
    except verify.Fault as fault:
        return {"fault": [fault.kind, fault.where]}
    if not verify.shaped(found, format=str, pin=dict) or found["format"] != verify.DOSSIER_FORMAT:
        return {}
    return {"says": _of_pin(found["pin"], found), "fault": _texts(verify, found)}


def _texts(verify: Any, found: dict[str, Any]) -> list[str] | None:
    """The first frozen text that does not have its hash."""
    for row in found["frozen"] if isinstance(found.get("frozen"), list) else ():
        if not verify.shaped(row, text=str, sha256=str, label=str):
            return ["dossier", "frozen"]
        if hashlib.sha256(row["text"].encode("utf-8", "replace")).hexdigest() != row["sha256"]:
            return ["frozen_text", row["label"]]
    return None


def _zip(path: Path) -> dict[str, Any]:
    """Checked by the very program that lies in every package."""
    verify, check, fault = _verify(), None, None
    try:
        package = verify.opened(path)
        check = verify.Check(package, "")
        check.run()
    except verify.Fault as found:
        fault = [found.kind, found.where]
    if check is None or not check.pin:
        return {"fault": fault, "parts": _names(path) >= _PARTS}
    says = _of_pin(check.pin, check.dossier or check.manifest)
    return {"says": says, "fault": fault, "chain": "" if fault else check.chain.hexdigest()}


def _names(path: Path) -> set[bytes]:
    """The names of a ZIP's members without their folders, as far as its directory can be followed; nothing is unpacked."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_RECORD.size))
        end = file.read(_END_RECORD.size)
        if len(end) < _END_RECORD.size or end[:4] != b"PK\5\6":
            return set()
        size, start = _END_RECORD.unpack(end)[5:7]
        file.seek(start)
        directory = file.read(min(size, _LARGEST_DIRECTORY))
    names, at = set[bytes](), 0
    while directory[at : at + 4] == b"PK\1\2" and at + _MEMBER <= len(directory):
        named, extra, comment = struct.unpack_from("<3H", directory, at + 28)
        names.add(directory[at + _MEMBER : at + _MEMBER + named].rpartition(b"/")[2])
        at += _MEMBER + named + extra + comment
    return names


def _of_pin(pin: dict[str, Any], more: dict[str, Any]) -> dict[str, Any] | None:
    """What a pin says, as far as it has the form of one."""
    verify = _verify()
    if not verify.shaped(pin, stream=str, seq=int, head=str, pair_number=str, as_of=str) or not verify.is_hash(
        pin["head"]
    ):
        return None
    scope, words = pin.get("scope"), more.get("scope") or {}
    kind = str(scope[0])[:20] if isinstance(scope, list) and scope else ""
    said = {name: verify.shown(words[name]) for name in ("zh", "en")} if verify.shaped(words, zh=str, en=str) else None
    return {
        **{name: verify.shown(pin[name]) for name in ("stream", "pair_number", "as_of")},
        "head": pin["head"],
        "seq": pin["seq"],
        "scope_kind": kind,
        "scope": said,
        "marked_for": verify.shown(str(more.get("marked_for", ""))),
    }


_READERS = {"pdf": _pdf, "docx": _docx, "json": _json, "zip": _zip}


def _verify() -> Any:
    """The checking program of a package, with room for one text bounded further."""
    if "verify" not in sys.modules:
        place = Path(__file__).parent / "enclosed" / "verify.py"
        spec = importlib.util.spec_from_file_location("verify", place)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["verify"] = module
        spec.loader.exec_module(module)
        module.LARGEST_TEXT = module.LARGEST_MANIFEST = LARGEST_TEXT  # type: ignore[attr-defined]
        module.LARGEST_LINE = 16 << 20  # type: ignore[attr-defined]
    return sys.modules["verify"]


def main() -> int:
    """Bound the process, look, and print what was found."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        found = inspected(Path(sys.argv[1]))
    except (MemoryError, RecursionError):
        found = {"kind": "", "fault": ["too_large", ""], "says": None}
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

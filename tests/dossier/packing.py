"""A small package for the tests of packing and checking, and ways to spoil one as a forger would."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from cmo.dossier.package import ENCLOSED, Document, write_package
from cmo.dossier.sheets import Attached, Dossier, Fact, Facts, Frozen, Pin, Section
from cmo.paper.words import Words, same
from cmo.trail.actions import GENESIS
from cmo.trail.canonical import canonical, sha256

STREAM = "pair:7"
FACTS, FINDINGS, BODY = '{"quantity":"500"}', '{"found":[]}', '{"clauses":["一"]}'
PROOF = b"%PDF-1.7 a certificate\n" * 40
SCAN = bytes(range(256)) * 3
VERIFY = ENCLOSED / "verify.py"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def entries() -> list[dict[str, Any]]:
    """What the chain of the sample says, entry by entry."""
    said: list[tuple[str, dict[str, Any]]] = [
        ("pair.begun", {}),
        ("agreement.offered", {"revision": 1, "body_hash": sha256(BODY)}),
        ("evidence.attached", {"file": 5, "sha256": digest(PROOF)}),
        ("evidence.attached", {"file": 6, "sha256": digest(SCAN)}),
        (
            "lot.production_released",
            {"decision": 3, "facts_sha256": sha256(FACTS), "findings_sha256": sha256(FINDINGS)},
        ),
        ("evidence.attached", {"file": 9, "sha256": "9" * 64}),
    ]
    common = {"subject": "releases.lot:3", "label": "批 3 “甲”", "by_name": "林知夏", "reason": "", "stream": STREAM}
    at = "2026-06-01T01:00:00.000000+00:00"
    return [{**common, "verb": verb, "data": data, "seq": n, "at": at} for n, (verb, data) in enumerate(said, 1)]


def chain(contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries with their hashes, each resting on the one before."""
    rows: list[dict[str, Any]] = []
    before = GENESIS
    for content in contents:
        payload = canonical(content)
        rows.append({"payload": payload, "prev_hash": before, "hash": sha256(before + payload)})
        before = rows[-1]["hash"]
    return rows


def lines(rows: list[dict[str, Any]]) -> Iterator[bytes]:
    return (canonical(row).encode() + b"\n" for row in rows)


def attached(file_id: int, name: str, data: bytes, state: str = "whole") -> Attached:
    subject, title = "agreements.preparation:1", f"文件 {file_id}"
    known = digest(data) if data else "9" * 64
    return Attached(file_id, subject, title, name, "application/pdf", len(data), known, state, "preparing")


def sample(rows: list[dict[str, Any]] | None = None) -> Dossier:
    """A dossier of one section with three frozen texts, two whole files and one that the storage has lost."""
    rows = chain(entries()) if rows is None else rows
    instant = datetime(2026, 6, 1, 2, tzinfo=UTC)
    pin = Pin(7, "P2026-000007", date(2026, 6, 1), instant, STREAM, len(rows), rows[-1]["hash"], product_version="1.0")
    section = Section("parties", Words("双方", "Parties"), (Facts((Fact(same("甲"), same("乙")),)),), 1)
    texts = (
        ("body", BODY, 2, "body_hash"),
        ("facts", FACTS, 5, "facts_sha256"),
        ("findings", FINDINGS, 5, "findings_sha256"),
    )
    return Dossier(
        pin=pin,
        title=Words("委托生产档案", "Dossier"),
        registrant=Words("注册人", "Registrant"),
        contractor=Words("受托方", "Contractor"),
        sections=(section,),
        frozen=tuple(Frozen(key, f"批 3 {key}", text, sha256(text), seq, f"data.{at}") for key, text, seq, at in texts),
        files=(attached(5, "证明.pdf", PROOF), attached(6, "scan.PDF", SCAN), attached(9, "lost.pdf", b"", "missing")),
    )


DOCUMENTS = (Document("dossier.pdf", b"%PDF-1.7 pages" * 30), Document("dossier.docx", b"PK docx" * 30))


def open_file(sha: str) -> IO[bytes] | None:
    """The storage of the sample."""
    return {digest(data): io.BytesIO(data) for data in (PROOF, SCAN)}.get(sha)


def packed(dossier: Dossier | None = None, rows: list[dict[str, Any]] | None = None, **options: Any) -> bytes:
    """The whole package."""
    rows = chain(entries()) if rows is None else rows
    target = io.BytesIO()
    documents = options.pop("documents", DOCUMENTS)
    write_package(
        target, dossier or sample(rows), documents, lines(rows), options.pop("open_file", open_file), **options
    )
    return target.getvalue()


def checked(path: Path, *options: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    """What verify.py says, run alone: no site packages, no environment, no folder of its own on the path."""
    command = [python, "-I", "-S", "-X", "utf8", str(VERIFY), str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)


Members = dict[str, bytes]


def members(archive: bytes) -> Members:
    """Name → bytes, in order."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {name: found.read(name) for name in found.namelist()}


def repacked(parts: Members) -> bytes:
    """An archive written like a true one; what it says is another matter."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, data)
    return target.getvalue()


def resealed(parts: Members) -> bytes:
    """As a careful forger would: the manifest states sizes and hashes of what now lies there."""
    manifest = json.loads(parts["manifest.json"])
    rest = [(name, data) for name, data in parts.items() if name != "manifest.json"]
    manifest["files"] = [{"name": name, "size": len(data), "sha256": digest(data)} for name, data in rest]
    return repacked({**dict(rest), "manifest.json": canonical(manifest).encode()})


def edited(parts: Members, name: str, change: Callable[[Any], None]) -> Members:
    """One JSON file changed by ``change``."""
    data = json.loads(parts[name])
    change(data)
    return {**parts, name: canonical(data).encode()}


def places(archive: bytes) -> list[tuple[str, int, int]]:
    """Where the bytes of each part lie: heads and bytes of members, directory and end."""
    found, at = [], 0
    while archive[at : at + 4] == b"PK\3\4":
        size, named = struct.unpack_from("<L4xH", archive, at + 18)
        name = archive[at + 30 : at + 30 + named].decode()
        found += [(f"head of {name}", at, 30 + named), (name, at + 30 + named, size)]
        at += 30 + named + size
    return [*found, ("directory", at, len(archive) - 22 - at), ("end", len(archive) - 22, 22)]


def with_file(dossier: Dossier, file: Attached) -> Dossier:
    return replace(dossier, files=(*dossier.files, file))


def unsigned_size(manifest: bytes) -> int:
    """Bytes of the signed document before its signature."""
    (signed,) = json.loads(manifest)["signed"]
    return int(signed["unsigned_size"])

"""The package of a dossier: one ZIP with every format, the evidence files, the chain, a manifest and its own checker.

The same dossier, documents and files give the same bytes: fixed order, dates and permissions, and members are stored, not
compressed, so that no version of a compressor matters and a checker inflates nothing. Evidence is streamed from the
storage. What the storage has lost or altered is named in the manifest and not enclosed.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cmo.errors import Finding, Refused
from cmo.trail.canonical import canonical

from .json_out import json_text, pin_data, storable
from .naming import enclosed_name
from .sheets import Attached, Dossier

FORMAT = "cmo.dossier.package/1"
MANIFEST = "manifest.json"
ENCLOSED = Path(__file__).parent / "enclosed"
#: A ZIP beyond 2 GiB needs extensions that not every reader has.
LARGEST = 2_000_000_000
_CHUNK = 1 << 20

#: SHA-256 of a stored file → the file opened at its beginning, or None where it is missing or altered.
Opener = Callable[[str], IO[bytes] | None]


@dataclass(frozen=True, slots=True)
class Document:
    """A finished format. ``unsigned``: how many of its first bytes were there before a signature came on top."""

    name: str
    data: bytes
    unsigned: int | None = None


class FileChangedError(Exception):
    """A stored file was whole when the dossier was collected and no longer is."""


def write_package(
    target: IO[bytes],
    dossier: Dossier,
    documents: Sequence[Document],
    chain: Iterable[bytes],
    open_file: Opener,
    limit: int = LARGEST,
) -> dict[str, Any]:
    """Write the ZIP to a seekable file; returns the manifest.

    :raises Refused: when everything together is larger than ``limit`` bytes. :raises FileChangedError:
    """
    whole = [file for file in dossier.files if file.state == "whole"]
    refuse_beyond(limit, sum(file.size for file in whole) + sum(len(one.data) for one in documents))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        writing = _Writing(archive, limit)
        writing.add("README.txt", _enclosed("README.txt"))
        writing.add("verify.py", _enclosed("verify.py"))
        for document in documents:
            writing.add(document.name, _portions(document.data))
        writing.add("dossier.json", _portions(json_text(dossier).encode()))
        writing.add("dossier-1.schema.json", _enclosed("dossier-1.schema.json"))
        writing.add("trail.jsonl", chain)
        for file in whole:
            writing.add_evidence(file, open_file)
        manifest = _manifest(dossier, documents, writing.rows)
        writing.add(MANIFEST, _portions(canonical(manifest).encode()))
    return manifest


def refuse_beyond(limit: int, size: int) -> None:
    """:raises Refused: when this is larger than a package may become."""
    if size > min(limit, LARGEST):
        raise Refused([_too_large(size, min(limit, LARGEST))])


class _Writing:
    """The archive being written, with what the manifest will say of it."""

    def __init__(self, archive: zipfile.ZipFile, limit: int) -> None:
        self._archive, self._limit, self._total = archive, limit, 0
        self.rows: list[dict[str, Any]] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> str:
        """Write one member; its hash."""
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.create_system, info.external_attr = 3, 0o100644 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w") as member:
            for chunk in chunks:
                size, self._total = size + len(chunk), self._total + len(chunk)
                refuse_beyond(self._limit, self._total)
                digest.update(chunk)
                member.write(chunk)
        self.rows.append({"name": name, "size": size, "sha256": digest.hexdigest()})
        return digest.hexdigest()

    def add_evidence(self, file: Attached, open_file: Opener) -> None:
        """Stream one stored file; it must still be what the dossier says."""
        source = open_file(file.sha256)
        if source is None:
            raise FileChangedError(file.title)
        with source:
            chunks = iter(lambda: source.read(_CHUNK), b"")
            if self.add(enclosed_name(file.file_id, file.name), chunks) != file.sha256:
                raise FileChangedError(file.title)


def _portions(data: bytes) -> Iterator[bytes]:
    return (data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK))


def _enclosed(name: str) -> Iterator[bytes]:
    return _portions((ENCLOSED / name).read_bytes())


def _manifest(dossier: Dossier, documents: Sequence[Document], rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "pin": pin_data(dossier.pin),
        "marked_for": storable(dossier.marked_for),
        "withheld": sorted(dossier.withheld),
        "files": list(rows),
        "evidence": [_evidence(file) for file in dossier.files],
        "signed": [_signed(one, one.unsigned) for one in documents if one.unsigned is not None],
    }


def _evidence(file: Attached) -> dict[str, Any]:
    """What was declared of a file; ``name`` only where it is enclosed."""
    said = {
        "file": file.file_id,
        "subject": file.subject,
        "title": file.title,
        "sha256": file.sha256,
        "size": file.size,
        "state": file.state,
        "section": file.section,
    }
    return said | ({"name": enclosed_name(file.file_id, file.name)} if file.state == "whole" else {})


def _signed(document: Document, unsigned: int) -> dict[str, Any]:
    """The document before its signature: two builds of one pin agree in it, though each bears a signature of its own."""
    digest = hashlib.sha256(document.data[:unsigned]).hexdigest()
    return {"name": document.name, "unsigned_size": unsigned, "unsigned_sha256": digest}


def _too_large(size: int, limit: int) -> Finding:
    asked, most = (f"{number / 1_000_000:.1f} MB" for number in (size, limit))
    return Finding(
        code="dossier_too_large",
        severity="blocks",
        basis="policy",
        zh=f"档案及其证明文件至少 {asked}，超过上限 {most}。",
        en=f"The dossier with its evidence files has {asked} or more; the limit is {most}.",
        facts={"size": size, "limit": limit},
        todo_zh="请缩小档案的范围（期间、产品、批次或者协议），或者提高上限。",
        todo_en="Limit the dossier to a period, a device, a lot or an agreement, or raise the limit.",
    )

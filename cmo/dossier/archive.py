"""Where the ZIP of an export lies, and reading what is in it.

``exports/<export>-<attempt>.zip`` in the storage, whole or not there. Every attempt has a name of its own, so that two workers
never write to one file.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from typing import IO, Any

from cmo import storage
from cmo.evidence.store import hash_of

from .models import Export
from .package import MANIFEST

FOLDER = "exports"
DATA = "dossier.json"
_NAMES = re.compile(r"(\d+)-(\d+)\.zip|\.(\d+)-(\d+)\.zip-[^/]*\.part")
_CHUNK = 1 << 20


def name_of(export_id: int, attempt: int) -> str:
    """The name in the storage of what one attempt made."""
    return f"{FOLDER}/{export_id}-{attempt}.zip"


def write(export_id: int, attempt: int, fill: storage.Fill) -> tuple[str, int]:
    """Have the file of an attempt filled and put it in its place: SHA-256 and size. What ``fill`` raises leaves nothing."""
    found: list[tuple[str, int]] = []

    def filled(file: IO[bytes]) -> None:
        fill(file)
        file.seek(0)
        found.append((hash_of(file), file.tell()))

    storage.write(name_of(export_id, attempt), filled)
    return found[0]


def remove(export_id: int, attempt: int) -> None:
    """Take the file of an attempt away, where there is one."""
    storage.remove(name_of(export_id, attempt))


def lying() -> dict[str, tuple[int, int]]:
    """The name of every file here, finished or not, with export and attempt that it belongs to."""
    found = ((name, _NAMES.fullmatch(name)) for name in storage.names(FOLDER))
    return {
        f"{FOLDER}/{name}": (int(match[1] or match[3]), int(match[2] or match[4])) for name, match in found if match
    }


def lies(export: Export) -> bool:
    """Whether the ZIP lies in its place with the size that was recorded; its bytes are not read."""
    return _kept(export) and storage.size_of(name_of(export.pk, export.attempt)) == export.size


def is_intact(export: Export) -> bool:
    """Whether the ZIP lies in its place and its bytes are those that were made."""
    file = open_export(export)
    if file is None:
        return False
    file.close()
    return True


def open_export(export: Export) -> IO[bytes] | None:
    """The ZIP at its beginning; None where its bytes are gone or are not those that were made."""
    file = _opened(export)
    if file is None:
        return None
    if hash_of(file) != export.sha256:
        file.close()
        return None
    file.seek(0)
    return file


def member(export: Export, name: str) -> IO[bytes] | None:
    """One file out of the ZIP, to be closed by the caller; None where there is none of this name or it is not what the
    manifest says."""
    row = next((row for row in manifest_of(export).get("files", ()) if row["name"] == name), None)
    source = _opened(export) if row is not None else None
    if row is None or source is None:
        return None
    out = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    with source, zipfile.ZipFile(source) as archive:
        if name in archive.namelist():
            with archive.open(name) as inside:
                shutil.copyfileobj(inside, out, _CHUNK)
    out.seek(0)
    if hash_of(out) != row["sha256"]:
        out.close()
        return None
    out.seek(0)
    return out


def manifest_of(export: Export) -> dict[str, Any]:
    """What the ZIP says is in it; empty where its bytes are gone."""
    return _read(export, MANIFEST)


def dossier_data(export: Export) -> dict[str, Any]:
    """The dossier as JSON values, to be read and not changed; empty where its bytes are gone."""
    return _read(export, DATA)


def evidence_of(export: Export) -> list[Mapping[str, Any]]:
    """The evidence files of the manifest; ``name``: their member of the ZIP, absent where a file is missing or altered."""
    return manifest_of(export).get("evidence", [])


def _read(export: Export, member: str) -> dict[str, Any]:
    name = name_of(export.pk, export.attempt)
    try:
        return _data(name, export.sha256, member) if _kept(export) and storage.size_of(name) is not None else {}
    except LookupError:
        return {}


@lru_cache(maxsize=4)
def _data(name: str, sha256: str, member: str) -> dict[str, Any]:
    """Parsed once for pages that are turned; the file is checked as a whole before. :raises LookupError: when it is not that."""
    file = storage.opened(name)
    if file is None:
        raise LookupError(name)
    with file:
        if hash_of(file) != sha256:
            raise LookupError(name)
        with zipfile.ZipFile(file) as archive:
            return json.loads(archive.read(member))


def _kept(export: Export) -> bool:
    return bool(export.sha256) and export.removed_at is None


def _opened(export: Export) -> IO[bytes] | None:
    return storage.opened(name_of(export.pk, export.attempt)) if _kept(export) else None

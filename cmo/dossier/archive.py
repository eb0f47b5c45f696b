"""Where the ZIP of an export lies, and reading what is in it.

``<MEDIA_ROOT>/exports/<export>-<attempt>.zip``. It is written beside under another name, flushed and renamed: under its own
name it is whole. Every attempt has a name of its own, so that two workers never write to one file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from cmo.evidence.store import hash_of

from .models import Export
from .package import MANIFEST

DATA = "dossier.json"
_NAMES = re.compile(r"\.?(\d+)-(\d+)(?:-[^/]*\.part|\.zip)")
_CHUNK = 1 << 20


def folder() -> Path:
    """Where the files of exports lie."""
    return Path(settings.MEDIA_ROOT) / "exports"


def path_of(export_id: int, attempt: int) -> Path:
    """The place of what one attempt made."""
    return folder() / f"{export_id}-{attempt}.zip"


def write(export_id: int, attempt: int, fill: Callable[[IO[bytes]], None]) -> tuple[str, int]:
    """Have the file of an attempt filled and put it in its place: SHA-256 and size. What ``fill`` raises leaves nothing."""
    folder().mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder(), prefix=f".{export_id}-{attempt}-", suffix=".part")
    temporary, place = Path(name), path_of(export_id, attempt)
    try:
        with os.fdopen(handle, "w+b") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            found = hash_of(file), file.tell()
        temporary.chmod(0o440)
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return found


def remove(export_id: int, attempt: int) -> None:
    """Take the file of an attempt away, where there is one."""
    path_of(export_id, attempt).unlink(missing_ok=True)


def lying() -> dict[Path, tuple[int, int]]:
    """Every file here, finished or not, with export and attempt that it belongs to."""
    places = folder().iterdir() if folder().is_dir() else ()
    found = ((place, _NAMES.fullmatch(place.name)) for place in places)
    return {place: (int(match[1]), int(match[2])) for place, match in found if match}


def lies(export: Export) -> bool:
    """Whether the ZIP lies in its place with the size that was recorded; its bytes are not read."""
    try:
        return _lies(export) and path_of(export.pk, export.attempt).stat().st_size == export.size
    except FileNotFoundError:
        return False


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
    """One file out of the ZIP; None where there is none of this name or it is not what the manifest says."""
    row = next((row for row in manifest_of(export).get("files", ()) if row["name"] == name), None)
    if row is None:
        return None
    with _archive(export) as archive:
        if archive is None or name not in archive.namelist() or _hash(archive, name) != row["sha256"]:
            return None
    try:
        return zipfile.ZipFile(path_of(export.pk, export.attempt)).open(name)
    except FileNotFoundError:
        return None


def manifest_of(export: Export) -> dict[str, Any]:
    """What the ZIP says is in it; empty where its bytes are gone."""
    return _data(str(path_of(export.pk, export.attempt)), export.sha256, MANIFEST) if _lies(export) else {}


def dossier_data(export: Export) -> dict[str, Any]:
    """The dossier as JSON values, to be read and not changed; empty where its bytes are gone."""
    return _data(str(path_of(export.pk, export.attempt)), export.sha256, DATA) if _lies(export) else {}


def evidence_of(export: Export) -> list[Mapping[str, Any]]:
    """The evidence files of the manifest; ``name``: their member of the ZIP, absent where a file is missing or altered."""
    return manifest_of(export).get("evidence", [])


@lru_cache(maxsize=4)
def _data(path: str, sha256: str, name: str) -> dict[str, Any]:
    """Parsed once for pages that are turned; the file is checked as a whole before."""
    with Path(path).open("rb") as file:
        if hash_of(file) != sha256:
            return {}
        with zipfile.ZipFile(file) as archive:
            return json.loads(archive.read(name))


def _lies(export: Export) -> bool:
    return bool(export.sha256) and export.removed_at is None and path_of(export.pk, export.attempt).is_file()


def _opened(export: Export) -> IO[bytes] | None:
    try:
        return path_of(export.pk, export.attempt).open("rb") if _lies(export) else None
    except FileNotFoundError:
        return None


@contextmanager
def _archive(export: Export) -> Iterator[zipfile.ZipFile | None]:
    file = _opened(export)
    if file is None:
        yield None
        return
    with file, zipfile.ZipFile(file) as archive:
        yield archive


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()

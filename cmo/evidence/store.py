"""Where the bytes lie: one file per content, named by its SHA-256, written once and never again.

A file is complete in its place before any row names it; a file no row names is harmless and is counted by
``verify_evidence``.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

CHUNK = 1 << 20


def path_of(sha256: str) -> Path:
    """The one place of this content."""
    return Path(settings.MEDIA_ROOT) / "sha256" / sha256[:2] / sha256


def put(chunks: Iterable[bytes], sha256: str) -> None:
    """Write the content to its place; nothing happens when it lies there intact, a damaged copy is replaced.

    :raises ValueError: when the chunks do not have this hash.
    """
    place = path_of(sha256)
    if place.exists() and hash_of(place) == sha256:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix="incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            digest = hashlib.sha256()
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != sha256:
            raise ValueError("the content changed while it was read")
        Path(temporary).chmod(0o440)
        Path(temporary).replace(place)
    finally:
        Path(temporary).unlink(missing_ok=True)


def hash_of(source: Path | IO[bytes]) -> str:
    """SHA-256 of a file's bytes as 64 hexadecimal digits; an open file is read from where it stands."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]


def open_intact(sha256: str) -> IO[bytes] | None:
    """The file opened at its beginning when it is there and unaltered, else None. The caller closes it."""
    try:
        file = path_of(sha256).open("rb")
    except OSError:
        return None
    if hash_of(file) != sha256:
        file.close()
        return None
    file.seek(0)
    return file


def everything() -> Iterator[str]:
    """The names of all files in the store."""
    root = Path(settings.MEDIA_ROOT) / "sha256"
    yield from sorted(place.name for place in root.glob("??/*") if place.is_file())

"""Where the bytes lie: one file per content, named by its SHA-256, written once and never again.

A file is complete in its place before any row names it; a file no row names is harmless and is counted by
``verify_evidence``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from cmo import storage

FOLDER = "sha256"


def name_of(sha256: str) -> str:
    """The one name of this content in the storage."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def put(chunks: Iterable[bytes], sha256: str) -> None:
    """Write the content to its place; nothing happens when it lies there intact, a damaged copy is replaced.

    :raises ValueError: when the chunks do not have this hash.
    """
    lying = open_intact(sha256)
    if lying is not None:
        lying.close()
        return

    def fill(file: IO[bytes]) -> None:
        digest = hashlib.sha256()
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
        if digest.hexdigest() != sha256:
            raise ValueError("the content changed while it was read")

    storage.write(name_of(sha256), fill)


def hash_of(source: Path | IO[bytes]) -> str:
    """SHA-256 of a file's bytes as 64 hexadecimal digits; an open file is read from where it stands."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]


def size_of(sha256: str) -> int | None:
    """Bytes that lie under this hash, unread; None where nothing lies."""
    return storage.size_of(name_of(sha256))


def open_intact(sha256: str) -> IO[bytes] | None:
    """The file opened at its beginning when it is there and unaltered, else None. The caller closes it."""
    try:
        file = storage.opened(name_of(sha256))
    except OSError:
        return None
    if file is None:
        return None
    if hash_of(file) != sha256:
        file.close()
        return None
    file.seek(0)
    return file


def state_of(sha256: str) -> str:
    """``whole``, ``missing`` or ``altered``: how the bytes that lie there, all of them read, compare with their name."""
    file = open_intact(sha256)
    if file is None:
        return "missing" if size_of(sha256) is None else "altered"
    file.close()
    return "whole"


def everything() -> Iterator[str]:
    """The names of all files in the store."""
    for folder in storage.folders(FOLDER):
        yield from storage.names(f"{FOLDER}/{folder}")

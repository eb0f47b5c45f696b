"""Documents as files: names that no person's text can spoil, bytes written once and kept for a day, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.core.cache import cache

from .words import Language

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
KINDS = tuple(CONTENT_TYPES)
SECONDS = 24 * 60 * 60

_SUFFIX = {"zh": "zh", "en": "en", "both": "zh-en"}


def file_name(label: str, language: Language, kind: str, *, otherwise: str) -> str:
    """``QA2025-000001-1.zh-en.pdf``: letters, digits and hyphens alone; ``otherwise``: for a label without any."""
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", label).strip("-") or otherwise
    return f"{stem}.{_SUFFIX[language]}.{kind}"


def kept(name: str, said: str, write: Callable[[], bytes], folders: tuple[Path, ...]) -> bytes:
    """What ``write`` gives, written at most once a day for everything that is ``said`` on the document.

    ``folders``: where the code that writes it lies; after an upgrade nothing older is handed out.
    """
    whole = "\n".join((said, _writers((*folders, Path(__file__).parent))))
    key = f"{name}:{hashlib.sha256(whole.encode()).hexdigest()}"
    data: bytes | None = cache.get(key)
    if data is None:
        data = write()
        cache.set(key, data, SECONDS)
    return data


@lru_cache(maxsize=8)
def _writers(folders: tuple[Path, ...]) -> str:
    """Hash of the very code that writes the files."""
    digest = hashlib.sha256()
    for folder in folders:
        for source in sorted(folder.rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def put_in_place(path: Path, data: bytes) -> None:
    """Put the file in place under its name only when it is complete."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

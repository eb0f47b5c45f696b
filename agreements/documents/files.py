"""The documents of a revision as files: their names, and their bytes written once and kept for a day.

What is kept is found again by everything that stands on the paper, so a new signature or notice never meets an old file.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from django.core.cache import cache

from cmo import paper
from cmo.paper.words import Language

from .docx import render_docx
from .pdf import render_pdf
from .sheets import AgreementDocument

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
KINDS = tuple(CONTENT_TYPES)
SECONDS = 24 * 60 * 60

_SUFFIX = {"zh": "zh", "en": "en", "both": "zh-en"}
_WRITERS = {"pdf": render_pdf, "docx": render_docx}


def rendered(document: AgreementDocument, language: Language, kind: str) -> bytes:
    """The file, written now."""
    return _WRITERS[kind](document, language)


def kept(document: AgreementDocument, language: Language, kind: str) -> bytes:
    """The file, written at most once a day for everything that stands on it."""
    key = _key(document, language, kind)
    data: bytes | None = cache.get(key)
    if data is None:
        data = rendered(document, language, kind)
        cache.set(key, data, SECONDS)
    return data


def _key(document: AgreementDocument, language: Language, kind: str) -> str:
    said = "\n".join((repr(document), language, kind, _writers()))
    return f"agreement-document:{hashlib.sha256(said.encode()).hexdigest()}"


@lru_cache(maxsize=1)
def _writers() -> str:
    """Hash of the very code that writes the files: after an upgrade nothing older is handed out."""
    digest = hashlib.sha256()
    for folder in (Path(__file__).parent, Path(paper.__file__).parent):
        for source in sorted(folder.rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def file_name(document: AgreementDocument, language: Language, kind: str) -> str:
    """``QA2025-000001-1.zh-en.pdf``: letters, digits and hyphens alone, whatever the number holds."""
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", document.label).strip("-") or "agreement"
    return f"{stem}.{_SUFFIX[language]}.{kind}"

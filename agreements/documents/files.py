"""The documents of a revision as files: their names, and their bytes written once and kept for a day.

What is kept is found again by everything that stands on the paper, so a new signature or notice never meets an old file.
"""

from __future__ import annotations

from pathlib import Path

from cmo.paper import files
from cmo.paper.files import CONTENT_TYPES, KINDS
from cmo.paper.words import Language

from .docx import render_docx
from .pdf import render_pdf
from .sheets import AgreementDocument

__all__ = ["CONTENT_TYPES", "KINDS", "file_name", "kept", "rendered"]

_WRITERS = {"pdf": render_pdf, "docx": render_docx}


def rendered(document: AgreementDocument, language: Language, kind: str, mark: str = "") -> bytes:
    """The file, written now; ``mark``: for whom every page is marked."""
    return _WRITERS[kind](document, language, mark)


def kept(document: AgreementDocument, language: Language, kind: str, mark: str = "") -> bytes:
    """The file, written at most once a day for everything that stands on it."""
    said = "\n".join((repr(document), language, kind, mark))
    folders = (Path(__file__).parent,)
    return files.kept("agreement-document", said, lambda: rendered(document, language, kind, mark), folders)


def file_name(document: AgreementDocument, language: Language, kind: str) -> str:
    """``QA2025-000001-1.zh-en.pdf``: number and revision, language, kind."""
    return files.file_name(document.label, language, kind, otherwise="agreement")

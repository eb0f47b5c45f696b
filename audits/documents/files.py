"""The documents of a report as files: their names, and their bytes written once and kept for a day.

What is kept is found again by everything that stands on the paper, so a signature that turns void never meets an old file.
"""

from __future__ import annotations

from pathlib import Path

from agreements import documents as signed_papers
from cmo.paper import files
from cmo.paper.files import CONTENT_TYPES, KINDS
from cmo.paper.words import Language

from .docx import render_docx
from .pdf import render_pdf
from .sheets import ReportDocument

__all__ = ["CONTENT_TYPES", "KINDS", "file_name", "kept", "rendered"]

_WRITERS = {"pdf": render_pdf, "docx": render_docx}


def rendered(document: ReportDocument, language: Language, kind: str, mark: str = "") -> bytes:
    """The file, written now; ``mark``: for whom every page is marked."""
    return _WRITERS[kind](document, language, mark)


def kept(document: ReportDocument, language: Language, kind: str, mark: str = "") -> bytes:
    """The file, written at most once a day for everything that stands on it."""
    said = "\n".join((repr(document), language, kind, mark))
    folders = (Path(__file__).parent, Path(signed_papers.__file__).parent)
    return files.kept("audit-report", said, lambda: rendered(document, language, kind, mark), folders)


def file_name(document: ReportDocument, language: Language, kind: str) -> str:
    """``AU2026-000001.zh-en.pdf``: number, language, kind."""
    return files.file_name(document.number, language, kind, otherwise="audit-report")

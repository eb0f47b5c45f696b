"""A dossier as DOCX: the same sections in the same order as the PDF, from the same values."""

from .rendering import render_docx

__all__ = ["render_docx"]

"""A dossier as PDF: cover, contents with page numbers, outline, and every section set by itself.

``set_section`` needs nothing but the section, its number and the language, and its pages read the same in whatever file
they are bound; so an unchanged section may be kept and bound again.
"""

from .rendering import render_pdf
from .sections import SetSection, set_section

__all__ = ["SetSection", "render_pdf", "set_section"]

"""DOCX by python-docx from a template of our own: East-Asian fonts, numbering, tables as XML text, stable bytes.

``Body`` collects blocks as WordprocessingML text; ``packed`` puts them into the template and makes the file.
"""

from .body import ANCHOR, Body, Cell, Run
from .package import Properties, packed, stable
from .parts import Part, comments, custom_properties
from .template import OUTLINE, Design, ParagraphStyle

__all__ = [
    "ANCHOR",
    "OUTLINE",
    "Body",
    "Cell",
    "Design",
    "ParagraphStyle",
    "Part",
    "Properties",
    "Run",
    "comments",
    "custom_properties",
    "packed",
    "stable",
]

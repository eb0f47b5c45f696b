"""PDF on reportlab's canvas: own fonts, own line breaking, pages laid out first and drawn once their number is known.

``Layout`` takes headings, text, rows and tables; ``Layout.leaves`` are pages of marks; ``drawn`` makes the file.
"""

from .drawing import Metadata, drawn
from .layout import Cell, Column, Layout, Sheet
from .marks import ACCENT, BLACK, GRAY, Bookmark, Fill, Frame, Mark, Modules, Rule, Text
from .setting import Line, Style, measured, set_text

__all__ = [
    "ACCENT",
    "BLACK",
    "GRAY",
    "Bookmark",
    "Cell",
    "Column",
    "Fill",
    "Frame",
    "Layout",
    "Line",
    "Mark",
    "Metadata",
    "Modules",
    "Rule",
    "Sheet",
    "Style",
    "Text",
    "drawn",
    "measured",
    "set_text",
]

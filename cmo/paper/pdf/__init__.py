"""PDF with own fonts and own line breaking: pages are laid out first and drawn once their number is known.

``Layout`` takes headings, text, rows and tables; ``Layout.leaves`` are pages of marks; ``drawn`` makes the file on
reportlab's canvas. For hundreds of pages ``written`` makes each page's content at once and ``bound`` the file of them.
"""

from .binding import Jump, bound
from .drawing import Metadata, drawn
from .layout import Cell, Column, Layout, Sheet
from .leaves import Leaf, written
from .marks import ACCENT, BLACK, GRAY, Bookmark, Fill, Frame, Mark, Modules, Rule, Shape, Text
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
    "Jump",
    "Layout",
    "Leaf",
    "Line",
    "Mark",
    "Metadata",
    "Modules",
    "Rule",
    "Shape",
    "Sheet",
    "Style",
    "Text",
    "bound",
    "drawn",
    "measured",
    "set_text",
    "written",
]

"""DOCX by python-docx from a template of our own: East-Asian fonts, numbering, tables as XML text, stable bytes.

``Body`` collects blocks as WordprocessingML text; ``packed`` puts them into the template and makes the file.
"""

from .body import Body, Cell, Run
from .package import Properties, packed

__all__ = ["Body", "Cell", "Properties", "Run", "packed"]

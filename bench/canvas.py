"""The reference for documents: the same text in the same columns straight onto a canvas, broken by the same function."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any


def straight_to_canvas(texts: Iterable[tuple[str, float, float]], sheet: Any = None) -> bytes:
    """No pages of marks, no tables, no rows. ``texts``: text, size in points, share of the width; ``sheet``: A4 by default."""
    from reportlab.pdfgen.canvas import Canvas

    from cmo.paper.breaking import break_lines
    from cmo.paper.pdf import Sheet
    from cmo.paper.pdf.fonts import face

    sheet, font = sheet or Sheet(), face()
    canvas = Canvas(BytesIO(), pagesize=(sheet.width, sheet.height), invariant=1, initialFontName=font.name)
    y = 0.0
    for text, size, share in texts:
        for line in break_lines(font.drawable(text), sheet.breadth * share / size, font.widths):
            if y < sheet.bottom:
                canvas.showPage()
                y = sheet.height - sheet.top
            canvas.setFont(font.name, size)
            canvas.drawString(sheet.left, y, line)
            y -= 1.5 * size * share
    data: bytes = canvas.getpdfdata()
    return data

"""From blocks to a file: template, body, head and foot, pictures, properties; the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_HEADER_FOOTER
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from PIL import Image

from ..code import Symbol
from ..plain import visible
from .body import ACROSS, BREADTH, HIDDEN, Body, field_code, paragraph
from .body import Run as Line
from .parts import Part
from .template import PLAIN, Design, W, template

_MODULE_PIXELS = 6
_LONGEST_PROPERTY = 255


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says about itself and what stands in its head and foot.

    ``pages``: how the page number is written, with ``{page}`` and ``{pages}`` for the figures; ``mark``: for whom the file was
    made, on top of every page.
    """

    title: str
    author: str
    subject: str
    language: str
    created_at: datetime
    head: str
    foot: str
    pages: str
    mark: str = ""


def packed(
    body: Body,
    about: Properties,
    codes: Mapping[str, Symbol] | None = None,
    design: Design = PLAIN,
    parts: Sequence[Part] = (),
) -> bytes:
    """The document as a file; ``codes``: QR codes by the name of the picture they are; ``parts``: beside the usual ones."""
    document = Document(BytesIO(template("".join(body.blocks), design, body.pages(), parts)))
    _place_codes(document, codes or {})
    _furnish(document, about)
    _describe(document, about)
    stream = BytesIO()
    document.save(stream)
    return stable(stream.getvalue())


def _place_codes(document: Any, codes: Mapping[str, Symbol]) -> None:
    """Put each code into the run behind its bookmark; ids of all bookmarks are counted through."""
    for number, start in enumerate(list(document.element.body.iter(qn("w:bookmarkStart"))), 1):
        holder, end, name = start.getparent(), start.getnext(), start.get(qn("w:name"))
        start.set(qn("w:id"), str(number))
        end.set(qn("w:id"), str(number))
        if name.startswith(HIDDEN):
            continue
        run = Run(holder.find(qn("w:r")), Paragraph(holder, document._body))  # noqa: SLF001 - where pictures are related
        run.add_picture(BytesIO(_png(codes[name])), width=Mm(24))


def _png(code: Symbol) -> bytes:
    image = Image.new("1", (code.size, code.size), 1)
    for row, column, length in code.runs:
        image.paste(0, (column, row, column + length, row + 1))
    side = code.size * _MODULE_PIXELS
    stream = BytesIO()
    image.resize((side, side)).save(stream, "PNG")
    return stream.getvalue()


def _furnish(document: Any, about: Properties) -> None:
    """Running head from the second page on; foot and page number on every page, as wide as the page is."""
    first, *more = document.sections
    mark = paragraph(Line(about.mark, "Header")) if about.mark else ""
    _fill(first.header, mark + paragraph(Line(about.head, "Header")))
    _fill(first.first_page_header, mark + paragraph(Line("", "Header")))
    for part in (first.footer, first.first_page_footer):
        _fill(part, _foot(about, BREADTH))
    feet = {first.orientation: _footer(first)}
    for section in more:
        known = feet.get(section.orientation)
        if known is None:
            _fill(section.footer, _foot(about, ACROSS))
            feet[section.orientation] = _footer(section)
        else:
            section._sectPr.add_footerReference(WD_HEADER_FOOTER.PRIMARY, known)  # noqa: SLF001 - one part for many


def _footer(section: Any) -> str:
    """The relation that leads to the foot of a section."""
    found: str = section._sectPr.get_footerReference(WD_HEADER_FOOTER.PRIMARY).rId  # noqa: SLF001 - not offered otherwise
    return found


def _foot(about: Properties, breadth: int) -> str:
    numbers = "".join(
        field_code(piece[1:]) if piece.startswith("#") else f'<w:r><w:t xml:space="preserve">{piece}</w:t></w:r>'
        for piece in about.pages.format(page="|#PAGE|", pages="|#NUMPAGES|").split("|")
        if piece
    )
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{breadth}"/></w:tabs>'
    first = paragraph(Line(about.foot, "Footer")).removesuffix("</w:p>")
    return first.replace("</w:pPr>", f"{tab}</w:pPr>", 1) + f"<w:r><w:tab/></w:r>{numbers}</w:p>"


def _fill(part: Any, xml: str) -> None:
    """Replace what python-docx puts into a new head or foot."""
    part.is_linked_to_previous = False
    element = part._element  # noqa: SLF001 - python-docx offers no other way to its XML
    for child in list(element):
        element.remove(child)
    wrapped = parse_xml(f'<w:hdr xmlns:w="{W}">{xml}</w:hdr>')
    element.extend(list(wrapped))


def _describe(document: Any, about: Properties) -> None:
    core = document.core_properties
    for name in ("title", "author", "subject", "language"):
        setattr(core, name, visible(getattr(about, name)).replace("\n", " ")[:_LONGEST_PROPERTY])
    core.last_modified_by = core.author
    core.created = core.modified = about.created_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    core.revision = 1
    language = document.styles.element.find(f".//{qn('w:lang')}")
    language.set(qn("w:val"), "en-GB")


def stable(data: bytes) -> bytes:
    """The same parts in one order with one date, so that equal content is equal bytes."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.external_attr, part.create_system = ZIP_DEFLATED, 0o600 << 16, 3
            target.writestr(part, source.read(name))
    return stream.getvalue()

"""From blocks to a file: template, body, head and foot, pictures, properties; the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from PIL import Image

from ..code import Symbol
from ..plain import visible
from .body import Body, field_code, paragraph
from .body import Run as Line
from .template import W, template

_MODULE_PIXELS = 6
_LONGEST_PROPERTY = 255


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says about itself and what stands in its head and foot.

    ``pages``: how the page number is written, with ``{page}`` and ``{pages}`` for the figures.
    """

    title: str
    author: str
    subject: str
    language: str
    created_at: datetime
    head: str
    foot: str
    pages: str


def packed(body: Body, about: Properties, codes: Mapping[str, Symbol] | None = None) -> bytes:
    """The document as a file; ``codes``: QR codes by the name of the picture they are."""
    document = Document(BytesIO(template("".join(body.blocks))))
    _place_codes(document, codes or {})
    _furnish(document, about)
    _describe(document, about)
    stream = BytesIO()
    document.save(stream)
    return _stable(stream.getvalue())


def _place_codes(document: Any, codes: Mapping[str, Symbol]) -> None:
    """Put each code into the run behind its bookmark; ids of bookmarks are counted through."""
    for number, start in enumerate(list(document.element.body.iter(qn("w:bookmarkStart"))), 1):
        holder, end = start.getparent(), start.getnext()
        start.set(qn("w:id"), str(number))
        end.set(qn("w:id"), str(number))
        run = Run(holder.find(qn("w:r")), Paragraph(holder, document._body))  # noqa: SLF001 - where pictures are related
        run.add_picture(BytesIO(_png(codes[start.get(qn("w:name"))])), width=Mm(24))


def _png(code: Symbol) -> bytes:
    image = Image.new("1", (code.size, code.size), 1)
    for row, column, length in code.runs:
        image.paste(0, (column, row, column + length, row + 1))
    side = code.size * _MODULE_PIXELS
    stream = BytesIO()
    image.resize((side, side)).save(stream, "PNG")
    return stream.getvalue()


def _furnish(document: Any, about: Properties) -> None:
    """Running head from the second page on; content hash and page number on every page."""
    section = document.sections[0]
    _fill(section.header, paragraph(Line(about.head, "Header")))
    _fill(section.first_page_header, paragraph(Line("", "Header")))
    for part in (section.footer, section.first_page_footer):
        _fill(part, _foot(about))


def _foot(about: Properties) -> str:
    numbers = "".join(
        field_code(piece[1:]) if piece.startswith("#") else f'<w:r><w:t xml:space="preserve">{piece}</w:t></w:r>'
        for piece in about.pages.format(page="|#PAGE|", pages="|#NUMPAGES|").split("|")
        if piece
    )
    tab = '<w:tabs><w:tab w:val="right" w:pos="9184"/></w:tabs>'
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


def _stable(data: bytes) -> bytes:
    """The same parts in one order with one date, so that equal content is equal bytes."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.external_attr, part.create_system = ZIP_DEFLATED, 0o600 << 16, 3
            target.writestr(part, source.read(name))
    return stream.getvalue()

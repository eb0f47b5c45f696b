"""Binding written pages into one PDF file: fonts with the characters in use, outline, links, numbers of pages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pikepdf import Array, Dictionary, Name, OutlineItem, Page, Pdf, Stream, String
from reportlab.pdfbase import pdfmetrics

from .drawing import Metadata
from .fonts import face
from .leaves import FONTS, Leaf, numbers, written
from .marks import Furniture
from .watermark import marked

_MAP_HEAD = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n"
    "/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
)
_MAP_FOOT = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
_BLOCK = 100


@dataclass(frozen=True, slots=True)
class Jump:
    """A box on a page that leads to a height on another; pages are counted from 1."""

    page: int
    x: float
    y: float
    width: float
    height: float
    to_page: int
    to_y: float


def bound(
    leaves: Sequence[Leaf],
    furniture: Furniture,
    about: Metadata,
    at: datetime,
    jumps: Sequence[Jump] = (),
    mark: str = "",
) -> bytes:
    """The pages as one PDF file, dated ``at``; the same pages give the same bytes.

    ``furniture`` is drawn under each page, now that the number of pages is known; ``mark``: for whom every page is marked.
    """
    furniture = marked(furniture, [leaf.sheet for leaf in leaves], mark)
    with Pdf.new() as pdf:
        heads = [written(furniture(number, len(leaves)), leaf.sheet) for number, leaf in enumerate(leaves, 1)]
        fonts = _fonts(pdf, (*leaves, *heads))
        for leaf, head in zip(leaves, heads, strict=True):
            pdf.pages.append(_page(pdf, leaf, head, fonts))
        _link(pdf, leaves, jumps)
        _outline(pdf, leaves)
        _describe(pdf, about, at)
        stream = BytesIO()
        pdf.save(stream, min_version="1.7", deterministic_id=True)
    return stream.getvalue()


def _page(pdf: Pdf, leaf: Leaf, head: Leaf, fonts: Mapping[str, Any]) -> Page:
    contents = [Stream(pdf, part.content, Filter=Name.FlateDecode) for part in (head, leaf)]
    page = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, round(leaf.sheet.width, 2), round(leaf.sheet.height, 2)],
        Resources=Dictionary(Font=Dictionary({f"/{name}": font for name, font in fonts.items()})),
        Contents=Array([pdf.make_indirect(part) for part in contents]),
    )
    return Page(pdf.make_indirect(page))


def _link(pdf: Pdf, leaves: Sequence[Leaf], jumps: Sequence[Jump]) -> None:
    for jump in jumps:
        page, height = pdf.pages[jump.page - 1], leaves[jump.page - 1].sheet.height
        note = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=[
                round(value, 2)
                for value in (jump.x, height - jump.y - jump.height, jump.x + jump.width, height - jump.y)
            ],
            Border=[0, 0, 0],
            Dest=_destination(pdf, leaves, jump.to_page - 1, jump.to_y),
        )
        if "/Annots" not in page:
            page["/Annots"] = Array()
        page["/Annots"].append(pdf.make_indirect(note))


def _destination(pdf: Pdf, leaves: Sequence[Leaf], page: int, y: float) -> Array:
    top = round(leaves[page].sheet.height - y + 12, 2)
    return Array([pdf.pages[page].obj, Name.XYZ, None, top, None])


def _outline(pdf: Pdf, leaves: Sequence[Leaf]) -> None:
    """The places of all pages in their order; an outline may not skip a level, so one that would is raised."""
    with pdf.open_outline() as outline:
        levels: list[list[OutlineItem]] = [outline.root]
        for page, leaf in enumerate(leaves):
            for place in leaf.places:
                item = OutlineItem(place.title, _destination(pdf, leaves, page, place.y))
                del levels[place.level + 1 :]
                levels[-1].append(item)
                levels.append(item.children)
    pdf.Root.PageMode = Name.UseOutlines


def _describe(pdf: Pdf, about: Metadata, at: datetime) -> None:
    drawable = face().drawable
    day = f"D:{at.astimezone(UTC):%Y%m%d%H%M%S}Z"
    said = {"Title": about.title, "Author": about.author, "Subject": about.subject}
    texts = {name: drawable(text).replace("\n", " ") for name, text in said.items()}
    pdf.docinfo = pdf.make_indirect(Dictionary({f"/{name}": String(text) for name, text in texts.items()}))
    pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = String(day)
    pdf.Root.Lang = String(about.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _fonts(pdf: Pdf, leaves: Sequence[Leaf]) -> dict[str, Any]:
    used = {
        "F0": sorted({ord(character) for leaf in leaves for character in leaf.regular}),
        "F1": sorted({ord(character) for leaf in leaves for character in leaf.bold}),
    }
    return {name: pdf.make_indirect(_font(pdf, bold, used[name])) for name, bold in FONTS.items() if used[name]}


def _font(pdf: Pdf, bold: bool, codes: Sequence[int]) -> Dictionary:
    """A composite font of the characters in use; their numbers are those of the whole face."""
    shape: Any = pdfmetrics.getFont(face(bold).name).face
    tag = hashlib.sha256(",".join(map(str, codes)).encode()).digest()
    prefix = "".join(chr(65 + byte % 26) for byte in tag[:6])
    name = Name(f"/{prefix}+{shape.name.decode('ascii')}")
    known = numbers(bold)
    cids = [known[code] for code in codes]
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        DW=1000,
        W=_widths(bold, codes, cids),
        CIDToGIDMap=pdf.make_indirect(Stream(pdf, _glyph_map(shape, codes, cids))),
        FontDescriptor=pdf.make_indirect(_descriptor(pdf, shape, name, codes)),
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=[pdf.make_indirect(descendant)],
        ToUnicode=pdf.make_indirect(Stream(pdf, _text_map(codes, cids))),
    )


def _descriptor(pdf: Pdf, shape: Any, name: Name, codes: Sequence[int]) -> Dictionary:
    program = shape.makeSubset(codes)
    return Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=4,
        FontBBox=[int(value) for value in shape.bbox],
        ItalicAngle=int(shape.italicAngle),
        Ascent=int(shape.ascent),
        Descent=int(shape.descent),
        CapHeight=int(shape.capHeight),
        StemV=int(shape.stemV),
        FontFile2=pdf.make_indirect(Stream(pdf, program, Length1=len(program))),
    )


def _widths(bold: bool, codes: Sequence[int], cids: Sequence[int]) -> Array:
    widths = face(bold).widths
    found: list[Any] = []
    for code, cid in zip(codes, cids, strict=True):
        width = round(widths[chr(code)] * 1000, 3)
        if width != 1000:
            found += [cid, [width]]
    return Array(found)


def _glyph_map(shape: Any, codes: Sequence[int], cids: Sequence[int]) -> bytes:
    """Number of each character → its glyph in the program, which holds them in the order of their first use."""
    order: dict[int, int] = {0: 0}
    table = bytearray(2 * (cids[-1] + 1))
    for code, cid in zip(codes, cids, strict=True):
        glyph = order.setdefault(shape.charToGlyph[code], len(order))
        table[2 * cid : 2 * cid + 2] = glyph.to_bytes(2, "big")
    return bytes(table)


def _text_map(codes: Sequence[int], cids: Sequence[int]) -> bytes:
    pairs = [f"<{c:04X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for code, c in zip(codes, cids, strict=True)]
    blocks = [pairs[start : start + _BLOCK] for start in range(0, len(pairs), _BLOCK)]
    body = "".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar\n" for block in blocks)
    return f"{_MAP_HEAD}{body}{_MAP_FOOT}".encode("ascii")

"""Reading PDF files back without any outside program: text in the order it was drawn, fonts, outline."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf


def pages_of(data: bytes) -> list[list[str]]:
    """For each page, the strings drawn on it, as a reader that copies text would get them."""
    with pikepdf.open(BytesIO(data)) as file:
        return [list(_strings(page)) for page in file.pages]


def text_of(data: bytes) -> str:
    """All drawn text, without any white space."""
    return squeezed("".join(text for page in pages_of(data) for text in page))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def fonts_of(data: bytes) -> list[tuple[str, bool]]:
    """Name of every font that a page can use, and whether it is embedded."""
    with pikepdf.open(BytesIO(data)) as file:
        fonts = [font for page in file.pages for font in page.Resources.Font.values()]
        return [(str(font.BaseFont), "/FontFile2" in font.get("/FontDescriptor", {})) for font in fonts]


def names_in(data: bytes) -> set[str]:
    """Every key of every dictionary of the file: what could act shows here (``/URI``, ``/JS``, ``/Launch`` …)."""
    with pikepdf.open(BytesIO(data)) as file:
        return {key for thing in file.objects if isinstance(thing, pikepdf.Dictionary) for key in dict(thing)}


def _strings(page: Any) -> Iterator[str]:
    maps = {
        name: (_characters(font), 2 if font.Subtype == "/Type0" else 1) for name, font in page.Resources.Font.items()
    }
    current: dict[int, str] = {}
    wide = 1
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            current, wide = maps[str(operands[0])]
        elif str(operator) == "Tj":
            codes = bytes(operands[0])
            places = range(0, len(codes), wide)
            yield "".join(current[int.from_bytes(codes[at : at + wide])] for at in places)


def _characters(font: Any) -> dict[int, str]:
    """Code → text, from the font's ToUnicode map."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, target in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(target).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, _last, targets in re.findall(r"<(\w+)>\s*<(\w+)>\s*\[(.*?)\]", block, re.DOTALL):
            for offset, target in enumerate(re.findall(r"<(\w+)>", targets)):
                found[int(first, 16) + offset] = bytes.fromhex(target).decode("utf-16-be")
        for first, last, start in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for offset in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + offset] = chr(int(start, 16) + offset)
    return found

"""Reading a Word file in the order of its text: content controls, what stands between them, tracked changes, comments.

Text in tables, nested controls, alternate content and text boxes is found where it stands; footnotes, heads and feet are
not read. Nothing is repaired: what the markup says is what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .names import MC, PROPERTIES, w
from .opening import NotTaken, Opened, tree_of
from .remarks import comments_of, hung
from .runs import Inline, chosen, names_of, on, tracked_by, within_mark
from .text import PLAIN, Collecting, Context, Stretch

#: A document with more is no agreement, and would take too long to compare.
MOST_PARAGRAPHS = 20_000
MOST_CHARACTERS = 2_000_000
MOST_CHANGES = 5_000
_TRACKED = {w("ins"), w("del"), w("moveFrom"), w("moveTo")}
_RANGES = {w("commentRangeStart"), w("commentRangeEnd")}


@dataclass(frozen=True, slots=True)
class Control:
    """A content control around whole paragraphs. ``within``: tag of the control that it stands in; ``marks``: bookmarks."""

    tag: str
    alias: str
    text: Stretch
    within: str = ""
    placeholder: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loose:
    """A paragraph (or several that a tracked change joins) or, with ``row``, a row of a table, outside of every control.

    ``marks``: what some programs leave of a control: tags and aliases of controls around single words, and bookmarks.
    """

    text: Stretch
    row: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in the file. ``program``: which program says that it wrote the file."""

    items: tuple[Control | Loose, ...]
    properties: Mapping[str, str]
    program: str
    oddities: tuple[str, ...]

    @property
    def paragraphs(self) -> int:
        return sum(len(item.text.after) for item in self.items)


def read(file: Opened) -> Reading:
    """Everything in the file that is text of an agreement.

    :raises NotTaken: a part is no well-formed XML, or the document is far larger than an agreement.
    """
    root = tree_of(file.main, file.parts[file.main])
    body = root.find(w("body"))
    if body is None:
        raise NotTaken("not_word")
    paragraphs = sum(1 for _node in body.iter(w("p")))
    characters = sum(len(node.text or "") for node in body.iter(w("t"), w("delText")))
    if paragraphs > MOST_PARAGRAPHS or characters > MOST_CHARACTERS:
        raise NotTaken("too_long", paragraphs=str(MOST_PARAGRAPHS))
    if sum(1 for _node in body.iter(*_TRACKED)) > MOST_CHANGES:
        raise NotTaken("too_many_changes", limit=str(MOST_CHANGES))
    walk = _Walk()
    walk.blocks(body, None, PLAIN)
    walk.close()
    placed = hung(comments_of(file), walk.inline)
    return Reading(tuple(walk.results()), _properties(file), _program(file), _oddities(file, root, placed=placed))


@dataclass(slots=True)
class _Found:
    """An item while it is read."""

    collecting: Collecting
    kind: str
    names: tuple[str, str] = ("", "")
    within: str = ""
    placeholder: bool = False
    marks: list[str] = field(default_factory=list)

    def result(self) -> Control | Loose:
        text = self.collecting.result()
        if self.kind == "control":
            marks = tuple(dict.fromkeys(self.marks))
            return Control(*self.names, text, self.within, self.placeholder, marks)
        return Loose(text, self.kind == "row", tuple(dict.fromkeys(self.marks)))


class _Walk:
    """One walk through the blocks of a document; ``into`` None: outside of every control."""

    def __init__(self) -> None:
        self.found: list[_Found] = []
        self.inline = Inline(boxes=self._box)
        self._loose: _Found | None = None
        #: The controls that we are in.
        self._held: list[_Found] = []
        #: Bookmarks between blocks: they begin with the next paragraph.
        self._names: list[str] = []

    def blocks(self, node: Any, into: Collecting | None, within: Context) -> None:
        """The children of the body, of a cell, of a control's content."""
        for child in node:
            self._block(child, into, within)

    def _block(self, child: Any, into: Collecting | None, within: Context) -> None:
        tag = child.tag
        if tag == w("p"):
            self._paragraph(child, into, within)
        elif tag == w("tbl"):
            self._table(child, into, within)
        elif tag == w("sdt"):
            self._control(child, into, within)
        elif tag == w("customXml"):
            self.blocks(child, into, within)
        elif tag in _TRACKED:
            self.blocks(child, into, within_mark(child, within))
        elif tag == f"{{{MC}}}AlternateContent":
            for one in chosen(child):
                self._block(one, into, within)
        elif tag in _RANGES:
            self.inline.comment_range(child, into or self._outside().collecting)
        elif tag == w("bookmarkStart"):
            self._names.append(child.get(w("name"), ""))

    def _outside(self) -> _Found:
        """What collects loose text now; begun where nothing is open."""
        if self._loose is None:
            self._loose = _Found(Collecting(), "loose")
            self.found.append(self._loose)
        return self._loose

    def close(self) -> None:
        """Loose text ends here, whatever its last paragraph says."""
        self._loose = None

    def _paragraph(self, node: Any, into: Collecting | None, within: Context) -> None:
        collecting = into if into is not None else self._outside().collecting
        self.inline.marks, self._names = self._names, []
        self.inline.read(node, collecting, within)
        properties = node.find(w("pPr"))
        mark = properties.find(w("rPr")) if properties is not None else None
        ended = collecting.end_paragraph(tracked_by(mark, within))
        if into is not None:
            self._held[-1].marks.extend(self.inline.marks)
        elif self._loose is not None:
            self._loose.marks.extend(self.inline.marks)
            if ended:
                self.close()

    def _control(self, node: Any, into: Collecting | None, within: Context) -> None:
        properties = node.find(w("sdtPr"))
        names = list(names_of(properties))
        contents = list(node.iterchildren(w("sdtContent")))
        if not names:
            for content in contents:
                self.blocks(content, into, within)
            return
        self.close()
        tag = _value(properties, "tag")
        found = _Found(Collecting(), "control", (tag, _value(properties, "alias")))
        found.within = self._held[-1].names[0] if self._held else ""
        found.placeholder = on(properties, "showingPlcHdr")
        self.found.append(found)
        self._held.append(found)
        for content in contents:
            self.blocks(content, found.collecting, within)
        self._held.pop()
        found.placeholder |= "placeholder" in found.collecting.oddities

    def _table(self, node: Any, into: Collecting | None, within: Context) -> None:
        if into is None:
            self.close()
        for child in _through(node, w("tr")):
            row_within = tracked_by(child.find(w("trPr")), within)
            if into is not None or _holds_controls(child):
                for cell in _through(child, w("tc")):
                    self.blocks(cell, into, row_within)
            else:
                self._row(child, row_within)
        if into is None:
            self.close()

    def _row(self, node: Any, within: Context) -> None:
        found = _Found(Collecting(), "row")
        self.found.append(found)
        for number, cell in enumerate(_through(node, w("tc"))):
            if number:
                found.collecting.add(" | ", within)
            self._in_row(cell, found, within)
        found.collecting.end_paragraph(within)

    def _in_row(self, cell: Any, found: _Found, within: Context) -> None:
        for number, paragraph in enumerate(cell.iter(w("p"))):
            if number:
                found.collecting.add(" ", within)
            self.inline.marks = []
            self.inline.read(paragraph, found.collecting, within)
            found.marks.extend(self.inline.marks)

    def _box(self, node: Any) -> None:
        """A text box: its paragraphs stand apart, outside of the control that holds its picture."""
        kept, self._loose = self._loose, None
        marks, self.inline.marks = self.inline.marks, []
        self.blocks(node, None, PLAIN)
        self._loose, self.inline.marks = kept, marks

    def results(self) -> Iterator[Control | Loose]:
        """The items in the order of the document; empty loose paragraphs are left out."""
        for found in self.found:
            item = found.result()
            if isinstance(item, Control) or item.marks or item.text.comments or _says(item.text):
                yield item


def _says(text: Stretch) -> bool:
    return any(piece.text.strip() for piece in text.pieces)


def _through(node: Any, wanted: str) -> Iterator[Any]:
    """Children of this kind, also inside content controls and markup that only wraps them."""
    for child in node:
        if child.tag == wanted:
            yield child
        elif child.tag in {w("sdt"), w("sdtContent"), w("customXml"), *_TRACKED}:
            yield from _through(child, wanted)


def _holds_controls(node: Any) -> bool:
    return any(next(names_of(sdt.find(w("sdtPr"))), "") and _is_block(sdt) for sdt in node.iter(w("sdt")))


def _is_block(sdt: Any) -> bool:
    content = sdt.find(w("sdtContent"))
    return content is not None and any(child.tag in {w("p"), w("tbl"), w("sdt")} for child in content)


def _value(properties: Any, name: str) -> str:
    found = properties.find(w(name))
    return found.get(w("val"), "") if found is not None else ""


def _properties(file: Opened) -> dict[str, str]:
    """The custom properties of the file."""
    name = next((name for name in file.parts if name.lower().endswith("docprops/custom.xml")), "")
    if not name:
        return {}
    nodes = tree_of(name, file.parts[name]).iter(f"{{{PROPERTIES}}}property")
    return {node.get("name", ""): "".join(node.itertext()).strip()[:500] for node in nodes}


def _program(file: Opened) -> str:
    name = next((name for name in file.parts if name.lower().endswith("docprops/app.xml")), "")
    if not name:
        return ""
    nodes = tree_of(name, file.parts[name])
    return next(("".join(n.itertext()).strip()[:100] for n in nodes if n.tag.endswith("}Application")), "")


def _oddities(file: Opened, root: Any, *, placed: bool) -> tuple[str, ...]:
    """What the file holds beside text, by code: external, objects, other_file, and comments that hang on no text."""
    found = {
        "external": bool(file.external),
        "objects": bool(file.objects),
        "other_file": next(root.iter(w("altChunk")), None) is not None,
        "comments_elsewhere": not placed,
    }
    return tuple(code for code, there in found.items() if there)

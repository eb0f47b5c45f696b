"""What stands inside a paragraph: runs of text, tracked insertions and deletions, fields, links, comments' ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from .names import MATHS, MC, W, w
from .text import Change, Collecting, Context, Kind

_TRACKED: dict[str, Kind] = {
    w("ins"): "inserted",
    w("moveTo"): "moved_here",
    w("del"): "deleted",
    w("moveFrom"): "moved_away",
}
_THROUGH = {w(name) for name in ("hyperlink", "smartTag", "customXml", "bdo", "dir", "fldSimple", "rubyBase")}
_SIGNS = {
    w("tab"): "\t",
    w("ptab"): "\t",
    w("cr"): "\n",
    w("noBreakHyphen"): "\u2011",
    w("softHyphen"): "\u00ad",
}
_PICTURES = {w("drawing"): "picture", w("pict"): "picture", w("object"): "object"}
_NOTES = {w("footnoteReference"): "footnote", w("endnoteReference"): "footnote"}
#: Code points of symbol fonts that have a character of their own, by (font, code point).
_SYMBOLS = {
    ("symbol", 0xB7): "•",
    ("symbol", 0xB0): "°",
    ("symbol", 0xB1): "±",
    ("symbol", 0xB3): "≥",
    ("symbol", 0xA3): "≤",
    ("symbol", 0x6D): "μ",
    ("symbol", 0xB4): "×",
    ("wingdings", 0xFC): "✓",
    ("wingdings", 0xFE): "☑",
    ("wingdings", 0xA8): "☐",
    ("wingdings", 0xA7): "▪",
    ("wingdings", 0xD8): "➢",
}
_UNKNOWN_SYMBOL = "\ufffd"


def change_of(node: Any, kind: Kind) -> Change:
    """What a tracking element says."""
    return Change.said(kind, node.get(w("author"), ""), node.get(w("date"), ""))


def within_mark(node: Any, within: Context) -> Context:
    """The context inside a tracking element."""
    kind = _TRACKED[node.tag]
    change = change_of(node, kind)
    return replace(within, came=change) if kind in {"inserted", "moved_here"} else replace(within, went=change)


def tracked_by(properties: Any, within: Context) -> Context:
    """The context that the children of an element's properties say: of the end of a paragraph, of a row."""
    for node in properties if properties is not None else ():
        if node.tag in _TRACKED:
            within = within_mark(node, within)
    return within


def chosen(node: Any) -> Iterator[Any]:
    """The children of the first choice of alternate content, or of its fallback."""
    for name in ("Choice", "Fallback"):
        found = node.find(f"{{{MC}}}{name}")
        if found is not None:
            yield from found
            return


def on(properties: Any, name: str) -> bool:
    """Whether a switch stands in the properties and is not turned off."""
    found = properties.find(w(name)) if properties is not None else None
    return found is not None and found.get(w("val"), "1") not in {"0", "false", "off"}


@dataclass(slots=True)
class Inline:
    """Reads paragraphs into whatever collects at the moment; ``boxes`` gets text boxes, ``marks`` names of controls."""

    boxes: Callable[[Any], None]
    marks: list[str] = field(default_factory=list)
    #: Open ranges of comments by id: where they began and the words so far.
    ranges: dict[str, tuple[Collecting, list[str]]] = field(default_factory=dict)
    #: Comments by id as they were closed: where they hang and the words they hang on.
    placed: dict[str, tuple[Collecting, str]] = field(default_factory=dict)
    #: Whether we are in the code of each open field; only results are text.
    _fields: list[bool] = field(default_factory=list)

    def read(self, node: Any, into: Collecting, within: Context) -> None:
        """The children of a paragraph or of anything inside one; what is no element has a tag that is no text."""
        for child in node:
            if isinstance(child.tag, str):
                self._one(child, into, within)

    def _one(self, child: Any, into: Collecting, within: Context) -> None:
        tag = child.tag
        if tag == w("r"):
            self._run(child, into, within)
        elif tag in _TRACKED:
            self.read(child, into, within_mark(child, within))
        elif tag in _THROUGH:
            self.read(child, into, within)
        elif tag == w("sdt"):
            self._control(child, into, within)
        elif tag == f"{{{MC}}}AlternateContent":
            for one in chosen(child):
                self._one(one, into, within)
        elif tag in {w("commentRangeStart"), w("commentRangeEnd")}:
            self.comment_range(child, into)
        elif tag == w("bookmarkStart"):
            self.marks.append(child.get(w("name"), ""))
        elif tag.startswith(f"{{{MATHS}}}"):
            into.oddities["formula"] = None
            self._add("".join(node.text or "" for node in child.iter(f"{{{MATHS}}}t")), into, within)

    def comment_range(self, node: Any, into: Collecting) -> None:
        """The beginning or the end of the words that a comment hangs on."""
        number = node.get(w("id"), "")
        if node.tag == w("commentRangeStart"):
            self.ranges[number] = (into, [])
        elif number in self.ranges:
            began, words = self.ranges.pop(number)
            self.placed[number] = (began, "".join(words))

    def _control(self, node: Any, into: Collecting, within: Context) -> None:
        properties = node.find(w("sdtPr"))
        self.marks.extend(names_of(properties))
        if on(properties, "showingPlcHdr"):
            into.oddities["placeholder"] = None
        for content in node.iterchildren(w("sdtContent")):
            self.read(content, into, within)

    def _run(self, node: Any, into: Collecting, within: Context) -> None:
        if on(node.find(w("rPr")), "vanish"):
            into.oddities["hidden_text"] = None
        for child in node:
            self._in_run(child, into, within)

    def _in_run(self, child: Any, into: Collecting, within: Context) -> None:
        tag = child.tag
        if tag in {w("t"), w("delText")}:
            self._add(_written(child), into, within)
        elif tag in _SIGNS:
            self._add(_SIGNS[tag], into, within)
        elif tag == w("br"):
            self._add("" if child.get(w("type")) in {"page", "column"} else "\n", into, within)
        elif tag == w("sym"):
            self._symbol(child, into, within)
        elif tag == w("fldChar"):
            self._field(child.get(w("fldCharType")))
        elif tag == w("ruby"):
            self.read(child, into, within)
        elif tag == w("commentReference"):
            self.placed.setdefault(child.get(w("id"), ""), (into, ""))
        else:
            self._beside(child, into, within)

    def _beside(self, child: Any, into: Collecting, within: Context) -> None:
        """What is no text: pictures, notes; text boxes are read apart."""
        if child.tag == f"{{{MC}}}AlternateContent":
            for one in chosen(child):
                self._in_run(one, into, within)
        elif child.tag in _NOTES:
            into.oddities[_NOTES[child.tag]] = None
        elif child.tag in _PICTURES:
            into.oddities[_PICTURES[child.tag]] = None
            for box in child.iter(f"{{{W}}}txbxContent"):
                into.oddities["text_box"] = None
                self.boxes(box)

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(True)
        elif self._fields and kind == "separate":
            self._fields[-1] = False
        elif self._fields and kind == "end":
            self._fields.pop()

    def _symbol(self, node: Any, into: Collecting, within: Context) -> None:
        try:
            code = int(node.get(w("char"), ""), 16)
        except ValueError:
            code = 0xFFFD
        private = 0xF000 <= code <= 0xF0FF
        font = node.get(w("font"), "").lower()
        known = _SYMBOLS.get((font, code - 0xF000 if private else code))
        words = known or (chr(code) if 0x20 <= code < 0xD800 else _UNKNOWN_SYMBOL)
        if known is None:
            into.oddities["symbol"] = None
        self._add(words, into, within)

    def _add(self, words: str, into: Collecting, within: Context) -> None:
        if not words or any(self._fields):
            return
        into.add(words, within)
        if within.went is None:
            for _began, about in self.ranges.values():
                about.append(words)


def names_of(properties: Any) -> Iterator[str]:
    """Tag and alias of a content control, where it has them."""
    for name in ("tag", "alias"):
        found = properties.find(w(name)) if properties is not None else None
        if found is not None and found.get(w("val")):
            yield found.get(w("val"))


def _written(node: Any) -> str:
    words = node.text or ""
    if node.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve":
        return words
    return words.strip(" \t\r\n")

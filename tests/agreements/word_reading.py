"""Reads a Word file as Word does when every tracked change is accepted or refused; nothing of the product is used."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def body_of(data: bytes) -> Any:
    """The body of the document."""
    with ZipFile(BytesIO(data)) as archive:
        return etree.fromstring(archive.read("word/document.xml")).find(f"{W}body")


def part_of(data: bytes, name: str) -> str:
    """A part as text."""
    with ZipFile(BytesIO(data)) as archive:
        return archive.read(name).decode()


def controls(data: bytes) -> dict[str, Any]:
    """Tag → the content of its control. :raises AssertionError: for a tag that stands twice."""
    found: dict[str, Any] = {}
    for sdt in body_of(data).iter(f"{W}sdt"):
        tag = sdt.find(f"{W}sdtPr/{W}tag").get(f"{W}val")
        assert tag not in found, tag
        found[tag] = sdt.find(f"{W}sdtContent")
    return found


def text(content: Any, *, accepted: bool) -> list[str]:
    """The paragraphs of a control's content; a paragraph whose end is gone goes on in the next one."""
    lines, line = [], ""
    paragraphs = list(content.iter(f"{W}p"))
    for paragraph in paragraphs:
        line += "".join(_kept(paragraph, accepted=accepted))
        if not _gone(paragraph.find(f"{W}pPr/{W}rPr"), accepted=accepted):
            lines.append(line)
            line = ""
    assert not line or _gone(paragraphs[-1].find(f"{W}pPr/{W}rPr"), accepted=accepted)
    return [*lines, line] if line else lines


def authors(content: Any) -> set[tuple[str, str, str]]:
    """(ins or del, author, text) of every tracked run."""
    found = set()
    for kind in ("ins", "del"):
        for node in content.iter(f"{W}{kind}"):
            words = "".join(part.text or "" for part in node.iter(f"{W}t", f"{W}delText"))
            if words:
                found.add((kind, node.get(f"{W}author"), words))
    return found


def _kept(paragraph: Any, *, accepted: bool) -> Iterator[str]:
    for run in paragraph.iter(f"{W}t", f"{W}delText"):
        kinds = {node.tag for node in run.iterancestors() if node.tag in {f"{W}ins", f"{W}del"}}
        assert (run.tag == f"{W}delText") == (f"{W}del" in kinds)
        if f"{W}{'del' if accepted else 'ins'}" not in kinds:
            yield run.text or ""


def _gone(mark: Any, *, accepted: bool) -> bool:
    return mark is not None and mark.find(f"{W}{'del' if accepted else 'ins'}") is not None

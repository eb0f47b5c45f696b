"""A DOCX that somebody else wrote, changed part by part: whoever uses this has judged the file before.

Parts are parsed without entities and network; the same changes of the same file give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from posixpath import dirname, join, normpath, relpath
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

from ..word.parts import parsed
from .package import stable
from .parts import Part

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES, _RELATIONS = f"{{{_PACKAGE}/content-types}}", f"{{{_PACKAGE}/relationships}}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TYPES_PART = "[Content_Types].xml"


class Relation:
    """One relation of a part; ``kind``: the last word of its type."""

    def __init__(self, node: Any, source: str) -> None:
        self.kind = node.get("Type", "").rpartition("/")[2]
        self.external = node.get("TargetMode") == "External"
        self.target = node.get("Target", "")
        base = "" if self.target.startswith("/") else dirname(source)
        #: The name of the part it leads to.
        self.path = "" if self.external else normpath(join(base, self.target.lstrip("/")))


class Existing:
    """The parts of a file by name, and the trees of those that are read or changed."""

    def __init__(self, data: bytes) -> None:
        with ZipFile(BytesIO(data)) as archive:
            self._parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        self._trees: dict[str, Any] = {}
        self.main = next((r.path for r in self.relations("") if r.kind == "officeDocument"), "word/document.xml")

    def tree(self, name: str) -> Any:
        """The root of a part; what is changed in it is saved. :raises KeyError: for no part of this name."""
        if name not in self._trees:
            self._trees[name] = parsed(self._parts[name])
        return self._trees[name]

    def names(self) -> list[str]:
        """The names of all parts."""
        return sorted({*self._parts, *self._trees})

    def relations(self, source: str) -> Iterator[Relation]:
        """The relations of a part; ``""``: of the package."""
        name = _relations_of(source)
        for node in self.tree(name).iter(f"{_RELATIONS}Relationship") if name in self._parts else ():
            yield Relation(node, source)

    def related(self, kind: str) -> list[str]:
        """The parts to which the document itself leads by this kind of relation."""
        found = (relation.path for relation in self.relations(self.main) if relation.kind == kind)
        return [path for path in found if path in self._parts or path in self._trees]

    def add(self, part: Part) -> None:
        """Add a part, or put it in place of the one to which the same kind of relation leads."""
        kind, source = part.relation.rpartition("/")[2], "" if part.of_package else self.main
        known = next((r.path for r in self.relations(source) if r.kind == kind and not r.external), None)
        if known is not None:
            self._parts[known] = part.xml.encode()
            self._trees.pop(known, None)
            return
        path = part.path if part.of_package else join(dirname(self.main), part.path.rpartition("/")[2])
        self._parts[path] = part.xml.encode()
        self._lead_to(path, part, source)

    def _lead_to(self, path: str, part: Part, source: str) -> None:
        types = self.tree(_TYPES_PART)
        etree.SubElement(types, f"{_TYPES}Override", PartName=f"/{path}", ContentType=part.content_type)
        name = _relations_of(source)
        if name not in self._parts:
            self._parts[name] = f'<Relationships xmlns="{_PACKAGE}/relationships"/>'.encode()
        relations = self.tree(name)
        target = relpath(path, dirname(source) or ".")
        etree.SubElement(relations, f"{_RELATIONS}Relationship", Id=_free(relations), Type=part.relation, Target=target)

    def saved(self) -> bytes:
        """The file with everything that was changed."""
        written = dict(self._parts)
        for name, root in self._trees.items():
            written[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        stream = BytesIO()
        with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
            for name, content in written.items():
                archive.writestr(name, content)
        return stable(stream.getvalue())


def _relations_of(source: str) -> str:
    return join(dirname(source), "_rels", f"{source.rpartition('/')[2]}.rels")


def _free(relations: Any) -> str:
    taken = {node.get("Id") for node in relations}
    return next(name for name in (f"rIdQa{n}" for n in range(1, len(taken) + 2)) if name not in taken)

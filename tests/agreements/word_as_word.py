"""A program that edits a Word file of ours as Word does: tracked insertions and deletions, comments, text typed between.

It works on the markup of a file that the product wrote, so that what goes out and what comes back are tested together.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

from agreements import actions
from agreements.models import Agreement, ReturnedFile
from agreements.word.sources import Key, load_source
from agreements.word.tags import read_tag, short_key
from agreements.word.writing import Order, write
from tests import make

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LAWYER, ENGINEER = ("王律师", "2026-06-10T09:00:00Z"), ("Ann Lee", "2026-06-11T15:30:00Z")
Author = tuple[str, str]


def w(name: str) -> str:
    return f"{{{W}}}{name}"


def went_out(agreement: Agreement, language: str = "both") -> bytes:
    """The draft as it goes out to Word."""
    return write(Order(load_source(agreement, Key("draft")), language))


def edited(agreement: Agreement) -> File:
    """The draft in which two authors changed the clause on the scope, in Chinese and in English."""
    file = File(went_out(agreement))
    clause = agreement.draft.clauses.get(key="scope")
    file.replace("scope", "zh", clause.text_zh[:4], "本修订协议", LAWYER)
    file.append("scope", "zh", "双方另有约定的除外。", ENGINEER)
    file.replace("scope", "en", clause.text_en[:5], "Hereby", ENGINEER)
    return file


def uploaded(
    built: Any, agreement: Agreement, *, side: str = "contractor", content: bytes | None = None
) -> ReturnedFile:
    """A file that came back, uploaded by the quality of a side."""
    file = BytesIO(edited(agreement).saved() if content is None else content)
    return actions.take_returned_file(
        agreement=agreement, file=file, name="质量协议-修订.docx", by=built.by(side), at=make.AT
    )


class File:
    """A Word file open for editing."""

    def __init__(self, content: bytes) -> None:
        with ZipFile(BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.root = etree.fromstring(self.parts["word/document.xml"])
        self.number = 900_000
        self.comments: list[tuple[int, str, Author]] = []

    def saved(self) -> bytes:
        self.parts["word/document.xml"] = etree.tostring(self.root, encoding="UTF-8", xml_declaration=True)
        if self.comments:
            self._write_comments()
        stream = BytesIO()
        with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
            for name, part in self.parts.items():
                archive.writestr(name, part)
        return stream.getvalue()

    def control(self, key: str, language: str) -> Any:
        for sdt in self.root.iter(w("sdt")):
            tag = read_tag(sdt.find(f"{w('sdtPr')}/{w('tag')}").get(w("val")))
            if tag and (tag.key, tag.language) == (short_key(key), language):
                return sdt
        raise LookupError(key, language)

    def paragraphs(self, key: str, language: str) -> list[Any]:
        return list(self.control(key, language).find(w("sdtContent")).iterchildren(w("p")))

    def replace(self, key: str, language: str, old: str, new: str, by: Author, *, tracked: bool = True) -> None:
        """Replace words inside one run of a clause, as typing over a selection does."""
        for node in self.control(key, language).iter(w("t")):
            before, found, after = (node.text or "").partition(old)
            if found and old:
                self._replace(node.getparent(), before, old if tracked else "", new, after, by, tracked)
                return
        raise LookupError(old)

    def _replace(self, run: Any, before: str, old: str, new: str, after: str, by: Author, tracked: bool) -> None:
        parent, place = run.getparent(), run.getparent().index(run)
        parent.remove(run)
        pieces = [self._run(before)] if before else []
        pieces += [self._mark("del", by, self._run(old, "delText"))] if old else []
        added = self._run(new)
        pieces += ([self._mark("ins", by, added)] if tracked else [added]) if new else []
        pieces += [self._run(after)] if after else []
        for number, piece in enumerate(pieces):
            parent.insert(place + number, piece)

    def append(self, key: str, language: str, words: str, by: Author) -> None:
        """A new paragraph at the end of a clause: the end of the former last one is what is new."""
        last = self.paragraphs(key, language)[-1]
        properties = last.find(w("pPr"))
        if properties is None:
            properties = etree.SubElement(last, w("pPr"))
            last.insert(0, properties)
        marks = etree.SubElement(properties, w("rPr"))
        marks.append(self._mark("ins", by))
        added = etree.Element(w("p"))
        added.append(self._mark("ins", by, self._run(words)))
        last.addnext(added)

    def comment(self, key: str, language: str, words: str, by: Author) -> None:
        number = len(self.comments)
        self.comments.append((number, words, by))
        paragraph = self.paragraphs(key, language)[-1]
        place = 1 if paragraph.find(w("pPr")) is not None else 0
        paragraph.insert(place, etree.Element(w("commentRangeStart"), {w("id"): str(number)}))
        paragraph.append(etree.Element(w("commentRangeEnd"), {w("id"): str(number)}))
        run = etree.SubElement(paragraph, w("r"))
        etree.SubElement(run, w("commentReference"), {w("id"): str(number)})

    def type_behind(self, key: str, language: str, *lines: str) -> None:
        """Paragraphs outside of every control, behind a clause."""
        place = self.control(key, language)
        for line in lines:
            paragraph = etree.Element(w("p"))
            paragraph.append(self._run(line))
            place.addnext(paragraph)
            place = paragraph

    def strike_out(self, key: str, language: str, by: Author) -> None:
        """Delete everything in a clause, as selecting it and pressing the key does."""
        for paragraph in self.paragraphs(key, language):
            for run in list(paragraph.iterchildren(w("r"))):
                for text in run.iter(w("t")):
                    text.tag = w("delText")
                mark = self._mark("del", by)
                run.addprevious(mark)
                mark.append(run)

    def take_out_control(self, key: str, language: str, *, text: bool = False) -> None:
        """Remove a control; with ``text`` its paragraphs stay, as "remove content control" does."""
        sdt = self.control(key, language)
        if text:
            for paragraph in self.paragraphs(key, language):
                sdt.addprevious(paragraph)
        sdt.getparent().remove(sdt)

    def forget_tags(self, *names: str) -> None:
        """Drop tags or aliases or bookmarks, as other programs do."""
        for name in names:
            for node in list(self.root.iter(w(name))):
                if name != "bookmarkStart" or node.get(w("name"), "").startswith("_qa_"):
                    node.getparent().remove(node)

    def copy_control(self, key: str, language: str) -> Any:
        """Copy a clause and paste it behind itself."""
        sdt = self.control(key, language)
        copy = etree.fromstring(etree.tostring(sdt))
        sdt.addnext(copy)
        return copy

    def _mark(self, kind: str, by: Author, run: Any = None) -> Any:
        self.number += 1
        mark = etree.Element(w(kind), {w("id"): str(self.number), w("author"): by[0], w("date"): by[1]})
        if run is not None:
            mark.append(run)
        return mark

    @staticmethod
    def _run(words: str, name: str = "t") -> Any:
        run = etree.Element(w("r"))
        text = etree.SubElement(run, w(name))
        text.text = words
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return run

    def _write_comments(self) -> None:
        root = etree.Element(w("comments"), nsmap={"w": W})
        for number, words, (name, at) in self.comments:
            node = etree.SubElement(root, w("comment"), {w("id"): str(number), w("author"): name, w("date"): at})
            etree.SubElement(node, w("p")).append(self._run(words))
        self.parts["word/comments.xml"] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
        self._say("[Content_Types].xml", f'<Override PartName="/word/comments.xml" ContentType="{kind}"/>')
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
        said = f'<Relationship Id="rIdComments" Type="{kind}" Target="comments.xml"/>'
        self._say("word/_rels/document.xml.rels", said)

    def _say(self, part: str, said: str) -> None:
        """Add an entry to a list of the package, unless it speaks of comments already."""
        root = etree.fromstring(self.parts[part])
        if b"comments.xml" not in self.parts[part]:
            added = etree.fromstring(said)
            added.tag = f"{{{etree.QName(root).namespace}}}{added.tag}"
            root.append(added)
            self.parts[part] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)

"""Word files built by hand, markup for markup, as Word writes them: what a reader must cope with is visible in a test."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from itertools import count
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WHEN = "2026-06-03T10:15:00Z"
_ids = count(1)


def text(words: str, properties: str = "") -> str:
    """A run."""
    written = f'<w:t xml:space="preserve">{escape(words)}</w:t>'
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{written}</w:r>"


def _tracked(name: str, inside: str, author: str, at: str) -> str:
    date = f' w:date="{at}"' if at else ""
    return f'<w:{name} w:id="{next(_ids)}" w:author={quoteattr(author)}{date}>{inside}</w:{name}>'


def inserted(words: str, author: str = "王律师", at: str = WHEN, *, inside: str = "") -> str:
    return _tracked("ins", inside or text(words), author, at)


def deleted(words: str, author: str = "王律师", at: str = WHEN) -> str:
    run = f'<w:r><w:delText xml:space="preserve">{escape(words)}</w:delText></w:r>'
    return _tracked("del", run, author, at)


def moved_from(words: str, author: str = "王律师", at: str = WHEN) -> str:
    return _tracked("moveFrom", text(words), author, at)


def moved_to(words: str, author: str = "王律师", at: str = WHEN) -> str:
    return _tracked("moveTo", text(words), author, at)


def paragraph(*runs: str, mark: str = "", author: str = "王律师", at: str = WHEN, style: str = "") -> str:
    """``mark``: ``ins`` or ``del`` when the end of the paragraph itself was tracked."""
    inner = _tracked(mark, "", author, at) if mark else ""
    written = f"<w:rPr>{inner}</w:rPr>" if inner else ""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties = f"<w:pPr>{styled}{written}</w:pPr>" if written or styled else ""
    return f"<w:p>{properties}{''.join(r if r.startswith('<') else text(r) for r in runs)}</w:p>"


def control(tag: str, *blocks: str, alias: str = "", properties: str = "") -> str:
    """A content control around whole paragraphs; a block that is no markup becomes a plain paragraph."""
    inside = "".join(block if block.startswith("<") else paragraph(block) for block in blocks)
    named = f"<w:alias w:val={quoteattr(alias)}/>" if alias else ""
    tagged = f"<w:tag w:val={quoteattr(tag)}/>" if tag else ""
    return (
        f'<w:sdt><w:sdtPr>{named}{tagged}<w:id w:val="{next(_ids)}"/>{properties}</w:sdtPr>'
        f"<w:sdtContent>{inside}</w:sdtContent></w:sdt>"
    )


def table(*rows: tuple[str, ...]) -> str:
    def cell(words: str) -> str:
        return f"<w:tc><w:tcPr/>{words if words.startswith('<') else paragraph(words)}</w:tc>"

    written = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    columns = "".join('<w:gridCol w:w="2000"/>' for _cell in rows[0])
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{written}</w:tbl>"


def commented(number: int, *runs: str) -> str:
    """Runs with the range of a comment around them."""
    inside = "".join(run if run.startswith("<") else text(run) for run in runs)
    return (
        f'<w:commentRangeStart w:id="{number}"/>{inside}<w:commentRangeEnd w:id="{number}"/>'
        f'<w:r><w:commentReference w:id="{number}"/></w:r>'
    )


def comment(number: int, words: str, author: str = "李法务", at: str = WHEN, *, para: str = "") -> str:
    marked = f' w14:paraId="{para}"' if para else ""
    return (
        f'<w:comment w:id="{number}" w:author={quoteattr(author)} w:date="{at}" w:initials="L">'
        f"<w:p{marked}>{text(words)}</w:p></w:comment>"
    )


def reply(para: str, to: str) -> str:
    """The entry of ``commentsExtended`` by which a comment answers another."""
    return f'<w15:commentEx w15:paraId="{para}" w15:paraIdParent="{to}" w15:done="0"/>'


def docx(
    *blocks: str,
    comments: str = "",
    replies: str = "",
    properties: Mapping[str, str] | None = None,
    more: Mapping[str, bytes] | None = None,
    body: str = "",
) -> bytes:
    """A whole file. ``properties``: custom properties; ``more``: further parts, which replace those of the same name."""
    inside = body or "".join(block if block.startswith("<") else paragraph(block) for block in blocks)
    parts = {
        "[Content_Types].xml": _types(bool(comments), bool(replies), bool(properties)),
        "_rels/.rels": _relations(
            "", ("officeDocument", "word/document.xml"), ("custom-properties", "docProps/custom.xml")
        ),
        "word/document.xml": f"<w:document {_SPACES}><w:body>{inside}<w:sectPr/></w:body></w:document>",
    }
    related = []
    if comments:
        related.append(("comments", "comments.xml"))
        parts["word/comments.xml"] = f"<w:comments {_SPACES}>{comments}</w:comments>"
    if replies:
        space = 'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'
        parts["word/commentsExtended.xml"] = f"<w15:commentsEx {space}>{replies}</w15:commentsEx>"
        related.append(("commentsExtended", "commentsExtended.xml"))
    if properties:
        parts["docProps/custom.xml"] = _properties(properties)
    parts["word/_rels/document.xml.rels"] = _relations("word", *related)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return packed({name: (head + part).encode() for name, part in parts.items()} | dict(more or {}))


def packed(parts: Mapping[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def _types(comments: bool, replies: bool, properties: bool) -> str:
    said = [("/word/document.xml", MAIN)]
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    if comments:
        said.append(("/word/comments.xml", f"{word}.comments+xml"))
    if replies:
        said.append(("/word/commentsExtended.xml", f"{word}.commentsExtended+xml"))
    if properties:
        said.append(("/docProps/custom.xml", "application/vnd.openxmlformats-officedocument.custom-properties+xml"))
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in said)
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(_place: str, *related: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATED}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(related, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def _properties(properties: Mapping[str, str]) -> str:
    spaces = (
        'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"'
    )
    lines = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{n}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for n, (name, value) in enumerate(properties.items(), 2)
    )
    return f"<Properties {spaces}>{lines}</Properties>"

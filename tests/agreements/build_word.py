"""Company templates as somebody makes them in Word: from python-docx's own default file, with anything else put in by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document

from agreements import actions
from agreements.models import WordTemplate
from tests import make

LINES = (
    "质量协议 {{agreement.number}}",
    "{{registrant.name_zh}} 与 {{contractor.name_zh}}，{{ term.period_zh }}",
    "{{clauses}}",
    "职责分工",
    "{{matrix}}",
    "{{obligations}}",
    "{{coverage}}",
    "{{signatures}}",
)


def template(lines: Iterable[str] = LINES, *, head: str = "", foot: str = "", table: str = "") -> bytes:
    """A Word file with these paragraphs."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    if table:
        document.add_table(1, 1).rows[0].cells[0].text = table
    if head:
        document.sections[0].header.paragraphs[0].text = head
    if foot:
        document.sections[0].footer.paragraphs[0].text = foot
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def changed(data: bytes, parts: Mapping[str, tuple[str, str]]) -> bytes:
    """The file with text replaced in its parts: name → (old, new); an old text of "" appends a part of that name."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name in parts:
                old, new = parts[name]
                assert old.encode() in content, (name, old)
                content = content.replace(old.encode(), new.encode(), 1)
            target.writestr(name, content)
        for name, (old, new) in parts.items():
            if not old:
                target.writestr(name, new)
    return stream.getvalue()


def in_body(data: bytes, xml: str) -> bytes:
    """The file with this markup as the first block of its body."""
    return changed(data, {"word/document.xml": ("<w:body>", f"<w:body>{xml}")})


def kept(firm: make.Firm, *, name: str = "集团版式", content: bytes | None = None) -> WordTemplate:
    """A template kept by the firm's quality manager."""
    return actions.keep_word_template(
        organisation=firm.organisation,
        name=name,
        file_name="集团版式.docx",
        content=template() if content is None else content,
        by=firm.actor("quality_manager"),
        at=make.AT,
    )

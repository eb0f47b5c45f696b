"""Parts that only some documents have beside the template's own: comments and properties of our own choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ..plain import visible
from .controls import Comment, comment_xml

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: The set of properties that a file's author may name.
_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the file; ``of_package``: whether the package leads to it, otherwise the document does."""

    path: str
    content_type: str
    relation: str
    xml: str
    of_package: bool = False


def custom_properties(values: Mapping[str, str]) -> Part:
    """What the file says about itself under names of our own."""
    rows = "".join(
        f'<property fmtid="{_SET}" pid="{number}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(visible(value))}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(values.items(), 2)
    )
    spaces = f'xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes"'
    return Part(
        "docProps/custom.xml",
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        f"{_OFFICE}/relationships/custom-properties",
        f"{_HEAD}<Properties {spaces}>{rows}</Properties>",
        of_package=True,
    )


def comments(rows: Sequence[Comment]) -> Part:
    """The comments, in the order of their numbers."""
    written = "".join(comment_xml(number, row) for number, row in enumerate(rows))
    return Part(
        "word/comments.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml",
        f"{_OFFICE}/relationships/comments",
        f'{_HEAD}<w:comments xmlns:w="{W}">{written}</w:comments>',
    )

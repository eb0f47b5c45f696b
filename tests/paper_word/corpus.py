"""Files that must not be taken: broken, hostile or of another kind, each with the code of the sentence that refuses it.

Built by program, so that what is wrong with each can be read here.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

from cmo.paper.word import opening
from tests.paper_word import build

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _good() -> bytes:
    return build.docx(build.control("qa/scope/e1/zh", "范围", "本协议适用于全部产品。"))


def _with(**parts: bytes) -> bytes:
    """The good file with further or other parts; ``__`` in a name is a slash, ``_DOT_`` a dot."""
    return build.docx(
        build.control("qa/scope/e1/zh", "范围", "正文"),
        more={name.replace("__", "/").replace("_DOT_", "."): part for name, part in parts.items()},
    )


def _document(inside: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f"{head}<w:document {build._SPACES}><w:body>{inside}</w:body></w:document>".encode()


def _types(main: str) -> bytes:
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    ).encode()


def _bomb() -> bytes:
    """Two hundred megabytes of blanks in a file of some hundred kilobytes."""
    stream = BytesIO(_good())
    with ZipFile(stream, "a", ZIP_DEFLATED) as archive, archive.open("word/media/blank.xml", "w") as part:
        for _megabyte in range(200):
            part.write(b" " * (1024 * 1024))
    return stream.getvalue()


def _lying_bomb() -> bytes:
    """A part that says in the directory that it is small."""
    blanks = b" " * (8 * 1024 * 1024)
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _types(build.MAIN))
        archive.writestr("word/document.xml", _document("<w:p/>") + blanks)
    content = bytearray(stream.getvalue())
    size = struct.pack("<L", len(_document("<w:p/>") + blanks))
    place = content.rfind(size)
    content[place : place + 4] = struct.pack("<L", 200_000)
    return bytes(content)


def _quine() -> bytes:
    """Many parts whose packed bytes are the same ones."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _types(build.MAIN))
        archive.writestr("word/document.xml", _document("<w:p/>"))
        archive.writestr("word/a.bin", b"a" * 100_000)
        archive.writestr("word/b.bin", b"b" * 100_000)
    content = bytearray(stream.getvalue())
    with ZipFile(BytesIO(stream.getvalue())) as archive:
        first, second = (archive.getinfo(f"word/{name}.bin").header_offset for name in "ab")
    place = content.rfind(struct.pack("<L", second))
    content[place : place + 4] = struct.pack("<L", first)
    return bytes(content)


def _crowd() -> bytes:
    stream = BytesIO(_good())
    with ZipFile(stream, "a", ZIP_STORED) as archive:
        for number in range(3000):
            archive.writestr(f"word/media/{number}.txt", b"")
    return stream.getvalue()


def _doubled() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", _types(build.MAIN))
        archive.writestr("word/document.xml", _document("<w:p/>"))
        archive.writestr(ZipInfo("WORD/document.xml"), _document("<w:p/>"))
    return stream.getvalue()


def _encrypted_member() -> bytes:
    content = bytearray(_good())
    place = content.rfind(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def _wrong_checksum() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", _types(build.MAIN))
        archive.writestr("word/document.xml", _document("<w:p><w:r><w:t>Confidential</w:t></w:r></w:p>"))
    return stream.getvalue().replace(b"Confidential", b"CONFIDENTIAL")


def _odt() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<office/>")
    return stream.getvalue()


def _lzma() -> bytes:
    stream = BytesIO()
    with ZipFile(BytesIO(_good())) as source, ZipFile(stream, "w", ZIP_LZMA) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return stream.getvalue()


def _damaged_lzma() -> bytes:
    content = bytearray(_lzma())
    content[80:120] = bytes(40)
    return bytes(content)


_SEVEN = b"+ADwAIQ-DOCTYPE w +AFsAPAAh-ENTITY x +ACI-ha+ACIAPgBdAD4-"
_ENTITY = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"

#: name → (code, how the file is made)
CORPUS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing at all": ("empty", lambda: b""),
    "more than ten megabytes": ("too_large", lambda: b"PK\x03\x04" + bytes(opening.MOST_BYTES)),
    "an old .doc": ("old_doc", lambda: _OLE + "WordDocument".encode("utf-16-le")),
    "protected by a password": ("locked", lambda: _OLE + "EncryptedPackage".encode("utf-16-le")),
    "a PDF called .docx": ("pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\n1 0 obj"),
    "RTF called .docx": ("rtf", lambda: b"{\\rtf1\\ansi text}"),
    "a web page called .docx": ("html", lambda: b"\xef\xbb\xbf<html><body>text</body></html>"),
    "Word's single XML file": ("flat_xml", lambda: b'<?xml version="1.0"?><pkg:package xmlns:pkg="x"/>'),
    "a picture": ("unknown", lambda: b"\x89PNG\r\n\x1a\n" + bytes(64)),
    "an OpenDocument text": ("odt", _odt),
    "a ZIP of anything": ("not_word", lambda: build.packed({"readme.txt": b"hello"})),
    "a spreadsheet": (
        "not_word",
        lambda: build.packed(
            {
                "[Content_Types].xml": _types(
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
                ),
                "word/document.xml": _document("<w:p/>"),
            }
        ),
    ),
    "macros by content type": (
        "macros",
        lambda: build.packed({"[Content_Types].xml": _types(_MACROS), "word/document.xml": _document("<w:p/>")}),
    ),
    "macros hidden in a .docx": ("macros", lambda: _with(word__vbaProject_DOT_bin=b"Attribute VB_Name")),
    "an external entity": (
        "entities",
        lambda: _with(word__document_DOT_xml=_document("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", _ENTITY)),
    ),
    "entities that multiply": (
        "entities",
        lambda: _with(word__comments_DOT_xml=f"{_LAUGHS}<w>&b;</w>".encode()),
    ),
    "a document type in UTF-16": (
        "not_utf8",
        lambda: _with(word__document_DOT_xml=f"{_ENTITY}<w/>".encode("utf-16")),
    ),
    "not UTF-8": ("not_utf8", lambda: _with(word__document_DOT_xml=_document("<w:p/>") + "<!-- 中 -->".encode("gbk"))),
    "another encoding declared": (
        "not_utf8",
        lambda: _with(word__document_DOT_xml=b'<?xml version="1.0" encoding="UTF-16"?><w:document/>'),
    ),
    "a document type in UTF-7": (
        "not_utf8",
        lambda: _with(word__document_DOT_xml=b"<?xml version='1.0' encoding = 'UTF-7'?>" + _SEVEN + b"<w:document/>"),
    ),
    "packed by LZMA": ("packed_otherwise", _lzma),
    "packed by LZMA and damaged": ("packed_otherwise", _damaged_lzma),
    "millions of empty elements": (
        "too_many_tags",
        lambda: build.packed(
            {
                "[Content_Types].xml": _types(build.MAIN),
                "word/document.xml": _document("<w:p/>"),
                "word/settings.xml": b"<s>" + b"<a/>" * 500_000 + b"</s>",
            },
            ZIP_STORED,
        ),
    ),
    "a million attributes": (
        "too_many_tags",
        lambda: build.packed(
            {
                "[Content_Types].xml": _types(build.MAIN),
                "word/document.xml": _document("<w:p/>"),
                "word/settings.xml": b"<s " + b" ".join(b"a%d=''" % n for n in range(1_000_001)) + b"/>",
            },
        ),
    ),
    "tracked changes without end": (
        "too_many_changes",
        lambda: _with(word__document_DOT_xml=_document("<w:p>" + "<w:ins/>" * 5001 + "</w:p>")),
    ),
    "a bomb": ("bomb", _bomb),
    "a bomb that lies about its size": ("broken", _lying_bomb),
    "parts lying on each other": ("bomb", _quine),
    "three thousand parts": ("too_many_parts", _crowd),
    "the same part twice": ("doubled_parts", _doubled),
    "a part that leads out": ("path_trick", lambda: build.packed({"[Content_Types].xml": b"", "../../etc/cron": b"x"})),
    "a part with an absolute name": ("path_trick", lambda: build.packed({"[Content_Types].xml": b"", "/etc/x": b"x"})),
    "an encrypted part": ("locked", _encrypted_member),
    "cut off in the middle": ("broken", lambda: _good()[: len(_good()) // 2]),
    "cut off at the end": ("broken", lambda: _good()[:-7]),
    "a wrong checksum": ("broken", _wrong_checksum),
    "bytes behind the end": ("broken", lambda: _good() + b"<script>"),
    "markup that is not closed": ("broken_xml", lambda: _with(word__document_DOT_xml=b"<w:document><w:body>")),
    "nested without end": (
        "too_deep",
        lambda: _with(word__document_DOT_xml=_document("<w:customXml>" * 5000 + "</w:customXml>" * 5000)),
    ),
    "a document without a body": (
        "not_word",
        lambda: _with(word__document_DOT_xml=f"<w:document {build._SPACES}/>".encode()),
    ),
    "a hundred thousand paragraphs": (
        "too_long",
        lambda: _with(word__document_DOT_xml=_document("".join(f"<w:p w:x='{n}'/>" for n in range(100_000)))),
    ),
}

"""What may come in: the kind is judged by extension *and* content, opened the way a reader would open it.

Every refusal is one clear sentence in both languages. Nothing is repaired or converted: what is stored is exactly what
was uploaded.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

import pikepdf
import puremagic
from django.conf import settings
from PIL import Image, UnidentifiedImageError

from cmo.errors import Refused

from .sentences import refused

MAX_MEMBERS = 5000
MAX_RATIO = 100
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_PDF_OBJECTS = 200_000
LONGEST_NAME = 150

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/csv",
}
ACCEPT = ",".join(f".{extension}" for extension in CONTENT_TYPES)


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was found: clean name, content type, size in bytes, hash."""

    name: str
    content_type: str
    size: int
    sha256: str


def inspect(upload: Any) -> Inspected:
    """Judge an uploaded file (Django ``File``); it stands at its beginning afterwards.

    :raises Refused: with the one reason.
    """
    name = clean_name(upload.name or "")
    extension = PurePath(name).suffix.lower().lstrip(".")
    if extension not in CONTENT_TYPES:
        raise refused("kind_not_accepted", found=extension or "—")
    if not upload.size:
        raise refused("file_is_empty")
    if upload.size > settings.EVIDENCE_MAX_BYTES:
        raise refused("file_too_large", limit=str(settings.EVIDENCE_MAX_BYTES // (1024 * 1024)))
    upload.seek(0)
    _JUDGES[extension](upload, extension)
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Inspected(name, _content_type(extension, upload), upload.size, digest.hexdigest())


def clean_name(name: str) -> str:
    """The file's own name without path, control, direction and invisible characters, at most 150 long."""
    normal = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    kept = "".join(c for c in normal if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    kept = "".join("_" if c in '<>:"|?*;' else c for c in kept).strip(" .")
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        return kept[:LONGEST_NAME]
    return f"{stem.rstrip(' .')[: LONGEST_NAME - len(extension) - 1] or 'file'}.{extension}"


def _content_type(extension: str, upload: Any) -> str:
    if extension not in {"txt", "csv"}:
        return CONTENT_TYPES[extension]
    charset = "utf-8" if _decodes(upload, "utf-8") else "gb18030"
    upload.seek(0)
    return f"{CONTENT_TYPES[extension]}; charset={charset}"


def _mismatch(file: IO[bytes], extension: str) -> Refused:
    file.seek(0)
    head = file.read(4096)
    try:
        found = puremagic.from_string(head, filename=None).lstrip(".")
    except (puremagic.PureError, ValueError):
        found = "?"
    return refused("content_differs_from_name", named=extension, found=found or "?")


def _judge_pdf(file: Any, extension: str) -> None:
    if b"%PDF-" not in file.read(1024):
        raise _mismatch(file, extension)
    file.seek(0)
    try:
        with pikepdf.open(file) as document:
            if len(document.objects) > MAX_PDF_OBJECTS:
                raise refused("pdf_too_complex")
            _refuse_active_pdf(document)
    except pikepdf.PasswordError as error:
        raise refused("file_is_locked") from error
    except (pikepdf.PdfError, RecursionError, ValueError) as error:
        raise refused("file_is_damaged", kind="PDF") from error


_ACTIVE_KEYS = ("/JS", "/JavaScript", "/EmbeddedFile", "/EmbeddedFiles", "/XFA", "/RichMediaContent")
_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute"}


def _refuse_active_pdf(document: pikepdf.Pdf) -> None:
    """Refuse scripts, programs to start and files inside; a plain "open on this page" is no such thing."""
    opening = document.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
        raise refused("pdf_is_active", found="/OpenAction")
    for thing in document.objects:
        _walk_pdf(thing, depth=0)


def _walk_pdf(thing: Any, depth: int) -> None:
    """Judge one object and the direct objects inside; indirect ones have their own turn."""
    if isinstance(thing, pikepdf.Array):
        children = list(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        table = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        _refuse_active_dictionary(table)
        children = [value for _key, value in table.items()]
    else:
        return
    if depth > 60:
        raise refused("pdf_too_complex")
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _walk_pdf(child, depth + 1)


def _refuse_active_dictionary(table: Any) -> None:
    for key in _ACTIVE_KEYS:
        if key in table:
            raise refused("pdf_is_active", found=key)
    if table.get("/S") in _ACTIVE_ACTIONS:
        raise refused("pdf_is_active", found=str(table.get("/S")))
    if table.get("/Type") == "/EmbeddedFile":
        raise refused("pdf_is_active", found="/EmbeddedFile")


_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def _judge_office(file: IO[bytes], extension: str) -> None:
    if file.read(4) != b"PK\x03\x04":
        raise _mismatch(file, extension)
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse_bomb(archive)
            names = archive.namelist()
            if "[Content_Types].xml" not in names or _MAIN_PART[extension] not in names:
                raise _mismatch(file, extension)
            for member in archive.infolist():
                _judge_member(archive, member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise refused("file_is_damaged", kind=extension.upper()) from error


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > max(packed, 1) * MAX_RATIO:
        raise refused("unpacks_too_large")
    if len({member.filename for member in members}) != len(members):
        raise refused("file_is_damaged", kind="ZIP")
    if any(member.flag_bits & 1 for member in members):
        raise refused("file_is_locked")


def _judge_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read one part completely (its checksum is compared) and refuse macros, embedded programs and entities."""
    name = member.filename.lower()
    if name.endswith("vbaproject.bin") or "/activex/" in name or "embeddings/oleobject" in name:
        raise refused("office_is_active", found=member.filename)
    content = archive.read(member)
    if name.endswith((".xml", ".rels", ".vml")):
        plain = content.replace(b"\x00", b"").upper()
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise refused("office_is_active", found="DOCTYPE")


_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"}


def _judge_image(file: IO[bytes], extension: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=["PNG", "JPEG"]) as picture:
                if picture.format != _FORMATS[extension]:
                    raise _mismatch(file, extension)
                if picture.width * picture.height > MAX_PIXELS:
                    raise refused("too_many_pixels", limit=str(MAX_PIXELS // 1_000_000))
                picture.load()
    except UnidentifiedImageError as error:
        raise _mismatch(file, extension) from error
    except Image.DecompressionBombError as error:
        raise refused("too_many_pixels", limit=str(MAX_PIXELS // 1_000_000)) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise refused("file_is_damaged", kind=extension.upper()) from error


_OTHER_KINDS = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")


def _judge_text(file: IO[bytes], extension: str) -> None:
    if file.read(5).startswith(_OTHER_KINDS) or not (_decodes(file, "utf-8") or _decodes(file, "gb18030")):
        raise _mismatch(file, extension)


_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")


def _decodes(file: IO[bytes], encoding: str) -> bool:
    """Whether the whole file is text in this encoding, without control characters other than line ends and tabs."""
    file.seek(0)
    try:
        text = file.read().decode(encoding)
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(text) is None


_JUDGES: dict[str, Callable[[Any, str], None]] = {
    "pdf": _judge_pdf,
    "docx": _judge_office,
    "xlsx": _judge_office,
    "png": _judge_image,
    "jpg": _judge_image,
    "jpeg": _judge_image,
    "txt": _judge_text,
    "csv": _judge_text,
}

"""An uploaded checklist file: judged before it is opened, read, and every fault told at its place."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile

from agreements.template_file import MOST_CHARACTERS, read_mapping
from agreements.templates_data import Fault, TemplateError
from cmo.errors import Refused
from cmo.evidence.inspection import inspect
from cmo.trail.canonical import canonical

from ..template_reading import AuditTemplateError, read_content
from ..templates_data import content_of
from .workbook import read_workbook

EXTENSIONS = ("xlsx", "yaml", "yml")
MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
#: First bytes of old Excel files and of encrypted new ones.
_OLE = b"\xd0\xcf\x11\xe0"
#: More faults than this are not told at once.
MOST_TOLD = 200


def read_checklist(name: str, content: bytes) -> dict[str, Any]:
    """The content of an uploaded file, checked; the kind is told by its name.

    :raises AuditTemplateError: with every fault and its place. :raises Refused: for a file that is not safe to open.
    """
    extension = PurePath(name).suffix.lower().lstrip(".")
    if extension not in EXTENSIONS:
        raise _refused(
            f"只能导入XLSX或YAML文件，收到的是“{extension or '—'}”",
            f"only XLSX and YAML files can be imported, not “{extension or '—'}”",
        )
    if len(content) > MOST_BYTES:
        megabytes = MOST_BYTES // (1024 * 1024)
        raise _refused(f"文件超过{megabytes} MB的上限", f"the file is larger than {megabytes} MB")
    found = _from_workbook(content) if extension == "xlsx" else _from_yaml(content)
    if len(canonical(found)) > MOST_CHARACTERS:
        raise _refused(f"内容超过{MOST_CHARACTERS}个字符", f"the content has more than {MOST_CHARACTERS} characters")
    return found


def _refused(zh: str, en: str) -> AuditTemplateError:
    return AuditTemplateError([Fault("file", zh, en)])


def _from_yaml(content: bytes) -> dict[str, Any]:
    try:
        plain = read_mapping(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _refused("文件不是UTF-8文本", "the file is not UTF-8 text") from error
    except TemplateError as error:
        raise AuditTemplateError(error.faults) from error
    return content_of(read_content(plain, own=True))


def _from_workbook(content: bytes) -> dict[str, Any]:
    if content.startswith(_OLE):
        raise _refused(
            "文件受密码保护，或是旧版Excel格式；请取消密码并另存为XLSX",
            "the file is protected by a password or in the old Excel format; save it as XLSX without a password",
        )
    _refuse_large(content)
    inspect(ContentFile(content, name="checklist.xlsx"))
    read = read_workbook(content)
    try:
        template = read_content(read.content, own=True)
    except AuditTemplateError as error:
        raise AuditTemplateError([*read.faults, *map(read.at_its_cell, error.faults)]) from error
    if read.faults:
        raise AuditTemplateError(read.faults)
    return content_of(template)


def _refuse_large(content: bytes) -> None:
    """Before anything is unpacked: what the archive itself declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        return  # said in its own words by the inspection
    if unpacked > MOST_UNPACKED:
        raise _refused("文件解压后过大", "the file unpacks to too much")


def faults_of(error: TemplateError | Refused) -> list[Fault]:
    """Everything that is wrong with a file, at most two hundred."""
    if isinstance(error, Refused):
        return [Fault("file", found.zh.rstrip("。"), found.en.rstrip(".")) for found in error.findings]
    told = error.faults[:MOST_TOLD]
    left = len(error.faults) - len(told)
    return told if not left else [*told, Fault("…", f"另有{left}处错误", f"{left} more faults")]

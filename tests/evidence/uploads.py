"""Small real files of every kind, and bad ones."""

import io
import zipfile

import docx
import openpyxl
import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def upload(name, content):
    return SimpleUploadedFile(name, content)


def pdf(change=None, **save):
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def image(kind="PNG", size=(20, 10)):
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def word():
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("现场评估报告")
    document.save(out)
    return out.getvalue()


def sheet():
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["批号", "数量"])
    book.save(out)
    return out.getvalue()


def with_member(archive, name, content):
    """The archive with one member more."""
    out = io.BytesIO(archive)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as changed:
        changed.writestr(name, content)
    return out.getvalue()

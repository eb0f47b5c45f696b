"""What an outsider's copy bears stands on every page as plain text, whatever somebody typed as their name."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from lxml import etree

from cmo.dossier.docx import render_docx
from cmo.dossier.pdf import render_pdf
from tests.dossier import sample

MARK = "供 祁检查（示例监管局）查阅"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler")
def test_every_page_and_every_head_bears_the_mark(tmp_path: Path) -> None:
    marked = replace(sample.dossier(30, 1), marked_for=MARK)
    path = tmp_path / "marked.pdf"
    path.write_bytes(render_pdf(marked, "zh"))
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True)
    pages = done.stdout.split("\f")[:-1]
    assert len(pages) > 5
    assert all("祁检查" in page for page in pages)
    with zipfile.ZipFile(BytesIO(render_docx(marked, "zh"))) as archive:
        heads = [archive.read(name).decode() for name in archive.namelist() if name.startswith("word/header")]
    assert len(heads) >= 2
    assert all(MARK in head for head in heads)


def test_a_copy_without_a_mark_is_the_file_it_always_was() -> None:
    plain = sample.dossier(3, 1)
    assert render_pdf(replace(plain, marked_for=""), "zh") == render_pdf(plain, "zh")
    assert render_pdf(replace(plain, marked_for=MARK), "zh") != render_pdf(plain, "zh")


@pytest.mark.parametrize("typed", [*sample.HOSTILE, "x" * 300])
def test_a_hostile_name_is_drawn_as_plain_text(typed: str) -> None:
    marked = replace(sample.dossier(0, 1), sections=(), marked_for=typed)
    with pikepdf.open(BytesIO(render_pdf(marked, "both"))) as file:
        assert len(file.pages) in {2, 3}  # a long name may take the cover over its page
        assert "/AcroForm" not in file.Root
        assert "/OpenAction" not in file.Root
    with zipfile.ZipFile(BytesIO(render_docx(marked, "both"))) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))

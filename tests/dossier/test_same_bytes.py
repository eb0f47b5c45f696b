"""The same dossier gives the same bytes in another process, whatever its hash seed and language, without any database."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from cmo.dossier.docx import render_docx
from cmo.dossier.pdf import render_pdf
from cmo.paper.words import LANGUAGES
from tests.dossier import sample

SCRIPT = """
import hashlib
import django
django.setup()
from cmo.dossier.docx import render_docx
from cmo.dossier.pdf import render_pdf
from cmo.paper.words import LANGUAGES
from tests.dossier import sample
dossier = sample.dossier(30, 3)
for language in LANGUAGES:
    for render in (render_pdf, render_docx):
        print(hashlib.sha256(render(dossier, language)).hexdigest())
"""


def test_two_processes_write_the_same_bytes() -> None:
    dossier = sample.dossier(30, 3)
    renders = [render(dossier, language) for language in LANGUAGES for render in (render_pdf, render_docx)]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "77",
        "LANG": "zh_CN.UTF-8",
        "DJANGO_SETTINGS_MODULE": "cmo.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [hashlib.sha256(data).hexdigest() for data in renders]

"""The same revision gives the same bytes in another process, whatever its hash seed and language."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from agreements.documents import render_docx, render_pdf
from cmo.paper.words import LANGUAGES
from tests.agreements_documents import sample

SCRIPT = """
import hashlib
import django
django.setup()
from agreements.documents import render_docx, render_pdf
from cmo.paper.words import LANGUAGES
from tests.agreements_documents import sample
document = sample.agreement(closing=sample.NOTICE)
for language in LANGUAGES:
    for render in (render_pdf, render_docx):
        print(hashlib.sha256(render(document, language)).hexdigest())
"""


def test_two_processes_write_the_same_bytes() -> None:
    document = sample.agreement(closing=sample.NOTICE)
    renders = [render(document, language) for language in LANGUAGES for render in (render_pdf, render_docx)]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "77",
        "LANG": "zh_CN.UTF-8",
        "DJANGO_SETTINGS_MODULE": "cmo.settings",
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [hashlib.sha256(data).hexdigest() for data in renders]

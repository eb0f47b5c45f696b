"""``manage.py agreement_documents REVISION --out DIR``: write the agreement as PDF and DOCX in zh, en and side by side.

REVISION is its number (``QA2025-000001/1``) or its primary key. Prints the SHA-256 of every file; the same revision with
the same signatures gives the same sums. Files appear whole or not at all.
"""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agreements.documents import AgreementDocument, collect
from agreements.documents.files import KINDS, file_name, rendered
from agreements.models import AgreementRevision
from cmo.paper.files import put_in_place
from cmo.paper.words import LANGUAGES


class Command(BaseCommand):
    help = "Write the documents of an agreement's revision: PDF and DOCX in Chinese, English and side by side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("revision", help="number such as QA2025-000001/1, or primary key")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder, made when missing")

    def handle(self, *args: Any, **options: Any) -> None:
        document = collect(_revision(options["revision"]))
        folder: Path = options["out"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, data in _files(document):
                put_in_place(folder / name, data)
                self.stdout.write(f"{hashlib.sha256(data).hexdigest()}  {name}")
        except OSError as error:
            raise CommandError(f"cannot write to {folder}: {error.strerror}") from error


def _revision(wanted: str) -> AgreementRevision:
    """The revision with this number or key.

    :raises CommandError: there is none.
    """
    rows = AgreementRevision.objects.select_related("agreement")
    number, _, revision = wanted.rpartition("/")
    if number and revision.isascii() and revision.isdecimal():
        found = rows.filter(agreement__number=number, number=int(revision[:9])).first()
    elif wanted.isascii() and wanted.isdecimal():
        found = rows.filter(pk=int(wanted[:18])).first()
    else:
        found = None
    if found is None:
        raise CommandError(f"no revision {wanted!r}: give a number such as QA2025-000001/1, or a primary key")
    return found


def _files(document: AgreementDocument) -> Iterator[tuple[str, bytes]]:
    for language in LANGUAGES:
        for kind in KINDS:
            yield file_name(document, language, kind), rendered(document, language, kind)

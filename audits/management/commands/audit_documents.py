"""``manage.py audit_documents NUMBER --out DIR``: write an audit's report as PDF and DOCX in zh, en and side by side.

NUMBER is the audit's number or primary key; ``--lang`` writes one language alone. Prints the SHA-256 of every file; the
same report gives the same sums. Files appear whole or not at all.
"""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.documents import collect
from audits.documents.files import KINDS, file_name, rendered
from audits.models import AuditReport
from cmo.paper.files import put_in_place
from cmo.paper.words import LANGUAGES


class Command(BaseCommand):
    help = "Write the documents of an audit's report: PDF and DOCX in Chinese, English and side by side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="number of a reported audit, or its primary key")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder, made when missing")
        parser.add_argument("--lang", choices=LANGUAGES, help="one language alone; default: all")

    def handle(self, *args: Any, **options: Any) -> None:
        document = collect(_report(options["number"]))
        folder: Path = options["out"]
        languages = [options["lang"]] if options["lang"] else LANGUAGES
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for language in languages:
                for kind in KINDS:
                    name, data = file_name(document, language, kind), rendered(document, language, kind)
                    put_in_place(folder / name, data)
                    self.stdout.write(f"{hashlib.sha256(data).hexdigest()}  {name}")
        except OSError as error:
            raise CommandError(f"cannot write to {folder}: {error.strerror}") from error


def _report(wanted: str) -> AuditReport:
    """The report of the audit with this number or key.

    :raises CommandError: there is none.
    """
    rows = AuditReport.objects.select_related("audit__template")
    found = rows.filter(audit__number=wanted).first()
    if found is None and wanted.isascii() and wanted.isdecimal():
        found = rows.filter(audit_id=int(wanted[:18])).first()
    if found is None:
        raise CommandError(f"no report of an audit {wanted!r}: give the number of a reported audit")
    return found

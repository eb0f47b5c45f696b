"""``manage.py export_dossier PAIR --out FILE.zip``: the dossier of a pair as one ZIP that anybody can check.

PAIR is the pair's number or primary key; ``--scope lot:B2026-07`` limits it. The file appears whole or not at all. Check it
with ``verify.py`` inside it. That it was exported is on record before the file lies there (``actions/commanding.py``).
"""

from __future__ import annotations

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cmo import clock
from cmo.dossier.actions import record_command
from cmo.dossier.building import dossier_of
from cmo.dossier.chain import chain_lines
from cmo.dossier.exporting import recorded_files
from cmo.dossier.formats import documents_of
from cmo.dossier.package import Document, FileChangedError, write_package
from cmo.dossier.scoping import Scope, in_one_form
from cmo.dossier.sheets import Dossier
from cmo.dossier.signing_pdf import SigningKeyError
from cmo.errors import Refused
from cmo.evidence.store import hash_of, open_intact
from cmo.paper.words import LANGUAGES
from cmo.parties.models import Pair

_SCOPES = (
    "limit it to period:2025-01-01/2025-12-31, device:NUMBER, lot:NUMBER or agreement:NUMBER (a primary key does too); "
    "default: whole"
)


class Command(BaseCommand):
    help = "Write the dossier of a pair as one ZIP: PDF, DOCX, JSON, evidence files, chain, manifest and checker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pair", help="number of the pair, or its primary key")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the ZIP to write")
        parser.add_argument("--lang", choices=LANGUAGES, default="both", help="language of PDF and DOCX; default: both")
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="a day before; default: today")
        parser.add_argument("--scope", default="whole", metavar="KIND:KEY", help=_SCOPES)
        parser.add_argument(
            "--limit", type=int, default=settings.DOSSIER_LARGEST, metavar="BYTES", help="largest size of the ZIP"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            pair, scope = _pair(options["pair"]), _scope(options["scope"])
            dossier = dossier_of(pair, options["as_of"] or clock.day_of(now), now, scope)
            documents = documents_of(dossier, options["lang"])
            note = partial(record_command, dossier=dossier, language=options["lang"], at=now)
            _write(options["out"], dossier, documents, options["limit"], note)
        except Refused as refusal:
            raise CommandError(
                "\n".join(f"{one.zh}{one.todo_zh}\n{one.en} {one.todo_en}" for one in refusal.findings)
            ) from refusal
        except FileChangedError as error:
            raise CommandError(f"the stored file {error} changed while the package was written; run again") from error
        except SigningKeyError as error:
            raise CommandError(f"the signing key cannot be used: {error}") from error
        except OSError as error:
            raise CommandError(f"cannot write {options['out']}: {error.strerror}") from error
        self.stdout.write(_said(options["out"], dossier, documents))


def _pair(wanted: str) -> Pair:
    """:raises CommandError: there is no such pair."""
    found = Pair.objects.filter(number=wanted).first()
    if found is None and wanted.isascii() and wanted.isdecimal():
        found = Pair.objects.filter(pk=int(wanted[:18])).first()
    if found is None:
        raise CommandError(f"no pair {wanted!r}: give its number or primary key")
    return found


def _scope(wanted: str) -> Scope:
    """:raises Refused: for a period that is none."""
    kind, _, key = wanted.partition(":")
    return in_one_form((kind.strip(), key))


def _write(
    path: Path, dossier: Dossier, documents: tuple[Document, ...], limit: int, note: Callable[..., None]
) -> None:
    """The file in its place; ``note`` puts it on record before."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "w+b") as file:
            lines = chain_lines(dossier.pin.stream, dossier.pin.seq, dossier.withheld)
            manifest = write_package(file, dossier, documents, lines, open_intact, limit)
            file.flush()
            os.fsync(file.fileno())
        inside = [one[:3] for one in recorded_files(manifest, documents)]
        note(files=[("dossier.zip", Path(name).stat().st_size, hash_of(Path(name))), *inside])
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _said(path: Path, dossier: Dossier, documents: tuple[Document, ...]) -> str:
    """What was written, how to find it on the chain, and what is not as it should be."""
    pin = dossier.pin
    lines = [
        f"{hash_of(path)}  {path.name}",
        f"{pin.pair_number} as of {pin.as_of}: {pin.seq} entries, last hash {pin.head}",
        *(f"{file.state}: {file.title} ({file.sha256})" for file in dossier.files if file.state != "whole"),
    ]
    if all(document.unsigned is None for document in documents):
        lines.append(
            "The PDF is not signed: no key is configured (DOSSIER_SIGNING_KEY). / PDF 未加数字签名：未配置密钥。"
        )
    return "\n".join(lines)

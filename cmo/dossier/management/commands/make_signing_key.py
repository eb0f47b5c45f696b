"""``manage.py make_signing_key --out FILE``: a key with a self-made certificate to sign the PDFs of dossiers with.

The passphrase comes from ``DOSSIER_SIGNING_PASSPHRASE``. The certificate says in its name that it is self-signed and for
demonstration; for real use take a certificate of a licensed provider of electronic certification (电子认证服务机构).
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cmo import clock

from ...signing_pdf import SELF_MADE, self_made_key


class Command(BaseCommand):
    help = "Make a key with a self-signed certificate for the PDFs of dossiers; a file that exists is never replaced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="PKCS#12 file to make (.p12)")

    def handle(self, *args: Any, **options: Any) -> None:
        path, passphrase = options["out"], settings.DOSSIER_SIGNING_PASSPHRASE
        if not passphrase:
            raise CommandError("Set DOSSIER_SIGNING_PASSPHRASE: a key without a passphrase is not written.")
        key = self_made_key(passphrase, clock.now())
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(key)
        except OSError as error:
            raise CommandError(f"cannot write {path}: {error.strerror}") from error
        self.stdout.write(f"{path}: {SELF_MADE}\nDOSSIER_SIGNING_KEY={path.resolve()}")

"""``manage.py verify_evidence``: read every stored file again and compare it with its hash."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cmo.evidence.facts import verify_store


class Command(BaseCommand):
    help = "Re-hash all stored evidence; exit 1 and name what is missing or altered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify_store()
        if options["json"]:
            self.stdout.write(json.dumps({"ok": verdict.ok, **asdict(verdict)}))
        elif verdict.ok:
            self.stdout.write(f"ok: {verdict.files} files, {verdict.stray} stray")
        for kind in ("missing", "altered"):
            for sha256 in getattr(verdict, kind):
                self.stderr.write(f"FAULT: {kind}: {sha256}")
        if not verdict.ok:
            sys.exit(1)

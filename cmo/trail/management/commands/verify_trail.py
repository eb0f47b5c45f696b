"""``manage.py verify_trail``: check every chain, and optionally the heads that were written down elsewhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cmo.trail.verify import heads, verify


class Command(BaseCommand):
    help = "Verify the hash chain of every stream; exit 1 and name the first fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--stream", action="append", help="only this stream (may be repeated)")
        parser.add_argument("--heads", type=Path, help="file of heads kept elsewhere: {stream: [length, hash]}")
        parser.add_argument("--write-heads", type=Path, help="write today's heads to this file after a clean check")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify(options["stream"], _read_heads(options["heads"]))
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_dict(), ensure_ascii=False))
        elif verdict.ok:
            self.stdout.write(f"ok: {verdict.entries} entries in {verdict.streams} streams")
        if verdict.first_bad:
            bad = verdict.first_bad
            self.stderr.write(f"FAULT: stream {bad.stream}, entry {bad.seq}: {bad.kind}")
            sys.exit(1)
        if options["write_heads"]:
            options["write_heads"].write_text(json.dumps(heads(), indent=1, sort_keys=True))


def _read_heads(path: Path | None) -> dict[str, tuple[int, str]]:
    if path is None:
        return {}
    try:
        return {stream: (int(seq), str(digest)) for stream, (seq, digest) in json.loads(path.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CommandError(f"{path}: not a file of heads: {error}") from error

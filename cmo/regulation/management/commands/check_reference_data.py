"""``manage.py check_reference_data [--json]``: read every reference data file again and report all faults."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cmo.regulation.check import examine


class Command(BaseCommand):
    help = "Check the files of legal references, sub-catalogues and classification. Exit 0 when sound, 1 when not."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help='{"ok", "counts", "faults"}')

    def handle(self, *args: Any, **options: Any) -> None:
        counts, faults = examine()
        if options["json"]:
            answer = {"ok": not faults, "counts": counts, "faults": [fault.as_dict() for fault in faults]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for file, count in counts.items():
                self.stdout.write(f"{file}: {count}")
            for fault in faults:
                self.stdout.write(f"✗ {fault.text('zh')}\n  {fault.text('en')}")
        if faults:
            sys.exit(1)

"""``manage.py verify_invariants``: judge the whole database again and name each row that breaks an invariant."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cmo import clock

from ...invariants import CHECKS, broken


class Command(BaseCommand):
    """Exit code 0 when every invariant holds, 1 when any row breaks one."""

    help = "Judge every record against the invariants of the domain; exit 1 and name each row that breaks one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(broken(clock.today()))
        if options["json"]:
            answer = {"ok": not found, "checks": list(CHECKS), "broken": [one.as_dict() for one in found]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            for one in found:
                self.stdout.write(f"✗ ({one.invariant}) {one.row} {one.label}: {one.zh} / {one.en}")
            self.stdout.write(
                f"{len(CHECKS)} 项检查，{len(found)} 条不符。 / {len(CHECKS)} checks, {len(found)} broken."
            )
        sys.exit(1 if found else 0)

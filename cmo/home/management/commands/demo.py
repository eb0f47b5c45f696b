"""``manage.py demo``: build the demo world through the actions, list its accounts, or add lots for measurement."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cmo import clock
from cmo.home.demo import build
from cmo.home.demo.accounts import accounts
from cmo.home.demo.bulk import add_lots


class Command(BaseCommand):
    help = "Build the demo world (invented organisations and people); running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="only list the accounts")
        parser.add_argument("--json", action="store_true", help="list the accounts as JSON")
        parser.add_argument("--lots", type=int, default=0, metavar="N", help="add N lots for measurement")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["accounts"]:
            built = build(clock.today())
            self.stderr.write("The demo world is built." if built else "The demo world is there already.")
        if options["lots"]:
            self.stderr.write(f"{add_lots(options['lots'], at=clock.now())} lots added.")
        if options["json"]:
            self.stdout.write(json.dumps([account.as_dict() for account in accounts()], ensure_ascii=False))
            return
        for account in accounts():
            self.stdout.write("  ".join((f"{account.username:18}", account.password, *account.words)))

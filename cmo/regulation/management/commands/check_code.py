"""``manage.py check_code TEXT [--json]``: judge a number; ``-`` reads one text per line from standard input."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from cmo import clock
from cmo.codes import CodeResult
from cmo.regulation.lookup import judge


class Command(BaseCommand):
    help = (
        "Recognise and judge a number: UDI, GTIN, unified social credit code, registration or filing number, "
        "production licence or filing number, classification code. Exit 0 when valid, 1 when not."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", metavar="TEXT", help="the text, or - for one text per line from standard input")
        parser.add_argument("--json", action="store_true", help="one JSON object per text")

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.today()
        all_valid = True
        for text in _lines() if options["text"] == "-" else [options["text"]]:
            result = judge(text, today=today)
            all_valid = all_valid and result.valid
            self.stdout.write(
                json.dumps(result.as_dict(), ensure_ascii=False) if options["json"] else _readable(result)
            )
        if not all_valid:
            sys.exit(1)


def _lines() -> Iterator[str]:
    """Lines of standard input as UTF-8; bytes that are none become replacement characters, so no line is lost.

    Only a line feed ends a line: the GS1 separator is data.
    """
    stream = getattr(sys.stdin, "buffer", sys.stdin)
    for line in stream:
        text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
        yield text.rstrip("\r\n")


def _readable(result: CodeResult) -> str:
    verdict = "有效 valid" if result.valid else "无效 not valid"
    lines = [f"{result.kind}: {verdict}"]
    lines += [f"  {name}: {value}" for name, value in result.fields.items() if not isinstance(value, list)]
    for mark, messages in (("✗", result.errors), ("!", result.warnings)):
        for message in messages:
            lines += [f"  {mark} {message.zh}", f"    {message.en}"]
    return "\n".join(lines)

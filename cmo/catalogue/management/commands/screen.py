"""``manage.py screen``: may a product with this code and these facts be entrusted on this date?

Exit codes: 0 allowed, 2 prohibited, 3 undetermined, 1 bad input (one clear sentence on standard error).
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from cmo import clock

from ...facts import held_catalogue
from ...facts_vocabulary import FACTS, UNKNOWN, VALUES, BadFacts, ScreeningFacts, bad_value, clean_code
from ...judgement import ALLOWED, PROHIBITED, ScreeningResult
from ...rules import screen

EXIT = {ALLOWED: 0, PROHIBITED: 2}
BAD_INPUT, UNDETERMINED = 1, 3


class Command(BaseCommand):
    help = "Judge a product against the prohibited catalogue in force on a date (a fact not given is unknown)."
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """A wrong command line is bad input (1) as well, never the exit code of a prohibition."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = self._bad_input  # type: ignore[method-assign, assignment]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", default="", help="classification code of 2017, such as 13-07-02, 13-07 or IVD")
        parser.add_argument("--name", default="", help="Chinese product name (decides in the edition of 2014)")
        parser.add_argument(
            "--fact",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="; ".join(f"{name}={'|'.join((*values, UNKNOWN))}" for name, values in VALUES.items()),
        )
        parser.add_argument("--on", default="", metavar="YYYY-MM-DD", help="date of the act (default: today)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            facts = read_facts(options["code"], options["name"], options["fact"])
            on = read_date(options["on"])
        except BadFacts as bad:
            self._bad_input(f"{bad.en} {bad.zh}")
        result = screen(facts, held_catalogue(), on)
        self.stdout.write(self._as_json(result, facts, on) if options["json"] else self._as_text(result, on))
        sys.exit(EXIT.get(result.outcome, UNDETERMINED))

    def _bad_input(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(BAD_INPUT)

    @staticmethod
    def _as_json(result: ScreeningResult, facts: ScreeningFacts, on: date) -> str:
        asked = {"code": facts.code, "name": facts.name, "on": on.isoformat()}
        return json.dumps({**result.as_dict(), **asked, "facts": facts.as_dict()}, ensure_ascii=False, indent=2)

    @staticmethod
    def _as_text(result: ScreeningResult, on: date) -> str:
        lines = [f"{result.outcome} · {on.isoformat()} · {result.edition or '-'} · {result.entry or '-'}"]
        lines += [f"  {reason.zh}\n  {reason.en} [{reason.citation}]" for reason in result.reasons]
        if result.missing_facts:
            lines.append(f"  missing: {', '.join(result.missing_facts)}")
        return "\n".join(lines)


def read_facts(code: str, name: str, given: list[str]) -> ScreeningFacts:
    """The facts of a command line. :raises BadFacts: for an unknown fact or value, a repetition, or nothing at all."""
    facts: dict[str, str] = {}
    for text in given:
        fact, _, value = (part.strip() for part in text.partition("="))
        _check(fact, value, text)
        if facts.get(fact, value) != value:
            raise BadFacts(f"{fact} 给出了两个不同的值。", f"{fact} is given twice with different values.")
        facts[fact] = value
    cleaned = clean_code(code)
    if cleaned is None and not name.strip():
        raise BadFacts("请给出分类编码（--code）或者产品名称（--name）。", "Give a code (--code) or a name (--name).")
    return ScreeningFacts(code=cleaned, name=name.strip(), **facts)


def _check(fact: str, value: str, text: str) -> None:
    if not value:
        raise BadFacts(f"“{text}”应写作 名称=值。", f"“{text}” must read NAME=VALUE.")
    if fact not in FACTS:
        known = ", ".join(sorted(FACTS))
        raise BadFacts(f"没有名为“{fact}”的事实；可用：{known}。", f"There is no fact “{fact}”; use one of: {known}.")
    if value not in (*VALUES[fact], UNKNOWN):
        raise bad_value(fact, value)


def read_date(text: str) -> date:
    """A date of the command line, today when empty. :raises BadFacts: for anything else than YYYY-MM-DD."""
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-01") else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> NoReturn:
    raise BadFacts(f"“{text}”不是日期，应为 YYYY-MM-DD。", f"“{text}” is not a date; write YYYY-MM-DD.")

"""``manage.py score_audit TEMPLATE --answers FILE``: what a completed checklist amounts to.

FILE is a JSON object from item serial to ``ok``, ``defect`` or ``na``; an item left out is ``ok``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.rules.scoring import VALUES, Judgement, Score, Tally, UnknownAnswers, score
from audits.templates_data import SEVERITIES, AuditTemplate, audit_template, audit_templates


class Command(BaseCommand):
    help = "Judge a completed checklist: counts, ratios, and the outcome of every judgement table of the template."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("template", help="key of the template: " + ", ".join(t.key for t in audit_templates()))
        parser.add_argument("--answers", required=True, type=Path, help="JSON object: serial → ok, defect or na")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        template = audit_template(options["template"])
        if template is None:
            known = ", ".join(t.key for t in audit_templates())
            raise CommandError(f"There is no template {options['template']!r}. Templates: {known}.")
        answers = _read(options["answers"])
        try:
            found = score(template, answers)
        except UnknownAnswers as error:
            raise CommandError(
                f"Not answers to this template (1 to {len(template.items)}: {', '.join(VALUES)}): item {error}."
            ) from error
        result = as_dict(template, found)
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) if options["json"] else _text(result))


def _read(path: Path) -> dict[int, str]:
    """The answers of a file. :raises CommandError: when it is no such file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_distinct)
    except OSError as error:
        raise CommandError(f"The file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"The file {path} is not a JSON object of answers: {error}.") from error
    if not isinstance(data, dict):
        raise CommandError(f"The file {path} must hold a JSON object: item serial to {', '.join(VALUES)}.")
    return {_serial(key): value for key, value in data.items()}


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an item is answered twice")
    return found


def _serial(key: str) -> int:
    if not (key.isascii() and key.isdecimal() and key == str(int(key))):
        raise CommandError(f"{key!r} is no item serial; serials are whole numbers from 1 on.")
    return int(key)


def as_dict(template: AuditTemplate, found: Score) -> dict[str, Any]:
    """The result as plain values. Ratios in percent, to two decimals, with the exact fraction beside them."""
    return {
        "template": template.key,
        "title_zh": template.title_zh,
        "title_en": template.title_en,
        "items": len(template.items),
        "counts": {severity: _counts(found.tallies[severity]) for severity in SEVERITIES},
        "ratios": {severity: _ratio(found.tallies[severity]) for severity in SEVERITIES},
        "outcomes": {judgement.table.key: _outcome(judgement) for judgement in found.judgements},
    }


def _counts(tally: Tally) -> dict[str, int]:
    return {"total": tally.total, "ok": tally.ok, "defect": tally.defect, "na": tally.na, "judged": tally.judged}


def _ratio(tally: Tally) -> dict[str, Any]:
    return {"percent": round(float(tally.percent), 2), "fraction": f"{tally.defect}/{tally.judged}"}


def _outcome(judgement: Judgement) -> dict[str, Any]:
    return {
        "outcome": judgement.outcome.key,
        "sentence_zh": judgement.outcome.title_zh,
        "sentence_en": judgement.outcome.title_en,
        "row": judgement.row.number,
        "printed": dict(judgement.row.printed),
    }


def _text(result: dict[str, Any]) -> str:
    lines = [f"{result['title_zh']}", f"{result['title_en']}", ""]
    for severity in SEVERITIES:
        counts, ratio = result["counts"][severity], result["ratios"][severity]
        lines.append(
            f"{severity:<9} {counts['defect']:>4} defects of {counts['judged']} judged ({counts['na']} not applicable): "
            f"{ratio['percent']} %"
        )
    for key, outcome in result["outcomes"].items():
        lines += [
            "",
            f"{key}: {outcome['outcome']} (row {outcome['row']})",
            outcome["sentence_zh"],
            outcome["sentence_en"],
        ]
    return "\n".join(lines)

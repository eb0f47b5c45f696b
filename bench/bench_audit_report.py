"""What the paper of an audit report costs, as JSON ratios: a checklist of 185 items in two languages.

    .venv/bin/python bench/bench_audit_report.py [--rounds 5]

Goals: the PDF takes at most 2 times drawing the same text straight to a canvas with the same line breaking; twice the
items take at most 2.1 times the time, for PDF and DOCX. The denominator is measured in turns with what it judges. Exit 1
when a goal is missed.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from canvas import straight_to_canvas

ROOT = Path(__file__).resolve().parent.parent
GOALS = {"pdf_over_canvas": 2.0, "pdf_double": 2.1, "docx_double": 2.1}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo.settings")
    import django

    django.setup()
    results: dict[str, Any] = measure(options.rounds)
    results["goals_met"] = all(results[name] <= goal for name, goal in GOALS.items())
    print(json.dumps(results, indent=1))
    return 0 if results["goals_met"] else 1


def measure(rounds: int) -> dict[str, Any]:
    from audits.documents import render_docx, render_pdf
    from bench.bench_documents import ratio, seconds
    from tests.audits_documents.sample import report

    once, twice = report(), report(2)

    def pdf() -> bytes:
        return render_pdf(once, "both")

    def docx() -> bytes:
        return render_docx(once, "both")

    return {
        "pdf_over_canvas": ratio(pdf, lambda: straight_to_canvas(texts_of(once)), rounds),
        "pdf_double": ratio(lambda: render_pdf(twice, "both"), pdf, rounds),
        "docx_double": ratio(lambda: render_docx(twice, "both"), docx, rounds),
        "pdf_ms": round(1000 * seconds(pdf), 1),
        "docx_ms": round(1000 * seconds(docx), 1),
        "items": sum(len(section.answers) for section in once.sections),
    }


def texts_of(document: Any) -> Iterator[tuple[str, float, float]]:
    """Every text of the side-by-side report, with its size and the share of the width it is set in."""
    from audits.documents import contents

    for text in (document.summary, document.conclusion):
        yield text, 10.0, 1.0
    for label, value in (*contents.audit_facts(document), *contents.chain_facts(document)):
        for words, size, share in ((label, 9.5, 0.28), (value, 10.0, 0.7)):
            yield from ((part, size, share) for part in words.parts("both"))
    judged = [contents.judgement_table(judgement) for judgement in document.judgements]
    parts = [contents.checklist_table(section) for section in document.sections]
    for table in (contents.tally_table(document), *judged, contents.findings_table(document), *parts):
        for row in table.rows:
            for column, words in zip(table.columns, row, strict=True):
                for part in words.parts("both"):
                    yield part, 8.8, column.share
    if document.statement:
        yield document.statement.zh, 8.0, 1.0
        yield document.statement.en, 8.0, 1.0


if __name__ == "__main__":
    sys.exit(main())

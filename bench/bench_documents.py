"""What the documents of an agreement cost, as JSON ratios: 60 clauses in two languages and a matrix of 60 rows.

    .venv/bin/python bench/bench_documents.py [--rounds 5]

Goals: the PDF takes at most 2 times drawing the same text straight to a canvas with the same line breaking; the DOCX at
most 5 times opening and saving the same text as one XML string; twice the content takes at most 2.1 times the time, for
both. The denominator is measured in turns with what it judges. Exit 1 when a goal is missed.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from canvas import straight_to_canvas

ROOT = Path(__file__).resolve().parent.parent
SIZE = 60
GOALS = {"pdf_over_canvas": 2.0, "pdf_double": 2.1, "docx_over_xml": 5.0, "docx_double": 2.1}


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
    from agreements.documents import render_docx, render_pdf
    from tests.agreements_documents.sample import agreement

    once, twice = agreement(SIZE, SIZE), agreement(2 * SIZE, 2 * SIZE)

    def pdf() -> bytes:
        return render_pdf(once, "both")

    def docx() -> bytes:
        return render_docx(once, "both")

    return {
        "pdf_over_canvas": ratio(pdf, lambda: straight_to_canvas(texts_of(once)), rounds),
        "pdf_double": ratio(lambda: render_pdf(twice, "both"), pdf, rounds),
        "docx_over_xml": ratio(docx, lambda: one_xml_string(once), rounds),
        "docx_double": ratio(lambda: render_docx(twice, "both"), docx, rounds),
        "pdf_ms": round(1000 * seconds(pdf), 1),
        "docx_ms": round(1000 * seconds(docx), 1),
        "clauses": SIZE,
        "matrix_rows": SIZE,
    }


def one_xml_string(document: Any) -> bytes:
    """The same text as paragraphs without styles, in one string, opened in the same template and saved."""
    from docx import Document

    from cmo.paper.docx.template import template

    text = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for words, _, _ in texts_of(document)
        for line in words.split("\n")
    )
    stream = BytesIO()
    Document(BytesIO(template(text))).save(stream)
    return stream.getvalue()


def texts_of(document: Any) -> Iterator[tuple[str, float, float]]:
    """Every text of the side-by-side document, with its size and the share of the width it is set in."""
    from agreements.documents import contents

    for clause in document.clauses:
        for words in (clause.heading, clause.text, *([clause.citation] if clause.citation else [])):
            yield words.zh, 9.5, 0.5
            yield words.en, 9.0, 0.5
    for table in (contents.coverage_table(document), contents.matrix_table(document)):
        for row in table.rows:
            for column, words in zip(table.columns, row, strict=True):
                for part in words.parts("both"):
                    yield part, 8.8, column.share
    if document.statement:
        yield document.statement.zh, 8.0, 1.0
        yield document.statement.en, 8.0, 1.0


def ratio(candidate: Callable[[], Any], reference: Callable[[], Any], rounds: int) -> float:
    """Median of both, measured in turns after one warm-up of each, so that noise hits both."""
    candidate()
    reference()
    turns = [(seconds(reference), seconds(candidate)) for _ in range(rounds)]
    return round(statistics.median(c for _, c in turns) / statistics.median(r for r, _ in turns), 2)


def seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())

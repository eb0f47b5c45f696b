"""What a dossier costs as PDF and DOCX, as JSON ratios: about 300 pages in two languages.

    .venv/bin/python bench/bench_dossier.py [--rounds 3] [--times 9]

Goals: the PDF takes at most 2 times drawing the same text straight to a canvas with the same line breaking; twice the
records take at most 2.1 times the time, for PDF and DOCX; a process that renders twice the pages holds at most 1.5 times
the memory at its peak; with every section set before, at most 0.2 times the time. The denominator is measured in turns
with what it judges. Exit 1 when a goal is missed.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from canvas import straight_to_canvas

ROOT = Path(__file__).resolve().parent.parent
GOALS = {
    "pdf_over_canvas": 2.0,
    "pdf_double": 2.1,
    "docx_double": 2.1,
    "memory_double": 1.5,
    "kept_over_set": 0.2,
}
LANGUAGE = "both"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=9, help="how often the sample's records are repeated")
    parser.add_argument("--peak", type=int, default=-1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo.settings")
    import django

    django.setup()
    if options.peak >= 0:
        print(peak(options.peak))
        return 0
    results: dict[str, Any] = measure(options.rounds, options.times)
    results["goals"] = GOALS
    results["goals_met"] = all(results[name] <= goal for name, goal in GOALS.items())
    print(json.dumps(results, indent=1))
    return 0 if results["goals_met"] else 1


def measure(rounds: int, times: int) -> dict[str, Any]:
    import pikepdf

    from bench.bench_documents import ratio, seconds
    from cmo.dossier.docx import render_docx
    from cmo.dossier.pdf import SetSection, render_pdf, set_section
    from cmo.dossier.pdf.pages import PORTRAIT
    from tests.dossier import sample

    once, twice = sample.volume(times), sample.volume(2 * times)

    def pdf() -> bytes:
        return render_pdf(once, LANGUAGE)

    def docx() -> bytes:
        return render_docx(once, LANGUAGE)

    kept = {n: set_section(section, str(n), LANGUAGE) for n, section in enumerate(once.sections, 1)}

    def from_kept(_section: Any, number: str, _language: Any) -> SetSection:
        return kept[int(number)]

    memory = [peak_of(n) for n in (0, times, 2 * times)]
    with pikepdf.open(BytesIO(pdf())) as file:
        pages = len(file.pages)
    return {
        "pages": pages,
        "pdf_over_canvas": ratio(pdf, lambda: straight_to_canvas(texts_of(once), PORTRAIT), rounds),
        "pdf_double": ratio(lambda: render_pdf(twice, LANGUAGE), pdf, rounds),
        "docx_double": ratio(lambda: render_docx(twice, LANGUAGE), docx, rounds),
        "memory_double": round(memory[2] / memory[1], 2),
        "kept_over_set": ratio(lambda: render_pdf(once, LANGUAGE, from_kept), pdf, rounds),
        "memory_growth": round((memory[2] - memory[0]) / max(memory[1] - memory[0], 1), 2),
        "memory_mib": dict(zip(("nothing", "once", "twice"), (round(kib / 1024, 1) for kib in memory), strict=True)),
        "pdf_ms": round(1000 * seconds(pdf), 1),
        "docx_ms": round(1000 * seconds(docx), 1),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def peak_of(times: int) -> int:
    """KiB that a process of its own held at its peak while it rendered this much; 0: the cover alone."""
    command = [sys.executable, __file__, "--peak", str(times)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.PIPE)
    return int(done.stdout.split()[-1])


def peak(times: int) -> int:
    from cmo.dossier.pdf import render_pdf
    from tests.dossier import sample

    render_pdf(sample.volume(times), LANGUAGE)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def texts_of(dossier: Any) -> Iterator[tuple[str, float, float]]:
    """Every text of the side-by-side dossier, with its size and the share of the width it is set in."""
    for _level, section in dossier.walk():
        yield section.title.joined(LANGUAGE), 12.0, 1.0
        for block in section.blocks:
            for words, size, share in words_of(block):
                yield from ((part, size, share) for part in words.parts(LANGUAGE))


def words_of(block: Any) -> Iterator[tuple[Any, float, float]]:
    from cmo.dossier import spans
    from cmo.dossier.sheets import Facts, Table, Timeline
    from cmo.paper.words import same

    if isinstance(block, Facts):
        for fact in block.items:
            yield from ((fact.term, 9.0, 0.3), (fact.value, 9.6, 0.7), (same(fact.source), 7.6, 0.7))
    elif isinstance(block, Table):
        shares = [column.share for column in block.columns]
        for row in block.rows:
            yield from ((words, 8.4, share) for words, share in zip(row, shares, strict=True))
    elif isinstance(block, Timeline):
        yield from ((words, 8.4, 0.2) for item in spans.items(block) for words in item.row())
    else:
        yield block.words, 9.2, 0.5


if __name__ == "__main__":
    sys.exit(main())

"""Word files that come back: seconds from bytes to report, against parsing the same file, and how that grows.

    .venv/bin/python bench/bench_word.py [--clauses 60] [--edits 3] [--turns 5]

An agreement of ``--clauses`` clauses in two languages is written as it goes out, then every clause is edited ``--edits``
times by three authors with tracking on, as after three rounds. Reading it and finding every clause is compared with a
plain parse of its document part in the same run, and with a file of twice the clauses. Goals: at most 3 s, at most 2.6
times for twice the paragraphs. Prints one JSON object; the exit status says whether the goals were met.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from measuring import in_turns, seconds, set_up

MOST_SECONDS, MOST_GROWTH = 3.0, 2.6
LETTERS = "受托方应当按照批准的工艺规程组织生产并保存记录委托方负责放行 the contractor keeps records of every lot "


def measure(options: argparse.Namespace) -> dict[str, Any]:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.mkdtemp()}/bench.sqlite3"
    set_up()
    from lxml import etree

    small, large = (file_of(options.clauses * times, options.edits) for times in (1, 2))
    with ZipFile(BytesIO(small[0])) as archive:
        part = archive.read("word/document.xml")
    parse, read = in_turns(lambda: etree.fromstring(part), lambda: report(*small), options.turns, min)
    once, twice = in_turns(lambda: report(*small), lambda: report(*large), options.turns, min)
    return {
        "clauses": options.clauses,
        "paragraphs": paragraphs(part),
        "kilobytes": round(len(small[0]) / 1024),
        "seconds": round(read, 3),
        "seconds_of_plain_parse": round(parse, 4),
        "times_plain_parse": round(read / parse, 1),
        "times_for_twice_the_clauses": round(twice / once, 2),
        "seconds_upload_with_database": round(upload(options), 3),
        "most_memory_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def paragraphs(part: bytes) -> int:
    return part.count(b"<w:p>") + part.count(b"<w:p ")


def file_of(clauses: int, edits: int) -> tuple[bytes, Any, Any]:
    """A file of so many edited clauses, what is known of them, and their bases."""
    from agreements.word.known import ClauseNow, Wanted
    from agreements.word.tags import CLAUSES_BEGIN, CLAUSES_END, Tag
    from tests.paper_word import build
    from tests.paper_word.editing import Edited

    random = Random(7)
    rows, blocks, bases = [], [], {}
    for number in range(1, clauses + 1):
        key, texts = f"clause_{number}", {}
        for language in ("zh", "en"):
            lines = ["".join(random.choices(LETTERS, k=120)).strip() for _n in range(5)]
            texts |= {f"heading_{language}": f"{language} {number}", f"text_{language}": "\n".join(lines)}
            edited = Edited(lines, random)
            for step in range(3 * edits):
                edited.step(step % 3)
            tag = str(Tag(key, "e", 1, language))  # type: ignore[arg-type]
            blocks.append(build.control(tag, build.paragraph(f"{language} {number}"), edited.paragraphs()))
        rows.append(ClauseNow(key, number, 1, texts))
        bases[Wanted(key, "e", 1)] = texts
    marks = (build.paragraph(f'<w:bookmarkStart w:id="1" w:name="{name}"/>') for name in (CLAUSES_BEGIN, CLAUSES_END))
    begin, end = marks
    return build.docx(begin, *blocks, end), tuple(rows), bases


def report(content: bytes, rows: Any, bases: Any) -> dict[str, Any]:
    """All that an upload does but the database."""
    from agreements.word.known import Known
    from agreements.word.locating import locate
    from agreements.word.matching import report_of
    from agreements.word.returned import read_returned

    reading = read_returned(BytesIO(content))
    found = report_of(reading, locate(reading, Known(rows)), rows, bases)
    assert all(half["state"] == "changed" for row in found["clauses"] for half in row["halves"].values())
    return found


def upload(options: argparse.Namespace) -> float:
    """Seconds of the action with an agreement of so many clauses, from bytes to the kept file."""
    from django.db import transaction

    from agreements import actions
    from tests.agreements import build
    from tests.agreements.word_as_word import LAWYER, File, uploaded, went_out

    world = build.world()
    agreement = build.agreement(world, [world.entrust()])
    for number in range(options.clauses - agreement.draft.clauses.count()):
        content = {"heading_zh": f"附加{number}", "heading_en": f"More {number}"}
        content |= {"text_zh": "正文" * 60, "text_en": "Further text. " * 20}
        actions.add_draft_clause(draft=agreement.draft, content=content, by=world.by(), at=build.AT)
    out = File(went_out(agreement))
    for row in agreement.draft.clauses.all():
        out.replace(row.key, "zh", row.text_zh[:4], "修改后的", LAWYER)
        out.replace(row.key, "en", row.text_en[:4], "Changed", LAWYER)
    content = out.saved()
    with transaction.atomic():
        return seconds(lambda: uploaded(world, agreement, content=content))


def met(found: dict[str, Any]) -> bool:
    slow = max(found["seconds"], found["seconds_upload_with_database"])
    return slow <= MOST_SECONDS and found["times_for_twice_the_clauses"] <= MOST_GROWTH


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("clauses", 60), ("edits", 3), ("turns", 5)):
        parser.add_argument(f"--{name}", type=int, default=usual, help=f"default: {usual}")
    results = measure(parser.parse_args())
    print(json.dumps(results | {"goals_met": met(results)}, indent=1))
    sys.exit(0 if met(results) else 1)

"""Writing an agreement to Word: seconds, and how they grow with the clauses, alone, tracked, and in a company's template.

    .venv/bin/python bench/bench_word_out.py [--clauses 60] [--turns 5]

An agreement of ``--clauses`` clauses in two languages, each changed in three places by three authors, one after the other,
is written in our layout without and with tracked changes, and put into a company's template. The reference of the same run
is opening and saving the same text as plain paragraphs. Goals: twice the clauses take at most 2.1 times as long; with
tracked changes at most 20 times the reference, which compares nothing. Prints one JSON object; exit 1 when a goal is missed.
"""

import argparse
import json
import os
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from measuring import in_turns

MOST_GROWTH, MOST_TIMES = 2.1, 20.0
LETTERS = "受托方应当按照批准的工艺规程组织生产并保存记录委托方负责放行 the contractor keeps records of every lot\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clauses", type=int, default=60)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo.settings")
    import django

    django.setup()
    found = measure(options.clauses, options.turns)
    missed = [name for name, value in found.items() if name.startswith("twice") and value > MOST_GROWTH]
    missed += ["tracked_over_reference"] if found["tracked_over_reference"] > MOST_TIMES else []
    print(json.dumps(found | {"goals_met": not missed, "goals_missed": missed}, indent=1))
    return 1 if missed else 0


def measure(clauses: int, turns: int) -> dict[str, Any]:
    from agreements.word.filling import fill
    from agreements.word.writing import write

    small, large = order_of(clauses), order_of(2 * clauses)
    plain = [type(order)(order.source, "both") for order in (small, large)]
    form = company()
    text = plain_text(write(plain[0]))
    reference, tracked = in_turns(lambda: opened_and_saved(text), lambda: write(small), turns, min)
    found: dict[str, Any] = {"clauses": clauses, "seconds_tracked": round(tracked, 3)}
    found["tracked_over_reference"] = round(tracked / reference, 2)
    pairs = {
        "twice_plain": (lambda: write(plain[0]), lambda: write(plain[1])),
        "twice_tracked": (lambda: write(small), lambda: write(large)),
        "twice_in_template": (lambda: fill(form, small), lambda: fill(form, large)),
    }
    for name, (one, two) in pairs.items():
        once, twice = in_turns(one, two, turns, min)
        found |= {f"seconds_{name.removeprefix('twice_')}": round(once, 3), name: round(twice / once, 2)}
    return found


def order_of(clauses: int) -> Any:
    """The sample agreement with so many clauses, tracked against a text that three authors changed one after the other."""
    from agreements.word.authors import Accepted, Against
    from agreements.word.sample import sample
    from agreements.word.sources import Source
    from agreements.word.writing import Order
    from cmo.paper.docx.controls import Change

    found, chance = sample(), Random(7)
    rows = [
        {
            "key": f"clause_{n}",
            "position": n,
            "citation": "",
            "elements": [],
            **{f"heading_{one}": f"标题 {n}" for one in ("zh", "en")},
            **{f"text_{one}": "".join(chance.choices(LETTERS, k=500)) for one in ("zh", "en")},
        }
        for n in range(1, clauses + 1)
    ]
    before = {**found.body, "clauses": rows}
    accepted: dict[str, list[Any]] = {}
    after = []
    for row in rows:
        now = dict(row)
        for number in range(3):
            now = now | {name: edited(now[name], chance) for name in ("text_zh", "text_en")}
            change = Change(f"作者 {number}", found.at + timedelta(days=number))
            accepted.setdefault(row["key"], []).append(Accepted(change, now))
        after.append(now)
    sources = (Source(found.key, {**before, "clauses": body}, found.at, found.change, 1) for body in (rows, after))
    earlier, later = sources
    return Order(later, "both", Against(earlier, accepted))


def edited(text: str, chance: Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + "".join(chance.choices(LETTERS, k=12)) + text[place + chance.randrange(9) :]


def company() -> bytes:
    """A company's template."""
    from docx import Document

    document = Document()
    for line in ("{{agreement.number}} {{registrant.name_zh}}", "{{clauses}}", "{{matrix}}"):
        document.add_paragraph(line)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def plain_text(data: bytes) -> str:
    """The blocks of a file as they stand in its document part."""
    with ZipFile(BytesIO(data)) as archive:
        part = archive.read("word/document.xml").decode()
    return part[part.index("<w:body>") + len("<w:body>") : part.rindex("<w:sectPr")]


def opened_and_saved(text: str) -> None:
    """The same text as one piece of XML, opened and saved."""
    from docx import Document

    from cmo.paper.docx.template import template

    Document(BytesIO(template(text))).save(BytesIO())


if __name__ == "__main__":
    sys.exit(main())

"""What judging coverage costs, as JSON ratios: uniting presence and finding gaps in memory.

    .venv/bin/python bench/bench_coverage.py [--intervals 100000]

Goal: 100,000 stays united and judged against 1,000 production windows with three key steps each in at most one second.
Exit 1 when it is missed.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS = 1.0
WINDOWS, ROUNDS, PEOPLE, SITE = 1_000, 5, 50, 1
BEGAN = datetime(2016, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--intervals", type=int, default=100_000)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo.settings")
    import django

    django.setup()
    results = measure(options.intervals)
    results["goals_met"] = results["seconds_over_goal"] <= 1
    print(json.dumps(results, indent=1))
    return 0 if results["goals_met"] else 1


def measure(intervals: int) -> dict[str, Any]:
    """Median of several rounds, each over the same stays in another order."""
    from agreements.rules.coverage import gaps_in, presence_at

    dice = random.Random(2026)
    facts, windows = stays(dice, intervals), production(dice)
    union_seconds, judging_seconds, gaps = [], [], 0
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        present = presence_at(facts, SITE, NOW)
        united = time.perf_counter()
        gaps = sum(len(gaps_in(first, last, steps, facts, present, NOW)) for first, last, steps in windows)
        judged = time.perf_counter()
        union_seconds.append(united - begun)
        judging_seconds.append(judged - united)
    seconds = statistics.median(a + b for a, b in zip(union_seconds, judging_seconds, strict=True))
    return {
        "intervals": intervals,
        "windows": len(windows),
        "gaps_found": gaps,
        "union_seconds": round(statistics.median(union_seconds), 3),
        "judging_seconds": round(statistics.median(judging_seconds), 3),
        "seconds_over_goal": round(seconds / MOST_SECONDS, 3),
    }


def stays(dice: random.Random, number: int) -> Any:
    """Stays of fifty people over ten years, in no order, many of them overlapping."""
    from agreements.facts.supervision import PostingFact, PresenceSpan, SupervisionFacts

    first, last = date(2015, 1, 1), date(2030, 1, 1)
    postings = tuple(PostingFact(n, n, f"{n}", SITE, first, last, first, first, None) for n in range(PEOPLE))
    minutes = int((NOW - BEGAN).total_seconds() // 60)
    spans = []
    for n in range(number):
        starts_at = BEGAN + timedelta(minutes=dice.randrange(minutes))
        ends_at = starts_at + timedelta(minutes=dice.randrange(1, 90))
        spans.append(PresenceSpan(n % PEOPLE, f"{n % PEOPLE}", SITE, starts_at, ends_at, qualified=True))
    return SupervisionFacts(postings=postings, presence=tuple(spans))


def production(dice: random.Random) -> list[Any]:
    """Production windows of one to ten days with three key steps each."""
    from agreements.rules.coverage import StepSpan

    found = []
    for _n in range(WINDOWS):
        first = BEGAN.date() + timedelta(days=dice.randrange(3700))
        begins = datetime(first.year, first.month, first.day, tzinfo=UTC)
        starts = [begins + timedelta(hours=hour) for hour in (1, 4, 8)]
        steps = [StepSpan("s", "key", start, start + timedelta(minutes=dice.randrange(120))) for start in starts]
        found.append((first, first + timedelta(days=dice.randrange(10)), steps))
    return found


if __name__ == "__main__":
    sys.exit(main())

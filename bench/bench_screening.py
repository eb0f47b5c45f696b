"""What screening costs, as JSON ratios: judging in memory, and judging every device of a database anew.

    .venv/bin/python bench/bench_screening.py [--devices 50000]

Goals: at least 50,000 screenings per second in memory; re-screening takes a constant number of queries and at most
3 times the loading of the rows it judges. Runs on an own SQLite file and, where a PostgreSQL server answers, on an own
database there; both are removed afterwards. Exit 1 when a goal is missed.
"""

import argparse
import itertools
import random
import statistics
import sys
from datetime import UTC, date, datetime
from typing import Any

from measuring import in_turns, on_each_database, queries, seconds, set_up

PER_SECOND, TIMES_LOADING, MOST_QUERIES = 50_000, 3.0, 2
ON, AT = date(2026, 6, 1), datetime(2026, 6, 1, tzinfo=UTC)
ROUNDS = 5


def met(name: str, value: Any) -> bool:
    if name.startswith("rescreen_over_loading"):
        return value <= TIMES_LOADING
    if name.startswith("queries"):
        return value <= MOST_QUERIES
    return not name.startswith("in_memory_over_goal") or value >= 1


def measure(options: argparse.Namespace) -> dict[str, Any]:
    name, devices = set_up(), options.devices
    from cmo.catalogue.facts import device_rows, held_catalogue

    make_devices(devices)
    catalogue = held_catalogue()
    loading, judging = in_turns(lambda: device_rows(None), lambda: judged(catalogue, devices), ROUNDS)
    per_second = in_memory()
    return {
        f"in_memory_per_second_{name}": round(per_second),
        f"in_memory_over_goal_{name}": round(per_second / PER_SECOND, 1),
        f"rescreen_over_loading_{name}": round(judging / loading, 2),
        f"queries_for_all_{name}": queries(lambda: judged(catalogue, devices)),
        f"queries_for_ten_{name}": queries(lambda: judged(catalogue, 10, range(1, 11))),
        f"devices_{name}": devices,
    }


def make_devices(number: int) -> None:
    """Devices over the whole classification table with mixed facts, written in bulk: this measures reading only."""
    from cmo.catalogue.known_codes import known_codes
    from cmo.catalogue.models import Device, DeviceDecision, DeviceVersion
    from cmo.parties.models import Organisation

    owner = Organisation.objects.create(created_at=AT)
    codes = sorted(known_codes() - {"IVD"})
    chance = random.Random(7)
    rows = Device.objects.bulk_create([Device(registrant=owner, created_at=AT) for _ in range(number)], 1000)
    versions = [version_of(row, chance.choice(codes), chance) for row in rows]
    DeviceVersion.objects.bulk_create(versions, 500)
    decided = {"outcome": "confirmed", "decided_by_id": 2, "decided_by_name": "x", "decided_at": AT}
    DeviceDecision.objects.bulk_create([DeviceDecision(version=v, **decided) for v in versions], 1000)


def version_of(device: Any, code: str, chance: random.Random) -> Any:
    from cmo.catalogue.models import DeviceVersion

    animal = chance.choice(["yes", "no", "unknown"])
    return DeviceVersion(
        device=device,
        number=1,
        proposed_by_id=1,
        proposed_by_name="x",
        proposed_at=AT,
        reason="x",
        content_hash="0" * 64,
        kind="registration",
        number_printed=f"国械注准20233{code[:2]}{device.pk % 10000:04d}",
        first_day=date(2023, 1, 1),
        last_day=date(2027, 12, 31),
        name_zh=f"产品{device.pk}",
        device_class="III",
        sub_catalogue=code[:2],
        classification_code=code,
        implantable=chance.choice(["yes", "no", "unknown"]),
        contains_animal_derived=animal,
        directly_from_animal_tissue="no" if animal == "no" else chance.choice(["yes", "no", "unknown"]),
        contains_allogeneic=chance.choice(["yes", "no", "unknown"]),
        vascular_site=chance.choice(["coronary", "peripheral", "aortic", "unknown"]),
        device_life_months=36,
    )


def judged(catalogue: Any, devices: int, chosen: range | None = None) -> None:
    """Judge every device anew, or the chosen ones; ``devices``: how many they must be."""
    from cmo.catalogue.facts import rescreen

    found = sum(1 for _ in rescreen(catalogue, ON, chosen))
    assert found == devices, f"{found} of {devices} devices were judged"


def in_memory() -> float:
    """Screenings per second over the whole classification table and changing facts, facts made anew each time."""
    from cmo.catalogue.facts import held_catalogue
    from cmo.catalogue.facts_vocabulary import ScreeningFacts
    from cmo.catalogue.known_codes import known_codes
    from cmo.catalogue.rules import screen

    catalogue, codes = held_catalogue(), sorted(known_codes())
    answers = list(itertools.product(["yes", "no", "unknown"], ["yes", "no", "unknown"]))
    plan = [(code, *answer) for code in codes for answer in answers]

    def once() -> None:
        for code, implantable, allogeneic in plan:
            screen(ScreeningFacts(code=code, implantable=implantable, contains_allogeneic=allogeneic), catalogue, ON)

    return len(plan) / statistics.median(seconds(once) for _ in range(ROUNDS))


if __name__ == "__main__":
    sys.exit(on_each_database(__file__, __doc__, measure, met, devices=50_000))

"""Affected lots among 100,000 released ones: the search with its reasons against the bare SQL that finds the same lots.

    .venv/bin/python bench/bench_affected.py [--lots 100000] [--turns 5] [--database sqlite|URL]

240 pairs, one device each; the contractor of forty of them loses a site of its licence back in time. The search narrows
by SQL, judges classes of lots by the gates and says which lots are concerned and why. The bare SQL knows beforehand which
entrustments and days they are, and only reads the lots. Goal: at most five times its time. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from bench_releases import analyse, database, databases, entrust_all, in_turns  # noqa: E402

MOST_TIMES = 5.0
PAIRS = 240


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lots", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument(
        "--database", help="sqlite or the URL of a PostgreSQL server; default: both where there are both"
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(options)))
        return 0
    results: dict[str, Any] = {"load_at_begin": round(os.getloadavg()[0], 2)}
    for url in [options.database] if options.database else databases():
        with database(url) as name:
            asked = ["--lots", str(options.lots), "--turns", str(options.turns)]
            command = [sys.executable, __file__, "--inside", *asked]
            environment = os.environ | {"DATABASE_URL": name}
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        results |= json.loads(done.stdout.splitlines()[-1])
    missed = [name for name, value in results.items() if name.endswith("_times_the_sql") and value > MOST_TIMES]
    results |= {"goals_met": not missed, "goals_missed": missed}
    print(json.dumps(results, indent=1))
    return 0 if not missed else 1


def measure(options: argparse.Namespace) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "cmo.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    from releases.affected import affected_lots
    from releases.facts.affected import Change
    from tests import make
    from tests.releases import build

    w = build.world()
    since = fill(w, options.lots)
    lose_site(w, since)
    analyse()
    change = Change("licence", contractor_id=w.contractor.pk, since=since)
    sql, search = in_turns(
        lambda: bare_sql(w.contractor.pk, since), lambda: affected_lots(change, None, make.TODAY), options.turns
    )
    found = {one.lot.lot_id for one in affected_lots(change, None, make.TODAY)}
    assert found == set(bare_sql(w.contractor.pk, since)), (len(found), len(bare_sql(w.contractor.pk, since)))
    vendor = connection.vendor
    return {
        f"lots_{vendor}": options.lots,
        f"affected_{vendor}": len(found),
        f"bare_sql_{vendor}_ms": round(sql * 1000, 1),
        f"search_{vendor}_ms": round(search * 1000, 1),
        f"search_{vendor}_times_the_sql": round(search / sql, 2),
    }


def bare_sql(contractor: int, since: Any) -> list[int]:
    """The ids of lots of a contractor made or released from a day on whose release to market stands."""
    from django.db import connection

    from cmo.clock import SHANGHAI

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.lot_id FROM releases_marketrelease m JOIN releases_lot l ON l.id = m.lot_id "
            "LEFT JOIN releases_marketwithdrawal w ON w.release_id = m.id "
            "WHERE w.id IS NULL AND m.outcome <> 'rejected' AND l.contractor_id = %s "
            "AND (l.produced_to >= %s OR m.recorded_at >= %s)",
            [contractor, since, datetime(since.year, since.month, since.day, tzinfo=SHANGHAI)],
        )
        return [pk for (pk,) in cursor.fetchall()]


def fill(w: Any, lots: int) -> Any:
    """Released lots of 240 pairs, windows spread over the days since the entrustment began; returns a day near the end."""
    from cmo.parties.models import Organisation, Pair
    from releases.models import Lot, MarketRelease, ProductionRelease
    from tests import make
    from tests.releases import build

    firms = Organisation.objects.bulk_create(Organisation(created_at=make.AT) for _ in range(PAIRS))
    pairs = Pair.objects.bulk_create(
        Pair(
            number=f"B{n}",
            registrant=firm,
            contractor_id=w.contractor.pk if n < PAIRS // 6 else firms[n - 1].pk,
            created_at=make.AT,
        )
        for n, firm in enumerate(firms)
    )
    opened = [w.entrustment, *entrust_all(w, pairs)]
    first = build.lot(w)
    columns = {f.attname: getattr(first, f.attname) for f in Lot._meta.concrete_fields if not f.primary_key}
    days = max((make.TODAY - build.MADE_FROM).days - 4, 1)
    who = {"number": 1, "outcome": "released", "statement": "—", "facts": "{}", "findings": "{}", "quantity": 1000}
    for start in range(0, lots, 5000):
        rows = Lot.objects.bulk_create(
            Lot(**columns | place(opened[n % len(opened)], n, first.produced_from + timedelta(days=n % days)))
            for n in range(start, min(start + 5000, lots))
        )
        made = ProductionRelease.objects.bulk_create(
            ProductionRelease(
                lot=row, organisation_id=row.contractor_id, **who, **signed(w, "production_releaser", row)
            )
            for row in rows
        )
        MarketRelease.objects.bulk_create(
            MarketRelease(
                lot=row,
                production_release=one,
                organisation_id=row.registrant_id,
                **who,
                **signed(w, "market_releaser", row),
            )
            for row, one in zip(rows, made, strict=True)
        )
    return first.produced_from + timedelta(days=days * 7 // 10)


def place(entrustment: Any, number: int, begun: Any) -> dict[str, Any]:
    return {
        "number": f"B{number}",
        "entrustment_id": entrustment.pk,
        "pair_id": entrustment.pair_id,
        "registrant_id": entrustment.registrant_id,
        "contractor_id": entrustment.contractor_id,
        "device_id": entrustment.device_id,
        "site_id": entrustment.site_id,
        "label_version_id": None,
        "ifu_version_id": None,
        "produced_from": begun,
        "produced_to": begun + timedelta(days=number % 3),
    }


def signed(w: Any, role: str, lot: Any) -> dict[str, Any]:
    """Who decided on the lot, and when: at noon of its last day."""
    from cmo.clock import SHANGHAI

    last = lot.produced_to
    at = datetime(last.year, last.month, last.day, 12, tzinfo=SHANGHAI)
    return {"recorded_by_id": w.user(role).pk, "recorded_by_name": role, "recorded_at": at}


def lose_site(w: Any, since: Any) -> None:
    """A further version of the licence, valid from ``since`` on, with another site only."""
    from cmo.parties import actions
    from cmo.parties.models import Licence, LicenceVersion
    from tests import make

    licence = Licence.objects.get(organisation=w.contractor.organisation)
    current = LicenceVersion.objects.current_by_subject([licence.pk])[licence.pk]
    content = {name: getattr(current, name) for name in current.content_fields}
    content |= {"first_day": since, "site_ids": [make.site(w.contractor).pk]}
    by, other = (w.contractor.actor("quality_manager", nth=n) for n in (0, 1))
    version = actions.propose_licence_version(licence=licence, content=content, reason="变更", by=by, at=make.AT)
    actions.confirm_version(version=version, proof=make.proof(version), by=other, at=make.AT)


if __name__ == "__main__":
    sys.exit(main())

"""Affected lots among 100,000 released ones: the search with its reasons against the bare SQL that finds the same lots.

    .venv/bin/python bench/bench_affected.py [--lots 100000] [--turns 5] [--database sqlite|URL]

240 pairs, one device each with a checked label and instructions; the contractor of forty of them loses a site of its
licence back in time, whose number changes with it so that every print says another, and a supervisor of one corrected a
check-out. The search narrows by SQL, judges classes of lots by the gates and every lot made on the days of
the corrected stay by itself, and says which lots are concerned and why. The bare SQL knows beforehand which
entrustments and days they are, and only reads the lots. Goal: at most five times its time. Prints one JSON object.
"""

import argparse
import sys
from datetime import datetime, timedelta
from typing import Any

from filling import entrust_all
from measuring import analyse, copied, in_turns, on_each_database, set_up

MOST_TIMES = 5.0
PAIRS = 240


def met(name: str, value: Any) -> bool:
    return not name.endswith("_times_the_sql") or value <= MOST_TIMES


def measure(options: argparse.Namespace) -> dict[str, Any]:
    vendor = set_up()
    from releases.affected import affected_lots
    from releases.facts.affected import Change
    from tests import make
    from tests.releases import build

    w = build.world()
    since = fill(w, options.lots)
    lose_site(w, since)
    corrected = correct_presence(w)
    analyse()
    change = Change("licence", contractor_id=w.contractor.pk, since=since)
    sql, search = in_turns(
        lambda: bare_sql(w.contractor.pk, since), lambda: affected_lots(change, None, make.TODAY), options.turns
    )
    found = {(one.lot.stage, one.lot.lot_id) for one in affected_lots(change, None, make.TODAY)}
    assert found == set(bare_sql(w.contractor.pk, since)), (len(found), len(bare_sql(w.contractor.pk, since)))
    return {
        f"lots_{vendor}": options.lots,
        f"lots_of_corrected_days_{vendor}": corrected,
        f"affected_{vendor}": len(found),
        f"bare_sql_{vendor}_ms": round(sql * 1000, 1),
        f"search_{vendor}_ms": round(search * 1000, 1),
        f"search_{vendor}_times_the_sql": round(search / sql, 2),
    }


def bare_sql(contractor: int, since: Any) -> list[tuple[str, int]]:
    """Stage and id of the lots of a contractor, made or released from a day on, whose release stands: to market, or else
    by production alone.

    Both stages are asked because the search answers for both: that none of these lots is released by production alone is
    nothing that anybody knows beforehand. No more is read of a lot than the search reads of it; what a page shows of its
    fifty lots is left out on both sides.
    """
    from django.db import connection

    from cmo.clock import SHANGHAI

    begun = datetime(since.year, since.month, since.day, tzinfo=SHANGHAI)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'market', m.lot_id FROM releases_marketrelease m JOIN releases_lot l ON l.id = m.lot_id "
            "WHERE m.outcome <> 'rejected' AND l.contractor_id = %s AND (l.produced_to >= %s OR m.recorded_at >= %s) "
            "AND NOT EXISTS (SELECT 1 FROM releases_marketwithdrawal w WHERE w.release_id = m.id) "
            "UNION ALL "
            "SELECT 'production', p.lot_id FROM releases_productionrelease p JOIN releases_lot l ON l.id = p.lot_id "
            "WHERE p.outcome <> 'rejected' AND l.contractor_id = %s AND (l.produced_to >= %s OR p.recorded_at >= %s) "
            "AND NOT EXISTS (SELECT 1 FROM releases_productionwithdrawal w WHERE w.release_id = p.id) "
            "AND NOT EXISTS (SELECT 1 FROM releases_marketrelease m WHERE m.lot_id = p.lot_id AND NOT EXISTS "
            "(SELECT 1 FROM releases_marketwithdrawal w WHERE w.release_id = m.id))",
            [contractor, since, begun] * 2,
        )
        return cursor.fetchall()


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
    columns, prints = copied(first), print_all(w, opened)
    days = max((make.TODAY - build.MADE_FROM).days - 4, 1)
    who = {"number": 1, "outcome": "released", "statement": "—", "facts": "{}", "findings": "{}", "quantity": 1000}
    for start in range(0, lots, 5000):
        rows = Lot.objects.bulk_create(
            Lot(**columns | place(opened[n % len(opened)], prints, n, first.produced_from + timedelta(days=n % days)))
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


def print_all(w: Any, opened: list[Any]) -> dict[int, tuple[int, int]]:
    """A label and instructions for use of every entrustment, checked like those of the world; entrustment → both ids."""
    from cmo.catalogue.models import LabelVersion
    from releases.models import LabelCheck

    found: dict[int, tuple[int, int]] = {w.entrustment.pk: (w.label.pk, w.ifu.pk)}
    for e in opened[1:]:
        rows = LabelVersion.objects.bulk_create(
            LabelVersion(**copied(row) | {"device_id": e.device_id}) for row in (w.label, w.ifu)
        )
        found[e.pk] = tuple(row.pk for row in rows)
    checks = [copied(row.checks.get()) for row in (w.label, w.ifu)]
    tenant = ("pair_id", "registrant_id", "contractor_id")
    LabelCheck.objects.bulk_create(
        LabelCheck(**check | {name: getattr(e, name) for name in tenant} | {"entrustment_id": e.pk, "label_id": pk})
        for e in opened[1:]
        for check, pk in zip(checks, found[e.pk], strict=True)
    )
    return found


def place(entrustment: Any, prints: dict[int, tuple[int, int]], number: int, begun: Any) -> dict[str, Any]:
    label, ifu = prints[entrustment.pk]
    return {
        "number": f"B{number}",
        "entrustment_id": entrustment.pk,
        "pair_id": entrustment.pair_id,
        "registrant_id": entrustment.registrant_id,
        "contractor_id": entrustment.contractor_id,
        "device_id": entrustment.device_id,
        "site_id": entrustment.site_id,
        "label_version_id": label,
        "ifu_version_id": ifu,
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
    content |= {
        "first_day": since,
        "site_ids": [make.site(w.contractor).pk],
        "number_printed": "浙药监械生产许20269999号",
    }
    by, other = (w.contractor.actor("quality_manager", nth=n) for n in (0, 1))
    version = actions.propose_licence_version(licence=licence, content=content, reason="变更", by=by, at=make.AT)
    actions.confirm_version(version=version, proof=make.proof(version), by=other, at=make.AT)


def correct_presence(w: Any) -> int:
    """A stay of one day whose check-out the supervisor corrects; returns how many lots were made on its days."""
    from agreements import actions
    from agreements.models import Posting
    from releases.models import Lot
    from tests import make
    from tests.agreements import build_supervision as on_site

    posting, day = Posting.objects.get(pair=w.pair), make.TODAY - timedelta(days=10)
    by = w.registrant.actor("quality_manager")
    entry = posting.presence.get(kind="out", event_at=on_site.moment(day + timedelta(days=1), 9))
    actions.correct_presence(entry=entry, event_at=on_site.moment(day, 18), reason="更正", by=by, at=make.AT)
    return Lot.objects.filter(pair=w.pair, produced_from__lte=day + timedelta(days=1), produced_to__gte=day).count()


if __name__ == "__main__":
    sys.exit(on_each_database(__file__, __doc__, measure, met, lots=100_000, turns=5))

"""What the chain of validity costs for 100, 1,000 and 10,000 pairs, as JSON ratios.

    .venv/bin/python bench/bench_validity.py [--pairs 10000] [--turns 5]

Runs on an own SQLite file and, where a PostgreSQL server answers, on an own database there; both are removed afterwards.
Every pair has a registrant, a device, an entrustment and a signed agreement of its own; forty contractors share the
licences. Compared in turns on the same machine: the chains with merely loading the rows they are made of, and twice as
many pairs with half. Goals: the same number of queries, at most 8, at 100, 1,000 and 10,000 pairs; twice the pairs take
at most 2.2 times as long. Exit 1 when a goal is missed.
"""

import argparse
import sys
from datetime import timedelta
from typing import Any

from measuring import analyse, copied, in_turns, on_each_database, queries, set_up

CONTRACTORS = 40
AT_ONCE = 2000


def met(name: str, value: Any) -> bool:
    if name.startswith("queries"):
        return len(set(value.values())) == 1 and max(value.values()) <= 8
    if name.startswith("twice_the_pairs"):
        return value <= 2.2
    return True


def measure(options: argparse.Namespace) -> dict[str, Any]:
    vendor, half = set_up(), options.pairs // 2
    pairs = fill(options.pairs)
    sizes = [n for n in (100, 1_000, 10_000) if n <= options.pairs]
    small, large = in_turns(lambda: chains(pairs[:half]), lambda: chains(pairs), options.turns, min)
    rows, whole = in_turns(lambda: plain_rows(pairs), lambda: chains(pairs), options.turns, min)
    return {
        f"pairs_{vendor}": options.pairs,
        f"queries_{vendor}": {str(n): queries(lambda n=n: chains(pairs[:n])) for n in sizes},
        f"chains_{vendor}_ms": round(whole * 1000),
        f"rows_{vendor}_ms": round(rows * 1000),
        f"chains_to_rows_{vendor}_ratio": round(whole / rows, 2),
        f"twice_the_pairs_{vendor}_ratio": round(large / small, 2),
    }


def fill(pairs: int) -> list[int]:
    """One world made through the actions, its rows copied for every further pair; ids of the entrustments' pairs."""
    from cmo.parties.models import Licence, LicenceDecision, LicenceVersion, Organisation, Pair, Site
    from tests import make
    from tests.agreements import build

    world = build.world()
    entrustment = world.entrust()
    revision = build.concluded(world, [entrustment])
    firms = Organisation.objects.bulk_create(Organisation(created_at=make.AT) for _ in range(CONTRACTORS))
    sites = Site.objects.bulk_create(Site(organisation=firm, created_at=make.AT) for firm in firms)
    licences = Licence.objects.bulk_create(
        Licence(organisation=firm, kind="licence", created_at=make.AT) for firm in firms
    )
    given = copied(world.licence)
    versions = LicenceVersion.objects.bulk_create(
        LicenceVersion(**given | {"licence_id": licence.pk, "site_ids": [site.pk]})
        for licence, site in zip(licences, sites, strict=True)
    )
    decision = copied(world.licence.decision)
    LicenceDecision.objects.bulk_create(LicenceDecision(**decision | {"version_id": row.pk}) for row in versions)
    found: list[int] = []
    for start in range(0, pairs, AT_ONCE):
        count = min(AT_ONCE, pairs - start)
        owners = Organisation.objects.bulk_create(Organisation(created_at=make.AT) for _ in range(count))
        rows = Pair.objects.bulk_create(
            Pair(number=f"B{start + n}", registrant=owner, contractor=firms[n % CONTRACTORS], created_at=make.AT)
            for n, owner in enumerate(owners)
        )
        copy_pairs(
            world,
            entrustment,
            revision,
            rows,
            [(sites[n % CONTRACTORS], versions[n % CONTRACTORS]) for n in range(count)],
        )
        found += [row.pk for row in rows]
    analyse()
    return found


def copy_pairs(world: Any, entrustment: Any, revision: Any, pairs: list[Any], places: list[Any]) -> None:
    """A device, an entrustment and a signed agreement in every pair, with last days spread over three years."""
    from agreements.models import Agreement, AgreementRevision, Entrustment, RevisionCoverage, RevisionSignature
    from cmo.catalogue.models import Device, DeviceDecision, DeviceVersion
    from cmo.parties.models import LicenceAcceptance
    from cmo.signing.models import Signature
    from tests import make

    LicenceAcceptance.objects.bulk_create(
        LicenceAcceptance(pair=pair, version=version, accepted_by_id=1, accepted_by_name="b", accepted_at=make.FOUNDED)
        for pair, (_site, version) in zip(pairs, places, strict=True)
    )
    devices = Device.objects.bulk_create(Device(registrant_id=p.registrant_id, created_at=make.AT) for p in pairs)
    given = copied(world.device)
    versions = DeviceVersion.objects.bulk_create(DeviceVersion(**given | {"device_id": d.pk}) for d in devices)
    decision = copied(world.device.decision)
    DeviceDecision.objects.bulk_create(DeviceDecision(**decision | {"version_id": row.pk}) for row in versions)
    first, owners = copied(entrustment), [tenant(pair) for pair in pairs]
    entrusted = Entrustment.objects.bulk_create(
        Entrustment(**first | owner | {"number": f"E{pair.number}", "device_id": device.pk, "site_id": site.pk})
        for pair, owner, device, (site, _v) in zip(pairs, owners, devices, places, strict=True)
    )
    agreement = copied(revision.agreement)
    agreements = Agreement.objects.bulk_create(
        Agreement(**agreement | owner | {"number": f"Q{pair.number}"})
        for pair, owner in zip(pairs, owners, strict=True)
    )
    text = copied(revision) | {"kind": revision.kind}
    revisions = AgreementRevision.objects.bulk_create(
        AgreementRevision(**text | {"agreement_id": row.pk, "ends_on": make.TODAY + timedelta(days=30 + n % 1000)})
        for n, row in enumerate(agreements)
    )
    RevisionCoverage.objects.bulk_create(
        RevisionCoverage(revision=row, entrustment=covered) for row, covered in zip(revisions, entrusted, strict=True)
    )
    for signed in revision.signatures.select_related("signature"):
        signature = copied(signed.signature)
        key = signature["record_key"].rpartition(":")[0]
        signatures = Signature.objects.bulk_create(
            Signature(**signature | {"record_key": f"{key}:{row.pk}"}) for row in revisions
        )
        RevisionSignature.objects.bulk_create(
            RevisionSignature(revision=row, side=signed.side, signature=given_one)
            for row, given_one in zip(revisions, signatures, strict=True)
        )


def tenant(pair: Any) -> dict[str, Any]:
    return {"pair_id": pair.pk, "registrant_id": pair.registrant_id, "contractor_id": pair.contractor_id}


def entrustments(pairs: list[int]) -> Any:
    """Those of a stretch of pairs; a range, so that no list of ids travels."""
    from agreements.facts.validity import live
    from agreements.models import Entrustment

    return live(Entrustment.objects.filter(pair_id__gte=pairs[0], pair_id__lte=pairs[-1]))


def chains(pairs: list[int]) -> list[Any]:
    from agreements.facts.validity import load_validity
    from tests import make

    found = load_validity(entrustments(pairs), make.TODAY)
    assert len(found) == len(pairs)
    assert all(chain.cover is not None and chain.cover.in_force for chain in found)
    return found


def plain_rows(pairs: list[int]) -> None:
    """The rows that the chains are made of, loaded as the product loads them and left alone."""
    from agreements.models import AgreementRevision, RevisionCoverage, RevisionSignature
    from cmo.catalogue.models import DeviceVersion
    from cmo.parties.models import LicenceAcceptance

    wanted = entrustments(pairs).order_by()
    covered = RevisionCoverage.objects.filter(entrustment_id__in=wanted.values("pk"))
    revisions = AgreementRevision.objects.filter(pk__in=covered.values("revision_id"))
    days = ("device_id", "number_printed", "first_day", "last_day", "deemed_renewed", "decision__decided_at")
    list(wanted.values_list("pk", "number", "pair_id", "registrant_id", "contractor_id", "device_id", "site_id"))
    list(covered.values_list("entrustment_id", "revision_id"))
    list(revisions.select_related("agreement", "event", "paper").defer("body"))
    list(
        RevisionSignature.objects.filter(revision__in=revisions).values_list(
            "revision_id", "side", "signature__signed_at", "signature__record_hash"
        )
    )
    list(DeviceVersion.objects.confirmed().filter(device_id__in=wanted.values("device_id")).values_list(*days))
    list(LicenceAcceptance.objects.filter(pair_id__in=wanted.values("pair_id")).values_list("pair_id", "version_id"))


if __name__ == "__main__":
    sys.exit(on_each_database(__file__, __doc__, measure, met, pairs=10_000, turns=5))

"""Many pairs with lots for measurements: one world made through the actions, its rows copied and inserted at once."""

from datetime import timedelta
from typing import Any

from measuring import analyse, copied

PAIRS = 240
#: Lots of the world's own pair with a complete file: the longest page that is measured.
FILED = 200


def fill(lots: int) -> Any:
    """One world made through the actions, then many pairs and lots inserted at once.

    Its contractor works for forty registrants ("big": a sixth of all lots), its registrant has one pair ("small")."""
    from releases.models import Lot
    from tests import make
    from tests.releases import build

    world = build.world()
    opened = [world.entrustment, *entrust_all(world, many_pairs(world))]
    row = build.lot(world)
    columns = copied(row)
    for start in range(0, lots, 5000):
        Lot.objects.bulk_create(
            Lot(
                **columns
                | {
                    "number": f"B{n}",
                    "entrustment_id": (e := opened[0 if n < FILED else n % len(opened)]).pk,
                    "pair_id": e.pair_id,
                    "registrant_id": e.registrant_id,
                    "contractor_id": e.contractor_id,
                    "device_id": e.device_id,
                    "site_id": e.site_id,
                    "recorded_at": make.AT + timedelta(seconds=n),
                }
            )
            for n in range(start, min(start + 5000, lots))
        )
    attach_files(world)
    analyse()
    return world


def many_pairs(world: Any) -> list[Any]:
    """Pairs of further registrants; the contractor of the world works for a sixth of them, each other firm for one."""
    from cmo.parties.models import Organisation, Pair
    from tests import make

    firms = Organisation.objects.bulk_create(Organisation(created_at=make.AT) for _ in range(PAIRS))
    return Pair.objects.bulk_create(
        Pair(
            number=f"B{n}",
            registrant=firm,
            contractor_id=world.contractor.pk if n < PAIRS // 6 else firms[n - 1].pk,
            created_at=make.AT,
        )
        for n, firm in enumerate(firms)
    )


def entrust_all(world: Any, pairs: list[Any]) -> list[Any]:
    """A device, a site and an entrustment in every pair, like those of the world."""
    from agreements.models import Entrustment
    from cmo.catalogue.models import Device, DeviceDecision, DeviceVersion
    from cmo.parties.models import Site
    from tests import make

    devices = Device.objects.bulk_create(Device(registrant_id=p.registrant_id, created_at=make.AT) for p in pairs)
    sites = Site.objects.bulk_create(Site(organisation_id=p.contractor_id, created_at=make.AT) for p in pairs)
    version = DeviceVersion.objects.select_related("decision").get(device=world.device)
    versions = DeviceVersion.objects.bulk_create(
        DeviceVersion(**copied(version) | {"device_id": device.pk}) for device in devices
    )
    decision = copied(version.decision)
    DeviceDecision.objects.bulk_create(DeviceDecision(**decision | {"version_id": row.pk}) for row in versions)
    first = copied(world.entrustment)
    return Entrustment.objects.bulk_create(
        Entrustment(
            **first
            | {"number": f"E{n}", "pair_id": pair.pk, "device_id": device.pk, "site_id": site.pk}
            | {"registrant_id": pair.registrant_id, "contractor_id": pair.contractor_id}
        )
        for n, (pair, device, site) in enumerate(zip(pairs, devices, sites, strict=True))
    )


def attach_files(world: Any) -> None:
    """A complete and reviewed release file, a material, a key step and a closed deviation for the newest lots of the world's
    own pair."""
    from releases.models import Deviation, DeviationClosure, DocumentReview, Lot, LotDocument, LotMaterial, LotStep
    from tests import make
    from tests.agreements import build_supervision as on_site
    from tests.releases import build

    newest = Lot.objects.filter(pair=world.pair).order_by("-recorded_at")[:FILED]
    recorded = {"recorded_by_id": 1, "recorded_by_name": "bench", "recorded_at": make.AT}
    documents = LotDocument.objects.bulk_create(
        LotDocument(lot=lot, kind=kind, reference=f"{kind}-{lot.pk}", **recorded)
        for lot in newest
        for kind in ("production_record", "finished_inspection")
    )
    DocumentReview.objects.bulk_create(
        DocumentReview(document=d, side=side, **recorded) for d in documents for side in ("contractor", "registrant")
    )
    named = {"name": "钛合金棒材", "material_lot": "M-1", "supplier": build.SUPPLIER}
    LotMaterial.objects.bulk_create(LotMaterial(lot=lot, **named, **recorded) for lot in newest)
    begun = on_site.moment(build.MADE_FROM, 9)
    step = {"name": "焊接", "kind": "key", "starts_at": begun, "ends_at": begun + timedelta(hours=2)}
    LotStep.objects.bulk_create(LotStep(lot=lot, **step, **recorded) for lot in newest)
    happened = {"occurred_on": build.MADE_FROM, "discovered_on": build.MADE_FROM, "description": "温度超限"}
    plain = {"kind": "deviation", "severity": "minor", "reference": "PC-1", "quantity": 1}
    deviations = Deviation.objects.bulk_create(Deviation(lot=lot, **plain, **happened, **recorded) for lot in newest)
    closed = {"cause": "漂移", "action": "校准", "effect": "无", "disposition": "use", "quantity_out": 0}
    DeviationClosure.objects.bulk_create(DeviationClosure(deviation=d, **closed, **recorded) for d in deviations)

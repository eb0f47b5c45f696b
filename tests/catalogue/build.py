"""Builders of devices, made through the actions like everything in ``tests.make``."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cmo.catalogue import actions
from cmo.catalogue.actions.screening import determination_of
from cmo.catalogue.models import Determination, Device, DeviceShare, DeviceVersion, Screening
from cmo.catalogue.release_documents import document
from cmo.evidence.actions import attach
from cmo.evidence.models import File
from tests import make

_serial = count(1)


def device_content(**changes: Any) -> dict[str, Any]:
    """Content of a device version: by default a peripheral stent of metal that may be entrusted."""
    return {
        "kind": "registration",
        "number_printed": f"国械注准2023313{next(_serial) % 10000:04d}",
        "first_day": date(2023, 7, 1),
        "last_day": date(2028, 6, 30),
        "standing": DeviceVersion.Standing.IN_FORCE,
        "deemed_renewed": False,
        "renewal_filed_on": None,
        "renewal_proof": "",
        "name_zh": "外周血管支架系统",
        "name_en": "Peripheral vascular stent system",
        "device_class": "III",
        "sub_catalogue": "13",
        "classification_code": "13-07-02",
        "models_and_specifications": ["PS-6-40", "PS-8-60"],
        "sterile": True,
        "active": False,
        "implantable": "yes",
        "implantable_reason": "",
        "contains_animal_derived": "no",
        "directly_from_animal_tissue": "no",
        "contains_allogeneic": "no",
        "vascular_site": "peripheral",
        "device_life_months": 36,
        "production_addresses": [
            {
                "address": "浙江省杭州市示例区二号路 2 号",
                "entrusted": False,
                "contractor_name": "",
                "contractor_uscc": "",
            }
        ],
        "udi_listed": "yes",
        "release_documents": [document("production_record"), document("finished_inspection")],
        **changes,
    }


def dural_patch(**changes: Any) -> dict[str, Any]:
    """A dural patch whose composition nobody has stated yet."""
    unknown = {"contains_animal_derived": "unknown", "directly_from_animal_tissue": "unknown"}
    names = {"name_zh": "硬脑膜补片", "name_en": "Dural patch", "classification_code": "13-06-04"}
    return device_content(**{**names, **unknown, "vascular_site": "unknown", **changes})


def device(firm: make.Firm, *, confirmed: bool = True, at: datetime = make.FOUNDED, **changes: Any) -> DeviceVersion:
    """A device of the firm, confirmed by its second quality manager."""
    content = device_content(**changes)
    by = firm.actor("quality_manager", make.REGISTRANT)
    version = actions.open_device(registrant=firm.organisation, content=content, reason="建档", by=by, at=at)
    return make.confirm(version, firm, at=at) if confirmed else version  # type: ignore[return-value]


def new_version(
    current: DeviceVersion, firm: make.Firm, *, confirmed: bool = True, at: datetime = make.AT, **changes: Any
) -> DeviceVersion:
    """A further version of a device with some facts changed; another standing applies from the day of ``at``."""
    first = {"first_day": at.date()} if "standing" in changes else {}
    content = {name: getattr(current, name) for name in current.content_fields} | first | changes
    by = firm.actor("quality_manager", make.REGISTRANT)
    version = actions.propose_device_version(device=current.device, content=content, reason="变更", by=by, at=at)
    return make.confirm(version, firm, at=at) if confirmed else version  # type: ignore[return-value]


def share(world: make.Relation, row: Device, *, at: datetime = make.FOUNDED) -> DeviceShare:
    """The device opened to the contractor of the pair."""
    by = world.registrant.actor("quality_manager", make.REGISTRANT)
    return actions.share_device(pair=world.pair, device=row, by=by, at=at)


def screening(firm: make.Firm, row: Device, *, acted_on: date = make.TODAY, at: datetime = make.AT) -> Screening:
    """A screening on record."""
    by = firm.actor("quality_manager", make.REGISTRANT)
    return actions.record_screening(device=row, acted_on=acted_on, by=by, at=at)


def evidence(firm: make.Firm, row: Screening, *, at: datetime = make.AT) -> File:
    """A file that proves what the determination says."""
    upload = SimpleUploadedFile("composition.txt", "材料成分声明".encode(), content_type="text/plain")
    by = firm.actor("quality_manager", make.REGISTRANT)
    return attach(row, upload=upload, title="材料成分声明", event_on=make.TODAY, by=by, at=at)


def determination(
    firm: make.Firm,
    row: Screening,
    *,
    outcome: str = "allowed",
    reason: str = "合成材料，见供应商声明",
    at: datetime = make.AT,
) -> Determination:
    """A signed determination of an undetermined screening that has evidence."""
    by = firm.actor("quality_manager", make.REGISTRANT)
    unsaved = determination_of(screening=row, outcome=outcome, reason=reason, by=by, at=at)
    return actions.determine(screening=row, outcome=outcome, reason=reason, proof=make.proof(unsaved), by=by, at=at)

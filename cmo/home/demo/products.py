"""The products of the demo world, their labels, shares and screenings: one refused, one undetermined, the others allowed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cmo.catalogue import actions
from cmo.catalogue.models import Device, DeviceVersion, LabelVersion
from cmo.parties.access import Can
from cmo.parties.models import OrganisationVersion, SiteVersion

from .stage import Stage

DOCUMENTS = (
    ("batch_record", "批生产记录", "Batch production record"),
    ("incoming_inspection", "进货检验记录", "Incoming inspection records"),
    ("finished_inspection", "成品检验报告", "Finished product inspection report"),
    ("release_sheet", "生产放行审核单", "Production release sheet"),
)
STERILISATION = ("sterilisation", "灭菌记录", "Sterilisation record")


@dataclass(frozen=True, slots=True)
class Product:
    """One invented device. Days are offsets from today; ``made_at`` names the site printed on the certificate."""

    key: str
    owner: str
    number: str
    name_zh: str
    name_en: str
    device_class: str
    code: str
    first: int
    last: int
    models: tuple[str, ...]
    made_at: str = ""
    sub_catalogue: str = ""
    sterile: bool = True
    implantable: str = "no"
    facts: dict[str, str] = field(default_factory=dict)
    life_months: int = 60

    @property
    def documents(self) -> list[dict[str, str]]:
        """The documents of its release file."""
        wanted = (*DOCUMENTS, STERILISATION) if self.sterile else DOCUMENTS
        return [{"key": key, "zh": zh, "en": en} for key, zh, en in wanted]


_SAFE = {"contains_animal_derived": "no", "directly_from_animal_tissue": "no", "contains_allogeneic": "no"}

PRODUCTS = (
    Product(
        "hip",
        "kanglan",
        "国械注准20223130456",
        "髋关节假体(示例)",
        "Hip prosthesis (demo)",
        "III",
        "13-04-01",
        -800,
        1025,
        ("KL-H100", "KL-H120"),
        "hengzhu",
        implantable="yes",
        facts=_SAFE,
        life_months=180,
    ),
    Product(
        "stent",
        "kanglan",
        "国械注准20233130789",
        "外周血管支架(示例)",
        "Peripheral vascular stent (demo)",
        "III",
        "13-07-02",
        -600,
        1225,
        ("KL-PS 6×40", "KL-PS 8×60"),
        "hengzhu",
        implantable="yes",
        facts=_SAFE | {"vascular_site": "peripheral"},
        life_months=120,
    ),
    Product(
        "coronary",
        "kanglan",
        "国械注准20213130123",
        "药物洗脱冠状动脉支架(示例)",
        "Drug-eluting coronary stent (demo)",
        "III",
        "13-07-02",
        -900,
        925,
        ("KL-CS 2.75×18",),
        implantable="yes",
        facts=_SAFE | {"vascular_site": "coronary"},
        life_months=120,
    ),
    Product(
        "syringe",
        "kanglan",
        "苏械注准20222140567",
        "一次性使用无菌注射器(示例)",
        "Single-use sterile syringe (demo)",
        "II",
        "14-01-02",
        -850,
        975,
        ("5 ml", "10 ml"),
        "runnuo",
        facts=_SAFE,
    ),
    Product(
        "dural",
        "qiheng",
        "国械注准20243130222",
        "硬脑(脊)膜补片(示例)",
        "Dural patch (demo)",
        "III",
        "13-06-04",
        -400,
        1425,
        ("QH-D 25×25", "QH-D 50×50"),
        implantable="yes",
    ),
    Product(
        "ivd",
        "qiheng",
        "国械注准20243400345",
        "肌钙蛋白 I 测定试剂盒(示例)",
        "Troponin I assay kit (demo)",
        "III",
        "",
        -500,
        1325,
        ("100 人份/盒",),
        "boyuan",
        sub_catalogue="IVD",
        sterile=False,
        facts=_SAFE,
        life_months=12,
    ),
    Product(
        "scalpel",
        "boyuan",
        "京械注准20232020088",
        "一次性使用无菌手术刀(示例)",
        "Single-use sterile scalpel (demo)",
        "II",
        "02-01-01",
        -650,
        1175,
        ("10#", "11#", "15#"),
        "hengzhu",
        facts=_SAFE,
    ),
)


@dataclass
class Products:
    """Devices and their label and IFU versions by product key."""

    devices: dict[str, Device] = field(default_factory=dict)
    labels: dict[str, dict[str, LabelVersion]] = field(default_factory=dict)


#: pair key → products shared in it
SHARED = {
    "kanglan-hengzhu": ("hip", "stent", "coronary"),
    "kanglan-runnuo": ("syringe",),
    "qiheng-boyuan": ("ivd",),
    "boyuan-hengzhu": ("scalpel",),
}


def build(stage: Stage) -> Products:
    """Enter and confirm every device, list its labels, share it and put a screening on record."""
    products = Products()
    for product in PRODUCTS:
        products.devices[product.key] = _device(stage, product)
        products.labels[product.key] = _labels(stage, product, products.devices[product.key])
    for pair_key, keys in SHARED.items():
        pair, owner = stage.pairs[pair_key], pair_key.split("-")[0]
        for key in keys:
            at = stage.at(-388)
            by = stage.as_(f"{owner}.qm1", Can.SHARE_DEVICE, pair, at)
            actions.share_device(pair=pair, device=products.devices[key], by=by, at=at)
    return products


def _device(stage: Stage, product: Product) -> Device:
    organisation = stage.organisations[product.owner]
    at = stage.at(-390)
    by = stage.for_own(f"{product.owner}.qm1", Can.PROPOSE_BASE_DATA, organisation, at)
    version = actions.open_device(
        registrant=organisation, content=_content(stage, product), reason="产品建档", by=by, at=at
    )
    stage.confirm(version, f"{product.owner}.qm2", organisation, stage.at(-389))
    at = stage.at(-389)
    reader = stage.for_own(f"{product.owner}.qm1", Can.READ, organisation, at)
    actions.record_screening(device=version.device, acted_on=stage.day(-389), by=reader, at=at)
    return version.device


def _content(stage: Stage, product: Product) -> dict[str, Any]:
    unknown = dict.fromkeys(_SAFE, "unknown") | {"vascular_site": "unknown"}
    return {
        "kind": DeviceVersion.Kind.REGISTRATION,
        "number_printed": product.number,
        "first_day": stage.day(product.first),
        "last_day": stage.day(product.last),
        "standing": DeviceVersion.Standing.IN_FORCE,
        "deemed_renewed": False,
        "renewal_filed_on": None,
        "renewal_proof": "",
        "name_zh": product.name_zh,
        "name_en": product.name_en,
        "device_class": product.device_class,
        "sub_catalogue": product.sub_catalogue or product.code[:2],
        "classification_code": product.code,
        "models_and_specifications": list(product.models),
        "sterile": product.sterile,
        "active": False,
        "implantable": product.implantable,
        "implantable_reason": "",
        "device_life_months": product.life_months,
        "production_addresses": [_address(stage, product)],
        "udi_listed": "yes" if product.device_class == "III" else "no",
        "release_documents": product.documents,
        **(unknown | product.facts),
    }


def _address(stage: Stage, product: Product) -> dict[str, Any]:
    owner = OrganisationVersion.objects.current().get(organisation=stage.organisations[product.owner])
    if not product.made_at:
        return {"address": owner.address_zh, "entrusted": False, "contractor_name": "", "contractor_uscc": ""}
    site = SiteVersion.objects.current().get(site=stage.sites[product.made_at])
    contractor = OrganisationVersion.objects.current().get(organisation=stage.organisations[product.made_at])
    return {
        "address": site.address_zh,
        "entrusted": True,
        "contractor_name": contractor.name_zh,
        "contractor_uscc": contractor.uscc,
    }


def _labels(stage: Stage, product: Product, device: Device) -> dict[str, LabelVersion]:
    organisation = stage.organisations[product.owner]
    found = {}
    for kind in ("label", "ifu"):
        at = stage.at(-388)
        by = stage.for_own(f"{product.owner}.qm1", Can.PROPOSE_BASE_DATA, organisation, at)
        content: dict[str, date | str | None] = {
            "kind": kind,
            "version": "A/1",
            "effective_from": stage.day(-388),
            "effective_to": None,
        }
        found[kind] = actions.list_label_version(device=device, content=content, by=by, at=at)
    return found

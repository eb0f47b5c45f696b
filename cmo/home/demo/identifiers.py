"""Device identifiers of the demo world and the checks of its label texts: packages, a replaced DI, one not uploaded yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from agreements.models import Entrustment
from cmo.catalogue import actions
from cmo.catalogue.models import Device, DeviceIdentifier
from cmo.clock import day_of
from cmo.codes.gs1 import check_digit
from cmo.parties.access import Can
from releases.actions import check_label
from releases.facts.labels import load_label_facts
from releases.labels import IFU, LabelFacts

from .entrusting import Entrusted
from .products import PRODUCTS, Product, Products
from .stage import Stage

#: The invented maker's part of every GTIN here.
MAKER = "6901234"


@dataclass(frozen=True, slots=True)
class Package:
    """One DI of a product: which model and level, the item number in its GTIN, and what it contains."""

    product: str
    model: str
    level: str
    item: int
    contains: int = 0
    quantity: int = 0
    assigned: int = -387
    until: str = "uploaded"
    replaces: int = 0

    @property
    def code(self) -> str:
        """The GTIN-14; packs carry an indicator digit."""
        indicator = {"inner_pack": 1, "carton": 3}.get(self.level, 0)
        payload = f"{indicator}{MAKER}{self.item:05d}"
        return payload + check_digit(payload)


SALES, USE, INNER, CARTON = "sales_unit", "use_unit", "inner_pack", "carton"
PACKAGES = (
    Package("hip", "KL-H100", SALES, 10100),
    Package("hip", "KL-H120", SALES, 10120),
    Package("hip", "KL-H120", SALES, 10121, assigned=-200, replaces=10120),
    Package("stent", "KL-PS 6×40", SALES, 10640),
    Package("stent", "KL-PS 8×60", SALES, 10860, assigned=-20, until="submitted"),
    Package("syringe", "5 ml", SALES, 20005),
    Package("syringe", "5 ml", INNER, 20006, contains=20005, quantity=100),
    Package("syringe", "5 ml", CARTON, 20007, contains=20006, quantity=24),
    Package("syringe", "10 ml", SALES, 20010),
    Package("syringe", "10 ml", INNER, 20011, contains=20010, quantity=100),
    Package("ivd", "100 人份/盒", SALES, 30100),
    Package("scalpel", "10#", USE, 40010),
    Package("scalpel", "10#", SALES, 40110, contains=40010, quantity=10),
    Package("scalpel", "11#", USE, 40011),
    Package("scalpel", "11#", SALES, 40111, contains=40011, quantity=10),
    Package("scalpel", "15#", USE, 40015),
    Package("scalpel", "15#", SALES, 40115, contains=40015, quantity=10),
)
#: The replaced DI is used up and retired so many days after the one that replaces it was assigned.
USED_UP = 40


def build(stage: Stage, products: Products, entrusted: Entrusted) -> None:
    """Register every DI and put a check of each label and IFU version on record, before the first lot is released."""
    _Registry(stage, products).fill()
    for key, entrustment in entrusted.entrustments.items():
        product = next(p for p in PRODUCTS if p.key == key)
        _check_labels(stage, products, product, entrustment)


class _Registry:
    """The DIs by item number while they are made."""

    def __init__(self, stage: Stage, products: Products) -> None:
        self.stage, self.products = stage, products
        self.made: dict[int, DeviceIdentifier] = {}

    def fill(self) -> None:
        for package in PACKAGES:
            row = self.made[package.item] = self._assign(package)
            self._happen(package, row, actions.submit_identifier, 1, f"注册系统受理号 ZC-{package.item}")
            if package.until == "uploaded":
                self._happen(package, row, actions.upload_identifier, 2, f"国家数据库版本 UDI-{package.item}-1")
            if package.replaces:
                self._retire(package)

    def _by(self, package: Package, at: Any) -> Any:
        owner = next(p.owner for p in PRODUCTS if p.key == package.product)
        organisation = self.stage.organisations[owner]
        return self.stage.for_own(f"{owner}.qm1", Can.REGISTER_IDENTIFIER, organisation, at)

    def _assign(self, package: Package) -> DeviceIdentifier:
        device: Device = self.products.devices[package.product]
        at = self.stage.at(package.assigned)
        content = {
            "model": package.model,
            "level": package.level,
            "agency": "gs1",
            "code": package.code,
            "site": None,
            "contains": self.made.get(package.contains),
            "contained_quantity": package.quantity or None,
            "replaces": self.made.get(package.replaces),
            "new_because": "trade_item" if package.replaces else "",
            "assigned_on": self.stage.day(package.assigned),
        }
        return actions.assign_identifier(device=device, content=content, by=self._by(package, at), at=at)

    def _happen(self, package: Package, row: DeviceIdentifier, act: Any, days: int, reference: str) -> None:
        at = self.stage.at(package.assigned + days)
        act(identifier=row, event_on=day_of(at), reference=reference, by=self._by(package, at), at=at)

    def _retire(self, package: Package) -> None:
        at = self.stage.at(package.assigned + USED_UP)
        row, by = self.made[package.replaces], self._by(package, at)
        reason = "旧包装已用完，改用新产品标识。"
        actions.retire_identifier(identifier=row, event_on=day_of(at), reason=reason, by=by, at=at)


def _check_labels(stage: Stage, products: Products, product: Product, entrustment: Entrustment) -> None:
    """A week after the entrustment began, quality of the registrant checks label and instructions."""
    offset = (entrustment.starts_on - stage.today).days + 7
    for kind, label in products.labels[product.key].items():
        at = stage.at(offset)
        by = stage.as_(f"{product.owner}.qm1", Can.CHECK_LABEL, entrustment.pair, at)
        text = _text(kind, load_label_facts(entrustment, day_of(at)), day_of(at))
        check_label(entrustment=entrustment, label=label, text=text, by=by, at=at)


def _text(kind: str, facts: LabelFacts, on: date) -> str:
    lines = [
        f"产品名称：{facts.product_name}",
        f"型号规格：{'、'.join(facts.models)}",
        f"医疗器械注册证编号：{facts.certificate}",
        f"注册人：{facts.registrant}",
        f"住所：{facts.registrant_address}　联系方式：{facts.registrant_contact}",
        f"受托生产企业（委托生产）：{facts.contractor}",
        f"住所：{facts.contractor_address}　联系方式：{facts.contractor_contact}",
        f"生产地址：{facts.production_address}",
        f"生产许可证编号：{facts.licence}",
    ]
    if kind == IFU:
        number = facts.technical_requirements or facts.certificate
        return "\n".join(
            ["使用说明书", *lines, f"产品技术要求编号：{number}", "生产日期、使用期限：见标签", f"编制日期：{on}"]
        )
    return "\n".join([*lines, "生产批号：　生产日期：　使用期限至：", "医疗器械唯一标识（UDI）：见二维码"])

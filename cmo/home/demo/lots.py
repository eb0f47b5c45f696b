"""Lots of the demo world in every state: registered, asked about, released by the contractor, on the market, rejected,
held, released in part and with conditions; and one made after the contractor's licence had lapsed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agreements.models import Entrustment
from cmo.parties.access import Can
from cmo.parties.models import Pair, User
from releases import actions
from releases.deciding import judge_now
from releases.facts import MARKET, PRODUCTION
from releases.models import CONTENT, Lot
from releases.rules import Review

from .entrusting import Entrusted
from .making import Making
from .products import PRODUCTS, Products
from .stage import Stage


@dataclass(frozen=True, slots=True)
class Plan:
    """One lot: made from ``first`` for ``days`` days (offsets from today), and how far it goes.

    ``until``: registered, filed, reviewed (by the contractor), produced (released or rejected), asked, ready (reviewed by
    the registrant), market. ``outcome`` is that of the last decision.
    """

    product: str
    number: str
    model: str
    first: int
    days: int
    quantity: int
    until: str
    outcome: str = "released"
    released: int = 0
    conditions: str = ""
    hold: str = ""
    exception: str = ""


PLANS = (
    Plan("hip", "H250901", "KL-H100", -300, 6, 240, "market"),
    Plan("hip", "H251103", "KL-H120", -250, 6, 260, "market"),
    Plan("hip", "H260105", "KL-H100", -190, 7, 300, "market", released=280),
    Plan("hip", "H260402", "KL-H120", -130, 7, 280, "market"),
    Plan(
        "hip",
        "H260603",
        "KL-H100",
        -80,
        6,
        220,
        "market",
        "conditional",
        conditions="首批发往指定医院，随附追溯登记表。",
    ),
    Plan("hip", "H260701", "KL-H120", -60, 6, 240, "produced", "rejected"),
    Plan("hip", "H260804", "KL-H100", -45, 6, 260, "market"),
    Plan("hip", "H260902", "KL-H120", -30, 6, 250, "produced", hold="髋臼杯表面粗糙度复核未完成，暂停放行。"),
    Plan("hip", "H261001", "KL-H100", -21, 5, 240, "ready"),
    Plan("hip", "H261002", "KL-H120", -17, 5, 240, "asked"),
    Plan("hip", "H261101", "KL-H100", -12, 5, 260, "reviewed"),
    Plan(
        "hip",
        "H261102",
        "KL-H120",
        -6,
        4,
        250,
        "filed",
        exception="派驻人员当日突发疾病，代理人员次日到场；注册人已逐项复核当日批生产记录、设备运行记录和监控录像。",
    ),
    Plan("hip", "H261103", "KL-H100", -1, 6, 250, "registered"),
    Plan("syringe", "Z260301", "5 ml", -150, 4, 50000, "market"),
    Plan("syringe", "Z260701", "10 ml", -60, 4, 48000, "market"),
    Plan("syringe", "Z261001", "5 ml", -40, 4, 52000, "ready"),
    Plan("syringe", "Z261101", "10 ml", -17, 4, 50000, "reviewed"),
    Plan("ivd", "T260901", "100 人份/盒", -70, 2, 1200, "market"),
    Plan("ivd", "T261101", "100 人份/盒", -14, 2, 1300, "produced"),
    Plan("scalpel", "D260801", "11#", -90, 3, 20000, "market"),
    Plan("scalpel", "D261101", "15#", -20, 3, 22000, "reviewed"),
)
PAIR_OF = {
    "hip": "kanglan-hengzhu",
    "syringe": "kanglan-runnuo",
    "ivd": "qiheng-boyuan",
    "scalpel": "boyuan-hengzhu",
}
#: The lot that was registered ahead, without its label and with two slips, and corrected when it was finished.
CORRECTED, SUPPLIER, MISSPELT = "H261101", "示例原材料供应商", "示例原材料供应厂"
STEPS = ("registered", "filed", "reviewed", "produced", "asked", "ready", "market")


def build(stage: Stage, products: Products, entrusted: Entrusted) -> None:
    """Register every planned lot and take it as far as its plan says."""
    for plan in PLANS:
        _Walk(stage, products, entrusted.entrustments[plan.product], plan).go()


class _Walk:
    """One lot on its way."""

    def __init__(self, stage: Stage, products: Products, entrustment: Entrustment, plan: Plan) -> None:
        self.stage, self.products, self.plan, self.entrustment = stage, products, plan, entrustment
        self.pair: Pair = stage.pairs[PAIR_OF[plan.product]]
        self.registrant, self.contractor = PAIR_OF[plan.product].split("-")
        self.end = plan.first + plan.days - 1

    def go(self) -> None:
        """Every step up to the one the plan names."""
        lot = self._register()
        made = Making(self.stage, lot, self.plan.product, self.pair, (self.registrant, self.contractor))
        made.go(self.end)
        if self.plan.number == CORRECTED:
            self._correct(lot)
        reached = STEPS.index(self.plan.until)
        if reached >= STEPS.index("filed"):
            self._file(lot)
        if reached >= STEPS.index("reviewed"):
            self._review(lot, self.contractor, "release", self.end + 2)
        if reached >= STEPS.index("produced"):
            self._decide(lot, PRODUCTION, self.end + 2)
        if self.plan.until == "asked":
            self._ask(lot)
        if self.plan.until in {"ready", "market"}:
            self._review(lot, self.registrant, "market", self.end + 4)
        if self.plan.until == "market":
            self._decide(lot, MARKET, self.end + 5)
            made.late()
        if self.plan.exception:
            self._request_exception(lot)
        if self.plan.hold:
            by, at = self._as("kanglan.resident", Can.PLACE_HOLD, self.end + 3)
            actions.place_lot_hold(lot=lot, reason=self.plan.hold, by=by, at=at)

    def _request_exception(self, lot: Lot) -> None:
        """The planner asks to waive the day without presence; quality of the registrant has not answered yet."""
        by, at = self._as(f"{self.contractor}.plan", Can.REQUEST_EXCEPTION, self.end + 2)
        actions.request_exception(
            lot=lot,
            stage=PRODUCTION,
            code="coverage",
            justification=self.plan.exception,
            quantity=None,
            effect="当日的关键工序参数经逐项复核均在验证范围内；对产品安全、性能无影响。",
            by=by,
            at=at,
        )

    def _as(self, username: str, can: Can, offset: int) -> tuple[Any, Any]:
        at = self.stage.at(min(offset, 0))
        return self.stage.as_(username, can, self.pair, at), at

    def _register(self) -> Lot:
        plan, stage = self.plan, self.stage
        life = next(p.life_months for p in PRODUCTS if p.key == plan.product)
        content = {
            "number": plan.number,
            "model": plan.model,
            "produced_from": stage.day(plan.first),
            "produced_to": stage.day(self.end),
            "quantity": plan.quantity,
            "unit": "件" if plan.product != "ivd" else "盒",
            "expires_on": stage.day(self.end) + timedelta(days=min(life, 60) * 30),
            "label_version": self.products.labels[plan.product]["label"],
            "ifu_version": self.products.labels[plan.product]["ifu"],
        }
        wrongly = plan.number == CORRECTED
        if wrongly:
            content |= {"label_version": None, "quantity": plan.quantity + 20}
        by, at = self._as(f"{self.contractor}.plan", Can.REGISTER_LOT, plan.first - 1)
        lot = actions.register_lot(entrustment=self.entrustment, content=content, by=by, at=at)
        supplier = MISSPELT if wrongly else SUPPLIER
        actions.add_material(
            lot=lot, name="关键原材料", material_lot=f"M-{plan.number}", supplier=supplier, by=by, at=at
        )
        return lot

    def _correct(self, lot: Lot) -> None:
        """The day after production: the label that was used, the quantity and the supplier as they should read."""
        by, at = self._as(f"{self.contractor}.plan", Can.REGISTER_LOT, self.end + 1)
        label = self.products.labels[self.plan.product]["label"]
        content = {name: getattr(lot, name) for name in CONTENT}
        content |= {"label_version": label, "quantity": self.plan.quantity}
        reason = "登记时标签版本尚未确定；数量以批生产记录为准。"
        actions.correct_lot(lot=lot, content=content, seen=0, reason=reason, by=by, at=at)
        line = lot.materials.get()
        said = {"name": line.name, "material_lot": line.material_lot, "supplier": SUPPLIER}
        actions.correct_material(material=line, content=said, reason="供应商名称录入有误。", by=by, at=at)

    def _file(self, lot: Lot) -> None:
        product = next(p for p in PRODUCTS if p.key == self.plan.product)
        for document in product.documents:
            by, at = self._as(f"{self.contractor}.qm1", Can.ATTACH_TO_LOT, self.end + 1)
            reference = f"{self.plan.number}-{document['key'][:3].upper()}"
            actions.add_document(lot=lot, kind=document["key"], reference=reference, by=by, at=at)

    def _review(self, lot: Lot, firm: str, post: str, offset: int) -> None:
        for document in lot.documents.order_by("id"):
            by, at = self._as(f"{firm}.{post}", Can.REVIEW_RELEASE_FILE, offset)
            actions.review_document(document=document, by=by, at=at)

    def _decide(self, lot: Lot, stage_name: str, offset: int) -> None:
        market = stage_name == MARKET
        username = f"{self.registrant}.market" if market else f"{self.contractor}.release"
        by, at = self._as(username, Can.RELEASE_TO_MARKET if market else Can.RELEASE_PRODUCTION, offset)
        user = User.objects.get(pk=by.user_id)
        draft = self._review_statement(market, ())
        topics = judge_now(lot, stage_name, at.date(), user, draft).topics
        review = self._review_statement(market, tuple(topic.code for topic in topics))
        act = actions.release_to_market if market else actions.release_production
        act(lot=lot, review=review, proof=self.stage.proof_of_identity(), by=by, at=at)

    def _review_statement(self, market: bool, confirmed: tuple[str, ...]) -> Review:
        plan = self.plan
        last = market or plan.until == "produced"
        outcome = plan.outcome if last else "released"
        quantity = 0 if outcome == "rejected" else (plan.released or plan.quantity) if market else plan.quantity
        statement = (
            "已审核生产过程记录、质量检验结果和受托方生产放行文件，符合上市放行要求。"
            if market
            else "规定的生产过程均已完成，批生产记录和检验记录完整、可追溯，结果符合要求。"
        )
        if outcome == "rejected":
            statement = "成品检验疲劳试验结果不符合产品技术要求，本批不予放行。"
        conditions = plan.conditions if outcome == "conditional" else ""
        return Review(outcome, quantity, statement, conditions, confirmed)

    def _ask(self, lot: Lot) -> None:
        self._review(lot, self.registrant, "market", self.end + 3)
        by, at = self._as(f"{self.registrant}.market", Can.RETURN_RELEASE_FILE, self.end + 4)
        question = "请补充第 3 工序首件检验的原始记录，并说明复测原因。"
        actions.return_file(lot=lot, question=question, by=by, at=at)

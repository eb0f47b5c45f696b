"""The making of the demo's lots: their steps, observations of the resident supervisor, and deviations in every state.

Steps of implantable lots lie between eight and six on production days, when the supervisor is on site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from cmo.clock import SHANGHAI
from cmo.parties.access import Can
from cmo.parties.models import Pair
from releases import actions
from releases.models import Deviation, Lot, LotStep

from .stage import Stage


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the production day with this number, from and until a time of that day."""

    day: int
    starts: tuple[int, int]
    ends: tuple[int, int]
    name: str
    kind: str = "ordinary"
    by: str = ""


#: product → its steps; those beyond the last production day of a shorter lot are left out.
STEPS = {
    "hip": (
        Step(0, (8, 20), (9, 0), "领料与清场"),
        Step(0, (9, 10), (16, 40), "五轴精加工", "key"),
        Step(1, (8, 40), (15, 30), "等离子喷涂", "special"),
        Step(2, (8, 30), (12, 10), "超声清洗", "special"),
        Step(2, (13, 20), (15, 0), "尺寸与外观检验"),
        Step(3, (9, 0), (16, 0), "洁净室包装热封", "special"),
        Step(4, (10, 0), (15, 30), "辐照灭菌", "sterilisation", "示例辐照灭菌有限公司"),
    ),
    "syringe": (
        Step(0, (8, 20), (17, 30), "注塑成型", "key"),
        Step(1, (8, 20), (17, 0), "装配与硅化"),
        Step(2, (8, 40), (16, 20), "初包装热封", "special"),
        Step(3, (9, 0), (17, 0), "环氧乙烷灭菌", "sterilisation", "示例环氧乙烷灭菌有限公司"),
    ),
    "ivd": (
        Step(0, (8, 30), (16, 0), "抗体包被与配液", "key"),
        Step(1, (8, 30), (12, 0), "分装", "special"),
        Step(1, (13, 0), (16, 30), "组装与贴签"),
    ),
    "scalpel": (
        Step(0, (8, 20), (17, 0), "冲压与研磨", "key"),
        Step(1, (8, 20), (16, 30), "装配与包装"),
        Step(2, (9, 30), (15, 0), "辐照灭菌", "sterilisation", "示例辐照灭菌有限公司"),
    ),
}
#: lot → (step, outcome, what the supervisor saw)
OBSERVATIONS = {
    "H260804": ("等离子喷涂", "in_order", "喷涂功率、距离与工艺卡一致，首件涂层厚度实测合格。"),
    "H260902": ("五轴精加工", "doubtful", "第 3 台设备加工件表面粗糙度读数分散，复核未完成，建议暂停放行。"),
    "H261001": ("洁净室包装热封", "remark", "热封参数符合要求；温度记录纸更换时间未签注，已当场补签。"),
    "H261101": ("超声清洗", "in_order", "清洗液浓度和时间记录完整，水质检测在有效期内。"),
}
#: The time of this lot's first step was first stated wrongly.
CORRECTED = "H261001"
DEVIATIONS: dict[str, dict[str, Any]] = {
    "H260804": {
        "kind": "rework",
        "severity": "minor",
        "reference": "PC-2609-011",
        "description": "尺寸检验发现 12 件锥度超出内控公差，仍在产品技术要求范围内，按返工规程重新精磨。",
        "quantity": 12,
    },
    "D261101": {
        "kind": "deviation",
        "severity": "major",
        "reference": "PC-2611-003",
        "description": "研磨冷却液浓度低于下限约 20 分钟，期间加工 800 件，其中 35 件刃口发现烧伤。",
        "quantity": 800,
    },
    "H261102": {
        "kind": "nonconformity",
        "severity": "major",
        "reference": "NC-2611-007",
        "description": "外观检验发现 5 件涂层边缘崩缺，已隔离，原因调查中。",
        "quantity": 5,
    },
}
CLOSURES: dict[str, dict[str, Any]] = {
    "H260804": {
        "cause": "精磨砂轮修整周期设定过长。",
        "action": "缩短修整周期；12 件按返工规程精磨，全数复检锥度和表面粗糙度。",
        "effect": "12 件复检均符合产品技术要求；同砂轮加工的其他批复查未见超差，其他批不受影响。",
        "disposition": "reworked",
        "quantity_out": 0,
    },
    "D261101": {
        "cause": "冷却液自动配比泵堵塞，班中点检未覆盖浓度。",
        "action": "清洗配比泵，浓度改为每小时点检；800 件全数复检刃口，35 件报废。",
        "effect": "复检合格的 765 件硬度和锋利度符合产品技术要求；同日其他批未使用该设备，不受影响。",
        "disposition": "scrapped",
        "quantity_out": 35,
    },
}
#: Became known after the market release: puts the lot on hold.
LATE = ("T260901", -20, "LR-2611-002", "留样复测发现 1 盒线性下限偏移，调查同批其余留样。")


class Making:
    """One lot between its registration and its release file."""

    def __init__(self, stage: Stage, lot: Lot, product: str, pair: Pair, firms: tuple[str, str]) -> None:
        self.stage, self.lot, self.product, self.pair = stage, lot, product, pair
        self.registrant, self.contractor = firms

    def go(self, last: int) -> None:
        """Everything that is known by the day after the last production day (offset ``last``)."""
        self._steps(last + 1)
        self._observe()
        if self.lot.number in DEVIATIONS:
            row = self._deviate(last)
            if self.lot.number in CLOSURES:
                self._close(row, last + 1)

    def late(self) -> None:
        """A deviation that became known after the release."""
        number, offset, reference, description = LATE
        if self.lot.number != number:
            return
        by, at = self._as(f"{self.registrant}.qm1", Can.RECORD_DEVIATION, offset)
        content = {"kind": "deviation", "severity": "major", "reference": reference, "description": description}
        days = {"occurred_on": self.stage.day(offset - 2), "discovered_on": self.stage.day(offset)}
        actions.record_deviation(lot=self.lot, content={**content, **days, "quantity": None}, by=by, at=at)

    def _as(self, username: str, can: Can, offset: int) -> tuple[Any, datetime]:
        at = self.stage.at(min(offset, 0))
        return self.stage.as_(username, can, self.pair, at), at

    def _day(self, number: int) -> date:
        return self.lot.produced_from + (self.stage.day(number) - self.stage.day(0))

    def _moment(self, day: date, at: tuple[int, int]) -> datetime:
        return datetime.combine(day, time(*at), SHANGHAI)

    def _steps(self, offset: int) -> None:
        done = [step for step in STEPS[self.product] if self._day(step.day) <= self.lot.produced_to]
        for step in done:
            if self._day(step.day) >= self.stage.today:
                continue
            day = self._day(step.day)
            content = {
                "name": step.name,
                "kind": step.kind,
                "starts_at": self._moment(day, step.starts),
                "ends_at": self._moment(day, step.ends),
                "performed_by": step.by,
            }
            wrongly = self.lot.number == CORRECTED and step is done[0]
            said = content | {"ends_at": self._moment(day, (9, 30))} if wrongly else content
            by, at = self._as(f"{self.contractor}.plan", Can.RECORD_STEP, offset)
            row = actions.record_step(lot=self.lot, content=said, by=by, at=at)
            if wrongly:
                self._correct(row, content, offset)

    def _correct(self, row: LotStep, content: dict[str, Any], offset: int) -> None:
        by, at = self._as(f"{self.contractor}.qm1", Can.RECORD_STEP, offset)
        reason = "结束时间抄录有误，以批生产记录第 2 页为准。"
        actions.correct_step(step=row, content=content, reason=reason, by=by, at=at)

    def _observe(self) -> None:
        if self.lot.number not in OBSERVATIONS:
            return
        name, outcome, text = OBSERVATIONS[self.lot.number]
        step = self.lot.steps.get(name=name, corrected_by__isnull=True)
        by, at = self._as("kanglan.resident", Can.OBSERVE, (self.lot.produced_to - self.stage.today).days + 1)
        actions.observe_lot(lot=self.lot, step=step, event_at=step.ends_at, outcome=outcome, text=text, by=by, at=at)

    def _deviate(self, last: int) -> Deviation:
        days = {"occurred_on": self._day(1), "discovered_on": self._day(2)}
        by, at = self._as(f"{self.contractor}.qm1", Can.RECORD_DEVIATION, last)
        content = DEVIATIONS[self.lot.number] | days
        return actions.record_deviation(lot=self.lot, content=content, by=by, at=at)

    def _close(self, row: Deviation, offset: int) -> None:
        """Proposed by the contractor; answered where the lot was released afterwards."""
        content = CLOSURES[self.lot.number]
        by, at = self._as(f"{self.contractor}.qm1", Can.CLOSE_DEVIATION, offset)
        closure = actions.propose_closure(deviation=row, content=content, by=by, at=at)
        if content["disposition"] != "scrapped":
            by, at = self._as(f"{self.registrant}.qm1", Can.ANSWER_CLOSURE, offset)
            actions.answer_closure(closure=closure, accepted=True, by=by, at=at)

"""Lists of planned production and of process steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from cmo.errors import Finding
from cmo.parties.access import Can
from cmo.parties.models import Pair
from cmo.trail.actor import Actor

from ...models import ImportRun, Lot, LotStep, PlannedProduction
from ..columns import COLUMNS
from ..faults import fault
from ..rows import Row
from .base import Entrusted, Values


class Planned(Entrusted):
    """Planned production that was not taken back; the days of a plan are never changed."""

    name = ImportRun.Kind.PLANNED
    can = Can.PLAN_PRODUCTION
    columns = COLUMNS[ImportRun.Kind.PLANNED]

    def __init__(self, pair: Pair) -> None:
        super().__init__(pair)
        self.plans: dict[tuple[Any, ...], PlannedProduction] = {}

    def load(self, rows: Iterable[Row], by: Actor) -> None:
        days = {day for row in rows if (day := row.values.get("starts_on")) is not None}
        self.plans = {self.key(self._values(plan)): plan for plan in self._plans().filter(starts_on__in=days)}

    def _plans(self) -> QuerySet[PlannedProduction]:
        rows = PlannedProduction.objects.filter(pair=self.pair, end__isnull=True)
        return rows.select_related("entrustment").order_by("starts_on", "id")

    def label(self, values: Values) -> str:
        days = [values.get("starts_on"), values.get("ends_on")]
        return " – ".join(day.isoformat() for day in days if day is not None)

    def key(self, values: Values) -> tuple[Any, ...]:
        return (values["entrustment"], values["starts_on"], values["ends_on"])

    def faults(self, values: Values) -> list[Finding]:
        return self.entrustment_faults(values)

    def known(self, values: Values) -> dict[str, Any] | None:
        plan = self.plans.get(self.key(values))
        return self._values(plan) if plan else None

    def _values(self, plan: PlannedProduction) -> dict[str, Any]:
        entrustment = plan.entrustment.number
        return {"entrustment": entrustment, "starts_on": plan.starts_on, "ends_on": plan.ends_on, "note": plan.note}

    def difference(self, values: Values) -> Finding | None:
        return fault("plan_differs")

    def content(self, values: Values) -> dict[str, Any]:
        entrustment = self.entrustments[values["entrustment"]]
        days = {"starts_on": values["starts_on"], "ends_on": values["ends_on"]}
        return {"entrustment": entrustment, "note": values.get("note", ""), **days}

    def listed(self) -> Iterator[dict[str, Any]]:
        return (self._values(plan) for plan in self._plans().iterator(chunk_size=2000))


class Steps(Entrusted):
    """Process steps of lots that stand; one that differs is corrected when the row says why."""

    name = ImportRun.Kind.STEPS
    can = Can.RECORD_STEP
    columns = COLUMNS[ImportRun.Kind.STEPS]
    #: What ``record_step`` takes.
    said = ("name", "kind", "starts_at", "ends_at", "performed_by")

    def __init__(self, pair: Pair) -> None:
        super().__init__(pair)
        self.lots: dict[tuple[int, str], Lot] = {}
        self.steps: dict[tuple[Any, ...], LotStep] = {}

    def load(self, rows: Iterable[Row], by: Actor) -> None:
        numbers = {row.values.get("number", "") for row in rows}
        lots = Lot.objects.filter(pair=self.pair, number__in=numbers).select_related("pair")
        self.lots = {(lot.entrustment_id, lot.number): lot for lot in lots}
        steps = self._steps().filter(lot__in=[lot.pk for lot in self.lots.values()])
        self.steps = {self.key(self._values(step)): step for step in steps}

    def _steps(self) -> QuerySet[LotStep]:
        rows = LotStep.objects.filter(lot__pair=self.pair, corrected_by__isnull=True, void=False)
        return rows.select_related("lot__entrustment").order_by("lot_id", "starts_at", "id")

    def label(self, values: Values) -> str:
        return f"{values.get('number', '')} · {values.get('name', '')}"

    def key(self, values: Values) -> tuple[Any, ...]:
        return (values["entrustment"], values["number"], values["name"], values["starts_at"])

    def _lot(self, values: Values) -> Lot | None:
        entrustment = self.entrustment(values)
        return self.lots.get((entrustment.pk, values["number"])) if entrustment else None

    def faults(self, values: Values) -> list[Finding]:
        found = self.entrustment_faults(values)
        if not found and self._lot(values) is None:
            found.append(fault("lot_unknown", found=values["number"]))
        return found

    def known(self, values: Values) -> dict[str, Any] | None:
        step = self.steps.get(self.key(values))
        return self._values(step) if step else None

    def _values(self, step: LotStep) -> dict[str, Any]:
        own = {name: getattr(step, name) for name in self.said}
        return {"entrustment": step.lot.entrustment.number, "number": step.lot.number, **own}

    def difference(self, values: Values) -> Finding | None:
        return None if values.get("reason") else fault("reason_missing")

    def content(self, values: Values) -> dict[str, Any]:
        said = {name: values.get(name, "") for name in self.said}
        return {"lot": self._lot(values), "content": said}

    def correction(self, values: Values) -> dict[str, Any]:
        """What ``correct_step`` takes."""
        said = self.content(values)["content"]
        return {"step": self.steps[self.key(values)], "content": said, "reason": values["reason"]}

    def listed(self) -> Iterator[dict[str, Any]]:
        return (self._values(step) for step in self._steps().iterator(chunk_size=2000))

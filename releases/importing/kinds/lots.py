"""Lists of lots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from cmo.catalogue.models import DeviceVersion, LabelVersion
from cmo.errors import Finding
from cmo.parties.access import Can
from cmo.parties.models import Pair
from cmo.trail.actor import Actor

from ...models import ImportRun, Lot
from ..columns import COLUMNS
from ..faults import fault
from ..rows import Row
from .base import Entrusted, Values


class Lots(Entrusted):
    """Lots as the contractor registered them; a registered lot is corrected on its page, never by a list."""

    name = ImportRun.Kind.LOTS
    can = Can.REGISTER_LOT
    columns = COLUMNS[ImportRun.Kind.LOTS]

    def __init__(self, pair: Pair) -> None:
        super().__init__(pair)
        devices = {row.device_id for row in self.entrustments.values()}
        versions = DeviceVersion.objects.current_by_subject(devices)
        self.models = {pk: set(version.models_and_specifications) for pk, version in versions.items()}
        prints = LabelVersion.objects.filter(device_id__in=devices)
        self.prints = {(row.device_id, row.kind, row.version): row for row in prints}
        self.lots: dict[tuple[int, str], Lot] = {}

    def load(self, rows: Iterable[Row], by: Actor) -> None:
        numbers = {row.values.get("number", "") for row in rows}
        self.lots = {(lot.device_id, lot.number): lot for lot in self._lots().filter(number__in=numbers)}

    def _lots(self) -> QuerySet[Lot]:
        related = ("entrustment", "label_version", "ifu_version")
        return Lot.objects.filter(pair=self.pair).select_related(*related).order_by("id")

    def label(self, values: Values) -> str:
        return str(values.get("number", ""))

    def key(self, values: Values) -> tuple[Any, ...]:
        entrustment = self.entrustment(values)
        return (entrustment.device_id if entrustment else None, values["number"])

    def faults(self, values: Values) -> list[Finding]:
        found = self.entrustment_faults(values)
        entrustment = self.entrustment(values)
        if entrustment is None:
            return found
        if values["model"] not in self.models.get(entrustment.device_id, ()):
            found.append(fault("model_unknown", found=values["model"]))
        for kind in ("label", "ifu"):
            version = values.get(f"{kind}_version")
            if version and (entrustment.device_id, kind, version) not in self.prints:
                found.append(fault(f"{kind}_unknown", found=version))
        return found

    def known(self, values: Values) -> dict[str, Any] | None:
        entrustment = self.entrustment(values)
        lot = self.lots.get((entrustment.device_id, values["number"])) if entrustment else None
        return self._values(lot) if lot else None

    def _values(self, lot: Lot) -> dict[str, Any]:
        return {
            "entrustment": lot.entrustment.number,
            "number": lot.number,
            "model": lot.model,
            "produced_from": lot.produced_from,
            "produced_to": lot.produced_to,
            "quantity": lot.quantity,
            "unit": lot.unit,
            "expires_on": lot.expires_on,
            "label_version": lot.label_version.version if lot.label_version else "",
            "ifu_version": lot.ifu_version.version if lot.ifu_version else "",
            "taken_over_note": lot.taken_over_note,
        }

    def difference(self, values: Values) -> Finding | None:
        return fault("lot_differs", found=values["number"])

    def content(self, values: Values) -> dict[str, Any]:
        entrustment = self.entrustments[values["entrustment"]]
        prints = {
            f"{kind}_version": self.prints.get((entrustment.device_id, kind, values.get(f"{kind}_version", "")))
            for kind in ("label", "ifu")
        }
        own = ("number", "model", "produced_from", "produced_to", "quantity", "unit")
        typed = {name: values[name] for name in own} | {"expires_on": values.get("expires_on")} | prints
        note = values.get("taken_over_note", "")
        return {"entrustment": entrustment, "content": typed} | ({"note": note} if note else {})

    def listed(self) -> Iterator[dict[str, Any]]:
        return (self._values(lot) for lot in self._lots().iterator(chunk_size=2000))

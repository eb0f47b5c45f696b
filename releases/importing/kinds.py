"""What each kind of list is compared with: the rows on record in one pair, in the columns of the list.

A kind is made for one pair and loads what a number of rows needs in a constant number of queries. The same values are
what an export writes, so that a list that was exported is found unchanged when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Protocol

from django.db.models import QuerySet

from agreements.models import Entrustment, Posting, PresenceEntry
from cmo.catalogue.models import DeviceVersion, LabelVersion
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.parties.access import Can
from cmo.parties.models import Pair, SiteVersion
from cmo.trail.actor import Actor

from ..models import ImportRun, Lot, LotStep, PlannedProduction
from .columns import COLUMNS, Column
from .faults import fault
from .rows import Row, moment_text

Values = Mapping[str, Any]


class Kind(Protocol):
    """One kind of list in one pair."""

    name: str
    can: Can
    columns: tuple[Column, ...]

    def __init__(self, pair: Pair) -> None: ...

    def load(self, rows: Iterable[Row], by: Actor) -> None:
        """Load what is on record about these rows, which ``by`` imports; a constant number of queries."""

    def label(self, values: Values) -> str:
        """What the row is about, for the report."""

    def key(self, values: Values) -> tuple[Any, ...]:
        """What makes two rows the same record."""

    def faults(self, values: Values) -> list[Finding]:
        """What the row names that does not exist in this pair."""

    def known(self, values: Values) -> dict[str, Any] | None:
        """The record of this row in the columns of the list, or None when it would be new."""

    def difference(self, values: Values) -> Finding | None:
        """Why a record that differs is not changed; None when it is corrected."""

    def content(self, values: Values) -> dict[str, Any]:
        """What the action takes; only for rows without faults."""

    def stands_alone(self, values: Values) -> bool:
        """Whether the row can be judged without the row before it."""

    def listed(self) -> Iterator[dict[str, Any]]:
        """Every record of the pair in the columns of the list, for the export."""


class Entrusted:
    """What lists that name an entrustment share."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        rows = Entrustment.objects.filter(pair=pair).select_related("pair")
        self.entrustments = {row.number: row for row in rows}

    def stands_alone(self, values: Values) -> bool:
        return True

    def entrustment(self, values: Values) -> Entrustment | None:
        return self.entrustments.get(values["entrustment"])

    def entrustment_faults(self, values: Values) -> list[Finding]:
        known = self.entrustment(values) is not None
        return [] if known else [fault("entrustment_unknown", found=values["entrustment"])]


class Lots(Entrusted):
    """Lots as the contractor registered them; a registered lot is never changed."""

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


class Presence:
    """Check-ins and check-outs that stand; everybody imports their own alone."""

    name = ImportRun.Kind.PRESENCE
    can = Can.LOG_PRESENCE
    columns = COLUMNS[ImportRun.Kind.PRESENCE]

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.postings = list(Posting.objects.filter(pair=pair).select_related("pair", "end").order_by("-id"))
        versions = SiteVersion.objects.current_by_subject({posting.site_id for posting in self.postings})
        self.sites = {pk: {version.name_zh, version.name_en} - {""} for pk, version in versions.items()}
        self.names = {pk: version.name_zh for pk, version in versions.items()}
        self.entries: set[tuple[Any, ...]] = set()
        self.by: Actor | None = None

    def load(self, rows: Iterable[Row], by: Actor) -> None:
        self.by = by
        moments = {row.values["event_at"] for row in rows if row.values.get("event_at") is not None}
        found = self._entries().filter(event_at__in=moments)
        self.entries = {(entry.posting_id, entry.kind, entry.event_at) for entry in found}

    def _entries(self) -> QuerySet[PresenceEntry]:
        rows = PresenceEntry.objects.filter(pair=self.pair, corrected_by__isnull=True, void=False)
        return rows.select_related("posting").order_by("event_at", "id")

    def label(self, values: Values) -> str:
        at = values.get("event_at")
        return f"{values.get('person', '')} · {moment_text(at) if at else ''}"

    def posting(self, values: Values) -> Posting | None:
        """The latest posting of that name at that site in force on that day."""
        day = day_of(values["event_at"])
        fitting = (
            posting
            for posting in self.postings
            if posting.person_name == values["person"] and values["site"] in self.sites.get(posting.site_id, ())
        )
        return next((posting for posting in fitting if _in_force(posting, day)), None)

    def key(self, values: Values) -> tuple[Any, ...]:
        posting = self.posting(values)
        return (posting.pk if posting else None, values["kind"], values["event_at"])

    def faults(self, values: Values) -> list[Finding]:
        posting = self.posting(values)
        if posting is None:
            return [fault("posting_unknown", found=values["person"])]
        own = self.by is not None and posting.person_id == self.by.user_id
        return [] if own or self.key(values) in self.entries else [fault("presence_of_another", found=values["person"])]

    def known(self, values: Values) -> dict[str, Any] | None:
        return dict(values) if self.key(values) in self.entries else None

    def difference(self, values: Values) -> Finding | None:
        return None

    def content(self, values: Values) -> dict[str, Any]:
        source = PresenceEntry.Source.FILE
        return {"posting": self.posting(values), "event_at": values["event_at"], "source": source}

    def stands_alone(self, values: Values) -> bool:
        return values.get("kind") != PresenceEntry.Kind.OUT

    def listed(self) -> Iterator[dict[str, Any]]:
        for entry in self._entries().iterator(chunk_size=2000):
            posting = entry.posting
            at_site = {"person": posting.person_name, "site": self.names.get(posting.site_id, "")}
            yield at_site | {"kind": entry.kind, "event_at": entry.event_at}


def _in_force(posting: Posting, day: date) -> bool:
    end = getattr(posting, "end", None)
    return posting.starts_on <= day <= min(posting.ends_on, end.last_day if end else posting.ends_on)


KINDS: dict[str, type[Kind]] = {
    ImportRun.Kind.LOTS: Lots,
    ImportRun.Kind.PLANNED: Planned,
    ImportRun.Kind.STEPS: Steps,
    ImportRun.Kind.PRESENCE: Presence,
}

"""What a new edition of the prohibited catalogue would stop: devices, and the live entrustments that rest on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmo.catalogue.editions import Edition
from cmo.catalogue.facts import EditionEffect, effects_of_edition
from cmo.catalogue.models import Device, DeviceVersion
from cmo.parties.access import Scope

from ..models import Entrustment, EntrustmentEvent


@dataclass(frozen=True, slots=True)
class Stop:
    """One device that the edition judges otherwise from its first day on, with its live entrustments."""

    effect: EditionEffect
    device: DeviceVersion
    entrustments: tuple[Entrustment, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, as the command prints it."""
        return {
            "device": self.device.number_printed,
            "name_zh": self.device.name_zh,
            "name_en": self.device.name_en,
            "before": self.effect.before.outcome,
            "after": self.effect.after.outcome,
            "entry": self.effect.after.entry,
            "reasons": self.effect.after.as_dict()["reasons"],
            "entrustments": [{"number": row.number, "pair": row.pair.number} for row in self.entrustments],
        }


@dataclass(frozen=True, slots=True)
class EditionPreview:
    """``stops``: devices that may no longer be entrusted from ``first_day`` on; ``changes``: all judged otherwise."""

    edition: Edition
    stops: tuple[Stop, ...]
    changes: int

    @property
    def first_day(self) -> date:
        return self.edition.effective_from

    @property
    def entrustments(self) -> int:
        return sum(len(stop.entrustments) for stop in self.stops)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, as the command prints it."""
        return {
            "edition": self.edition.key,
            "document_no": self.edition.document_no,
            "effective_from": self.first_day.isoformat(),
            "changes": self.changes,
            "stops": [stop.as_dict() for stop in self.stops],
            "entrustments": self.entrustments,
        }


def preview_edition(edition: Edition, scope: Scope | None = None) -> EditionPreview:
    """What this edition, not held yet, would stop; a constant number of queries for any number of devices.

    ``scope``: only what this person may know of; None for the operator, who sees the whole installation.
    """
    effects = effects_of_edition(edition, None if scope is None else Device.objects.visible_to(scope))
    stopping = {effect.device_id: effect for effect in effects if effect.stops}
    devices = DeviceVersion.objects.in_bulk([effect.version_id for effect in stopping.values()])
    live = _live_entrustments(stopping, scope)
    stops = tuple(
        Stop(effect, devices[effect.version_id], tuple(live[device_id]))
        for device_id, effect in sorted(stopping.items())
    )
    return EditionPreview(edition, stops, len(effects))


def _live_entrustments(devices: Iterable[int], scope: Scope | None) -> dict[int, list[Entrustment]]:
    ended = EntrustmentEvent.objects.filter(kind=EntrustmentEvent.Kind.ENDED).values("entrustment_id")
    rows = Entrustment.objects.filter(device_id__in=list(devices)).exclude(pk__in=ended)
    if scope is not None:
        rows = rows.filter(scope.tenant_filter())
    found: dict[int, list[Entrustment]] = defaultdict(list)
    for row in rows.select_related("pair").order_by("id"):
        found[row.device_id].append(row)
    return found

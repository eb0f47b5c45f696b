"""Device data as rows to read: terms and values of one version, and one line per device for the list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from cmo.parties.facts import names_of
from cmo.web.wording import bilingual

from .facts import held_catalogue
from .models import Determination, Device, DeviceVersion
from .rules import screen
from .states import certificate_state, verdict_state


def content_rows(version: DeviceVersion) -> list[dict[str, str]]:
    """The content of a version as terms and values, in the active language."""
    return [
        {"term": str(_term(version, name)), "value": _value(version, name)} for name in DeviceVersion.content_fields
    ]


def _term(version: DeviceVersion, name: str) -> Any:
    return version._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def _value(version: DeviceVersion, name: str) -> str:
    value = getattr(version, name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "production_addresses":
        return "；".join(_address(address) for address in value)
    if name == "release_documents":
        return "、".join(bilingual({"name_zh": d["zh"], "name_en": d["en"]}, "name") for d in value)
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    if hasattr(version, f"get_{name}_display"):
        return str(getattr(version, f"get_{name}_display")())
    return "" if value is None else str(value)


def _address(address: Mapping[str, Any]) -> str:
    if not address["entrusted"]:
        return str(address["address"])
    return f"{address['address']}(委托生产) {address['contractor_name']} {address['contractor_uscc']}"


def device_rows_for(devices: models.QuerySet[Device], filters: Mapping[str, str], on: date) -> list[DeviceVersion]:
    """The current confirmed version of each device with what the list shows of it; a constant number of queries."""
    rows = DeviceVersion.objects.current().filter(device__in=devices.values("pk")).select_related("device")
    if filters.get("device_class"):
        rows = rows.filter(device_class=filters["device_class"])
    for word in (filters.get("q") or "").split():
        rows = rows.filter(
            models.Q(name_zh__icontains=word)
            | models.Q(name_en__icontains=word)
            | models.Q(number_printed__icontains=word)
            | models.Q(classification_code__startswith=word)
        )
    found = list(rows.order_by("name_zh", "id"))
    catalogue = held_catalogue()
    names = names_of({row.device.registrant_id for row in found})
    determined = _determined({row.device_id for row in found})
    for row in found:
        result = screen(row.screening_facts(), catalogue, on)
        decided = determined.get((row.device_id, result.edition_sha256), ({}, ""))
        is_decided = result.outcome == "undetermined" and decided[0] == row.screening_facts().as_dict()
        row.name = bilingual(row, "name")  # type: ignore[attr-defined]
        row.registrant_name = bilingual(names.get(row.device.registrant_id, {}), "name")  # type: ignore[attr-defined]
        row.certificate = certificate_state(row, on)  # type: ignore[attr-defined]
        row.verdict = verdict_state(decided[1] if is_decided else result.outcome)  # type: ignore[attr-defined]
    return found


def _determined(device_ids: set[int]) -> dict[tuple[int, str], tuple[dict[str, Any], str]]:
    rows = Determination.objects.filter(screening__device_id__in=device_ids).select_related("screening").order_by("id")
    return {(row.screening.device_id, row.screening.edition_sha256): (row.screening.facts, row.outcome) for row in rows}

"""Names for the pages of this app: devices, sites, parties and pairs of many entrustments in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cmo.catalogue.models import DeviceVersion
from cmo.parties.facts import names_of
from cmo.parties.models import OrganisationVersion, Pair, SiteVersion
from cmo.web.wording import bilingual

from .models import Entrustment


@dataclass(frozen=True, slots=True)
class Labels:
    """Confirmed data by id, for showing records of several pairs."""

    devices: dict[int, DeviceVersion]
    sites: dict[int, SiteVersion]
    organisations: dict[int, OrganisationVersion]
    pairs: dict[int, Pair]

    def device(self, pk: int) -> str:
        return bilingual(self.devices.get(pk), "name")

    def certificate(self, pk: int) -> str:
        row = self.devices.get(pk)
        return row.number_printed if row else ""

    def site(self, pk: int) -> str:
        return bilingual(self.sites.get(pk), "name")

    def organisation(self, pk: int) -> str:
        return bilingual(self.organisations.get(pk), "name")

    def pair(self, pk: int) -> str:
        row = self.pairs.get(pk)
        return row.number if row else ""


def labels_for(rows: Iterable[Any]) -> Labels:
    """Labels for tenant rows (with pair, registrant, contractor) that may also have a device and a site."""
    found = list(rows)
    parties = {pk for row in found for pk in (row.registrant_id, row.contractor_id)}
    return Labels(
        devices=DeviceVersion.objects.current_by_subject(_ids(found, "device_id")),
        sites=SiteVersion.objects.current_by_subject(_ids(found, "site_id")),
        organisations=names_of(parties),
        pairs=Pair.objects.in_bulk(_ids(found, "pair_id")),
    )


def _ids(rows: list[Any], name: str) -> set[int]:
    return {pk for row in rows if (pk := getattr(row, name, None)) is not None}


def entrustment_choices(rows: Iterable[Entrustment]) -> list[tuple[int, str]]:
    """Entrustments as choices: number, device and site."""
    found = list(rows)
    labels = labels_for(found)
    return [(e.pk, f"{e.number} · {labels.device(e.device_id)} · {labels.site(e.site_id)}") for e in found]

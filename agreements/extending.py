"""Agreements that a renewed licence or certificate lets run longer than was agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from .facts.validity import Chain
from .rules.validity import extension_of


@dataclass(frozen=True, slots=True)
class Extendable:
    """One agreement. ``until`` None: certificate and licence no longer limit it."""

    agreement_id: int
    number: str
    pair_id: int
    ends_on: date
    until: date | None
    url: str


def extendable(chains: Iterable[Chain]) -> list[Extendable]:
    """Each agreement once, with the day up to which all that gained could be covered; the earliest end first."""
    found: dict[int, Extendable] = {}
    for chain in chains:
        cover, extension = chain.cover, extension_of(chain)
        if cover is None or extension is None:
            continue
        ends_on, until = extension
        known = found.get(cover.agreement_id)
        if known is not None:
            until = min((day for day in (known.until, until) if day is not None), default=None)
        url = renewal_url(cover.agreement_id)
        row = Extendable(cover.agreement_id, cover.agreement_number, chain.pair_id, ends_on, until, url)
        found[cover.agreement_id] = row
    return sorted(found.values(), key=lambda row: (row.ends_on, row.number))


def renewal_url(agreement_id: int) -> str:
    """Where an agreement is renewed."""
    return reverse("agreements:begin_renewal", args=[agreement_id])

"""What a yearly self-inspection report contains (NMPA notice 2022 No. 13), who fills which part, and where this product
keeps the records behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Pair, Side

#: (words, URL name, what the address takes: "organisation" or nothing)
Link = tuple[str | Promise, str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to report. ``registrant_only``: contractors leave it out."""

    words: str | Promise
    links: tuple[Link, ...] = ()
    registrant_only: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One of the four parts."""

    number: int
    title: str | Promise
    citation: str
    items: tuple[Item, ...]
    registrant_only: bool = False


_DEVICES: Link = (_("Devices"), "catalogue:devices", "")
_LOTS: Link = (_("Lots"), "releases:lots", "")
_PEOPLE: Link = (_("People and posts"), "parties:organisation_people", "organisation")
_LICENCES: Link = (_("Licences"), "parties:organisation_licences", "organisation")
_REPORTS: Link = (_("Periodic reports"), "calendar:reports", "")
_REVIEWS: Link = (_("Pairs, with their yearly reviews"), "parties:pairs", "")
_AUDITS: Link = (_("Audits"), "audits:audits", "")
_FINDINGS: Link = (_("Findings and CAPA"), "audits:findings", "")

PARTS: tuple[Part, ...] = (
    Part(
        1,
        _("Overview of the enterprise and its products"),
        "SELF13-1",
        (
            Item(_("Data of the enterprise"), ((_("Organisation data"), "parties:organisation", "organisation"),)),
            Item(_("Registration certificates and class I filings"), (_DEVICES,), registrant_only=True),
            Item(_("Production licences and class I production filings"), (_LICENCES,)),
            Item(_("Production in the year"), (_LOTS,)),
            Item(
                _(
                    "Entrusting and entrusted production: product, parties, quality agreement and how quality is managed"
                ),
                (
                    (_("Entrustments"), "agreements:entrustments", ""),
                    (_("Agreements"), "agreements:agreements", ""),
                    (_("Supervision"), "releases:supervision", ""),
                ),
            ),
        ),
    ),
    Part(
        2,
        _("Important changes of the year"),
        "SELF13-2",
        (
            Item(_("Changes of product design"), (_DEVICES,), registrant_only=True),
            Item(_("Changes of production and inspection areas and of main equipment"), registrant_only=True),
            Item(_("Changes of the production process"), registrant_only=True),
            Item(
                _("Changes of key suppliers, including sterilisation, testing and cold-chain transport"),
                ((_("Pairs, with their suppliers"), "parties:pairs", ""),),
                registrant_only=True,
            ),
        ),
        registrant_only=True,
    ),
    Part(
        3,
        _("Operation of the quality management system"),
        "SELF13-3",
        (
            Item(_("Organisation, people and training"), (_PEOPLE,)),
            Item(_("Management of production and quality control"), (_LOTS,)),
            Item(_("Management of purchasing"), ((_("Pairs, with their suppliers"), "parties:pairs", ""),)),
            Item(_("Customer feedback"), registrant_only=True),
            Item(
                _("Control of nonconforming products"),
                ((_("Deviations"), "releases:deviations", ""),),
                registrant_only=True,
            ),
            Item(_("Traceability and UDI"), (_DEVICES,), registrant_only=True),
            Item(
                _("Internal audits and management review: number, findings, how many were closed"),
                (_AUDITS, _FINDINGS, _REVIEWS),
            ),
            Item(_("Adverse event monitoring and re-evaluation"), (_REPORTS,), registrant_only=True),
        ),
    ),
    Part(
        4,
        _("Other matters"),
        "SELF13-4",
        (
            Item(_("Inspections by authorities and certifications")),
            Item(_("Selection in centralised procurement")),
            Item(_("Administrative penalties")),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One item as the page shows it; no links: its records are not kept here."""

    words: str | Promise
    registrant_only: bool
    links: tuple[tuple[str | Promise, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part as the page shows it; ``contractors``: (name, address) of those for which it is filled in once each."""

    part: Part
    lines: tuple[Line, ...]
    contractors: tuple[tuple[str, str], ...] = ()


def checklist(organisation_id: int, sides: Iterable[str], contractors: Iterable[tuple[str, Pair]]) -> list[Section]:
    """The parts that this organisation fills in; ``contractors``: name and pair of each that makes its products."""
    registrant = Side.REGISTRANT in set(sides)
    listed = tuple((name, reverse("parties:pair", args=[pair.pk])) for name, pair in contractors)
    return [
        Section(part, tuple(_lines(part, organisation_id, registrant)), listed if part.number == 3 else ())
        for part in PARTS
        if registrant or not part.registrant_only
    ]


def _lines(part: Part, organisation_id: int, registrant: bool) -> Iterable[Line]:
    for item in part.items:
        if registrant or not item.registrant_only:
            found = ((words, _address(name, takes, organisation_id)) for words, name, takes in item.links)
            yield Line(item.words, item.registrant_only, tuple((words, url) for words, url in found if url))


def _address(name: str, takes: str, organisation_id: int) -> str:
    """The page's address; nothing when the product has no such page."""
    try:
        return reverse(name, args=[organisation_id] if takes else [])
    except NoReverseMatch:
        return ""

"""The complete text of an agreement as one dictionary: what is frozen, signed, compared and printed.

Pure: rows and facts in, JSON-ready values out. Everything regulated stands in it in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmo.catalogue.models import DeviceVersion
from cmo.parties.models import LicenceVersion, OrganisationVersion, SiteVersion

from .models import DraftClause, DraftDuty, DraftObligation, Entrustment
from .termination import Arrangement

#: 1: without kind, order of signing and obligations; whoever reads an old body takes them as absent.
SCHEMA = 2
AGREEMENT, AMENDMENT, RENEWAL, TERMINATION = "agreement", "amendment", "renewal", "termination"
#: What stays the same when an agreement is merely renewed.
TEXT = ("clauses", "duties", "obligations")


@dataclass(frozen=True, slots=True)
class CoveredRow:
    """One covered entrustment with the versions it rests on and its own last day."""

    entrustment: Entrustment
    device: DeviceVersion
    site: SiteVersion
    last_day: date
    capped_by: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything of an agreement except its clauses, duties and obligations.

    ``before``: the body of the revision it follows (``parent``), None for the first; ``kind``: given for a termination,
    otherwise it follows from what changed.
    """

    number: str
    title_zh: str
    title_en: str
    revision: int
    parent: int | None
    template: Mapping[str, str]
    starts_on: date
    ends_on: date
    registrant: OrganisationVersion
    contractor: OrganisationVersion
    licences: tuple[LicenceVersion, ...]
    covered: tuple[CoveredRow, ...]
    paper: Mapping[str, Any] | None = None
    signing_order: str = "any"
    before: Mapping[str, Any] | None = None
    kind: str = ""


def body_of(
    frame: Frame,
    clauses: Iterable[DraftClause | Arrangement],
    duties: Iterable[DraftDuty],
    obligations: Iterable[DraftObligation] = (),
) -> dict[str, Any]:
    """The whole agreement; equal input gives an equal body."""
    text = text_of(clauses, duties, obligations)
    return {**_head(frame), "kind": frame.kind or kind_of(frame, text), **text}


def text_of(
    clauses: Iterable[DraftClause | Arrangement],
    duties: Iterable[DraftDuty],
    obligations: Iterable[DraftObligation],
) -> dict[str, Any]:
    """Clauses, duties and obligations alone, numbered in their order."""
    return {
        "clauses": [_clause(row, position) for position, row in enumerate(clauses, 1)],
        "duties": [_duty(row, position) for position, row in enumerate(duties, 1)],
        "obligations": [_obligation(row, position) for position, row in enumerate(obligations, 1)],
    }


def kind_of(frame: Frame, text: Mapping[str, Any]) -> str:
    """The first text is an agreement; the same text and order as before renews it, anything else amends it."""
    if frame.before is None:
        return AGREEMENT
    order = frame.before.get("signing_order", "any")
    same = all(frame.before.get(name, []) == text[name] for name in TEXT)
    return RENEWAL if same and order == frame.signing_order else AMENDMENT


def _head(frame: Frame) -> dict[str, Any]:
    """Everything that stands before the clauses."""
    return {
        "schema": SCHEMA,
        "agreement": {"number": frame.number, "title_zh": frame.title_zh, "title_en": frame.title_en},
        "revision": frame.revision,
        "parent": frame.parent,
        "template": dict(frame.template),
        "term": {"starts_on": frame.starts_on.isoformat(), "ends_on": frame.ends_on.isoformat()},
        "parties": {
            "registrant": _party(frame.registrant),
            "contractor": {**_party(frame.contractor), "licences": [_licence(row) for row in frame.licences]},
        },
        "coverage": [_covered(row) for row in frame.covered],
        "signing_order": frame.signing_order,
        "paper": dict(frame.paper) if frame.paper else None,
    }


def _party(row: OrganisationVersion) -> dict[str, Any]:
    return {
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "uscc": row.uscc,
        "address_zh": row.address_zh,
        "address_en": row.address_en,
        "legal_representative": row.legal_representative,
        "version": row.pk,
        "content_hash": row.content_hash,
    }


def _licence(row: LicenceVersion) -> dict[str, Any]:
    return {
        "number": row.number_printed,
        "last_day": row.last_day.isoformat() if row.last_day else None,
        "version": row.pk,
        "content_hash": row.content_hash,
    }


def _covered(row: CoveredRow) -> dict[str, Any]:
    device, site = row.device, row.site
    return {
        "entrustment": row.entrustment.pk,
        "number": row.entrustment.number,
        "device": {
            "name_zh": device.name_zh,
            "name_en": device.name_en,
            "number": device.number_printed,
            "device_class": device.device_class,
            "models": [str(model) for model in device.models_and_specifications],
            "last_day": device.last_day.isoformat() if device.last_day else None,
            "version": device.pk,
            "content_hash": device.content_hash,
        },
        "site": {
            "name_zh": site.name_zh,
            "name_en": site.name_en,
            "address_zh": site.address_zh,
            "address_en": site.address_en,
            "version": site.pk,
            "content_hash": site.content_hash,
        },
        "last_day": row.last_day.isoformat(),
        "capped_by": row.capped_by,
    }


def _clause(row: DraftClause | Arrangement, position: int) -> dict[str, Any]:
    return {
        "key": row.key,
        "position": position,
        "heading_zh": row.heading_zh,
        "heading_en": row.heading_en,
        "text_zh": row.text_zh,
        "text_en": row.text_en,
        "citation": row.citation,
        "elements": [str(element) for element in row.elements],
    }


def _duty(row: DraftDuty, position: int) -> dict[str, Any]:
    return {
        "key": row.key,
        "position": position,
        "duty_zh": row.duty_zh,
        "duty_en": row.duty_en,
        "registrant": row.registrant_part,
        "contractor": row.contractor_part,
        "locked": row.locked,
        "citation": row.citation,
        "clause": row.clause_key,
    }


def _obligation(row: DraftObligation, position: int) -> dict[str, Any]:
    return {
        "key": row.key,
        "position": position,
        "clause": row.clause_key,
        "what_zh": row.what_zh,
        "what_en": row.what_en,
        "side": row.side,
        "frequency": row.frequency,
        "days_allowed": row.days_allowed,
        "proof_zh": row.proof_zh,
        "proof_en": row.proof_en,
    }

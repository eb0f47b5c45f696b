"""Everything that stands on the paper of an agreement, as values: both documents are written from these alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cmo.paper.words import Words


@dataclass(frozen=True, slots=True)
class LicenceSheet:
    """A production licence or filing; ``last_day`` None: no last day is printed on it."""

    number: str
    last_day: date | None


@dataclass(frozen=True, slots=True)
class PartySheet:
    """One party as the revision froze it."""

    side: Words
    name: Words
    uscc: str
    address: Words
    legal_representative: str
    licences: tuple[LicenceSheet, ...] = ()


@dataclass(frozen=True, slots=True)
class CoveredSheet:
    """One covered entrustment; ``last_day``: its own last day when the revision was frozen, ``cap``: what limits it."""

    number: str
    device: Words
    certificate: str
    device_class: str
    models: tuple[str, ...]
    certificate_last_day: date | None
    site: Words
    address: Words
    last_day: date
    cap: Words


@dataclass(frozen=True, slots=True)
class ClauseSheet:
    """One clause; ``citation`` names law and article in words."""

    position: int
    heading: Words
    text: Words
    citation: Words | None


@dataclass(frozen=True, slots=True)
class DutySheet:
    """One row of the responsibility matrix; the parts are letters of R, A, C, I; ``clause``: number of its clause, 0: none."""

    position: int
    duty: Words
    registrant: str
    contractor: str
    locked: bool
    citation: Words | None
    clause: int


@dataclass(frozen=True, slots=True)
class ObligationSheet:
    """One obligation; ``clause``: number of its clause, 0: none."""

    position: int
    what: Words
    side: str
    frequency: Words
    days_allowed: int
    proof: Words
    clause: int


@dataclass(frozen=True, slots=True)
class AuthorisationSheet:
    """The written authorisation under which somebody signed."""

    reference: str
    authorised_on: date


@dataclass(frozen=True, slots=True)
class SignatureSheet:
    """One signature given in the system; ``stands``: the record still is what was signed."""

    number: int
    signer: str
    post: Words
    organisation: str
    meaning: Words
    method: Words
    signed_at: datetime
    record_hash: str
    stands: bool
    statement_version: str
    address: str
    authorisation: AuthorisationSheet | None = None


@dataclass(frozen=True, slots=True)
class PlaceSheet:
    """Where a side signs; ``signature`` None: not signed yet."""

    side: Words
    party: Words
    signature: SignatureSheet | None


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """What the agreement on paper says about its own signing."""

    signed_on: date
    registrant_signatory: str
    contractor_signatory: str
    sealed_by_registrant: bool
    sealed_by_contractor: bool
    scan_sha256: str
    lots_made_in_time: str


@dataclass(frozen=True, slots=True)
class ClosingSheet:
    """The revision was declined, withdrawn or terminated; ``notice``: the place of the signature under a notice."""

    kind: Words
    event_on: date
    by: str
    reason: str
    post_market: str = ""
    documents_return: str = ""
    notice: PlaceSheet | None = None


@dataclass(frozen=True, slots=True)
class AgreementDocument:
    """One revision of a quality agreement as it goes on paper."""

    number: str
    revision: int
    kind: str
    parent: int | None
    signing_order: Words
    title: Words
    template_version: str
    starts_on: date
    ends_on: date
    registrant: PartySheet
    contractor: PartySheet
    covered: tuple[CoveredSheet, ...]
    clauses: tuple[ClauseSheet, ...]
    duties: tuple[DutySheet, ...]
    obligations: tuple[ObligationSheet, ...]
    places: tuple[PlaceSheet, ...]
    paper: PaperSheet | None
    closing: ClosingSheet | None
    statement: Words | None
    statement_version: str
    record_hash: str
    frozen_at: datetime

    @property
    def ends(self) -> bool:
        """Whether both sides end the agreement by this revision."""
        return self.kind == "termination"

    @property
    def label(self) -> str:
        """Number and revision as they are spoken of: ``QA2025-000001/1``."""
        return f"{self.number}/{self.revision}"

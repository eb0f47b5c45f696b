"""What an entrustment rests on, as frozen values: licences, certificates, agreements, states and holds with their periods.

Rules can so ask about any day: the day of manufacture as well as the day of release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class LicenceFact:
    """One confirmed version of a contractor's licence. ``last_day`` None: a class I filing, or deemed renewed."""

    version_id: int
    content_hash: str
    licence_id: int
    current: bool
    accepted: bool
    kind: str
    number: str
    first_day: date
    last_day: date | None
    deemed_renewed: bool
    scope: tuple[str, ...]
    site_ids: tuple[int, ...]
    standing: str
    qms_inspected_on: date | None

    def covers(self, day: date) -> bool:
        """Whether this version's period contains ``day`` (last day inclusive; deemed renewal has no end)."""
        return self.first_day <= day and (self.last_day is None or self.deemed_renewed or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class CertificateFact:
    """One confirmed version of the device's certificate or filing, with the facts rules need."""

    version_id: int
    content_hash: str
    current: bool
    number: str
    first_day: date
    last_day: date | None
    deemed_renewed: bool
    standing: str
    device_class: str
    sub_catalogue: str
    classification_code: str
    implantable: str
    sterile: bool
    contractor_on_certificate: bool
    #: What a screening of this version judges; filled for the current version only.
    screening_facts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def covers(self, day: date) -> bool:
        """Whether this version's period contains ``day`` (a class I filing has no last day)."""
        return self.first_day <= day and (self.last_day is None or self.deemed_renewed or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class CoverageFact:
    """A revision that covers the entrustment. ``last_day`` is this entrustment's own (invariant 5):
    min(certificate, contractor's licence, agreed term); ``capped_by`` says which of them it is: ``term``,
    ``certificate`` or ``licence``.

    ``starts_on`` is the first day on which it counts: the agreed first day, but not before both sides had signed.
    ``lots_made_in_time_clause`` names the clause about lots made before the end, in both languages; empty without one.
    """

    agreement_id: int
    agreement_number: str
    revision_id: int
    revision_number: int
    body_hash: str
    starts_on: date
    ends_on: date
    last_day: date
    capped_by: str
    signed_by_registrant: bool
    signed_by_contractor: bool
    ended_on: date | None
    superseded_on: date | None
    lots_made_in_time_clause: str

    @property
    def signed(self) -> bool:
        """Signed by both sides."""
        return self.signed_by_registrant and self.signed_by_contractor

    @property
    def until(self) -> date:
        """The last day on which it can count: its own, or the day before it was terminated or superseded."""
        over = [end - timedelta(days=1) for end in (self.ended_on, self.superseded_on) if end is not None]
        return min([self.last_day, *over])

    def effective_on(self, day: date) -> bool:
        """Signed by both sides, within its own last day, not terminated or superseded before ``day``."""
        return self.signed and self.starts_on <= day <= self.until


@dataclass(frozen=True, slots=True)
class HoldFact:
    """An open hold in whose scope the entrustment lies."""

    hold_id: int
    kind: str
    scope: str
    side: str
    reason: str
    placed_on: date
    placed_by: str


@dataclass(frozen=True, slots=True)
class ReviewedFact:
    """A concluded agreement that covers the entrustment, on which days, and until when its next yearly review was to be
    done by the latest one on record; None while none is."""

    agreement_id: int
    first_day: date
    last_day: date
    due_on: date | None


@dataclass(frozen=True, slots=True)
class EntrustmentFacts:
    """Everything about one entrustment; see the module docstring."""

    entrustment_id: int
    number: str
    pair_id: int
    registrant_id: int
    contractor_id: int
    device_id: int
    site_id: int
    starts_on: date
    #: (first day, state), oldest first; states: active, suspended, ended.
    states: tuple[tuple[date, str], ...]
    licences: tuple[LicenceFact, ...]
    certificates: tuple[CertificateFact, ...]
    coverage: tuple[CoverageFact, ...]
    holds: tuple[HoldFact, ...]
    #: outcome of the latest screening of the device against the edition in force: allowed, prohibited, undetermined, ""
    screening_outcome: str
    screening_id: int | None
    determination_id: int | None
    pair_ended_on: date | None
    audit_due_on: date | None
    #: By the pair's latest review on record, whatever agreement it was of; :attr:`reviewed` says it of each agreement.
    review_due_on: date | None
    #: (edition, outcome, determination) of every signed determination of the device's present facts, oldest first.
    determinations: tuple[tuple[str, str, int], ...] = ()
    reviewed: tuple[ReviewedFact, ...] = ()
    #: (facts, edition, outcome) of every signed determination of the device, whatever facts it was made for, oldest first.
    determined: tuple[tuple[Mapping[str, Any], str, str], ...] = field(default=(), hash=False)

    def determined_for(self, facts: Mapping[str, Any], edition_key: str) -> str:
        """What quality determined for just these facts of the device under this edition; empty without a determination."""
        found = [outcome for made_for, key, outcome in self.determined if key == edition_key and made_for == facts]
        return found[-1] if found else ""

    def determined_under(self, edition_key: str) -> str:
        """What quality determined for the device's present facts under this edition; empty without a determination."""
        found = [outcome for key, outcome, _pk in self.determinations if key == edition_key]
        return found[-1] if found else ""

    def state_on(self, day: date) -> str:
        """``active``, ``suspended``, ``ended`` or ``not_started`` on ``day``."""
        state = "not_started"
        for first_day, name in self.states:
            if first_day <= day:
                state = name
        return state

    @property
    def certificate(self) -> CertificateFact | None:
        """The current confirmed version."""
        return next((c for c in self.certificates if c.current), None)

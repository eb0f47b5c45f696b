"""Until when an agreement covers an entrustment: min(certificate, contractor's licence, agreed term), invariant 5."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol

from cmo.clock import day_of
from cmo.parties.models import Side
from cmo.signing.actions import record_hash

from ..models import AgreementRevision, RevisionEvent
from .entrustment import CertificateFact, CoverageFact, LicenceFact


class Ending(Protocol):
    """What runs until a last day, unless its renewal is deemed granted."""

    @property
    def last_day(self) -> date | None: ...
    @property
    def deemed_renewed(self) -> bool: ...


class LicenceLike(Ending, Protocol):
    """A version of a licence, as far as its cap on an agreement goes."""

    @property
    def licence_id(self) -> int: ...
    @property
    def accepted(self) -> bool: ...
    @property
    def site_ids(self) -> Sequence[int]: ...


NOTICE = RevisionEvent.Kind.TERMINATED
#: The template clause that says what happens to lots made before the agreement ended.
LOTS_CLAUSE = "lots_made_in_time"


@dataclass(frozen=True, slots=True)
class Signed:
    """Which sides' signatures stand under a revision, and since when it is fully signed."""

    registrant: bool
    contractor: bool
    complete_on: date | None


@dataclass(frozen=True, slots=True)
class RevisionPeriod:
    """One revision with everything that bounds it, except the entrustment's own base data."""

    revision: AgreementRevision
    signed: Signed
    starts_on: date
    ended_on: date | None
    superseded_on: date | None

    def in_force_on(self, day: date) -> bool:
        """Concluded, within the agreed term, not terminated or superseded before ``day``; a termination never is."""
        if self.revision.kind == AgreementRevision.Kind.TERMINATION:
            return False
        over = any(end is not None and day >= end for end in (self.ended_on, self.superseded_on))
        return self.signed.complete_on is not None and not over and self.starts_on <= day <= self.revision.ends_on


def own_last_day(
    ends_on: date, certificate: Ending | None, licences: Iterable[LicenceLike], site_id: int
) -> tuple[date, str]:
    """The last day on which an agreement with this term covers one entrustment, and what caps it.

    Certificate: the current version; licence: the latest accepted version of each of the contractor's licences that
    covers the site, the longest of them. A class I filing caps nothing, nor does a deemed renewal. Without an accepted
    licence or a confirmed certificate nothing is covered: the day before the earliest date.
    """
    caps = [(ends_on, "term")]
    licence = licence_last_day(licences, site_id)
    if licence is not None:
        caps.append((licence, "licence"))
    if certificate is None:
        caps.append((date.min, "certificate"))
    elif certificate.last_day is not None and not certificate.deemed_renewed:
        caps.append((certificate.last_day, "certificate"))
    return min(caps, key=lambda cap: cap[0])


def licence_last_day(licences: Iterable[LicenceLike], site_id: int) -> date | None:
    """Last day of the contractor's accepted licence at the site; None: no last day; ``date.min``: no such licence."""
    latest = {fact.licence_id: fact for fact in licences if fact.accepted and site_id in fact.site_ids}
    if not latest:
        return date.min
    if any(fact.last_day is None or fact.deemed_renewed for fact in latest.values()):
        return None
    return max(fact.last_day for fact in latest.values() if fact.last_day)


def periods_of(
    revisions: Iterable[AgreementRevision], signed_in: Callable[[AgreementRevision], Signed] | None = None
) -> dict[int, RevisionPeriod]:
    """Revision id → its period. ``revisions``: all of each agreement, with event, paper and signatures loaded.

    ``signed_in`` says who signed when the signatures were loaded otherwise. One side's notice ends the agreement (QA-40):
    every text that was offered before it, a renewal signed ahead as well as one that still waits for signatures.
    """
    found: dict[int, RevisionPeriod] = {}
    later: dict[int, date] = {}
    rows = sorted(revisions, key=lambda r: (r.agreement_id, -r.number))
    notices = _notices(rows)
    for revision in rows:
        signed = (signed_in or signed_by)(revision)
        ended_on = _ended_on(revision, notices[revision.agreement_id])
        period = _period(revision, signed, ended_on, later.get(revision.agreement_id))
        found[revision.pk] = period
        if signed.complete_on is not None:
            later[revision.agreement_id] = min(period.starts_on, later.get(revision.agreement_id, date.max))
    return found


def _notices(revisions: Iterable[AgreementRevision]) -> Mapping[int, list[RevisionEvent]]:
    """Agreement id → every notice that one side gave."""
    found: dict[int, list[RevisionEvent]] = defaultdict(list)
    for revision in revisions:
        event = _event(revision)
        if event is not None and event.kind == NOTICE:
            found[revision.agreement_id].append(event)
    return found


def _event(revision: AgreementRevision) -> RevisionEvent | None:
    return getattr(revision, "event", None)


def _ended_on(revision: AgreementRevision, notices: Iterable[RevisionEvent]) -> date | None:
    """The first day on which it no longer counts, by its own event or by a notice given after it was offered."""
    own = _event(revision)
    days = [one.event_on for one in notices if revision.recorded_at <= one.recorded_at]
    return min([*days, *([own.event_on] if own is not None else [])], default=None)


def _period(
    revision: AgreementRevision, signed: Signed, ended_on: date | None, superseded_on: date | None
) -> RevisionPeriod:
    starts_on = max(revision.starts_on, signed.complete_on) if signed.complete_on else revision.starts_on
    return RevisionPeriod(revision, signed, starts_on, ended_on, superseded_on)


def signed_by(revision: AgreementRevision) -> Signed:
    """Whose signatures stand: those whose hash is still the record's. A paper counts from the day it bears."""
    rows = list(revision.signatures.all())
    expected = record_hash(revision) if rows else ""
    standing = {row.side: row.signature.signed_at for row in rows if row.signature.record_hash == expected}
    return signed_at(revision, standing)


def signed_at(revision: AgreementRevision, standing: Mapping[str, datetime]) -> Signed:
    """The same from the moments of the standing signatures by side."""
    complete_on = None
    if set(Side.values) <= standing.keys():
        paper = getattr(revision, "paper", None)
        complete_on = paper.signed_on if paper else max(day_of(at) for at in standing.values())
    return Signed(Side.REGISTRANT in standing, Side.CONTRACTOR in standing, complete_on)


def coverage_fact(
    period: RevisionPeriod, certificate: CertificateFact | None, licences: Iterable[LicenceFact], site_id: int
) -> CoverageFact:
    """What one revision does for one entrustment."""
    revision = period.revision
    last_day, capped_by = own_last_day(revision.ends_on, certificate, licences, site_id)
    return CoverageFact(
        agreement_id=revision.agreement_id,
        agreement_number=revision.agreement.number,
        revision_id=revision.pk,
        revision_number=revision.number,
        body_hash=revision.body_hash,
        starts_on=period.starts_on,
        ends_on=revision.ends_on,
        last_day=max(last_day, revision.starts_on - timedelta(days=1)),
        capped_by=capped_by,
        signed_by_registrant=period.signed.registrant,
        signed_by_contractor=period.signed.contractor,
        ended_on=period.ended_on,
        superseded_on=period.superseded_on,
        lots_made_in_time_clause=lots_clause(revision.body),
    )


@lru_cache(maxsize=128)
def lots_clause(body: str) -> str:
    """Number and heading, in both languages, of the clause about lots made in time; empty when there is none.

    For an agreement on paper: what was noted of it when it was registered.
    """
    content = json.loads(body)
    for clause in content["clauses"]:
        if clause["key"] == LOTS_CLAUSE:
            return (
                f"第{clause['position']}条 {clause['heading_zh']} / Clause {clause['position']} {clause['heading_en']}"
            )
    return str((content["paper"] or {}).get(LOTS_CLAUSE, ""))

"""Questions about periods that several gates ask: which agreement held on a day, and on which day something was missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from agreements.facts import CertificateFact, CoverageFact, EntrustmentFacts, LicenceFact

from .gate import Case, day_after, first_day_without


def coverage_on(entrustment: EntrustmentFacts, day: date) -> CoverageFact | None:
    """The agreement revision that covers the entrustment on ``day``."""
    return next((c for c in entrustment.coverage if c.effective_on(day)), None)


def latest_coverage(entrustment: EntrustmentFacts) -> CoverageFact | None:
    """The revision signed by both sides that ends last, for its clause on lots made in time."""
    signed = [c for c in entrustment.coverage if c.signed_by_registrant and c.signed_by_contractor]
    return max(signed, key=lambda c: (c.last_day, c.revision_id), default=None)


def edges_of(entrustment: EntrustmentFacts) -> list[date]:
    """Every day on which state, licence, certificate or coverage may change."""
    edges = [day for day, _state in entrustment.states]
    versions: list[LicenceFact | CertificateFact] = [*entrustment.licences, *entrustment.certificates]
    for version in versions:
        edges += [version.first_day, *day_after(version.last_day)]
    for cover in entrustment.coverage:
        edges += [cover.starts_on, *day_after(cover.last_day)]
        edges += [day for day in (cover.ended_on, cover.superseded_on) if day is not None]
    return edges


def gap_in_window(case: Case, holds: Callable[[date], bool]) -> date | None:
    """The first production day on which ``holds`` is false."""
    return first_day_without(holds, case.lot.produced_from, case.lot.produced_to, edges_of(case.entrustment))


def gap_on_record(case: Case, holds: Callable[[date], bool], first_on_record: date | None) -> tuple[date | None, bool]:
    """As :func:`gap_in_window`; for a lot taken over at go-live only from the first day on record here.

    The second value says whether production days lie before that day, so that nothing can be judged about them.
    """
    lot, start = case.lot, case.lot.produced_from
    if lot.taken_over:
        start = max(start, min(first_on_record or lot.go_live_on, lot.go_live_on))
    if start > lot.produced_to:
        return None, True
    return first_day_without(holds, start, lot.produced_to, edges_of(case.entrustment)), start > lot.produced_from

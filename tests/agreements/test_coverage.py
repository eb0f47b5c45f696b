"""Until when an agreement covers an entrustment (invariant 5): the shortest of certificate, licence and term."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agreements.facts import CoverageFact
from agreements.facts.coverage import own_last_day
from tests.agreements.known import CERTIFICATE, LICENCE

TERM = date(2027, 12, 31)
EARLIER = date(2027, 6, 30)
LATER = date(2028, 6, 30)
CERT, LIC = replace(CERTIFICATE, last_day=LATER), replace(LICENCE, last_day=LATER)


@pytest.mark.parametrize(
    ("certificate", "licences", "last_day", "capped_by"),
    [
        (CERT, [LIC], TERM, "term"),
        (replace(CERT, last_day=TERM), [LIC], TERM, "term"),
        (replace(CERT, last_day=EARLIER), [LIC], EARLIER, "certificate"),
        (CERT, [replace(LIC, last_day=EARLIER)], EARLIER, "licence"),
        (replace(CERT, last_day=EARLIER, deemed_renewed=True), [LIC], TERM, "term"),
        (CERT, [replace(LIC, last_day=EARLIER, deemed_renewed=True)], TERM, "term"),
        (replace(CERT, last_day=None), [replace(LIC, last_day=None, kind="filing")], TERM, "term"),
        (CERT, [replace(LIC, last_day=EARLIER), replace(LIC, licence_id=9)], TERM, "term"),
        (CERT, [replace(LIC, last_day=EARLIER), replace(LIC, version_id=9)], TERM, "term"),
        (CERT, [replace(LIC, last_day=EARLIER), replace(LIC, version_id=9, accepted=False)], EARLIER, "licence"),
        (CERT, [], date.min, "licence"),
        (CERT, [replace(LIC, site_ids=(8,))], date.min, "licence"),
        (CERT, [replace(LIC, accepted=False)], date.min, "licence"),
        (None, [LIC], date.min, "certificate"),
    ],
)
def test_the_shortest_of_three_caps(certificate, licences, last_day: date, capped_by: str) -> None:
    assert own_last_day(TERM, certificate, licences, 7) == (last_day, capped_by)


COVER = CoverageFact(
    agreement_id=1,
    agreement_number="QA2026-1",
    revision_id=1,
    revision_number=1,
    body_hash="",
    starts_on=date(2026, 1, 1),
    ends_on=TERM,
    last_day=EARLIER,
    capped_by="certificate",
    signed_by_registrant=True,
    signed_by_contractor=True,
    ended_on=None,
    superseded_on=None,
    lots_made_in_time_clause="",
)


@pytest.mark.parametrize(
    ("changes", "day", "effective"),
    [
        ({}, COVER.starts_on - timedelta(days=1), False),
        ({}, COVER.starts_on, True),
        ({}, EARLIER, True),
        ({}, EARLIER + timedelta(days=1), False),
        ({"signed_by_contractor": False}, EARLIER, False),
        ({"ended_on": EARLIER}, EARLIER, False),
        ({"ended_on": EARLIER}, EARLIER - timedelta(days=1), True),
        ({"superseded_on": EARLIER}, EARLIER, False),
    ],
)
def test_effective_is_derived_with_the_last_day_inclusive(changes: dict, day: date, effective: bool) -> None:
    assert replace(COVER, **changes).effective_on(day) is effective

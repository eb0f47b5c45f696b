"""What a product is, is judged by the gravest of the data that governed a day of manufacture and of those that hold now."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from agreements.facts import load_entrustment_facts
from cmo.catalogue.models import DeviceVersion
from cmo.errors import Refused
from releases.facts import PRODUCTION, load_lot_facts
from releases.models import Lot
from releases.on_day import implantable_on, judged_by
from releases.rules import findings_for
from tests import make
from tests.catalogue import build as devices
from tests.releases import build
from tests.releases.known import certificate, entrustment

DAY = timedelta(days=1)
FROM, TO = build.MADE_FROM, build.MADE_TO
PROHIBITED = {"contains_animal_derived": "yes", "directly_from_animal_tissue": "yes"}
ALLOWED = {"contains_animal_derived": "no", "directly_from_animal_tissue": "no"}


def said(row: Lot, code: str) -> set[str]:
    found = findings_for(PRODUCTION, load_lot_facts([row])[row.pk], make.TODAY)
    return {finding.code for finding in found if finding.blocks and finding.code.startswith(code)}


def version(w: build.World, first_day: date, **changes: Any) -> Any:
    current = DeviceVersion.objects.current_by_subject([w.device.pk])[w.device.pk]
    return devices.new_version(current, w.registrant, first_day=first_day, **changes)


@pytest.mark.parametrize(
    ("first_days", "expected"),
    [
        ([date(2020, 1, 1)], [1]),
        ([date(2020, 1, 1), FROM], [2]),
        ([date(2020, 1, 1), FROM + DAY], [1, 2]),
        ([date(2020, 1, 1), TO], [1, 2]),
        ([date(2020, 1, 1), TO + DAY], [1, 2]),
        ([date(2020, 1, 1), TO, TO + DAY], [1, 2, 3]),
        ([date(2020, 1, 1), FROM - DAY, TO + DAY], [2, 3]),
        ([TO + DAY], [1]),
    ],
)
def test_versions_of_the_days_and_the_present_one_are_asked(first_days: list[date], expected: list[int]) -> None:
    last = len(first_days)
    rows = tuple(certificate(version_id=n, first_day=day, current=n == last) for n, day in enumerate(first_days, 1))
    assert sorted(one.version_id for one in judged_by(entrustment(certificates=rows), FROM, TO)) == expected


@pytest.mark.parametrize(
    ("then", "now", "answer"),
    [
        ("yes", "no", "yes"),
        ("no", "yes", "yes"),
        ("unknown", "no", "unknown"),
        ("no", "unknown", "unknown"),
        ("no", "no", "no"),
    ],
)
def test_the_gravest_answer_on_implanting_counts(then: str, now: str, answer: str) -> None:
    rows = (
        certificate(version_id=1, implantable=then, current=False),
        certificate(version_id=2, implantable=now, first_day=TO + DAY, current=True),
    )
    assert implantable_on(entrustment(certificates=rows), FROM, TO) == answer
    assert implantable_on(entrustment(certificates=()), FROM, TO) == "unknown"


@pytest.mark.django_db
def test_data_that_begin_today_free_nothing_that_was_made_while_the_product_was_prohibited() -> None:
    w = build.world()
    version(w, FROM, **PROHIBITED)
    with pytest.raises(Refused) as refused:
        build.lot(w)
    assert "catalogue_prohibited" in refused.value.codes
    version(w, make.TODAY, **ALLOWED)
    with pytest.raises(Refused) as refused:
        build.lot(w)
    assert "catalogue_prohibited" in refused.value.codes
    later = build.lot(w, produced_from=make.TODAY, produced_to=make.TODAY)
    assert said(later, "catalogue") == set()


@pytest.mark.django_db
def test_a_lot_made_before_the_data_changed_is_stopped_by_what_they_say_now() -> None:
    w = build.world()
    row = build.lot(w)
    assert said(row, "catalogue") == set()
    version(w, make.TODAY, **PROHIBITED)
    assert said(row, "catalogue") == {"catalogue_prohibited"}


@pytest.mark.django_db
def test_no_longer_implantable_from_today_frees_no_lot_made_unsupervised() -> None:
    w = build.world(supervised=False)
    row = build.lot(w)
    assert said(row, "coverage") == {"coverage_no_posting"}
    version(w, make.TODAY, implantable="no", implantable_reason="变更后不再植入")
    assert said(row, "coverage") == {"coverage_no_posting"}


@pytest.mark.django_db
def test_a_determination_clears_only_the_facts_that_it_was_made_for() -> None:
    w = build.world()
    unknown = version(w, FROM, contains_animal_derived="unknown", directly_from_animal_tissue="unknown")
    row = build.lot(w)
    assert said(row, "catalogue") == {"catalogue_undetermined"}
    known = load_entrustment_facts([w.entrustment])[w.entrustment.pk]
    facts = unknown.screening_facts().as_dict()
    assert known.determined_for(facts, "2022") == ""
    screened = devices.screening(w.registrant, w.device)
    devices.evidence(w.registrant, screened)
    devices.determination(w.registrant, screened)
    assert said(row, "catalogue") == set()
    known = load_entrustment_facts([w.entrustment])[w.entrustment.pk]
    assert known.determined_for(facts, "2022") == "allowed"
    assert known.determined_for(facts, "2014") == ""
    assert known.determined_for(facts | {"sterile": "other"}, "2022") == ""
    version(w, make.TODAY, **ALLOWED)
    assert said(row, "catalogue") == set(), "the facts of its days stay determined"

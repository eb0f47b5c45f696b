"""The demo world's device identifiers and label checks: every lot decided on has both, and one DI waits for its upload."""

from __future__ import annotations

from typing import Any

import pytest

from cmo import clock
from cmo.catalogue.facts_identifiers import load_identifiers
from cmo.catalogue.models import Device, DeviceIdentifier
from cmo.catalogue.rules.identifiers import findings_about_code, identifier_for
from cmo.home.demo import build
from releases.facts.labels import load_label_checks
from releases.models import Lot

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The demo world, built once for the tests of this file and rolled back after them."""
    from django.contrib.auth.hashers import MD5PasswordHasher
    from django.db import connection, transaction
    from django.test import override_settings

    fast = f"{MD5PasswordHasher.__module__}.{MD5PasswordHasher.__qualname__}"
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=[fast]):
        outer = transaction.atomic()
        outer.__enter__()
        try:
            assert build(clock.today()) is True
            yield
        finally:
            connection.set_rollback(True)
            outer.__exit__(None, None, None)


def test_every_lot_has_a_di_that_was_uploaded_before_it_was_made() -> None:
    known = load_identifiers(Device.objects.values_list("pk", flat=True))
    for lot in Lot.objects.all():
        found = identifier_for(known[lot.device_id], lot.model, lot.site_id, lot.produced_to)
        assert found is not None, lot
        assert found.uploaded_on is not None, lot
        assert found.uploaded_on <= lot.produced_from, lot


def test_every_label_and_ifu_used_is_checked_and_complete() -> None:
    checks = load_label_checks(Lot.objects.values_list("entrustment_id", flat=True))
    for lot in Lot.objects.all():
        for label in (lot.label_version_id, lot.ifu_version_id):
            assert checks[lot.entrustment_id, label].complete, lot


def test_every_code_is_without_fault_and_exactly_one_waits_for_its_upload() -> None:
    for row in DeviceIdentifier.objects.all():
        assert findings_about_code(row.code, row.agency, row.level) == [], row
    facts = [fact for found in load_identifiers(Device.objects.values_list("pk", flat=True)).values() for fact in found]
    assert [fact.model for fact in facts if fact.state == "submitted"] == ["KL-PS 8×60"]
    assert [fact.state for fact in facts if fact.model == "KL-H120"] == ["retired", "uploaded"]

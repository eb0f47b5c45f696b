"""The database itself refuses rows that contradict their pair, a second signature of a side, and any change."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from agreements.models import Entrustment, Hold, Preparation, RevisionCoverage, RevisionEvent, RevisionSignature
from tests import make
from tests.agreements import build
from tests.agreements.build import AT, C, R

pytestmark = pytest.mark.django_db


def insert(row) -> None:
    with transaction.atomic():
        row.save(force_insert=True)


def copy_of(row, **changes):
    """A new row like this one, with some columns changed."""
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    return type(row)(**{**fields, **changes})


def refuses(row, guard: str) -> None:
    with pytest.raises(DatabaseError, match=guard):
        insert(row)


def test_rows_of_another_tenant_are_refused() -> None:
    world, other = build.world(), make.pair()
    entrustment = world.entrust()
    hold, preparation = build.hold(world), next(iter(world.preparations.values()))
    foreign = {"contractor_id": other.contractor.pk}
    refuses(copy_of(entrustment, number="ET-x", **foreign), "entrustment_")
    refuses(copy_of(hold, **foreign), "hold_matches_its_pair")
    refuses(copy_of(preparation, **foreign), "preparation_")
    agreement = build.agreement(world, [entrustment])
    refuses(copy_of(agreement, number="QA-x", **foreign), "agreement_matches_its_pair")
    insert(copy_of(hold))


def test_sites_devices_and_scopes_stay_within_the_pair() -> None:
    world, other = build.world(), build.world()
    mine, theirs = world.entrust(), other.entrust()
    refuses(copy_of(mine, number="ET-x", site_id=other.site.pk), "entrustment_at_a_site_of_the_contractor")
    refuses(copy_of(mine, number="ET-x", device_id=other.device.device_id), "entrustment_of_a_device_of_the_registrant")
    refuses(copy_of(build.hold(world), entrustment_id=theirs.pk), "hold_scope_lies_within_its_pair")
    refuses(copy_of(build.hold(world), site_id=other.site.pk), "hold_scope_lies_within_its_pair")
    preparation = next(iter(world.preparations.values()))
    refuses(copy_of(preparation, site_id=other.site.pk), "preparation_concerns_its_pair")
    revision = build.offered(world, [mine])
    refuses(RevisionCoverage(revision=revision, entrustment=theirs), "coverage_stays_within_the_pair")


def test_a_revision_has_one_signature_per_side_by_two_people_and_none_after_it_was_closed() -> None:
    world = build.world()
    entrustment = world.entrust()
    revision, other = build.offered(world, [entrustment]), build.offered(world, [entrustment])
    signature = build.sign(world, revision, R)
    refuses(
        RevisionSignature(revision=revision, side=C, signature=signature),
        "revision_signature_belongs|UNIQUE|nobody_signs_for_both_sides",
    )
    refuses(RevisionSignature(revision=other, side=R, signature=signature), "revision_signature_belongs|UNIQUE|unique")
    build.sign(world, revision, C)
    row = revision.signatures.get(side=C)
    refuses(copy_of(row), "one_signature_per_revision_and_side|UNIQUE|nobody_signs_for_both_sides|unique")
    event = {"revision": revision, "kind": "withdrawn", "event_on": AT.date(), "reason": "x"}
    refuses(RevisionEvent(**event, recorded_by_name="x", recorded_at=AT), "a_signed_revision_is_only_terminated")


@pytest.mark.parametrize("model", [Entrustment, Hold, Preparation])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET recorded_by_name = 'x'", "DELETE FROM {table}"])
def test_facts_are_neither_changed_nor_deleted_by_raw_sql(model, statement: str) -> None:
    world = build.world()
    world.entrust()
    build.hold(world)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=model._meta.db_table))

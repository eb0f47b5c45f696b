"""Loading the facts of lots: few queries whatever their number, and only what was on record by a moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.clock import day_of
from releases import actions
from releases.facts import load_lot_facts
from releases.models import Lot
from tests.catalogue import build_identifiers as identifiers
from tests.releases import build, making

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def w() -> build.World:
    return build.world()


def test_the_facts_of_5_and_of_200_lots_take_the_same_fourteen_queries_at_most(w: build.World) -> None:
    first = build.filed(w, build.lot_with_gap(w))
    build.decided(w, build.exception_on(w, first))
    making.accepted(w, making.closure(w, making.deviation(w, first)))
    build.released(w, first)
    columns = {f.attname: getattr(first, f.attname) for f in Lot._meta.concrete_fields if not f.primary_key}
    Lot.objects.bulk_create(Lot(**{**columns, "number": f"B{n}"}) for n in range(199))
    costs = []
    for number in (5, 200):
        lots = list(Lot.objects.order_by("id")[:number])
        with CaptureQueriesContext(connection) as captured:
            assert len(load_lot_facts(lots)) == number
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 14, costs


def test_everything_that_hangs_on_a_lot_becomes_facts(w: build.World) -> None:
    row = build.lot_with_gap(w)
    by = w.actor("production_planner")
    actions.add_material(
        lot=row, name="棒材", material_lot="M-1", supplier=f" {build.SUPPLIER.upper()}", by=by, at=build.AT
    )
    making.closure(w, making.deviation(w, row))
    facts = load_lot_facts([row])[row.pk]
    assert [(step.name, step.kind) for step in facts.steps] == [("焊接", "key")]
    assert [deviation.state for deviation in facts.deviations] == ["closure_proposed"]
    assert facts.label_check is not None
    assert facts.label_check.complete
    assert facts.ifu_check is not None
    assert [one.uploaded_on for one in facts.identifiers] == [day_of(build.BEGAN)]
    assert [one.supplier for one in facts.supervision.suppliers] == [build.SUPPLIER]
    (posted,) = facts.supervision.postings
    assert {span.posting_id for span in facts.supervision.presence} == {posted.posting_id}
    assert facts.udi_listed == "yes"


def test_only_what_was_on_record_by_a_moment_counts(w: build.World) -> None:
    row = build.lot_with_gap(w)
    asked = build.exception_on(w, row)
    deviation = making.deviation(w, row)
    closure = making.closure(w, deviation)
    later = build.AT + 2 * HOUR
    build.decided(w, asked, at=later)
    making.accepted(w, closure, at=later)
    actions.correct_step(step=row.steps.get(), content=None, reason="划除", by=w.actor("production_planner"), at=later)
    identifiers.retired(w.registrant, w.device.identifiers.get(), at=later)
    then, now = (load_lot_facts([row], at)[row.pk] for at in (later - HOUR, None))
    assert [one.approved for one in then.exceptions] == [None]
    assert [one.approved for one in now.exceptions] == [True]
    assert ([one.state for one in then.deviations], [one.state for one in now.deviations]) == (
        ["closure_proposed"],
        ["closed"],
    )
    assert (len(then.steps), len(now.steps)) == (1, 0)
    assert then.identifiers[0].retired_on is None
    assert now.identifiers[0].retired_on is not None


def test_presence_of_other_days_is_left_out(w: build.World) -> None:
    first = day_of(build.AT) + timedelta(days=3)
    row = build.lot(w, produced_from=first, produced_to=first)
    facts = load_lot_facts([row])[row.pk]
    assert facts.supervision.presence == ()
    assert [one.site_id for one in facts.supervision.postings] == [w.site.pk]

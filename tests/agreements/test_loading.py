"""Facts come set-wise: the same number of queries for 1 and for 50, and as they were known at any moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from agreements import actions
from agreements.duties import coming_up, waiting_on
from agreements.facts import agreement_states, load_entrustment_facts
from cmo.parties.access import scope_of
from tests import make
from tests.agreements import build
from tests.agreements.build import TODAY, C, R

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def test_facts_of_one_and_of_fifty_entrustments_cost_the_same_queries() -> None:
    world = build.world()
    first = world.entrust()
    revision = build.concluded(world, [first])
    build.hold(world)
    rows = build.many(first, revision, 50)
    one, fifty = (build.queries(lambda r=r: load_entrustment_facts(r)) for r in (rows[:1], rows))
    assert one == fifty <= MOST_QUERIES
    facts = load_entrustment_facts(rows)
    assert all(fact.coverage[0].effective_on(TODAY) and len(fact.holds) == 1 for fact in facts.values())
    assert load_entrustment_facts([]) == {}


def test_states_of_many_agreements_cost_two_queries() -> None:
    world = build.world()
    entrustment = world.entrust()
    ids = [build.offered(world, [entrustment]).agreement_id, build.concluded(world, [entrustment]).agreement_id]
    assert (
        build.queries(lambda: agreement_states(ids[:1], TODAY))
        == build.queries(lambda: agreement_states(ids, TODAY))
        == 2
    )
    assert [state.key for state in agreement_states(ids, TODAY).values()] == ["waiting", "in_force"]


def test_facts_are_read_as_they_were_known_at_a_moment() -> None:
    world = build.world()
    entrustment = world.entrust()
    revision = build.offered(world, [entrustment])
    for side in (R, C):
        build.sign(world, revision, side, moment=build.at(1))
    hold = build.hold(world)
    actions.lift_hold(hold=hold, reason="已查明", by=world.by(C), at=build.at(3))
    actions.suspend_entrustment(
        entrustment=entrustment, event_on=TODAY + timedelta(days=4), reason="检修", by=world.by(), at=build.at(4)
    )

    def known(days: int):
        return load_entrustment_facts([entrustment], known_at=build.at(days) + timedelta(hours=1))[entrustment.pk]

    assert not known(0).coverage[0].signed_by_registrant
    assert known(1).coverage[0].effective_on(TODAY + timedelta(days=1))
    assert [len(known(days).holds) for days in (0, 2, 3)] == [1, 1, 0]
    assert [len(known(days).states) for days in (3, 4)] == [1, 2]


def test_the_inbox_tells_each_side_what_waits_on_it() -> None:
    world = build.world()
    entrustment = world.entrust()
    build.offered(world, [entrustment])
    build.recorded(world, reference="PG-3")
    build.hold(world, side=C)

    def titles(side: str, role: str = "quality_manager", nth: int = 0) -> list[str]:
        firm = world.relation.registrant if side == R else world.relation.contractor
        return sorted(str(d.title) for d in waiting_on(scope_of(firm.user(role, side, nth=nth), TODAY), TODAY))

    with override("en"):
        assert titles(C, "signatory") == ["Sign the quality agreement"]
        assert titles(R, nth=1) == ["Accept a preparation", "Report the start of the entrustment to the authority"]
        assert "Accept a preparation" not in titles(R)
        assert titles(C) == ["Settle a hold"]
        assert titles(R, "viewer") == []


def test_covers_that_end_come_up_in_time() -> None:
    world = build.world()
    entrustment = world.entrust()
    build.concluded(world, [entrustment], ends_on=TODAY + timedelta(days=20))
    scope = scope_of(world.relation.registrant.user(), TODAY)
    assert [duty.due_on for duty in coming_up(scope, TODAY, TODAY + timedelta(days=20))] == [TODAY + timedelta(days=20)]
    assert coming_up(scope, TODAY, TODAY + timedelta(days=19)) == []


def test_the_inbox_costs_the_same_queries_for_one_and_for_thirty_entrustments() -> None:
    world = build.world()
    first = world.entrust()
    revision = build.concluded(world, [first])
    user = world.relation.registrant.user()

    def both() -> None:
        scope = scope_of(user, TODAY)
        waiting_on(scope, TODAY)
        coming_up(scope, TODAY, TODAY + timedelta(days=90))

    both()
    before = build.queries(both)
    build.many(first, revision, 30)
    assert build.queries(both) == before
    assert make.TODAY == TODAY


def test_a_determination_counts_for_its_edition_and_for_the_facts_it_was_made_of() -> None:
    unknown = {"contains_animal_derived": "unknown", "directly_from_animal_tissue": "unknown"}
    world = build.world(classification_code="13-06-04", **unknown)
    screening = world.device.device.screenings.get()
    build.catalogue.evidence(world.relation.registrant, screening)
    build.catalogue.determination(world.relation.registrant, screening)
    row = world.entrust()

    def facts():
        return load_entrustment_facts([row])[row.pk]

    assert facts().determined_under("2022") == "allowed"
    assert facts().determined_under("2014") == ""
    firm = world.relation.registrant
    build.catalogue.screening(firm, world.device.device)
    assert (facts().screening_outcome, facts().determination_id) == ("undetermined", None)
    assert facts().determined_under("2022") == "allowed"
    build.catalogue.new_version(world.device, firm, vascular_site="other", at=make.FOUNDED)
    assert facts().determined_under("2022") == ""

"""Everything due, from every app at once: what belongs to a period, each duty once, named for good, at a constant cost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from agreements.duties.making import covered_until
from agreements.facts.obligations import load_obligations, load_obligations_in
from agreements.facts.validity import live, load_validity
from agreements.models import Agreement, Entrustment
from cmo.calendar.collect import coming_up, duties_of
from cmo.calendar.rules.reminding import DEFAULTS
from cmo.calendar.shown import LAW, basis_of, narrowed, of_pair, shown, unannounced
from cmo.calendar.sources import KIND_WORDS, SOURCES
from cmo.duty import Duty, Kind
from cmo.parties.access import scope_of
from cmo.parties.facts import exceptions, exceptions_by_organisation
from cmo.parties.models import User
from cmo.regulation.references import reference
from tests import make
from tests.agreements import build as agreements
from tests.releases import build as lots

from . import build

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ON = make.TODAY


def of(user: User, first: date, last: date, on: date = ON) -> list[Duty]:
    return duties_of(scope_of(User.objects.get(pk=user.pk), on), first, last)


def audits(user: User, first: date, last: date, on: date = ON) -> list[date | None]:
    return [duty.due_on for duty in of(user, first, last, on) if duty.code == "yearly_audit"]


def test_first_and_last_day_of_a_period_belong_to_it() -> None:
    world = build.lean_pair()
    user, due_on = world.registrant.user(), date(2026, 6, 30)
    build.yearly(world, due_on)
    assert audits(user, due_on, due_on) == [due_on]
    assert audits(user, date(2026, 6, 1), date(2026, 6, 30)) == [due_on]
    assert audits(user, date(2026, 7, 1), date(2026, 7, 31)) == []
    assert audits(user, date(2026, 5, 1), date(2026, 6, 29)) == []


def test_what_is_overdue_belongs_to_every_period_and_what_is_due_today_is_not_overdue() -> None:
    world = build.lean_pair()
    user = world.registrant.user()
    build.yearly(world, ON)
    future = (date(2027, 1, 1), date(2027, 1, 31))
    assert audits(user, *future) == []
    assert audits(user, ON, ON) == [ON]
    assert audits(user, *future, on=ON + DAY) == [ON]
    past = (date(2025, 1, 1), date(2025, 1, 31))
    assert audits(user, *past, on=ON + DAY) == [ON]
    assert audits(user, *past) == []


@pytest.mark.parametrize("due_on", ["2026-12-31", "2027-01-01", "2028-02-29"])
def test_the_last_day_of_a_year_and_of_a_leap_february_is_found_in_its_month_alone(due_on: str) -> None:
    world, day = build.lean_pair(), date.fromisoformat(due_on)
    build.yearly(world, day)
    user = world.registrant.user()
    assert audits(user, day.replace(day=1), day) == [day]
    assert audits(user, day + DAY, day + 40 * DAY) == []
    assert audits(user, day - 40 * DAY, day - DAY) == []


def every_duty(world: lots.World, on: date) -> list[Duty]:
    """Of both quality managers, far ahead and what waits."""
    found = []
    for firm in (world.registrant, world.contractor):
        scope = scope_of(firm.user(), on)
        found += coming_up(scope, on, date(2031, 1, 1))
        found += [duty for source in SOURCES for duty in source.waiting_on(scope, on)]
    return found


def test_every_duty_has_a_name_for_good_an_owner_and_a_citation_that_exists() -> None:
    world = lots.world()
    lots.filed(world, lots.lot(world))
    build.yearly(world.relation, ON)
    build.yearly(world.relation, ON, "review")
    make.post(world.registrant, "signatory", ends_on=ON + 9 * DAY)
    found = every_duty(world, ON) + every_duty(world, date(2028, 12, 1))
    assert len({duty.code for duty in found}) > 10
    parties = {world.registrant.pk, world.contractor.pk}
    for duty in found:
        assert duty.code, duty
        assert duty.owner_ids, duty
        assert duty.owner_ids <= parties, duty
        assert duty.due_on is None or duty.kind in DEFAULTS, duty
        if duty.citation:
            assert reference(duty.citation).key == duty.citation


def test_names_of_duties_are_the_same_in_both_languages_and_no_two_are_alike() -> None:
    world = build.concluded()
    agreement_user = world.relation.contractor.user()

    def keys(language: str) -> list[str]:
        with override(language):
            return [duty.key for duty in of(agreement_user, ON, date(2031, 1, 1))]

    chinese, english = keys("zh-hans"), keys("en")
    assert sorted(chinese) == sorted(english)
    assert len(chinese) == len(set(chinese)) > 5


def test_the_end_of_a_licence_and_its_window_are_three_days_and_each_comes_once() -> None:
    world = build.concluded()
    found = of(world.relation.contractor.user(), ON, date(2031, 1, 1))
    codes = [duty.code for duty in found]
    for code in ("licence_ends", "licence_window_opens", "licence_window_closes", "agreed_term_ends"):
        assert codes.count(code) == 1, code
    registrant = [duty.code for duty in of(world.relation.registrant.user(), ON, date(2031, 1, 1))]
    assert registrant.count("licence_ends") == 1
    assert registrant.count("certificate_ends") == 1
    assert "licence_window_closes" not in registrant


def test_whoever_does_not_hold_the_certificate_still_sees_its_end() -> None:
    world = build.concluded()
    (duty,) = [d for d in of(world.relation.contractor.user(), ON, date(2031, 1, 1)) if d.code == "certificate_ends"]
    assert duty.owner_ids == {world.relation.registrant.pk}
    assert duty.due_on == world.device.last_day


def test_the_calendar_of_a_pair_shows_the_end_of_the_certificate_to_both_sides_once() -> None:
    world = build.concluded()
    for firm in (world.relation.registrant, world.relation.contractor):
        for user in (firm.user(), firm.user("viewer")):
            scope = narrowed(scope_of(user, ON), world.pair)
            found = of_pair(duties_of(scope, ON, date(2031, 1, 1)), world.pair)
            ends = [duty for duty in found if duty.code == "certificate_ends"]
            assert [(duty.due_on, duty.pair) for duty in ends] == [(world.device.last_day, world.pair.number)]


def test_a_colleague_limited_to_a_pair_hears_of_its_certificate_once_and_of_no_other_one() -> None:
    world = build.concluded()
    user = world.relation.registrant.user("viewer")
    make.grant(world.relation, user, permission="limited_to_pair")
    assert [duty.due_on for duty in of(user, ON, date(2031, 1, 1)) if duty.code == "certificate_ends"] == [
        world.device.last_day
    ]


def test_each_person_sees_only_their_own_pairs() -> None:
    world, other = build.lean_pair(), make.pair()
    build.yearly(world, ON)
    assert audits(other.registrant.user(), ON, ON) == []
    assert audits(world.contractor.user("viewer"), ON, ON) == [ON]
    outsider = make.person(accepts=False)
    assert audits(outsider, ON, ON) == []
    make.grant(world, outsider)
    assert audits(outsider, ON, ON) == [ON]


def test_two_pairs_and_two_hundred_cost_the_same_number_of_queries() -> None:
    world = build.concluded().relation
    user, due_on = world.contractor.user(), ON + 5 * DAY
    build.many_pairs(world, 2, due_on)
    few = agreements.queries(lambda: of(user, ON, ON + 365 * DAY))
    build.many_pairs(world, 198, due_on)
    assert len(audits(user, ON, ON + 365 * DAY)) == 200 + 1  # the pair of this world, a year after its entrustment
    assert agreements.queries(lambda: of(user, ON, ON + 365 * DAY)) == few


def test_obligations_read_for_thousands_are_the_ones_read_for_one_agreement() -> None:
    world = build.concluded()
    (agreement,) = Agreement.objects.filter(pair=world.pair)
    revision = agreements.next_revision(world, agreement, moment=agreements.at(3))
    for side in (make.REGISTRANT, make.CONTRACTOR):
        agreements.sign(world, revision, side, moment=agreements.at(3))
    for on in (ON, ON + 3 * DAY, date(2028, 5, 31), date(2028, 6, 1)):
        chains = load_validity(live(Entrustment.objects.filter(pair=world.pair)), on)
        many = load_obligations_in(Agreement.objects.filter(pair=world.pair), on, covered_until(chains))
        assert many == load_obligations([agreement.pk], on)
        assert many[agreement.pk].obligations


def test_a_pair_shows_its_own_duties_and_the_licence_on_which_it_rests() -> None:
    world, other = build.concluded(), make.pair()
    user = world.relation.contractor.user()
    build.yearly(world.relation, ON)
    build.many_pairs(world.relation, 3, ON)
    scope = narrowed(scope_of(user, ON), world.pair)
    found = of_pair(duties_of(scope, ON, date(2031, 1, 1)), world.pair)
    assert [duty.code for duty in found].count("yearly_audit") == 1
    assert {"licence_ends", "agreed_term_ends"} <= {duty.code for duty in found}
    assert of_pair(duties_of(narrowed(scope, other.pair), ON, date(2031, 1, 1)), other.pair) == []


def duty_with(**changes: Any) -> Duty:
    values: dict[str, Any] = {"kind": Kind.REPORT, "title": "t", "about": "a", "url": "/", "due_on": ON}
    return Duty(**values | changes)


@pytest.mark.parametrize(
    ("code", "citation", "basis"),
    [
        ("licence_ends", "O53-14", LAW),
        ("yearly_audit", "N38-15", LAW),
        ("agreed_obligation", "N38-14", "agreement"),
        ("post_confirm", "POLICY-FOUR-EYES", "policy"),
        ("lot_use_by", "", "policy"),
        ("lot_use_by", "GONE-1", "policy"),
    ],
)
def test_a_duty_rests_on_law_agreement_or_policy(code: str, citation: str, basis: str) -> None:
    assert basis_of(duty_with(code=code, citation=citation)) == basis


def test_whose_a_duty_is_is_said_from_where_the_reader_stands() -> None:
    world = build.lean_pair()
    ours, theirs = world.registrant.pk, world.contractor.pk
    scope = scope_of(world.registrant.user(), ON)
    rows = shown([duty_with(owner_ids=frozenset(ids)) for ids in ({ours}, {theirs}, {ours, theirs})], scope)
    with override("en"):
        words = [row.owner for row in shown([row.duty for row in rows], scope)]
    assert words == ["our own", world.contractor.data.name_en, "both sides"]


def test_years_without_an_announced_arrangement_are_named_once() -> None:
    assert unannounced([date(2026, 1, 1), date(2031, 5, 1), date(2031, 6, 1), date(2030, 1, 1)]) == [2030, 2031]


def test_every_kind_has_a_word() -> None:
    assert set(KIND_WORDS) == set(Kind)


def test_reading_the_days_set_otherwise_is_one_query() -> None:
    assert agreements.queries(exceptions_by_organisation) == 1
    assert agreements.queries(lambda: exceptions([1, 2])) == 1

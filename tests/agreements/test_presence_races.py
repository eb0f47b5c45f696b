"""Real processes on PostgreSQL: check-ins at the same moment leave one open stay, corrections replace an entry once."""

from __future__ import annotations

import pytest

from agreements import actions
from agreements.facts.supervision import load_supervision
from agreements.models import PresenceEntry
from cmo.errors import Refused
from tests.agreements import build
from tests.agreements import build_supervision as on_site
from tests.agreements.build import AT
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("postgres"), pytest.mark.django_db(transaction=True)]


def attempt(call) -> str:
    try:
        call()
    except Refused as refusal:
        return refusal.codes[0]
    return "done"


def posted() -> tuple:
    world = build.world()
    build.concluded(world, [world.entrust()])
    posting = on_site.posted(world.relation, world.site)
    return world, posting, on_site.by_posted(posting, AT)


def test_eight_check_ins_at_once_leave_one_open_stay() -> None:
    world, posting, by = posted()
    answers = race(lambda _n: attempt(lambda: actions.check_in(posting=posting, event_at=AT, by=by, at=AT)))
    assert sorted(answers) == ["checked_in_already"] * 7 + ["done"]
    assert PresenceEntry.objects.count() == 1
    (span,) = load_supervision([world.pair.pk])[world.pair.pk].presence
    assert span.ends_at is None


def test_check_ins_at_two_sites_at_once_leave_the_person_at_one() -> None:
    world, posting, by = posted()
    other = build.make.site(world.relation.contractor, name_zh="二厂")
    licence = build.make.licence(world.relation.contractor, sites=[other])
    build.make.accepted_licence(world.relation, licence)
    world.site = other
    for kind in build.KINDS:
        build.accepted(world, kind)
    build.concluded(world, [world.entrust()])
    elsewhere = on_site.posted(world.relation, other, person=on_site.resident(world.relation))
    places = [posting, elsewhere]
    answers = race(lambda n: attempt(lambda: actions.check_in(posting=places[n % 2], event_at=AT, by=by, at=AT)))
    assert answers.count("done") == 1
    assert set(answers) <= {"done", "checked_in_already", "checked_in_elsewhere"}


def test_an_entry_is_corrected_once_however_many_click() -> None:
    _world, posting, by = posted()
    entry = on_site.entered(posting, "in", AT)
    answers = race(
        lambda _n: attempt(
            lambda: actions.correct_presence(entry=entry, void=True, reason="误登记", by=by, at=build.at(1))
        )
    )
    assert sorted(answers) == ["done"] + ["presence_corrected_already"] * 7

"""Real processes on PostgreSQL: check-ins at the same moment leave one open stay, corrections replace an entry once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agreements import actions
from agreements.facts.supervision import load_supervision
from agreements.models import PresenceEntry
from cmo.errors import Refused
from tests.agreements import build
from tests.agreements import build_supervision as on_site
from tests.agreements.build import AT, TODAY, C
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("postgres"), pytest.mark.django_db(transaction=True)]

SIGNS = ("signatory",)


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


def test_corrections_at_two_sites_at_once_make_nobody_be_at_both() -> None:
    world, here, _by = posted()
    other = build.world(build.make.pair(world.relation.registrant, build.make.organisation(sides=(C,), posts=SIGNS)))
    build.concluded(other, [other.entrust()])
    there = on_site.posted(other.relation, other.site, person=on_site.resident(world.relation))
    on_site.stay(here, TODAY, (10, 12))
    on_site.stay(there, TODAY, (13, 15))
    left, came = (
        PresenceEntry.objects.get(posting=here, kind="out"),
        PresenceEntry.objects.get(posting=there, kind="in"),
    )
    at = AT + timedelta(days=1)
    changes = [
        {"entry": left, "event_at": on_site.moment(TODAY, 12.8), "by": on_site.by_posted(here, at)},
        {"entry": came, "event_at": on_site.moment(TODAY, 12.5), "by": on_site.by_posted(there, at)},
    ]
    answers = race(lambda n: attempt(lambda: actions.correct_presence(**changes[n % 2], reason="误登", at=at)))
    assert answers.count("done") == 1
    assert set(answers) == {"done", "presence_corrected_already", "stay_elsewhere_meanwhile"}


def test_an_end_brought_forward_by_eight_at_once_stands_once() -> None:
    world, _posting, _by = posted()
    row, by = on_site.supplier(world.relation), world.by()
    actions.end_supplier_approval(approval=row, last_day=TODAY + timedelta(days=90), reason="更换", by=by, at=AT)
    said = {"approval": row, "last_day": TODAY, "reason": "严重问题", "by": by, "at": AT}
    answers = race(lambda _n: attempt(lambda: actions.end_supplier_approval(**said)))
    assert sorted(answers) == ["done", *["supplier_ended_already"] * 7]
    assert row.ends.count() == 2

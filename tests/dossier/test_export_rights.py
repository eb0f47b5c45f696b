"""Who asks for, reads and takes which dossier, and who sees which export, to the last day of a grant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.dossier import actions
from cmo.dossier.models import Export
from cmo.dossier.rights import covered, may_read, may_see, may_take, taking, visible_exports
from cmo.errors import Refused
from cmo.parties.access import Scope, scope_of
from cmo.parties.actions import revoke_grant
from cmo.parties.models import User
from cmo.trail.actor import Actor
from tests import make
from tests.dossier.jobs import LAST_DAY, LATER, TODAY, asked, by_of, granted, held_by, made, outsider
from tests.releases import build

pytestmark = pytest.mark.django_db
YEAR = ("period", "2026-01-01/2026-12-31")
SPRING = ("period", "2026-03-01/2026-05-31")


@pytest.fixture(autouse=True)
def _now(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def scope(user: User, on: Any = TODAY) -> Scope:
    return scope_of(User.objects.get(pk=user.pk), on)


def seen(user: User, on: Any = TODAY) -> list[int]:
    return list(visible_exports(scope(user, on)).order_by("pk").values_list("pk", flat=True))


def rights(user: User, export: Export, on: Any = TODAY) -> tuple[bool, bool, bool]:
    """Whether this person sees, reads and takes the export."""
    held = scope(user, on)
    return may_see(held, export), may_read(held, export), may_take(held, export)


@pytest.mark.parametrize(
    ("wanted", "limits", "within"),
    [
        (("lot", "A"), [("whole", "")], True),
        (("lot", "A"), [("lot", "A")], True),
        (("lot", "A"), [("lot", "B"), ("lot", "A")], True),
        (("lot", "A"), [("lot", "AA")], False),
        (("lot", "A"), [YEAR], False),
        (("whole", ""), [YEAR], False),
        (("whole", ""), [], False),
        (SPRING, [YEAR], True),
        (YEAR, [YEAR], True),
        (YEAR, [SPRING], False),
        (("period", "2025-12-31/2026-05-31"), [YEAR], False),
        (("period", "2026-03-01/2027-01-01"), [YEAR], False),
        (("period", "2026-05-31/2026-03-01"), [YEAR], False),
        (("period", "2025-W01-1/2025-W52-7"), [("period", "2025-06-01/2026-03-01")], False),
        (("period", "20250101/20250102"), [("period", "2025-06-01/2025-12-31")], False),
        (("period", "2026"), [YEAR], False),
        (("period", ""), [("period", "")], True),
    ],
)
def test_a_limit_contains_the_same_all_or_a_period_with_all_its_days(wanted, limits, within):
    assert covered(wanted, limits) is within


def test_people_of_the_pair_take_any_scope_under_their_post(w):
    for side in ("registrant", "contractor"):
        held = held_by(getattr(w, side).user("quality_manager", side), w)
        assert (held.takes, held.outside, held.limits) == (True, False, ())
        assert held.reads_scope(("lot", "any"))
        assert held.takes_scope(("whole", ""))
        assert held.actor.organisation_id == getattr(w, side).pk


def test_without_post_and_grant_there_is_nothing(w):
    for user in (make.person(), make.administrator(), make.organisation(sides=("registrant",)).user()):
        assert taking(User.objects.get(pk=user.pk), w.pair, TODAY) is None


def test_whoever_may_read_the_pair_reads_every_dossier_on_screen_and_takes_none(w):
    held = held_by(outsider(w, "read_pair"), w)
    assert (held.outside, held.takes, held.limits) == (True, False, ())
    assert held.reads_scope(("lot", "any"))
    assert not held.takes_scope(("lot", "any"))


def test_each_grant_opens_its_own_scope_for_what_it_says(w):
    user = outsider(w, "read_dossier", YEAR)
    granted(w, user, "take_dossier", ("lot", "L1"))
    held = held_by(user, w)
    assert held.takes
    assert [held.reads_scope(one) for one in (YEAR, SPRING, ("lot", "L1"), ("lot", "L2"), ("whole", ""))] == [
        *(True, True, True, False, False)
    ]
    assert [held.takes_scope(one) for one in (YEAR, SPRING, ("lot", "L1"), ("lot", "L2"), ("whole", ""))] == [
        *(False, False, True, False, False)
    ]


def test_the_own_organisation_reads_and_takes_what_it_asked_for_and_the_other_side_knows_nothing(w):
    export = asked(w)
    colleague = w.registrant.user("viewer", "registrant")
    assert rights(colleague, export) == (True, True, True)
    assert rights(w.contractor.user("quality_manager", "contractor"), export) == (False, False, False)
    assert seen(colleague) == [export.pk]
    assert seen(w.contractor.user("quality_manager", "contractor")) == []
    assert seen(make.organisation(sides=("registrant",)).user()) == []


def test_of_an_outsiders_export_both_sides_see_that_it_is_and_no_more(w):
    user = outsider(w)
    export = asked(w, held_by(user, w).actor)
    for side in ("registrant", "contractor"):
        person = getattr(w, side).user("quality_manager", side)
        assert rights(person, export) == (True, False, False)
        assert seen(person) == [export.pk]
    assert rights(user, export) == (True, True, True)
    assert seen(user) == [export.pk]
    other = outsider(w)
    assert (rights(other, export), seen(other)) == ((False, False, False), [])
    assert seen(outsider(w, "read_pair")) == []


def test_an_outsider_sees_none_of_the_pairs_own_exports(w):
    export = asked(w)
    for permission in ("read_pair", "read_dossier", "take_dossier"):
        user = outsider(w, permission)
        assert (rights(user, export), seen(user)) == ((False, False, False), [])


def test_a_grant_counts_to_its_last_day_and_until_it_is_taken_back(w):
    user = make.person()
    grant = granted(w, user, "take_dossier")
    export = made(asked(w, held_by(user, w).actor))
    assert rights(user, export, LAST_DAY) == (True, True, True)
    assert seen(user, LAST_DAY) == [export.pk]
    assert rights(user, export, LAST_DAY + timedelta(days=1)) == (False, False, False)
    assert seen(user, LAST_DAY + timedelta(days=1)) == []
    by = w.registrant.actor("quality_manager", "registrant")
    revoke_grant(grant=grant, reason="检查结束", by=by, at=LATER)
    assert (rights(user, export), seen(user)) == ((False, False, False), [])
    with pytest.raises(PermissionDenied):
        actions.record_taken(export=export, name="dossier.pdf", by=held_actor(user), at=LATER)


def held_actor(user: User) -> Actor:
    """The actor that a page opened before would still act as."""
    return Actor(user_id=user.pk, name=user.printed_name, side="outside")


def test_an_export_outside_the_grant_of_today_is_gone_although_the_pair_is_open_to_another_scope(w):
    user = make.person()
    whole = granted(w, user, "take_dossier")
    granted(w, user, "read_dossier", YEAR)
    everything, spring = (asked(w, held_by(user, w).actor, scope=one) for one in (("whole", ""), SPRING))
    by = w.registrant.actor("quality_manager", "registrant")
    revoke_grant(grant=whole, reason="缩小范围", by=by, at=LATER)
    assert rights(user, everything) == (False, False, False)
    assert rights(user, spring) == (True, True, False)
    assert seen(user) == [spring.pk]
    with pytest.raises(Refused) as refused:
        asked(w, held_by(user, w).actor)
    assert "dossier_outside_grant" in refused.value.codes


def test_reading_on_screen_does_not_let_anybody_take(w):
    user = outsider(w, "read_dossier")
    actor = held_by(user, w).actor
    export = made(asked(w, actor))
    actions.record_read(export=export, section="lots", by=actor, at=LATER)
    with pytest.raises(PermissionDenied):
        actions.record_taken(export=export, name="dossier.pdf", by=actor, at=LATER)


def test_a_colleague_limited_to_a_pair_sees_its_exports_as_long_as_the_limit_opens_it(w):
    export = asked(w)
    colleague = w.registrant.user("viewer", "registrant")
    make.grant(w, colleague, permission="limited_to_pair", starts_on=TODAY, ends_on=TODAY, at=build.AT)
    assert (rights(colleague, export), seen(colleague)) == ((True, True, True), [export.pk])
    tomorrow = TODAY + timedelta(days=1)
    assert (rights(colleague, export, tomorrow), seen(colleague, tomorrow)) == ((False, False, False), [])


def test_the_number_of_queries_does_not_grow_with_exports(w, settings):
    settings.DOSSIER_EXPORTS_PER_DAY = 99

    def queries(user: User) -> int:
        held = scope(user)
        with CaptureQueriesContext(connection) as counted:
            list(visible_exports(held))
        return len(counted)

    user = outsider(w)
    actor = held_by(user, w).actor
    people = (user, w.registrant.user("quality_manager", "registrant"))
    export = asked(w, actor)
    few = [queries(one) for one in people]
    for _ in range(4):
        actions.cancel_export(export=export, by=actor, at=LATER)
        export = asked(w, actor)
    asked(w, by_of(w))
    assert [queries(one) for one in people] == few == [2, 1]

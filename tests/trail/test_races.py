"""Many writers at once, as real processes: nothing lost, no gap, one valid chain per stream."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.trail.models import Entry, Head
from cmo.trail.verify import verify
from tests.processes import race

AT = datetime(2026, 6, 1, tzinfo=UTC)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def append(number, times, stream):
    for n in range(times):
        with transaction.atomic():
            by = Actor(number, f"writer {number}")
            record("join.requested", by=by, at=AT, subject="x", stream=stream(n), data={"n": n})
    return times


def test_eight_processes_leave_one_gapless_chain(postgres):
    assert race(lambda number: append(number, 40, lambda _n: "pair:1")) == [40] * 8
    assert list(Entry.objects.of_stream("pair:1").values_list("seq", flat=True)) == list(range(1, 321))
    assert Head.objects.get().seq == 320
    assert verify().as_dict() == {"ok": True, "entries": 320, "streams": 1, "first_bad": None}


def test_processes_that_touch_many_streams_lose_nothing(postgres):
    assert race(lambda number: append(number, 40, lambda n: f"pair:{n % 5}")) == [40] * 8
    assert set(Head.objects.values_list("seq", flat=True)) == {64}
    assert verify().as_dict() == {"ok": True, "entries": 320, "streams": 5, "first_bad": None}


def test_a_check_sees_one_moment_while_others_go_on_writing(postgres):
    append(0, 50, lambda n: f"pair:{n % 5}")

    def work(number):
        if number:
            return append(number, 40, lambda n: f"pair:{n % 5}")
        return [verify().as_dict()["first_bad"] for _ in range(15)]

    assert race(work) == [[None] * 15] + [40] * 7
    assert verify().entries == 50 + 7 * 40

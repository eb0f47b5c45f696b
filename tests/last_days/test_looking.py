"""What the calendar says stays true whatever is filtered: the period, how much is overdue, whose day off it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cmo import clock
from cmo.calendar import actions as calendar_actions
from cmo.calendar.collect import duties_of
from cmo.calendar.facts.reminding import Setting
from cmo.calendar.lanes import APART, drawn
from cmo.calendar.shown import Shown
from cmo.duty import Duty, Kind
from cmo.parties import actions
from cmo.parties.access import plain_actor, scope_of
from cmo.parties.models import User
from cmo.trail.models import Entry
from cmo.web.charts import Axis
from tests import make

from . import build

pytestmark = pytest.mark.django_db
ON = make.TODAY
FRIDAY = date(2026, 6, 5)


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.AT)


def test_a_filter_that_says_nothing_of_the_period_keeps_it_and_shows_it_chosen() -> None:
    client = build.signed_in(build.lean_pair().registrant.user())
    for name, months in (("list", 3), ("timeline", 12)):
        for asked in ({}, {"kind": "audit"}, {"kind": "audit", "months": ""}, {"months": "nonsense"}):
            context = client.get(reverse(f"calendar:{name}"), asked).context
            assert context["period"].months == months, (name, asked)
        chosen = client.get(reverse(f"calendar:{name}"), {"kind": "audit"}).context["form"]["months"].value()
        assert chosen == str(months)
    assert client.get(reverse("calendar:list"), {"months": "6"}).context["period"].months == 6


def test_the_badge_counts_everything_overdue_whatever_is_filtered() -> None:
    world = build.lean_pair()
    build.yearly(world, ON - timedelta(days=3))
    client = build.signed_in(world.registrant.user())
    for asked in ({}, {"kind": "renew"}, {"q": "nothing of this name"}):
        context = client.get(reverse("calendar:month"), asked).context
        assert (context["late"], len(context["overdue"])) == (1, 0 if asked else 1)
    page = client.get(reverse("calendar:month"), {"kind": "renew"}).content.decode()
    assert "1 duty overdue" in page
    assert "Nothing overdue" not in page


def test_a_day_that_the_organisation_set_is_marked_as_its_own_and_no_public_holiday() -> None:
    world = build.lean_pair()
    by = world.registrant.actor()
    actions.set_working_day(day=FRIDAY, arrangement="off", reason="搬迁", by=by, at=make.AT)
    month = reverse("calendar:month") + "?start=2026-06-01"
    for firm, own in ((world.registrant, True), (world.contractor, False)):
        answer = build.signed_in(firm.user()).get(month)
        day = next(day for week in answer.context["weeks"] for day in week if day.on == FRIDAY)
        assert (day.own, day.special, day.works) == (own, own, not own)
        assert ("set by your own organisation" in answer.content.decode()) is own


def test_a_bar_never_runs_through_the_mark_of_another_duty() -> None:
    def row(first: int, last: int) -> Shown:
        day = ON + timedelta(days=last)
        duty = Duty(Kind.REPORT, "x", "", f"/{last}/", since=ON + timedelta(days=first), due_on=day)
        return Shown(duty, ON, day, "x", "", "", ours=True)

    until = ON + timedelta(days=365)
    rows: list[Shown] = [row(0, 60), row(61, 120), row(30, 200), row(240, 300)]
    axis: Any = Axis(ON, until)
    for lane in drawn(rows, ON, until).lanes:
        for span, others in ((span, [m for m in lane.marks if m.on < (span.ends_on or until)]) for span in lane.spans):
            assert all(axis.at(span.starts_on) - axis.at(mark.on) >= APART for mark in others)


def test_what_was_opened_by_name_is_in_no_feed_and_the_calendar_offers_its_reader_none() -> None:
    world = build.lean_pair()
    build.yearly(world, ON + timedelta(days=20))
    reader = make.person(accepts=False)
    made = {"label": "Phone", "language": "en", "by": plain_actor(reader), "at": make.AT}
    _feed, token = calendar_actions.make_feed(person=reader, **made)  # type: ignore[arg-type]
    make.grant(world, reader)
    scope = scope_of(User.objects.get(pk=reader.pk), ON)
    assert len(duties_of(scope, ON, ON + timedelta(days=30))) == 1
    answer = Client().get(reverse("calendar:feed", args=[token]))
    assert (answer.status_code, b"BEGIN:VEVENT" in answer.content) == (200, False)
    for user, offered in ((reader, False), (world.registrant.user("viewer"), True)):
        page = build.signed_in(user).get(reverse("calendar:month")).content.decode()
        assert (reverse("calendar:make_feed") in page) is offered


def test_the_trail_names_the_kind_whose_reminders_were_set() -> None:
    firm = build.lean_pair().registrant
    setting = {"kind": Kind.RENEW, "setting": Setting((120,), 0), "reason": "提前"}
    calendar_actions.set_reminders(organisation=firm.organisation, by=firm.actor(), at=make.AT, **setting)  # type: ignore[arg-type]
    client = build.signed_in(firm.user())
    page = client.get(reverse("calendar:reminders", args=[firm.pk])).content.decode()
    assert "120 days ahead" in page
    assert "on the first day overdue" in page
    entry = Entry.objects.get(stream=firm.stream, verb="reminders.set")
    assert entry.content["label"] in {"续期", "Renew"}

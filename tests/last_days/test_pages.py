"""The calendar as month, list and timeline and the tab of a pair: what stands where, filters, export, cost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cmo import clock
from cmo.calendar.lanes import APART, MOST_DRAWN, drawn
from cmo.calendar.shown import Shown
from cmo.duty import Duty, Kind
from cmo.parties.models import User
from cmo.web.charts import Axis
from tests import make
from tests.agreements.build import queries

from . import build

pytestmark = pytest.mark.django_db
ON = make.TODAY
VIEWS = ("month", "list", "timeline")


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.AT)


@pytest.fixture
def world() -> make.Relation:
    """An audit overdue since the day before, a written authorisation that ends with the month."""
    relation = build.lean_pair()
    build.yearly(relation, ON - timedelta(days=1), "audit", "SH-OLD")
    make.post(relation.registrant, "signatory", user=make.person("PS-NEW"), ends_on=date(2026, 6, 30))
    return relation


def page(user: User, name: str, language: str = "en", **query: Any) -> str:
    response = build.signed_in(user, language).get(reverse(f"calendar:{name}"), query)
    assert response.status_code == 200
    return response.content.decode()


def cell(html: str, day: date) -> str:
    """The cell of one day of the month."""
    (found,) = re.findall(
        rf'<td class="cal-day[^"]*"[^>]*>\s*<p class="cal-date"><time datetime="{day}".*?</td>', html, re.DOTALL
    )
    return found


def test_the_month_shows_each_duty_on_its_day_and_what_is_overdue_on_top(world: make.Relation) -> None:
    html = page(world.registrant.user(), "month")
    assert "PS-NEW" in cell(html, date(2026, 6, 30))
    assert "PS-NEW" not in cell(html, date(2026, 6, 29))
    overdue, _table, grid = html.partition('<table class="cal-month">')
    assert "SH-OLD" in overdue
    assert "SH-OLD" not in grid
    assert 'aria-current="date"' in cell(html, ON)
    may = page(world.registrant.user(), "month", start="2026-05-17")
    assert "SH-OLD" in cell(may, ON - timedelta(days=1))
    assert "May 2026" in may


def test_every_view_names_law_owner_and_the_place_of_action(world: make.Relation) -> None:
    user = world.registrant.user()
    for name in ("list", "month"):
        html = page(user, name)
        assert "#GMP25-109" in html, name
        assert "our own" in html, name
        assert world.pair.number in html, name
    assert "our own" in page(user, "timeline")


def test_the_list_begins_with_what_is_overdue_and_counts_working_days(world: make.Relation) -> None:
    html = page(world.registrant.user(), "list")
    assert html.index("SH-OLD") < html.index("PS-NEW")
    assert "1 day overdue" in html
    assert "29 days left" in html
    assert "20 working days" in html


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"SH-OLD", "PS-NEW"}),
        ({"overdue": "on"}, {"SH-OLD"}),
        ({"kind": "audit"}, {"SH-OLD"}),
        ({"kind": "renew"}, {"PS-NEW"}),
        ({"whose": "ours"}, {"SH-OLD", "PS-NEW"}),
        ({"whose": "theirs"}, set()),
        ({"basis": "law"}, {"SH-OLD", "PS-NEW"}),
        ({"basis": "agreement"}, set()),
        ({"q": "ps-new"}, {"PS-NEW"}),
        ({"q": "nothing of the kind"}, set()),
        ({"start": "2026-08-01"}, {"SH-OLD"}),
        ({"start": "1999-01-01"}, {"SH-OLD"}),
        ({"start": "nonsense", "kind": "nonsense", "months": "abc", "party": "x"}, {"SH-OLD", "PS-NEW"}),
    ],
)
def test_filters_in_the_address_narrow_every_view(world: make.Relation, query: dict[str, str], shown: set[str]) -> None:
    user = world.registrant.user()
    for name in VIEWS:
        html = page(user, name, **query).partition('id="main"')[2]
        assert {about for about in ("SH-OLD", "PS-NEW") if f"{about}" in re.sub(r'value="[^"]*"', "", html)} == shown, (
            name
        )


def test_the_other_side_sees_whose_duty_it_is(world: make.Relation) -> None:
    user = world.contractor.user()
    assert world.registrant.data.name_en in page(user, "list", whose="theirs")
    assert "SH-OLD" not in page(user, "list", whose="ours")
    assert "SH-OLD" in page(user, "list", party=world.registrant.pk)


def test_an_empty_calendar_teaches_and_a_filtered_one_says_that_nothing_matches() -> None:
    user = make.person(accepts=False)
    for name in VIEWS:
        assert "put their last days here by themselves" in page(user, name), name
    for name in ("list", "timeline"):
        assert "No last day matches." in page(user, name, kind="audit"), name


def test_a_year_whose_working_days_are_not_announced_says_so() -> None:
    user = make.person(accepts=False)
    assert "has not announced" not in page(user, "month", start="2026-03-01")
    assert "has not announced the working days of 2031" in page(user, "month", start="2031-03-01")
    assert "2031" in page(user, "month", "zh-hans", start="2031-03-01")


def test_the_list_is_exported_as_it_is_filtered(world: make.Relation) -> None:
    client = build.signed_in(world.registrant.user())
    text = client.get(reverse("calendar:list"), {"export": "csv", "overdue": "on"}).content.decode()
    assert "SH-OLD" in text
    assert "PS-NEW" not in text
    book = load_workbook(BytesIO(client.get(reverse("calendar:list"), {"export": "xlsx"}).content))
    rows = list(book.active.values)
    assert rows[0][:3] == ("Last day", "Time left", "Duty")
    assert [str(row[3]).split(" ")[0] for row in rows[1:]] == ["SH-OLD", "PS-NEW"]
    assert [row[1] for row in rows[1:]] == [0, 20]  # the day before was a Sunday: no working day has passed


def test_the_tab_of_a_pair_shows_what_comes_due_in_it_alone(world: make.Relation) -> None:
    other = make.pair(contractor=world.contractor)
    build.yearly(other, ON, reference="SH-OTHER")
    client = build.signed_in(world.contractor.user())
    html = client.get(reverse("calendar:pair", args=[world.pair.pk])).content.decode()
    assert "SH-OLD" in html
    assert "SH-OTHER" not in html
    assert 'aria-current="page">Calendar' in html


def test_two_and_two_hundred_duties_cost_every_view_the_same_number_of_queries() -> None:
    world = build.lean_pair()
    client = build.signed_in(world.contractor.user())
    build.many_pairs(world, 2, ON)

    def costs() -> list[int]:
        return [queries(lambda name=name: client.get(reverse(f"calendar:{name}"))) for name in VIEWS]  # type: ignore[misc]

    costs()
    few = costs()
    build.many_pairs(world, 198, ON)
    assert costs() == few


def test_more_than_three_duties_of_a_day_unfold(world: make.Relation) -> None:
    build.many_pairs(world, 5, ON)
    html = cell(page(world.contractor.user(), "month"), ON)
    assert html.count('class="cal-link ') == 5
    assert "2 more" in html


# ── the drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def row(day: date, pair: str = "", since: date | None = None) -> Shown:
    duty = Duty(Kind.REPORT, f"duty {day}", "", "/", since=since, due_on=day, pair=pair)
    return Shown(duty, ON, day, str(duty.title), "", "", ours=True)


def test_marks_never_cover_each_other_and_every_number_is_explained() -> None:
    rows = [row(ON + timedelta(days=n)) for n in (0, 0, 1, 5, 30, 31, 200)]
    last = ON + timedelta(days=365)
    drawing = drawn(rows, ON, last)
    axis = Axis(ON, last)
    for lane in drawing.lanes:
        places = [axis.at(mark.on) for mark in lane.marks]
        assert all(b - a >= APART for a, b in pairwise(places)), places
    assert [number for number, _group in drawing.numbered] == [1, 2, 3, 4, 5, 6]
    assert [each for _number, group in drawing.numbered for each in group] == rows
    assert [lane.label != "" for lane in drawing.lanes] == [True, *[False] * (len(drawing.lanes) - 1)]


def test_a_drawing_shows_the_earliest_and_says_how_many_it_leaves_out() -> None:
    rows = [row(ON + timedelta(days=n), f"P{n % 7}") for n in range(MOST_DRAWN + 3)]
    drawing = drawn(rows, ON, ON + timedelta(days=365))
    assert drawing.more == 3
    assert len(drawing.numbered) == MOST_DRAWN


def test_a_window_is_a_bar_up_to_its_last_day_and_begins_inside_the_drawing() -> None:
    closes = ON + timedelta(days=40)
    drawing = drawn([row(closes, since=ON - timedelta(days=90))], ON, ON + timedelta(days=365))
    (span,) = drawing.lanes[0].spans
    assert (span.starts_on, span.ends_on) == (ON, closes)

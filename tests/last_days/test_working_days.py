"""Working days by exception: who sets them, what stands against it, whose they are, and what they do not move."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from cmo import clock
from cmo.errors import Refused
from cmo.parties import actions
from cmo.parties.facts import exceptions, exceptions_by_organisation
from cmo.parties.models import WorkingDay
from cmo.trail.models import Entry
from cmo.workdays import add_months, is_working_day, working_days_between
from tests import make

from . import build

pytestmark = pytest.mark.django_db
FRIDAY, SATURDAY = date(2026, 6, 5), date(2026, 6, 6)
NOTICE = "国务院办公厅关于部分节假日安排的通知"


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.AT)


@pytest.fixture
def firm() -> make.Firm:
    return make.organisation(posts=("viewer",))


def set_day(
    firm: make.Firm, day: date, arrangement: str = "off", reason: str = NOTICE, role: str = "quality_manager"
) -> WorkingDay:
    return actions.set_working_day(day=day, arrangement=arrangement, reason=reason, by=firm.actor(role), at=make.AT)


def test_the_latest_row_of_a_day_counts_and_can_give_the_day_back(firm: make.Firm) -> None:
    set_day(firm, FRIDAY)
    set_day(firm, SATURDAY, "worked")
    assert exceptions([firm.pk]) == {FRIDAY: False, SATURDAY: True}
    assert (is_working_day(FRIDAY, exceptions([firm.pk])), is_working_day(SATURDAY, exceptions([firm.pk]))) == (
        False,
        True,
    )
    set_day(firm, FRIDAY, "worked")
    set_day(firm, SATURDAY, "as_announced")
    assert exceptions([firm.pk]) == {FRIDAY: True}
    assert not is_working_day(SATURDAY, exceptions([firm.pk]))


def test_setting_a_day_is_on_the_trail_of_the_organisation_with_its_reason(firm: make.Firm) -> None:
    row = set_day(firm, FRIDAY)
    entry = Entry.objects.filter(stream=firm.stream, verb="working_day.set").get()
    assert NOTICE in entry.payload
    assert FRIDAY.isoformat() in entry.payload
    assert (row.recorded_by_name, row.recorded_at) == (firm.user().printed_name, make.AT)


def test_only_quality_sets_a_day(firm: make.Firm) -> None:
    with pytest.raises(PermissionDenied):
        set_day(firm, FRIDAY, role="viewer")
    assert exceptions([firm.pk]) == {}


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (add_months(make.TODAY, 24), False),
        (add_months(make.TODAY, 24) + timedelta(days=1), True),
        (add_months(make.TODAY, -24), False),
        (add_months(make.TODAY, -24) - timedelta(days=1), True),
    ],
)
def test_a_day_lies_at_most_two_years_away(firm: make.Firm, day: date, refused: bool) -> None:
    if not refused:
        set_day(firm, day)
        return
    with pytest.raises(Refused) as error:
        set_day(firm, day)
    assert error.value.codes == ["working_day_too_far"]


def test_every_reason_is_given_at_once(firm: make.Firm) -> None:
    with pytest.raises(Refused) as error:
        set_day(firm, date(2031, 1, 1), "as_announced", " ")
    assert error.value.codes == ["working_day_too_far", "working_day_reason_needed", "working_day_as_it_is"]
    set_day(firm, FRIDAY)
    with pytest.raises(Refused) as error:
        set_day(firm, FRIDAY)
    assert error.value.codes == ["working_day_as_it_is"]


def test_the_page_lists_what_was_set_and_offers_setting_to_quality_alone(firm: make.Firm) -> None:
    client, url = build.signed_in(firm.user()), reverse("calendar:working_days")
    assert "No day is set otherwise" in client.get(url).content.decode()
    typed = {"day": "2026-06-05", "arrangement": "off", "reason": NOTICE}
    assert client.post(reverse("calendar:set_working_day"), typed).status_code == 302
    page = client.get(url).content.decode()
    assert "2026-06-05" in page
    assert NOTICE in page
    again = client.post(reverse("calendar:set_working_day"), typed)
    assert "is set like this already" in again.content.decode()
    viewer = build.signed_in(firm.user("viewer"))
    assert "done by" in viewer.get(url).content.decode()
    assert viewer.get(reverse("calendar:set_working_day")).status_code == 403


def test_a_day_belongs_to_the_organisation_that_set_it(firm: make.Firm) -> None:
    other = make.organisation(posts=())
    set_day(firm, FRIDAY)
    set_day(other, FRIDAY, "worked")
    set_day(other, SATURDAY, "worked")
    assert exceptions([firm.pk]) == {FRIDAY: False}
    assert exceptions([other.pk]) == {FRIDAY: True, SATURDAY: True}
    assert exceptions([]) == {}
    assert exceptions([firm.pk, other.pk]) == {FRIDAY: True, SATURDAY: True}
    assert exceptions_by_organisation() == {firm.pk: {FRIDAY: False}, other.pk: {FRIDAY: True, SATURDAY: True}}


def test_nobody_reads_what_another_organisation_set_nor_who_did(firm: make.Firm) -> None:
    other = make.organisation(posts=())
    set_day(other, FRIDAY, reason="公司搬迁停工")
    url = reverse("calendar:working_days")
    page = build.signed_in(firm.user()).get(url).content.decode()
    assert "公司搬迁停工" not in page
    assert other.user().printed_name not in page
    assert "公司搬迁停工" in build.signed_in(other.user()).get(url).content.decode()
    month = reverse("calendar:month") + "?start=2026-06-01"
    shaded = {f.pk: build.signed_in(f.user()).get(month).context["weeks"] for f in (firm, other)}
    works = {pk: {d.on: d.works for week in weeks for d in week}[FRIDAY] for pk, weeks in shaded.items()}
    assert works == {firm.pk: True, other.pk: False}


def test_last_days_and_the_working_days_left_are_the_same_for_both_sides_whatever_one_sets() -> None:
    world = build.concluded()
    last_day = date(2028, 5, 31)

    def left(user: Any, name: str) -> Any:
        table = build.signed_in(user).get(reverse(name), {"months": 36}).context["table"]
        if name == "calendar:list":
            row = next(row for row in table.data.data if row.duty.code == "agreed_term_ends")
            return table.value_left(row)
        (row,) = table.data.data
        return table.left(row)

    off = next(day for day in (FRIDAY + timedelta(days=n) for n in range(7)) if is_working_day(day))
    set_day(world.relation.contractor, off)
    for firm in (world.relation.registrant, world.relation.contractor):
        for name in ("calendar:list", "agreements:validity"):
            assert left(firm.user(), name) == working_days_between(make.TODAY, last_day)


def test_the_database_refuses_a_day_of_nobody(firm: make.Firm) -> None:
    row = set_day(firm, FRIDAY)
    with pytest.raises(DatabaseError, match="a_working_day_belongs_to_an_organisation"), transaction.atomic():
        WorkingDay.objects.create(day=SATURDAY, arrangement="off", reason="x", recorded_at=row.recorded_at)

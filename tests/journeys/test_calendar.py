"""The calendar in a real browser: how far ahead an organisation is told and when lateness is escalated, the day's mails
and where they lead, month, list and timeline by keys alone, a feed until it is revoked, a report until it is recorded.
In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from agreements.models import Agreement
from cmo import clock
from cmo.calendar import actions
from cmo.calendar.facts.reminding import Setting
from cmo.calendar.models import PeriodicReport, Reminder
from cmo.clock import SHANGHAI
from cmo.duty import Kind
from cmo.evidence.facts import files_of
from cmo.parties.models import User
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from cmo.workdays import add_working_days, working_days_between
from tests import make
from tests.browser import Person
from tests.last_days import build
from tests.last_days.test_feeds import parsed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

#: A Wednesday two weeks after the first yearly review of the agreement was due.
NOW = datetime(2027, 6, 16, 9, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()
#: The review is due a year after the agreement took effect.
REVIEW_DUE = date(2027, 6, 1)
SELF_INSPECTION = "self_inspection-2026-01-01"
WHY, STOPPED = "评审资料准备时间长，按管理评审决议", "搬迁停工，公司通知2027-18号"


@dataclass
class Journey:
    """A pair with an agreement in force, and both sides' quality at their browsers."""

    relation: make.Relation
    agreement: Agreement
    people: Callable[..., Person]
    ours: Person
    theirs: Person

    @property
    def late_for(self) -> int:
        """Working days that the review is overdue for, on the State Council's calendar."""
        return working_days_between(REVIEW_DUE, TODAY)


@pytest.fixture
def journey(people: Callable[..., Person], live_server: Any, settings: Any, monkeypatch: Any) -> Journey:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    settings.SITE_URL = live_server.url
    relation = build.concluded().relation
    quality = [people(firm.user().username) for firm in (relation.registrant, relation.contractor)]
    return Journey(relation, Agreement.objects.get(), people, *quality)


def test_last_days_are_told_escalated_looked_at_subscribed_to_and_recorded(journey: Journey) -> None:
    _quality_sets_the_reminders(journey)
    _everybody_else_reads_them(journey)
    _the_organisation_stops_for_a_day(journey)
    _the_day_is_run(journey)
    _the_mail_leads_to_the_duty(journey)
    _three_views_by_keys(journey)
    _a_feed_until_it_is_revoked(journey)
    _a_recorded_report_is_no_last_day(journey)
    assert verify([journey.relation.registrant.stream, journey.relation.contractor.stream]).ok


def _quality_sets_the_reminders(journey: Journey) -> None:
    """Both sides are to hear of a late review after just as many working days as it is late today."""
    ours, firm, late = journey.ours, journey.relation.registrant, journey.late_for
    ours.visit("calendar:month").press("Reminders")
    assert ours.at("calendar:reminders", firm.pk)
    ours.press("Set the reminders", within=ours.say("Report"))
    ours.fill("days ahead", "45、20, 5").fill("working days overdue until escalation", str(late)).fill("Reason", WHY)
    ours.press("Save the setting").sees("45, 20, 5", WHY, firm.user().printed_name)
    entry = Entry.objects.get(stream=firm.stream, verb="reminders.set")
    assert (entry.content["reason"], entry.content["data"]["escalate_after"]) == (WHY, late)
    ours.visit("parties:organisation_trail", firm.pk).sees(WHY)
    other = journey.relation.contractor
    same = {"setting": Setting((45, 20, 5), late), "reason": WHY, "by": other.actor(), "at": NOW}
    actions.set_reminders(organisation=other.organisation, kind=Kind.REPORT, **same)


def _everybody_else_reads_them(journey: Journey) -> None:
    firm = journey.relation.registrant
    viewer = journey.people(firm.user("viewer").username, width=390)
    viewer.visit("calendar:reminders", firm.pk).sees("45, 20, 5", WHY)
    stopped = viewer.page.locator("main .blocked-action", has_text=viewer.say("Set the reminders"))
    assert (stopped.count(), viewer.page.locator("main a", has_text=viewer.say("Set the reminders")).count()) == (1, 0)
    viewer.visit("calendar:set_reminders", firm.pk, "report")
    assert not viewer.page.locator("main form").count()


def _the_organisation_stops_for_a_day(journey: Journey) -> None:
    """A day off of the registrant moves its own escalation; the last day stays where it is, for both sides."""
    ours, stopped = journey.ours, add_working_days(TODAY, -1)
    ours.visit("calendar:month").press("Working days").press("Set a working day")
    ours.fill("Day", stopped).choose("The day is", "off").fill("Announcement or reason", STOPPED)
    ours.press("Set this day").sees(STOPPED)
    day = 'td:has(time[datetime="{0:%Y-%m-%d}"]).is-off'.format
    for person, marked in ((ours, 1), (journey.theirs, 0)):
        person.visit("calendar:month")
        assert person.page.locator(day(stopped)).count() == marked
        person.visit("calendar:list")
        row = person.page.locator("main tbody tr", has_text=person.say("Review the quality agreement"))
        assert REVIEW_DUE.isoformat() in row.inner_text()


def _the_day_is_run(journey: Journey) -> None:
    """Of one review on one last day the contractor hears as escalated, the registrant not before tomorrow."""
    first, again = _run(), _run()
    assert (first["failed"], first["done_before"], again["done_before"]) == (0, False, True)
    assert first["digests"] == Reminder.objects.values("person").distinct().count() > 0
    relation = journey.relation
    assert _told_of_the_review(relation.registrant.user()) == {"overdue"}
    assert _told_of_the_review(relation.contractor.user()) == {"overdue", "escalated"}
    for row in DBTaskResult.objects.ready():
        row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    assert len(mail.outbox) == first["digests"]


def _run() -> dict[str, Any]:
    said = StringIO()
    call_command("run_due", "--on", TODAY.isoformat(), "--json", stdout=said)
    return json.loads(said.getvalue())


def _told_of_the_review(user: User) -> set[str]:
    rows = Reminder.objects.filter(person=user, duty_key__startswith="yearly_review")
    return set(rows.values_list("stage", flat=True))


def _the_mail_leads_to_the_duty(journey: Journey) -> None:
    theirs, address = journey.theirs, journey.relation.contractor.user().email
    (letter,) = [message for message in mail.outbox if message.to == [address]]
    place = reverse("agreements:pair_reviews", args=[journey.relation.pair.pk])
    (link,) = [found for found in re.findall(r"https?://\S+", letter.body) if place in found]
    assert f'href="{link}"' in letter.alternatives[0].content
    assert f"{journey.agreement.number} · {journey.relation.pair.number}" in letter.body
    theirs.page.goto(link)
    assert theirs.page.url == link
    theirs.sees(journey.agreement.number)


def _three_views_by_keys(journey: Journey) -> None:
    """Filters and views without a mouse: what was chosen goes along from view to view."""
    ours = journey.ours.visit("calendar:list").sees("Review the quality agreement", "An agreed obligation is due")
    keys = ours.page.keyboard
    ours.page.locator(".cal-filters > summary").focus()
    keys.press("Enter")
    keys.press("Tab")
    keys.type(journey.agreement.number)
    keys.press("Tab")
    _down_to(ours, "kind", Kind.REPORT)
    keys.press("Tab")
    keys.press("Tab")
    _down_to(ours, "whose", "ours")
    keys.press("Tab")
    _down_to(ours, "basis", "law")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    keys.press("Enter")
    ours.page.wait_for_url("**overdue=on**")
    for view, rows in (("list", "tbody tr"), ("timeline", ".cal-legend > li"), ("month", ".cal-entry")):
        if view != "list":
            ours.page.locator("main nav a", has_text=ours.say(view.capitalize())).focus()
            keys.press("Enter")
            ours.page.wait_for_url(f"{ours.address}{reverse(f'calendar:{view}')}?**")
        (only,) = ours.page.locator("main").locator(rows).all()
        assert ours.say("Review the quality agreement") in only.inner_text()
    for way, first in (("Earlier", "2027-05-01"), ("Later", "2027-06-01")):
        ours.page.get_by_role("link", name=ours.say(way), exact=True).focus()
        keys.press("Enter")
        ours.page.wait_for_url(f"**start={first}**")
    ours.page.locator(".cal-day a", has_text=ours.say("Review the quality agreement")).focus()
    keys.press("Enter")
    ours.page.wait_for_url("**/reviews/**")


def _down_to(person: Person, field: str, value: str) -> None:
    """Go down a list that has the focus."""
    chosen = person.page.locator(f"select[name={field}]:focus")
    for _step in range(chosen.locator("option").count()):
        if chosen.input_value() == value:
            return
        person.page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} is not among the options of {field}")


def _a_feed_until_it_is_revoked(journey: Journey) -> None:
    ours = journey.ours.visit("calendar:month").press("Make a calendar feed")
    ours.fill("What it is for", "办公室电脑 Outlook").choose("Language", "en").press("Make the feed")
    address = ours.page.locator("#feed-address").input_value()
    assert address.startswith(settings.SITE_URL)
    with urlopen(address) as answer:  # a calendar program: nobody is signed in
        events = parsed(answer.read())
    (review,) = [event for event in events if event["SUMMARY"].startswith("Review the quality agreement")]
    assert review.decoded("DTSTART") == REVIEW_DUE
    assert any(event["SUMMARY"].startswith("Submit the QMS self-inspection report") for event in events)
    ours.visit("parties:account").press("Revoke this feed", within="办公室电脑 Outlook")
    with pytest.raises(HTTPError, match="404"):
        urlopen(address)


def _a_recorded_report_is_no_last_day(journey: Journey) -> None:
    """The self-inspection of last year is overdue until it is recorded with its file."""
    ours, firm = journey.ours, journey.relation.registrant
    ours.visit("calendar:list").press("Submit the QMS self-inspection report")
    assert ours.at("calendar:report", firm.pk, SELF_INSPECTION)
    ours.press("Record the report").fill("done on", TODAY).fill("proving record", "ZC-2026")
    ours.attach("file", "self-inspection-2026.txt", "自查报告").press("Record the report")
    ours.sees("ZC-2026", "periodic report", "after the last day")
    row = PeriodicReport.objects.get(organisation=firm.organisation)
    (files,) = files_of([row]).values()
    assert [file.kind for file in files] == ["periodic_report"]
    assert Entry.objects.filter(stream=firm.stream, verb="report.recorded").count() == 1
    ours.visit("calendar:list", query="?months=1")
    assert ours.say("Submit the QMS self-inspection report") not in ours.text()
    ours.visit("calendar:reports").sees("ZC-2026")

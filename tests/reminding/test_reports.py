"""Recurring reports with the database: what base data make an organisation owe, recording, evidence, inbox and pages."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo.calendar import actions, duties
from cmo.calendar.facts.reports import load_report_facts
from cmo.calendar.models import PeriodicReport
from cmo.calendar.rules.reports import periods
from cmo.clock import SHANGHAI
from cmo.errors import Refused
from cmo.evidence.facts import files_of
from cmo.parties.access import scope_of
from cmo.parties.models import User
from cmo.trail.models import Entry
from tests import make, replay
from tests.catalogue import build as catalogue

pytestmark = pytest.mark.django_db
R, C = make.REGISTRANT, make.CONTRACTOR
D = date.fromisoformat
UNTIL = D("2027-06-30")


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@replay.kept
def world() -> make.Relation:
    """A registrant with a device registered in 2026 and a contractor with a licence, both here since May 2026."""
    posts = ("viewer", "management_representative")
    relation = make.pair(make.organisation(sides=(R,), posts=posts), make.organisation(sides=(C,), posts=posts))
    device(relation.registrant)
    make.licence(relation.contractor)
    return relation


def device(firm: make.Firm, number: str = "国械注准20263130001", **changes: Any) -> Any:
    days = {"first_day": D("2026-02-01"), "last_day": D("2031-01-31")}
    return catalogue.device(firm, number_printed=number, **days | changes)


def moment(day: str) -> datetime:
    return datetime.combine(D(day), make.AT.timetz()).replace(tzinfo=SHANGHAI)


def owed(firm: make.Firm, until: date = UNTIL) -> list[tuple[str, str]]:
    facts = load_report_facts([firm.pk])[firm.pk]
    return [(period.kind, period.due_on.isoformat()) for period in periods(facts, until)]


def record(firm: make.Firm, name: str, day: str, **changes: Any) -> PeriodicReport:
    values: dict[str, Any] = {"done_on": D(day), "reference": "ZC-1", "by": firm.actor(), "at": moment(day)}
    return actions.record_report(organisation=firm.organisation, period=name, **values | changes)


HEARING = "representative-2026-04-01"


def test_both_sides_owe_the_yearly_and_quarterly_reports_and_the_registrant_one_for_its_device() -> None:
    w = world()
    both = [
        ("representative", "2026-06-30"),
        ("representative", "2026-09-30"),
        ("representative", "2026-12-31"),
        ("representative", "2027-03-31"),
        ("self_inspection", "2027-03-31"),
        ("representative", "2027-06-30"),
    ]
    assert owed(w.contractor) == both
    assert owed(w.registrant) == sorted([*both, ("risk_evaluation", "2027-04-01")], key=lambda row: (row[1], row[0]))


def test_without_a_confirmed_licence_or_certificate_nothing_is_owed() -> None:
    firm = make.organisation(sides=(C,), posts=())
    make.licence(firm, confirmed=False)
    assert owed(firm) == []


def test_a_cancelled_licence_is_held_until_that_was_known_here() -> None:
    firm = make.organisation(sides=(C,), posts=())
    current = make.licence(firm)
    make.new_licence_version(current, firm, standing="cancelled", at=moment("2026-07-01"))
    assert [due for kind, due in owed(firm) if kind == "representative"] == ["2026-06-30", "2026-09-30"]


@pytest.mark.parametrize(
    ("number", "first", "yearly"),
    [
        ("国械注准20263130001", "2026-02-01", True),
        ("国械注准20233130001", "2026-02-01", True),
        ("国械注准20223130001", "2026-12-31", False),
        ("国械注准20163130001", "2026-02-01", False),
    ],
)
def test_the_year_in_the_number_tells_the_first_registration_period(number: str, first: str, yearly: bool) -> None:
    firm = make.organisation(sides=(R,), posts=())
    device(firm, number, first_day=D(first), last_day=D(first) + timedelta(days=1825))
    found = [due for kind, due in owed(firm, D("2032-01-01")) if kind == "risk_evaluation"]
    assert len(found) == (5 if yearly else 1)


def test_a_corrected_first_day_moves_the_years_and_a_renewal_begins_another_period() -> None:
    firm = make.organisation(sides=(R,), posts=())
    version = device(firm)
    corrected = catalogue.new_version(version, firm, first_day=D("2026-03-01"), last_day=D("2031-02-28"))
    found = [due for kind, due in owed(firm, D("2032-01-01")) if kind == "risk_evaluation"]
    assert (len(found), found[0]) == (5, "2027-04-29")
    renewed = {"first_day": D("2031-03-01"), "last_day": D("2036-02-29")}
    catalogue.new_version(corrected, firm, **renewed, at=moment("2031-02-01"))
    found = [due for kind, due in owed(firm, D("2036-01-01")) if kind == "risk_evaluation"]
    assert (len(found), found[-1]) == (6, "2035-08-29")


def test_a_report_is_recorded_with_its_file_on_the_organisations_trail_and_only_once() -> None:
    w = world()
    upload = SimpleUploadedFile("minutes.txt", "纪要".encode(), content_type="text/plain")
    row = record(w.contractor, HEARING, "2026-06-02", reference=" HY-7 ", upload=upload)
    assert (row.kind, row.period_to, row.due_on, row.reference) == (
        *("representative", D("2026-06-30"), D("2026-06-30"), "HY-7"),
    )
    (files,) = files_of([row]).values()
    assert [file.kind for file in files] == ["periodic_report"]
    entry = Entry.objects.get(verb="report.recorded")
    assert (entry.stream, entry.content["data"]["period"]) == (w.contractor.stream, HEARING)
    with pytest.raises(Refused) as refusal:
        record(w.contractor, HEARING, "2026-06-03")
    assert refusal.value.codes == ["report_recorded"]
    assert record(w.registrant, HEARING, "2026-06-03").organisation_id == w.registrant.pk


def test_only_quality_and_the_representative_of_the_organisation_record() -> None:
    w = world()
    for by in (w.registrant.actor("viewer"), w.contractor.actor()):
        with pytest.raises(PermissionDenied):
            record(w.registrant, HEARING, "2026-06-02", by=by)
    assert record(w.registrant, HEARING, "2026-06-02", by=w.registrant.actor("management_representative"))


def test_the_report_of_a_device_belongs_to_the_device() -> None:
    w = world()
    version = device(w.registrant, "国械注准20263130002")
    row = record(w.registrant, f"risk_evaluation-{version.device_id}-2026-02-01", "2027-02-01")
    assert (row.device_id, row.due_on) == (version.device_id, D("2027-04-01"))
    left = [due for kind, due in owed(w.registrant) if kind == "risk_evaluation"]
    facts = load_report_facts([w.registrant.pk])[w.registrant.pk]
    assert (len(left), len(facts.filed)) == (2, 1)


def who(user: User, on: date) -> Any:
    return scope_of(User.objects.get(pk=user.pk), on)


def codes(found: list[Any]) -> list[str]:
    return [duty.code for duty in found]


def test_what_waits_is_for_those_who_record_and_the_last_day_for_everybody_of_the_organisation() -> None:
    w, on = world(), D("2027-01-15")
    quality, viewer = (who(w.registrant.user(role), on) for role in ("quality_manager", "viewer"))
    waiting = duties.waiting_on(quality, on)
    assert codes(waiting) == ["representative_report"] * 3 + ["self_inspection_report"]
    assert {duty.owner_ids for duty in waiting} == {frozenset({w.registrant.pk})}
    assert {duty.citation for duty in waiting} == {"MR124-21", "O53-45"}
    assert duties.waiting_on(viewer, on) == []
    ahead = duties.coming_up(viewer, on, on + timedelta(days=90))
    assert [duty.due_on for duty in ahead][-2:] == [D("2027-03-31"), D("2027-04-01")]
    assert [duty.tone for duty in ahead][:4] == ["bad", "bad", "bad", "pending"]


def test_a_recorded_report_is_no_duty_any_more() -> None:
    w, on = world(), make.TODAY
    quality = who(w.contractor.user(), on)
    before = duties.coming_up(quality, on, D("2026-06-30"))
    assert codes(before) == ["representative_report"]
    record(w.contractor, HEARING, "2026-06-01")
    assert duties.coming_up(quality, on, D("2026-06-30")) == []
    assert codes(duties.waiting_on(quality, on)) == []


def test_neither_outsiders_nor_those_limited_to_pairs_are_told_of_the_organisations_reports() -> None:
    w, on = world(), make.TODAY
    outsider = make.person()
    make.grant(w, outsider)
    limited = w.registrant.user("viewer")
    make.grant(w, limited, permission="limited_to_pair")
    for user in (outsider, limited):
        assert duties.coming_up(who(user, on), on, UNTIL) == []


def test_the_number_of_queries_does_not_depend_on_the_number_of_devices() -> None:
    w, on = world(), D("2027-05-01")

    def queries() -> int:
        quality = who(w.registrant.user(), on)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            duties.coming_up(quality, on, on + timedelta(days=90))
            duties.waiting_on(quality, on)
        return len(caught)

    few = queries()
    for n in range(2, 8):
        device(w.registrant, f"国械注准2026313{n:04d}")
    assert queries() == few == 8


# ── pages ──


def client(user: User, language: str = "en") -> Client:
    found = Client()
    found.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    found.cookies["django_language"] = language
    return found


def shown(user: User, address: str, language: str = "en", on: str = "2027-01-15") -> str:
    with time_machine.travel(moment(on), tick=False):
        answer = client(user, language).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def words(html: str) -> str:
    """The text without its marks."""
    return re.sub(r"<[^>]+>", "", html)


def test_the_list_names_what_is_owed_and_what_was_recorded_in_both_languages() -> None:
    w = world()
    record(w.registrant, HEARING, "2026-06-02", reference="HY-2026-2")
    user, address = w.registrant.user("viewer"), reverse("calendar:reports")
    english, chinese = (shown(user, address, language) for language in ("en", "zh-hans"))
    for text in ("calendar year 2026", "quarter 1 of 2027", "HY-2026-2", "overdue"):
        assert text in english, text
    for text in ("2026年度", "2027年第1季度", "HY-2026-2", "逾期"):
        assert text in chinese, text


def test_the_list_costs_the_same_with_many_devices() -> None:
    w = world()
    user, address = w.registrant.user(), reverse("calendar:reports")

    def queries() -> int:
        with time_machine.travel(moment("2027-03-01"), tick=False), CaptureQueriesContext(connection) as caught:
            visitor = client(user)
            caught.initial_queries = len(connection.queries_log)
            assert visitor.get(address).status_code == 200
        return len(caught)

    def recorded(n: int) -> None:
        version = device(w.registrant, f"国械注准2026313{n:04d}")
        record(w.registrant, f"risk_evaluation-{version.device_id}-2026-02-01", "2027-02-02")

    recorded(2)
    queries()
    few = queries()
    for n in range(3, 9):
        recorded(n)
    assert queries() == few


def test_a_registrant_sees_every_part_of_the_self_inspection_report_and_its_contractors() -> None:
    w = world()
    address = reverse("calendar:report", args=[w.registrant.pk, "self_inspection-2026-01-01"])
    text = shown(w.registrant.user(), address)
    for number in range(1, 5):
        assert f"Part {number}" in text
    assert w.contractor.data.name_en in text
    assert reverse("parties:organisation_people", args=[w.registrant.pk]) in text
    assert "Customer feedback" in text


def test_a_contractor_is_spared_what_only_registrants_fill_in() -> None:
    w = world()
    address = reverse("calendar:report", args=[w.contractor.pk, "self_inspection-2026-01-01"])
    text = shown(w.contractor.user(), address)
    assert "Part 2" not in text
    assert "Customer feedback" not in text
    assert "Internal audits" in text


def test_a_report_is_recorded_through_the_page_and_shown_with_its_file() -> None:
    w = world()
    user = w.registrant.user("management_representative")
    address = reverse("calendar:record_report", args=[w.registrant.pk, HEARING])
    upload = SimpleUploadedFile("minutes.txt", b"minutes", content_type="text/plain")
    data = {"done_on": "2026-07-02", "reference": "HY-9", "upload": upload}
    with time_machine.travel(moment("2026-07-02"), tick=False):
        answer = client(user).post(address, data)
    assert answer.status_code == 302, answer.content.decode()
    text = shown(user, answer["Location"], on="2026-07-02")
    for expected in ("HY-9", "periodic report", "after the last day", user.printed_name):
        assert expected in text, expected


def test_a_button_that_cannot_be_used_yet_or_by_this_person_says_why() -> None:
    w = world()
    address = reverse("calendar:report", args=[w.registrant.pk, "self_inspection-2026-01-01"])
    text = shown(w.registrant.user(), address, on="2026-12-31")
    assert "This report cannot be made before 2027-01-01." in words(text)
    assert "None of your posts allows this" in shown(w.registrant.user("viewer"), address)


def test_a_refused_record_says_so_at_the_form_and_stands_on_the_trail() -> None:
    w = world()
    address = reverse("calendar:record_report", args=[w.registrant.pk, HEARING])
    with time_machine.travel(moment("2026-06-02"), tick=False):
        answer = client(w.registrant.user()).post(address, {"done_on": "2026-03-31", "reference": "HY-9"})
    assert answer.status_code == 200
    assert "This report cannot be made before 2026-04-01." in words(answer.content.decode())
    entry = Entry.objects.filter(stream=w.registrant.stream, verb="refused").get()
    assert entry.content["data"]["codes"] == ["report_too_early"]


@pytest.mark.parametrize("name", ["self_inspection-2020-01-01", "representative", "nonsense"])
def test_a_report_that_is_not_owed_has_no_page(name: str) -> None:
    w = world()
    with time_machine.travel(make.AT, tick=False):
        answer = client(w.registrant.user()).get(reverse("calendar:report", args=[w.registrant.pk, name]))
    assert answer.status_code == 404

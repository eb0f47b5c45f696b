"""The checklist page of an audit and its two addresses for the script: who gets what, what is kept, and at what cost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.facts import load_items
from audits.models import Audit, ItemAnswer
from cmo.parties.models import User
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.audits import build
from tests.audits.build import AT, LONG, R, at

pytestmark = pytest.mark.django_db
MIDDLE = "contractor_annual_2026"


@pytest.fixture(autouse=True)
def _moment() -> Iterator[None]:
    with time_machine.travel(at(minutes=5), tick=False):
        yield


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(**changes: Any) -> dict[str, Any]:
    """An answer as the script sends it."""
    content = {"client_key": str(uuid4()), "value": "ok", "severity": "", "note": "", "stated_at": AT.isoformat()}
    return content | {"replaces": None, "settles": []} | changes


def post(client: Client, row: Audit, serial: int, content: Any) -> Any:
    body = content if isinstance(content, bytes | str) else json.dumps(content)
    return client.post(reverse("audits:answer", args=[row.pk, serial]), body, content_type="application/json")


def queries(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the database; BEGIN, COMMIT and savepoints ask nothing."""
    ruling = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return [query["sql"] for query in captured if not query["sql"].startswith(ruling)]


def cost(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return queries(captured)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def page_cost(template: str, answered: int) -> int:
    """Queries of the checklist page with some answers, two that differ, a finding of an earlier audit and a file."""
    built, _earlier = build.with_findings()
    row = build.begun(built, template=template, moment=at(minutes=1))
    for serial in range(1, answered + 1):
        build.answer(built, row, serial, build.said("ok"))
    build.answer(built, row, 1, build.said("defect", "缺少签名"), by=built.second)
    client = signed_in(build.person(built.auditor))
    address = reverse("audits:conduct", args=[row.pk])
    cost(client, address)  # the session is written on the first request
    return len(cost(client, address))


def test_the_page_of_185_items_takes_at_most_twelve_queries_and_as_many_as_one_of_62() -> None:
    few, many = page_cost(MIDDLE, 3), page_cost(LONG, 40)
    assert few == many
    assert many <= 12


def test_saving_an_answer_takes_at_most_eight_queries() -> None:
    built = build.world()
    row = build.begun(built, template=LONG)
    client = signed_in(build.person(built.auditor))
    assert post(client, row, 1, sent()).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert (
            post(
                client, row, 2, sent(value="defect", note="无记录", severity="major", lighter_because="仅一处")
            ).status_code
            == 200
        )
    assert len(queries(captured)) <= 8, queries(captured)


def test_looking_for_news_costs_the_same_however_much_changed() -> None:
    built = build.world()
    row = build.begun(built, template=LONG)
    client = signed_in(build.person(built.second))
    address = reverse("audits:answers", args=[row.pk])
    build.answer(built, row, 1, build.said())
    cost(client, address)
    few = len(cost(client, address))
    for serial in range(2, 60):
        build.answer(built, row, serial, build.said())
    assert len(cost(client, address)) == few
    assert len(client.get(address).json()["standing"]) == 59


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def statuses(user: User, row: Audit) -> tuple[int, int, int]:
    """Of the page, of news, and of an answer."""
    client = signed_in(user)
    pages = [client.get(reverse(f"audits:{name}", args=[row.pk])).status_code for name in ("conduct", "answers")]
    return pages[0], pages[1], post(client, row, 1, sent()).status_code


def test_the_registrants_people_read_the_checklist_the_team_answers_and_nobody_else_knows_of_it() -> None:
    built = build.world()
    row = build.begun(built)
    ours, theirs = built.relation.registrant, built.relation.contractor
    assert statuses(build.person(built.auditor), row) == (200, 200, 200)
    assert statuses(ours.user("viewer"), row) == (200, 200, 403)
    assert statuses(ours.user(), row) == (200, 200, 422)
    assert statuses(theirs.user(), row) == (404, 404, 404)
    assert statuses(make.organisation(sides=(R,)).user(), row) == (404, 404, 404)
    outsider = make.person()
    make.grant(built.relation, outsider)
    assert statuses(outsider, row) == (404, 404, 403)
    assert ItemAnswer.objects.count() == 1


def test_the_contractor_does_not_read_the_checklist_of_a_reported_audit_either() -> None:
    built, row = build.with_findings()
    client = signed_in(built.relation.contractor.user())
    assert client.get(reverse("audits:conduct", args=[row.pk])).status_code == 404


def test_refusals_are_put_on_the_audits_own_chain_and_strangers_leave_no_mark() -> None:
    built = build.world()
    row = build.begun(built)
    post(signed_in(built.relation.registrant.user()), row, 1, sent())
    post(signed_in(built.relation.registrant.user("viewer")), row, 1, sent())
    post(signed_in(make.organisation(sides=(R,)).user()), row, 1, sent())
    found = Entry.objects.filter(stream=row.stream, verb="refused").order_by("seq")
    assert [entry.content["data"]["codes"] for entry in found] == [["not_on_audit_team"], ["PermissionDenied"]]
    assert {entry.subject for entry in found} == {f"audits.audit:{row.pk}"}
    assert verify([row.stream]).ok


def test_nothing_is_kept_under_the_name_of_whoever_signed_in_meanwhile() -> None:
    built = build.world()
    row = build.begun(built)
    client = signed_in(build.person(built.second))
    response = post(client, row, 1, sent(person=build.person(built.auditor).pk))
    assert (response.status_code, ItemAnswer.objects.count()) == (409, 0)
    assert post(client, row, 1, sent(person=build.person(built.second).pk)).status_code == 200


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content",
    [
        " ",
        "{",
        "[]",
        "null",
        b"\xff\xfe",
        "[" * 100_000,
        "1" * 200_000,
        sent(client_key="not a key"),
        sent(client_key=None),
        sent(value="maybe"),
        sent(value=["ok"]),
        sent(severity="fatal"),
        sent(stated_at="yesterday"),
        sent(stated_at="0001-01-01T00:00:00+14:00"),
        sent(replaces="1 or 1=1"),
        sent(replaces=10**30),
        sent(settles=["x"]),
        sent(settles=[10**30]),
        sent(settles=list(range(51))),
        sent(note="\x00"),
        sent(person="me"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason_and_nothing_is_kept(content: Any) -> None:
    built = build.world()
    row = build.begun(built)
    response = post(signed_in(build.person(built.auditor)), row, 1, content)
    assert response.status_code == 400
    assert response.json()["reasons"]
    assert not ItemAnswer.objects.exists()


def test_half_a_character_is_refused_instead_of_breaking_the_page() -> None:
    built = build.world()
    row = build.begun(built)
    body = json.dumps(sent(value="defect")).replace('"note": ""', '"note": "\\ud800"')
    assert post(signed_in(build.person(built.auditor)), row, 1, body).status_code == 400


def test_a_note_of_20_000_bytes_is_kept_and_a_longer_one_refused() -> None:
    built = build.world()
    row = build.begun(built)
    client = signed_in(build.person(built.auditor))
    assert post(client, row, 1, sent(value="defect", note="缺" * 6666 + "ab")).status_code == 200
    assert post(client, row, 2, sent(value="defect", note="缺" * 6667)).status_code == 400
    assert ItemAnswer.objects.count() == 1


def test_hostile_words_come_back_as_words() -> None:
    built = build.world()
    row = build.begun(built)
    client = signed_in(build.person(built.auditor))
    hostile = "</script><script>alert(1)</script>\u202e{{ 7*7 }}'\"&<img src=x onerror=alert(1)>"
    assert post(client, row, 1, sent(value="defect", note=hostile)).status_code == 200
    page = client.get(reverse("audits:conduct", args=[row.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    news = client.get(reverse("audits:answers", args=[row.pk])).json()
    assert news["standing"]["1"][0]["note"] == hostile


@pytest.mark.parametrize("serial", [0, 63, 10**6, 10**30])
def test_an_unknown_item_does_not_exist(serial: int) -> None:
    built = build.world()
    row = build.begun(built)
    client = signed_in(build.person(built.auditor))
    assert post(client, row, serial, sent()).status_code == 404
    assert client.get(reverse("audits:conduct", args=[row.pk]), {"item": str(serial)}).status_code == 404


@pytest.mark.parametrize("number", ["", "x", "-1", "²", "9" * 40])
def test_numbers_in_the_address_of_news_may_be_anything(number: str) -> None:
    built = build.world()
    row = build.begun(built)
    client = signed_in(build.person(built.auditor))
    asked = {"since": number, "at": number}
    assert client.get(reverse("audits:answers", args=[row.pk]), asked).status_code == 200
    assert client.get(reverse("audits:conduct", args=[row.pk]), {"item": number}).status_code == 404


def test_each_address_takes_its_own_method_only() -> None:
    built = build.world()
    row = build.begun(built)
    client = signed_in(build.person(built.auditor))
    assert client.get(reverse("audits:answer", args=[row.pk, 1])).status_code == 405
    assert client.post(reverse("audits:answers", args=[row.pk])).status_code == 405
    assert client.post(reverse("audits:conduct", args=[row.pk])).status_code == 405


def test_an_answer_from_another_site_is_refused() -> None:
    built = build.world()
    row = build.begun(built)
    client = Client(enforce_csrf_checks=True)
    client.force_login(build.person(built.auditor))
    assert post(client, row, 1, sent()).status_code == 403
    token = client.get(reverse("audits:answers", args=[row.pk])).json()["token"]
    address = reverse("audits:answer", args=[row.pk, 1])
    body = json.dumps(sent())
    kept = client.post(address, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert (kept.status_code, ItemAnswer.objects.count()) == (200, 1)


# ── what comes back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_that_was_kept_before_the_report_is_recognised_after_it() -> None:
    built = build.world()
    row = build.begun(built)
    client, content = signed_in(build.person(built.auditor)), sent(value="na", note="不涉及")
    first = post(client, row, 1, content).json()
    build.fill(built, row)
    build.report(built, row)
    again = post(client, row, 1, content)
    assert (again.status_code, again.json()["answer_id"], again.json()["repeated"]) == (200, first["answer_id"], True)
    refused = post(client, row, 1, sent())
    assert refused.status_code == 422
    assert refused.json()["reasons"]


def test_news_name_every_standing_answer_of_an_item_that_changed() -> None:
    built = build.world()
    row = build.begun(built)
    mine = build.answer(built, row, 1, build.said("ok"))
    build.answer(built, row, 2, build.said("ok"))
    client = signed_in(build.person(built.auditor))
    address = reverse("audits:answers", args=[row.pk])
    latest = client.get(address).json()["latest"]
    assert client.get(address, {"since": latest}).json()["standing"] == {}
    theirs = build.answer(built, row, 1, build.said("defect", "缺少签名"), by=built.second)
    news = client.get(address, {"since": latest}).json()
    assert [answer["id"] for answer in news["standing"]["1"]] == [mine.answer_id, theirs.answer_id]
    assert list(news["standing"]) == ["1"]
    settled = build.said("defect", "缺少签名", replaces=theirs.answer_id, settles=(mine.answer_id,))
    build.answer(built, row, 1, settled)
    assert len(client.get(address, {"since": news["latest"]}).json()["standing"]["1"]) == 1


def test_auditors_see_who_else_of_the_team_is_there_and_at_which_item() -> None:
    built = build.world()
    row = build.begun(built)
    first, second = signed_in(build.person(built.auditor)), signed_in(build.person(built.second))
    viewer = signed_in(built.relation.registrant.user("viewer"))
    address = reverse("audits:answers", args=[row.pk])
    viewer.get(address, {"at": 3})
    assert first.get(address, {"at": 7}).json()["others"] == []
    assert second.get(address).json()["others"] == [{"name": built.auditor.name, "serial": 7}]


def test_news_say_why_nothing_can_be_answered_any_more() -> None:
    built = build.world()
    row = build.planned(built)
    client = signed_in(build.person(built.auditor))
    address = reverse("audits:answers", args=[row.pk])
    assert client.get(address).json()["against"]
    build.actions.begin_audit(audit=row, by=built.auditor, at=AT)
    assert client.get(address).json()["against"] == []
    build.fill(built, row)
    build.report(built, row)
    assert client.get(address).json()["against"]


# ── a page without a script ──────────────────────────────────────────────────────────────────────────────────────────


def form_of(client: Client, row: Audit, serial: int) -> dict[str, Any]:
    """What a browser without a script sends back of the page of one item."""
    shown = client.get(reverse("audits:conduct", args=[row.pk]), {"item": serial}).context["form"]
    values = {field.html_name: field.value() for field in shown}
    return {name: "" if value is None else value for name, value in values.items()}


def test_without_a_script_each_item_has_a_plain_form_that_leads_to_the_next() -> None:
    built = build.world()
    row = build.begun(built)
    client = signed_in(build.person(built.auditor))
    address = reverse("audits:answer", args=[row.pk, 1])
    refused = client.post(address, form_of(client, row, 1) | {"value": "defect"})
    assert refused.status_code == 200
    assert not ItemAnswer.objects.exists()
    kept = client.post(address, form_of(client, row, 1) | {"value": "defect", "note": "无记录"})
    assert kept["Location"] == reverse("audits:conduct", args=[row.pk]) + "?item=2"
    assert load_items(row)[0].answer.note == "无记录"
    changed = form_of(client, row, 1)
    assert (changed["value"], changed["note"]) == ("defect", "无记录")
    client.post(address, changed | {"value": "ok"})
    assert load_items(row)[0].answer.value == "ok"
    assert not load_items(row)[0].differs


def test_without_a_script_an_answer_settles_what_differs() -> None:
    built = build.world()
    row = build.begun(built)
    build.answer(built, row, 1, build.said("ok"))
    build.answer(built, row, 1, build.said("na", "不涉及"), by=built.second)
    client = signed_in(build.person(built.auditor))
    client.post(reverse("audits:answer", args=[row.pk, 1]), form_of(client, row, 1) | {"value": "na", "note": "不涉及"})
    item = load_items(row)[0]
    assert (item.differs, len(item.standing), item.answer.value) == (False, 1, "na")


def test_the_page_says_what_was_found_before_and_shows_both_languages() -> None:
    built, _row = build.with_findings()
    later = build.begun(built, moment=at(minutes=2))
    client = signed_in(build.person(built.auditor))
    page = client.get(reverse("audits:conduct", args=[later.pk]), headers={"Accept-Language": "en"}).content.decode()
    assert page.count("check-before-mark") == 3
    shown = client.get(reverse("audits:conduct", args=[later.pk])).context["checklist"].items
    assert all(item.item.checks_zh[0] in page and item.item.title_zh in page for item in shown)


def test_a_photo_and_a_file_have_a_control_each_and_only_the_camera_is_opened_at_once() -> None:
    built = build.world()
    row = build.begun(built)
    client = signed_in(build.person(built.auditor))
    page = client.get(reverse("audits:conduct", args=[row.pk]), headers={"Accept-Language": "en"}).content.decode()
    camera, file = re.findall(r"<span>([^<]+)</span><input class=\"visually-hidden\" type=\"file\" ([^>]*)>", page)
    assert camera == ("Take a photo", 'accept="image/*" capture="environment"')
    assert file[0] == "Add a file"
    assert ".pdf" in file[1]
    assert "capture" not in file[1]


def test_the_plain_form_takes_the_reason_for_a_lighter_weight_and_shows_it_again() -> None:
    built = build.world()
    row = build.begun(built)
    client = signed_in(build.person(built.auditor))
    address = reverse("audits:answer", args=[row.pk, 1])
    typed = form_of(client, row, 1) | {"value": "defect", "severity": "general", "note": "无记录"}
    assert [one.code for one in client.post(address, typed).context["form"].findings] == ["lighter_weight_unreasoned"]
    client.post(address, typed | {"lighter_because": "已停产的规格\r\n不再生产"})
    assert load_items(row)[0].answer.lighter_because == "已停产的规格\n不再生产"
    assert form_of(client, row, 1)["lighter_because"] == "已停产的规格\n不再生产"
    assert "已停产的规格" in client.get(reverse("audits:conduct", args=[row.pk]), {"item": "1"}).content.decode()
    halved = json.dumps(sent(value="defect", note="x", severity="general", lighter_because="@")).replace("@", "\\ud800")
    assert post(client, row, 2, halved).status_code == 400


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def evidence_statuses(user: User, key: str) -> int:
    return signed_in(user).get(reverse("evidence:attach", args=[key])).status_code


def test_evidence_of_an_item_is_the_registrants_until_the_report_and_added_only_before_it() -> None:
    built = build.world()
    row = build.begun(built)
    key = f"audits.audititem:{row.items.get(serial=1).pk}"
    ours, theirs = built.relation.registrant, built.relation.contractor
    people = (ours.user("auditor"), ours.user("viewer"), theirs.user(), make.organisation(sides=(R,)).user())
    assert [evidence_statuses(user, key) for user in people] == [200, 403, 404, 404]
    build.fill(built, row)
    build.report(built, row)
    assert [evidence_statuses(user, key) for user in people] == [403, 403, 403, 404]

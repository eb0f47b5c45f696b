"""Personal calendar feeds: the address is shown once, works until revoked, and the file is strict iCalendar."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from cmo import clock
from cmo.calendar import actions
from cmo.calendar.feed import token_hash, uid_of, written
from cmo.calendar.models import FeedToken
from cmo.calendar.rules.feeds import MOST
from cmo.calendar.shown import Shown
from cmo.duty import Duty, Kind
from cmo.errors import Refused
from cmo.parties import actions as party_actions
from cmo.parties.access import plain_actor
from cmo.parties.models import User
from cmo.trail.models import Entry
from tests import make
from tests.agreements.build import queries

from . import build

ON = make.TODAY
SITE = "https://cmo.example.org"


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.AT)
    settings.SITE_URL = SITE


def made(user: User, language: str = "en", label: str = "Outlook") -> tuple[FeedToken, str]:
    return actions.make_feed(person=user, label=label, language=language, by=plain_actor(user), at=make.AT)


def fetch(token: str) -> Any:
    return Client().get(f"/calendar/feed/{token}.ics")


def parsed(content: bytes) -> list[Any]:
    """The events, after every line was held against RFC 5545."""
    strictly(content)
    calendar = Calendar.from_ical(content)
    assert calendar.errors == []
    assert calendar["version"] == "2.0"
    assert calendar["prodid"]
    events = list(calendar.walk("VEVENT"))
    assert all(event.errors == [] for event in events)
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "URL"} <= set(event.keys())
        first, after = event.decoded("DTSTART"), event.decoded("DTEND")
        assert after == first + timedelta(days=1)
        assert event["DTSTART"].params == {"VALUE": "DATE"}
    return events


LINE = re.compile(r"[A-Z][A-Z0-9-]*(;[A-Z-]+=[^:;,\"\x00-\x1f]+)*:[^\x00-\x1f\x7f]*")
ESCAPES = re.compile(r"\\(?![\\;,nN])")


def strictly(content: bytes) -> None:
    """CRLF alone ends a line, none is longer than 75 octets, every unfolded line is a property, escapes are known."""
    assert content.endswith(b"\r\n")
    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    lines = content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    for line in lines:
        assert LINE.fullmatch(line), line
        name, _colon, value = line.partition(":")
        if name in {"SUMMARY", "DESCRIPTION", "CATEGORIES", "X-WR-CALNAME"}:
            assert not ESCAPES.search(value.replace("\\\\", "")), line
            assert not re.search(r"(?<!\\);", value.replace("\\\\", "")), line
    stack: list[str] = []
    for line in lines:
        if line.startswith("BEGIN:"):
            stack.append(line[6:])
        elif line.startswith("END:"):
            assert stack.pop() == line[4:]
    assert stack == []


@pytest.mark.django_db
def test_a_feed_holds_the_last_days_of_its_person_in_the_language_chosen() -> None:
    world = build.lean_pair()
    build.yearly(world, ON + timedelta(days=20))
    response = fetch(made(world.registrant.user())[1])
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in response["Cache-Control"]
    (event,) = [each for each in parsed(response.content) if "SH-1" in each["SUMMARY"]]
    assert event["DTSTART"].dt == ON + timedelta(days=20)
    assert str(event["URL"]).startswith(f"{SITE}/")
    assert [str(category) for category in event["CATEGORIES"].cats] == ["Audit"]
    assert world.pair.number in event["DESCRIPTION"]
    chinese = fetch(made(world.registrant.user(), "zh-hans")[1])
    events = parsed(chinese.content)
    assert event["UID"] in {each["UID"] for each in events}
    assert any("年度审核" in each["SUMMARY"] for each in events)


@pytest.mark.django_db
def test_only_the_hash_is_kept_and_the_trail_never_names_the_token() -> None:
    user = make.person()
    feed, token = made(user)
    assert feed.token_hash == token_hash(token)
    assert token not in str(FeedToken.objects.values().get())
    assert len(token) >= 43
    entries = Entry.objects.filter(stream=f"user:{user.pk}", verb="feed.made")
    assert [token in entry.payload for entry in entries] == [False]


@pytest.mark.django_db
def test_an_unknown_a_malformed_a_revoked_token_and_a_closed_account_answer_alike() -> None:
    user, other = make.person(), make.person()
    feed, token = made(user)
    _feed, left = made(other)
    assert fetch(token).status_code == fetch(left).status_code == 200
    actions.revoke_feed(feed=feed, by=plain_actor(user), at=make.AT)
    make.dismissed(other)
    answers = [
        fetch(each) for each in (token, left, "A" * 43, "x", "%00", "a b", "..%2f", token + "A", feed.token_hash)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(rb'value="[^"]*"', b"", answer.content) for answer in answers}) == 1
    party_actions.reinstate_account(user=other, reason="误停", by=make.administrator_actor(), at=make.AT)
    assert fetch(left).status_code == 200


@pytest.mark.django_db
def test_what_a_feed_shows_follows_the_posts_of_the_day() -> None:
    world = build.lean_pair()
    build.yearly(world, ON + timedelta(days=20))
    viewer = world.registrant.user("viewer")
    _feed, token = made(viewer)
    assert len(parsed(fetch(token).content)) >= 1
    post = viewer.posts.get()
    by = world.registrant.actor("quality_manager")
    party_actions.end_post(post=post, ended_on=ON, reason="调岗", by=by, at=make.AT)
    assert parsed(fetch(token).content) == []


@pytest.mark.django_db
def test_nobody_makes_or_revokes_for_somebody_else_and_a_feed_is_revoked_once() -> None:
    user, other = make.person(), make.person()
    with pytest.raises(PermissionDenied):
        actions.make_feed(person=user, label="x", language="en", by=plain_actor(other), at=make.AT)
    feed, _token = made(user)
    with pytest.raises(PermissionDenied):
        actions.revoke_feed(feed=feed, by=plain_actor(other), at=make.AT)
    actions.revoke_feed(feed=feed, by=plain_actor(user), at=make.AT)
    with pytest.raises(Refused) as refused:
        actions.revoke_feed(feed=feed, by=plain_actor(user), at=make.AT)
    assert refused.value.codes == ["feed_revoked_already"]
    assert [e.verb for e in Entry.objects.filter(stream=f"user:{user.pk}").order_by("seq")][-2:] == [
        "feed.made",
        "feed.revoked",
    ]


@pytest.mark.django_db
def test_a_feed_without_a_name_in_an_unknown_language_or_beyond_the_most_is_refused_with_every_reason() -> None:
    user = make.person()
    for _ in range(MOST):
        made(user)
    with pytest.raises(Refused) as refused:
        made(user, "fr", "  ")
    assert set(refused.value.codes) == {"feed_label_needed", "feed_language_unknown", "feed_too_many"}
    actions.revoke_feed(feed=FeedToken.objects.first(), by=plain_actor(user), at=make.AT)
    made(user)


@pytest.mark.django_db
def test_the_page_shows_the_address_once_and_the_account_lists_the_feed_until_it_is_revoked() -> None:
    user = make.person()
    client = build.signed_in(user)
    shown = client.post(reverse("calendar:make_feed"), {"label": "Phone", "language": "en"})
    (address,) = re.findall(rf'value="({SITE}/calendar/feed/[\w-]+\.ics)"', shown.content.decode())
    assert shown["Cache-Control"] == "no-store"
    account = client.get(reverse("parties:account")).content.decode()
    assert "Phone" in account
    assert address.rpartition("/")[2].removesuffix(".ics") not in account
    assert Client().get(address.removeprefix(SITE)).status_code == 200
    (feed,) = FeedToken.objects.filter(person=user)
    assert client.post(reverse("calendar:revoke_feed", args=[feed.pk])).status_code == 302
    assert Client().get(address.removeprefix(SITE)).status_code == 404
    assert "Phone" not in client.get(reverse("parties:account")).content.decode().partition("<h2>Trail")[0]


@pytest.mark.django_db
def test_few_and_many_duties_cost_a_feed_the_same_number_of_queries() -> None:
    world = build.lean_pair()
    _feed, token = made(world.contractor.user())
    build.many_pairs(world, 2, ON)
    few = queries(lambda: fetch(token))
    build.many_pairs(world, 198, ON)
    assert len(parsed(fetch(token).content)) >= 200
    assert queries(lambda: fetch(token)) == few


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def row(title: str = "Audit", about: str = "SH-1", owner: str = "", **changes: Any) -> Shown:
    values: dict[str, Any] = {"kind": Kind.AUDIT, "title": title, "about": about, "url": "/pairs/1/", "due_on": ON}
    duty = Duty(**values | changes)
    return Shown(duty, ON, duty.due_on or ON, title, owner, "", ours=True)


def text_of(*rows: Shown, name: str = "Calendar") -> bytes:
    with override("en"):
        return written(rows, name=name, site_url=SITE, at=make.AT)


HOSTILE = [
    "a;b,c\\d\ne",
    "BEGIN:VEVENT\r\nSUMMARY:forged",
    "END:VCALENDAR",
    "长" * 200,
    "🫀" * 60,
    '"quoted": yes; no',
    "\x00\x07\x1b\x7f\u2028 control",
    "X-EVIL:1\\n\\;",
    " leading and trailing ",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(hostile: str) -> None:
    content = text_of(row(about=hostile, owner=hostile, citation=hostile), name=hostile)
    (event,) = parsed(content)
    assert content.count(b"BEGIN:VEVENT\r\n") == 1
    plain = re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]", " ", hostile)
    assert str(event["SUMMARY"]) == f"Audit: {plain}"
    assert plain in str(event["DESCRIPTION"])


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_comes_back_as_it_was_written_but_for_what_cannot_be_printed(title: str, about: str) -> None:
    (event,) = parsed(text_of(row(title=title.strip() or "x", about=about)))
    plain = re.sub(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]",
        " ",
        f"{title.strip() or 'x'}: {about}" if about else title.strip() or "x",
    )
    assert str(event["SUMMARY"]) == plain


def test_the_name_of_an_event_belongs_to_the_duty_and_not_to_its_words() -> None:
    one, other = row(code="yearly_audit"), row("Jährlich", "SH-2", code="yearly_audit")
    moved = row(code="yearly_audit", due_on=ON + timedelta(days=1))
    names = [uid_of(each.duty.key, SITE) for each in (one, other, moved)]
    assert names[0] == names[1] != names[2]
    assert re.fullmatch(r"[0-9a-f]{40}@cmo\.example\.org", names[0])


def test_a_last_day_on_the_border_of_a_year_is_one_whole_day() -> None:
    (event,) = parsed(text_of(row(due_on=date(2026, 12, 31))))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 12, 31), date(2027, 1, 1))


def test_an_empty_calendar_is_a_calendar() -> None:
    assert parsed(text_of()) == []

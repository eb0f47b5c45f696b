"""Two auditors fill in one checklist in two browsers: one loses the connection and the page, both answer the same items,
what differs is settled, and every answer arrives exactly once. In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from audits.facts import load_items
from audits.models import Audit, ItemAnswer
from cmo import clock
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests.audits import build
from tests.browser import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]


def begun() -> tuple[build.World, Audit]:
    """An audit with the short checklist, begun just now."""
    built, now = build.world(), clock.now()
    today = clock.day_of(now)
    plan = build.plan_said(built, starts_on=today, ends_on=today + timedelta(days=2))
    return built, build.begun(built, template=build.SHORTEST, moment=now, plan=plan)


class Auditor:
    """Somebody at the checklist."""

    def __init__(self, person: Person, row: Audit) -> None:
        self.person, self.page = person, person.page
        person.visit("audits:conduct", row.pk)
        self.connected("everything saved")

    def connected(self, msgid: str, n: int | None = None) -> None:
        """The state of the connection, as the bar tells it."""
        words = self.person.say(msgid) if n is None else self.person.say(msgid).replace("%s", str(n))
        self.page.locator("[data-connection-words]", has_text=words).wait_for()

    def open(self, serial: int) -> Any:
        """Make an item the current one."""
        item = self.page.locator(f"#item-{serial}")
        item.locator("[data-open]").click()
        return item

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, key: str, note: str) -> None:
        """Answer with a note and go on."""
        self.page.keyboard.press(key)
        self.page.keyboard.type(note)
        self.page.keyboard.press("Control+Enter")

    def shows(self, serial: int, msgid: str) -> None:
        """What the row of an item says."""
        state = self.page.locator(f"#item-{serial} [data-state-mark]")
        state.filter(has_text=self.person.say(msgid)).first.wait_for()

    def current(self) -> int:
        return int(self.page.locator(".check.is-current").get_attribute("data-serial"))


def test_two_auditors_one_of_them_offline_lose_and_double_no_answer(people: Callable[..., Person]) -> None:
    built, row = begun()
    first = Auditor(people(build.person(built.auditor).username), row)
    second = Auditor(people(build.person(built.second).username), row)

    # Items one after the other by keys alone; what one answers the other sees without doing anything.
    first.keys("1")
    assert first.current() == 2
    first.types("2", "抽查记录缺少签名")
    assert first.current() == 3
    first.shows(2, "defect")
    second.shows(1, "conforms")
    second.shows(2, "defect")

    # A defect without words is not sent; it says so and waits.
    first.keys("2", "Escape", "j")
    first.page.locator("#item-3 [data-aside]", has_text=first.person.say("begun, not complete")).wait_for()
    assert ItemAnswer.objects.filter(item__serial=3).count() == 0

    # The first loses the connection, goes on answering, and even the page is left and opened again before it is back.
    first.page.context.set_offline(True)
    first.open(5)
    first.keys("1")
    first.types("n", "企业无此工序")
    first.types("3", "现场另附照片")
    first.connected("no connection: %s kept on this device", 3)
    second.open(5)
    second.types("2", "校准证书已过期")
    second.open(7)
    second.keys("1")
    second.connected("everything saved")
    assert ItemAnswer.objects.count() == 4

    # The network comes back for the page alone, which begins anew; its answers still do not get through.
    first.page.route("**/answer/", lambda route: route.abort())
    first.page.context.set_offline(False)
    first.page.reload()
    first.connected("no connection: %s kept on this device", 3)
    first.shows(6, "not applicable")
    first.page.unroute("**/answer/")
    first.connected("everything saved")
    assert ItemAnswer.objects.count() == 7

    # Both see item 5 and 7 differ, answer by answer; the second settles one with a word why, the first the other.
    for auditor in (first, second):
        auditor.shows(5, "auditors differ")
        auditor.shows(7, "auditors differ")
    card = second.open(5).locator(".differing-answer", has_text="校准证书已过期")
    card.get_by_role("button", name=second.person.say("Let this answer count")).click()
    second.page.keyboard.press("Control+Enter")
    first.shows(5, "defect")
    first.open(7)
    first.types("1", "复核后一致")
    second.shows(7, "conforms")

    # The rest by keys: the next unanswered item again and again; then one of them is seen with other eyes.
    while first.page.locator('.check[data-state="open"]').count():
        first.keys("u", "1")
    first.open(3)
    first.types("2", "缺少培训记录")
    first.connected("everything saved")
    assert first.page.locator("[data-answered]").inner_text() == "24"

    items = load_items(row)
    assert all(item.answered and not item.differs for item in items)
    assert {item.serial: item.answer.value for item in items if item.answer.value != "ok"} == {
        2: "defect",
        3: "defect",
        5: "defect",
        6: "na",
    }
    sent = Counter(ItemAnswer.objects.values_list("item__serial", "value", "note", "recorded_by_id"))
    assert [content for content, n in sent.items() if n > 1 and content[0] != 5] == []
    assert Entry.objects.filter(stream=row.stream, verb="audit.item_answered").count() + 2 == ItemAnswer.objects.count()
    assert verify([row.stream]).ok


def test_a_session_that_ended_keeps_the_answers_until_the_person_is_back(people: Callable[..., Person]) -> None:
    built, row = begun()
    auditor = Auditor(people(build.person(built.auditor).username), row)
    auditor.page.context.clear_cookies(name="sessionid")
    auditor.keys("1", "1")
    auditor.connected("signed out, %s kept on this device: sign in again", 2)
    assert not ItemAnswer.objects.exists()
    auditor.page.locator("[data-sign-in]").click()
    auditor.person.fill("User name or email", build.person(built.auditor).username)
    auditor.person.fill("Password", auditor.person.password)
    auditor.person.press("Sign in")
    auditor.connected("everything saved")
    auditor.shows(2, "conforms")
    assert list(ItemAnswer.objects.order_by("id").values_list("item__serial", flat=True)) == [1, 2]


def test_a_refused_answer_stays_with_its_reason_until_it_is_taken_up_or_discarded(
    people: Callable[..., Person],
) -> None:
    built, row = begun()
    auditor = Auditor(people(build.person(built.auditor).username), row)
    auditor.page.route("**/answer/", lambda route: route.abort())
    auditor.types("2", "最后一分钟的发现")
    auditor.connected("no connection: %s kept on this device", 1)
    build.fill(built, row, moment=clock.now())
    build.report(built, row, moment=clock.now())
    auditor.page.unroute("**/answer/")
    auditor.connected("everything saved")
    auditor.page.locator("[data-refusals]").click()
    refused = auditor.page.locator(".answer-refused")
    refused.filter(has_text="最后一分钟的发现").wait_for()
    auditor.page.on("dialog", lambda dialog: dialog.accept())
    refused.get_by_role("button", name=auditor.person.say("Discard the answer")).click()
    refused.wait_for(state="detached")
    assert not ItemAnswer.objects.filter(note="最后一分钟的发现").exists()


FULL = "Storage.prototype.setItem = function () { throw new DOMException('full', 'QuotaExceededError'); };"


def test_a_browser_that_keeps_nothing_says_so_and_still_sends_every_answer(people: Callable[..., Person]) -> None:
    built, row = begun()
    person = people(build.person(built.auditor).username)
    person.page.add_init_script(FULL)
    auditor = Auditor(person, row)
    auditor.page.locator("[data-memory]").wait_for()
    auditor.page.route("**/answer/", lambda route: route.abort())
    auditor.keys("1", "1")
    auditor.connected("no connection: %s kept on this device", 2)
    auditor.page.unroute("**/answer/")
    auditor.connected("everything saved")
    assert ItemAnswer.objects.count() == 2


def test_two_tabs_of_one_person_send_each_answer_once(people: Callable[..., Person]) -> None:
    built, row = begun()
    first = Auditor(people(build.person(built.auditor).username), row)
    first.page.route("**/answer/", lambda route: route.abort())
    first.keys("1", "1")
    first.connected("no connection: %s kept on this device", 2)
    other = Person(first.page.context.new_page(), first.person.address, first.person.language)
    second = Auditor(other, row)  # its scripts find the queue and send it
    second.keys("1")
    first.connected("everything saved")
    for tab in (first, second):
        tab.shows(3, "conforms")
    found = ItemAnswer.objects.order_by("item__serial").values_list("item__serial", flat=True)
    assert list(found) == [1, 2, 3]
    assert other.complaints == []

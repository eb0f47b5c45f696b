"""Two auditors fill in one checklist in two browsers: one loses the connection and the page, both answer the same items,
what differs is settled, and every answer and photo arrives exactly once. In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from audits.facts import load_items
from audits.models import Audit, ItemAnswer, SentFile
from cmo import clock
from cmo.evidence.models import File
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests.audits import build
from tests.browser import Person
from tests.evidence.uploads import image

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

    def takes(self, *names: str, content: bytes = b"") -> None:
        """Choose files for the current item, each with bytes of its own unless they are given."""
        made = [content or image(size=(20 + n, 10 + len(name))) for n, name in enumerate(names)]
        payloads = [{"name": name, "mimeType": "image/png", "buffer": made[n]} for n, name in enumerate(names)]
        self.page.locator("[data-answer-form] input[type=file]").last.set_input_files(payloads)

    def waiting(self, serial: int, n: int) -> Any:
        """The files of an item that wait, once they are so many."""
        lines = self.page.locator(f"#item-{serial} .file-waiting")
        if n:
            lines.nth(n - 1).wait_for()
        lines.nth(n).wait_for(state="detached")
        return lines

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


# ── photos and files ─────────────────────────────────────────────────────────────────────────────────────────────────


class Uploads:
    """Every upload of a page goes through here: cut before or after the server has it, and counted."""

    def __init__(self, page: Any) -> None:
        self.tried: list[str] = []
        self.cut, self.lose = True, 0
        page.context.route("**/file/", self._send)

    def _send(self, route: Any) -> None:
        self.tried.append(route.request.url.split("/")[-3])
        if self.cut:
            route.abort()
        elif self.lose:
            self.lose -= 1
            route.fetch()  # the server has it, the browser never hears so
            route.abort()
        else:
            route.continue_()


def kept_files(row: Audit) -> list[tuple[int, str]]:
    """Serial and name of every file at an item of the audit, in the order in which they came."""
    serials = {f"audits.audititem:{pk}": serial for pk, serial in row.items.values_list("pk", "serial")}
    return [(serials[file.subject], file.name) for file in File.objects.order_by("id") if file.subject in serials]


def test_photos_taken_offline_survive_the_page_and_arrive_once_after_the_answers(
    people: Callable[..., Person],
) -> None:
    built, row = begun()
    auditor = Auditor(people(build.person(built.auditor).username), row)
    uploads = Uploads(auditor.page)
    auditor.page.context.set_offline(True)
    auditor.open(3)
    auditor.takes("设备铭牌.png", "校准标签.png")
    lines = auditor.waiting(3, 2)
    assert "设备铭牌.png" in lines.first.inner_text()
    assert " B" in lines.first.inner_text()
    assert auditor.person.say("waiting to be sent") in lines.last.inner_text()
    auditor.types("2", "校准标签已过期")
    auditor.connected("no connection: %s kept on this device", 3)
    auditor.open(3)
    auditor.takes("误拍.png")
    auditor.page.once("dialog", lambda dialog: dialog.accept())
    auditor.waiting(3, 3).last.get_by_role("button", name=auditor.person.say("Remove")).click()
    auditor.waiting(3, 2)

    # The page is closed and opened again while nothing gets through; both photos and the answer are still there.
    auditor.page.context.route("**/answer/", lambda route: route.abort())
    auditor.page.context.set_offline(False)
    page = auditor.page.context.new_page()
    auditor.page.close()
    again = Person(page, auditor.person.address, auditor.person.language)
    again.visit("audits:conduct", row.pk)
    auditor.person, auditor.page = again, page
    auditor.connected("no connection: %s kept on this device", 3)
    auditor.open(3)
    auditor.waiting(3, 2)
    assert uploads.tried == []  # not before the answers

    # The network is back; the answer to the first upload is lost on its way.
    uploads.cut, uploads.lose = False, 1
    page.context.unroute("**/answer/")
    auditor.waiting(3, 0)
    auditor.connected("everything saved")
    assert kept_files(row) == [(3, "设备铭牌.png"), (3, "校准标签.png")]
    assert len(uploads.tried) == 3
    assert SentFile.objects.count() == 2
    assert page.locator("#item-3 [data-files] a").count() == 2
    assert ItemAnswer.objects.get().note == "校准标签已过期"
    verbs = list(Entry.objects.filter(stream=row.stream).order_by("seq").values_list("verb", flat=True))
    assert verbs[-3:] == ["audit.item_answered", "evidence.attached", "evidence.attached"]
    assert verify([row.stream]).ok
    assert again.complaints == []


def test_files_wait_for_their_person_whom_another_neither_sees_nor_sends(people: Callable[..., Person]) -> None:
    built, row = begun()
    first, second = build.person(built.auditor), build.person(built.second)
    auditor = Auditor(people(first.username), row)
    uploads = Uploads(auditor.page)
    auditor.open(2)
    auditor.takes("密级.png")
    auditor.waiting(2, 1)

    # The session ends; somebody else signs in on the same browser.
    auditor.page.context.clear_cookies(name="sessionid")
    uploads.cut = False
    auditor.page.reload()
    auditor.person.sign_in(second.username, auditor.person.password)
    auditor.person.visit("audits:conduct", row.pk)
    notice = auditor.page.locator("[data-files-of-others]")
    notice.filter(has_text=first.printed_name).wait_for()
    assert "密级" not in auditor.page.content()
    auditor.open(2)
    auditor.takes("第二人.png")
    auditor.waiting(2, 0)
    auditor.connected("everything saved")
    assert kept_files(row) == [(2, "第二人.png")]

    # The first is back: sent under their own name.
    auditor.page.context.clear_cookies(name="sessionid")
    auditor.person.sign_in(first.username, auditor.person.password)
    auditor.person.visit("audits:conduct", row.pk)
    auditor.waiting(2, 0)
    auditor.connected("everything saved")
    auditor.page.locator("#item-2 [data-files] a").nth(1).wait_for(state="attached")
    assert notice.is_hidden()
    names = File.objects.filter(subject__startswith="audits.audititem").order_by("id")
    assert list(names.values_list("name", "uploaded_by_id")) == [("第二人.png", second.pk), ("密级.png", first.pk)]


def test_a_session_that_ended_while_a_photo_waits_asks_to_sign_in_and_then_sends_it(
    people: Callable[..., Person],
) -> None:
    built, row = begun()
    username = build.person(built.auditor).username
    auditor = Auditor(people(username), row)
    auditor.page.context.clear_cookies(name="sessionid")
    auditor.open(4)
    auditor.takes("现场.png")
    auditor.connected("signed out, %s kept on this device: sign in again", 1)
    assert kept_files(row) == []
    auditor.page.locator("[data-sign-in]").click()
    auditor.person.fill("User name or email", username)
    auditor.person.fill("Password", auditor.person.password)
    auditor.person.press("Sign in")
    auditor.connected("everything saved")
    auditor.waiting(4, 0)
    assert kept_files(row) == [(4, "现场.png")]


NO_ROOM = "IDBObjectStore.prototype.add = function () { throw new DOMException('full', 'QuotaExceededError'); };"


def test_what_cannot_be_kept_or_taken_says_so_at_once_and_a_refused_file_stays_with_its_reason(
    people: Callable[..., Person],
) -> None:
    built, row = begun()
    person = people(build.person(built.auditor).username)
    person.page.add_init_script(NO_ROOM)
    auditor = Auditor(person, row)
    uploads = Uploads(auditor.page)
    state = auditor.page.locator("[data-upload-state]")
    auditor.open(1)
    auditor.takes("录像.mp4")
    kinds = person.say("This kind of file is not accepted. Choose PDF, DOCX, XLSX, PNG, JPG, TXT or CSV.")
    state.filter(has_text=f"录像.mp4: {kinds}").wait_for()
    auditor.waiting(1, 0)

    # The device has no room left: the photo is in this page, says so, and is sent all the same.
    auditor.takes("铭牌.png")
    assert "铭牌.png" in auditor.waiting(1, 1).inner_text()
    loose = person.say(
        "This device could not keep it (no room left, or a private window): it is in this page alone. Leave the page open "
        "until it is sent, or press the name to save a copy."
    )
    auditor.page.locator(".file-waiting-state", has_text=loose).wait_for()
    with auditor.page.expect_download() as saved:
        auditor.page.locator(".file-waiting-name").click()
    assert saved.value.suggested_filename == "铭牌.png"
    uploads.cut = False
    auditor.waiting(1, 0)
    auditor.connected("everything saved")
    assert kept_files(row) == [(1, "铭牌.png")]

    # The server opens what the browser cannot judge: the reason stays at the file until the person removes it.
    auditor.takes("假照片.png", content=b"no picture")
    refused = auditor.page.locator(".file-waiting", has_text=person.say("not kept by the server:"))
    refused.wait_for()
    assert auditor.page.locator("[data-refusals]").is_visible()
    auditor.page.once("dialog", lambda dialog: dialog.accept())
    refused.get_by_role("button", name=person.say("Remove")).click()
    auditor.waiting(1, 0)
    assert len(kept_files(row)) == 1
    assert person.complaints == []


def test_two_tabs_of_one_person_send_each_photo_once_and_both_show_it(people: Callable[..., Person]) -> None:
    built, row = begun()
    first = Auditor(people(build.person(built.auditor).username), row)
    uploads = Uploads(first.page)
    second = Auditor(Person(first.page.context.new_page(), first.person.address, first.person.language), row)
    for tab in (first, second):
        tab.open(6)
    first.takes("一.png", "二.png")
    second.waiting(6, 2)
    second.takes("三.png")
    first.waiting(6, 3)
    uploads.cut = False
    for tab in (first, second):
        tab.waiting(6, 0)
        tab.page.locator("#item-6 [data-files] a").nth(2).wait_for()
    assert kept_files(row) == [(6, "一.png"), (6, "二.png"), (6, "三.png")]
    assert SentFile.objects.count() == 3

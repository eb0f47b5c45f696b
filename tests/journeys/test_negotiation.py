"""A quality agreement negotiated in a real browser over three rounds, the third one through Word, and signed.

In 中文 on SQLite, in English on PostgreSQL. Both sides propose, remark, decline and answer in place; in the last round two
authors track their changes in the Word file that the contractor took; what both sign is what both saw.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from agreements.facts import load_negotiation
from agreements.models import Agreement, AgreementRevision, ProposedChange
from cmo import clock
from cmo.catalogue.actions import load_builtin_editions
from cmo.paper.files import CONTENT_TYPES
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build, word_as_word
from tests.agreements.word_as_word import ENGINEER, LAWYER
from tests.browser import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]
R, C = make.REGISTRANT, make.CONTRACTOR
MONTHLY, MONTHLY_EN = "交付期限由双方每月书面确认。", "Delivery dates are confirmed every month."
TWO_DAYS, TWO_DAYS_EN = "事件在四十八小时内通报。", "Events are reported within 48 hours."
ONE_DAY, ONE_DAY_EN = "事件在二十四小时内通报。", "Events are reported within 24 hours."
#: The places that are negotiated.
DELIVERY, REPORTING, LABELS = "clause-scope", "clause-adverse_events", "duty-labels"


@dataclass
class Journey:
    """Both sides at their browsers, and the agreement between them."""

    registrant: Person
    contractor: Person
    signatories: tuple[Person, Person]
    agreement: Agreement
    stream: str

    @property
    def sides(self) -> tuple[Person, Person]:
        return self.registrant, self.contractor


@pytest.fixture
def journey(people: Callable[..., Person]) -> Journey:
    load_builtin_editions(at=make.FOUNDED)
    built = build.world(make.pair())
    agreement = build.agreement(built, [built.entrust()], starts_on=clock.today(), moment=clock.now())

    def person(side: str, role: str = "quality_manager") -> Person:
        firm = built.relation.registrant if side == R else built.relation.contractor
        return people(firm.user(role, side).username)

    return Journey(person(R), person(C), (person(R, "signatory"), person(C, "signatory")), agreement, built.pair.stream)


def test_three_rounds_one_of_them_through_word_end_in_the_text_that_both_saw(journey: Journey) -> None:
    _open_the_negotiation(journey)
    _contractor_proposes(journey)
    _registrant_answers(journey)
    _contractor_accepts_and_takes_the_text_to_word(journey)
    _what_came_back_is_chosen_and_proposed(journey)
    _registrant_accepts_what_was_ticked(journey)
    seen = _what_both_see(journey)
    _sign(journey, _offer(journey))
    _the_signed_text_is_what_both_saw(journey, seen)
    _who_wrote_what_is_readable(journey)


# ── what people do ───────────────────────────────────────────────────────────────────────────────────────────────────


def _at_the_table(journey: Journey, person: Person) -> Person:
    return person.visit("agreements:negotiation", journey.agreement.pk)


def _place(person: Person, anchor: str) -> Locator:
    return person.page.locator(f"article#{anchor}")


def _begin(person: Person, anchor: str, act: str) -> Locator:
    """Open the form of an act in its row."""
    _place(person, anchor).locator(f"[data-act={act}]").first.click()
    form = _place(person, anchor).locator(".nego-slot form")
    form.wait_for()
    return form


def _send(person: Person, anchor: str, form: Locator, state: str) -> None:
    """Send the form; the row comes back with its state, and only the row."""
    form.locator("button[type=submit]").click()
    expect(_place(person, anchor).locator("header .badge-status").first).to_have_text(person.say(state))
    expect(_place(person, anchor)).to_be_focused()


def _propose(person: Person, anchor: str, zh: str, en: str, act: str = "propose", reason: str = "") -> None:
    form = _begin(person, anchor, act)
    form.locator("[name=text_zh]").fill(zh)
    form.locator("[name=text_en]").fill(en)
    form.locator("[name=reason]").fill(reason)
    _send(person, anchor, form, "waits on them")


def _hand_over(journey: Journey, person: Person, note: str) -> None:
    _at_the_table(journey, person).press("Hand over to the other side")
    person.fill("note to the other side", note).press("Hand over to the other side")
    assert person.at("agreements:negotiation", journey.agreement.pk)
    assert note in person.text()


def _marks(place: Locator, tag: str) -> str:
    return " ".join(place.locator(tag).all_inner_texts())


def _proposed(place: Locator) -> list[str]:
    """The texts that the open proposal of a place would make."""
    texts: list[str] = place.locator(".proposal .redline").evaluate_all(
        """all => all.map(one => {
            const copy = one.cloneNode(true);
            copy.querySelectorAll('del').forEach(gone => gone.remove());
            return copy.textContent;
        })"""
    )
    return texts


# ── round one ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _open_the_negotiation(journey: Journey) -> None:
    """From the draft; afterwards nobody edits it in place any more."""
    person = journey.registrant.visit("agreements:draft", journey.agreement.pk)
    assert person.page.locator("textarea").count()
    person.press("Hand over to the other side")
    person.fill("note to the other side", "请贵方审阅").press("Hand over to the other side")
    person.sees("the other side's turn", "请贵方审阅")
    for one in journey.sides:
        one.visit("agreements:draft", journey.agreement.pk)
        assert not one.page.locator("main textarea").count()


def _contractor_proposes(journey: Journey) -> None:
    """Two clauses, a row of the matrix and a remark; then it is the registrant's turn."""
    person = _at_the_table(journey, journey.contractor)
    _propose(person, DELIVERY, MONTHLY, MONTHLY_EN, reason="月度排产")
    _propose(person, REPORTING, TWO_DAYS, TWO_DAYS_EN, reason="节假日无法更快")
    form = _begin(person, LABELS, "propose")
    form.locator("[name=contractor_part][value=I]").check()
    form.locator("[name=contractor_part][value=C]").uncheck()
    _send(person, LABELS, form, "waits on them")
    form = _begin(person, "clause-definitions", "remark")
    form.locator("[name=text]").fill("请补充“批”的定义。")
    _send(person, "clause-definitions", form, "unchanged")
    _hand_over(journey, person, "三处修改，一处备注")


# ── round two ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _registrant_answers(journey: Journey) -> None:
    """One is accepted with keys alone, one declined with a reason, one answered with another text."""
    person = _at_the_table(journey, journey.registrant)
    assert {MONTHLY, MONTHLY_EN} <= set(_proposed(_place(person, DELIVERY)))
    assert "请补充" in _place(person, "clause-definitions").inner_text()
    person.page.locator(f"a[href$='#{DELIVERY}']").first.click()
    _place(person, DELIVERY).click(position={"x": 2, "y": 2})
    person.page.keyboard.press("a")
    person.page.keyboard.press("Enter")
    expect(_place(person, DELIVERY).locator("header .badge-status").first).to_have_text(
        person.say("changed in this round")
    )
    form = _begin(person, LABELS, "decline")
    form.locator("button[type=submit]").click()
    _place(person, LABELS).locator(".field-errors").wait_for()
    form.locator("[name=reason]").fill("标签须经贵方确认")
    _send(person, LABELS, form, "agreed")
    _propose(person, REPORTING, ONE_DAY, ONE_DAY_EN, act="counter", reason="法规要求")
    _hand_over(journey, person, "接受一处，拒绝一处")


# ── round three, through Word ────────────────────────────────────────────────────────────────────────────────────────


def _contractor_accepts_and_takes_the_text_to_word(journey: Journey) -> None:
    person = _at_the_table(journey, journey.contractor)
    assert {ONE_DAY, ONE_DAY_EN} <= set(_proposed(_place(person, REPORTING)))
    _place(person, REPORTING).locator("[data-act=accept]").click()
    expect(_place(person, REPORTING).locator("header .badge-status").first).to_have_text(
        person.say("changed in this round")
    )
    person.press("Work in Word")
    assert person.at("agreements:work_in_word", journey.agreement.pk)


def _what_came_back_is_chosen_and_proposed(journey: Journey) -> None:
    """Two authors track changes in the two clauses; a third change is not chosen."""
    person = journey.contractor
    file = word_as_word.File(_taken(journey, person))
    file.replace("scope", "zh", "每月", "每季度", LAWYER)
    file.replace("scope", "en", "every month", "every quarter", ENGINEER)
    file.append("recall", "zh", "召回演练每年一次。", ENGINEER)
    file.replace("definitions", "zh", build.clause(journey.agreement, "definitions").text_zh[:2], "不选", LAWYER)
    person.visit("agreements:return_word", journey.agreement.pk)
    sent = {"name": "协议-修订.docx", "mimeType": CONTENT_TYPES["docx"], "buffer": file.saved()}
    person.page.locator("input[type=file]").set_input_files([sent])
    person.press("Upload and compare")
    for author, _at in (LAWYER, ENGINEER):
        assert author in person.text()
    for key, chosen in (("scope", True), ("recall", True), ("definitions", False)):
        person.page.locator(f"input[name=chosen][value={key}]").set_checked(chosen)
    person.press("Take over the chosen changes")
    authors = {
        row.row_key: {author["author"] for author in row.word_authors}
        for row in ProposedChange.objects.filter(file__isnull=False)
    }
    assert authors == {"scope": {LAWYER[0], ENGINEER[0]}, "recall": {ENGINEER[0]}}
    _hand_over(journey, person, "Word修订稿已上传")


def _taken(journey: Journey, person: Person) -> bytes:
    """The draft in both languages as the page offers it."""
    address = person.visit("agreements:work_in_word", journey.agreement.pk).address
    answer = person.page.request.get(f"{address}/agreements/{journey.agreement.pk}/word/file/")
    assert answer.status == 200
    return bytes(answer.body())


def _registrant_accepts_what_was_ticked(journey: Journey) -> None:
    """The authors of the file are named; both proposals are ticked, listed once more and accepted together."""
    person = _at_the_table(journey, journey.registrant)
    place = _place(person, DELIVERY)
    assert LAWYER[0] in place.inner_text()
    assert ENGINEER[0] in place.inner_text()
    assert "季度" in _marks(place, "ins")
    for anchor in (DELIVERY, "clause-recall"):
        _place(person, anchor).locator("input[name=change]").check()
    person.page.locator("[data-chosen] button").click()
    person.page.wait_for_load_state()
    assert person.page.locator(".proposal").count() == 2
    person.press("Accept these changes")
    facts = load_negotiation(journey.agreement, clock.today())
    assert not facts.proposals
    assert facts.round == 4


# ── signing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _what_both_see(journey: Journey) -> dict[str, list[str]]:
    """Heading and text of every clause in both languages, as it stands on the page: the same for both sides."""
    pages = [_read(_at_the_table(journey, person)) for person in journey.sides]
    assert pages[0] == pages[1]
    return pages[0]


def _read(person: Person) -> dict[str, list[str]]:
    found: dict[str, list[str]] = person.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('#clauses article')].map(row => [
            row.id.slice('clause-'.length),
            [...row.querySelectorAll('.nego-languages .redline')].map(text => text.textContent),
        ]))"""
    )
    return found


def _offer(journey: Journey) -> AgreementRevision:
    _at_the_table(journey, journey.registrant).press("Offer for signature")
    revision = journey.agreement.revisions.get()
    assert journey.registrant.at("agreements:revision", revision.pk)
    return revision


def _sign(journey: Journey, revision: AgreementRevision) -> None:
    for person in journey.signatories:
        person.visit("agreements:revision", revision.pk).press("Sign the quality agreement")
        person.page.locator(".signing-form").wait_for()
        person.sign()
    assert revision.signatures.count() == 2


def _the_signed_text_is_what_both_saw(journey: Journey, seen: dict[str, list[str]]) -> None:
    names = ("heading_zh", "text_zh", "heading_en", "text_en")
    signed = {row["key"]: [row[name] for name in names] for row in journey.agreement.revisions.get().content["clauses"]}
    assert signed == seen
    assert signed["scope"][1] == MONTHLY.replace("每月", "每季度")
    assert signed["scope"][3] == MONTHLY_EN.replace("every month", "every quarter")
    assert signed["adverse_events"][1] == ONE_DAY
    assert signed["recall"][1].endswith("召回演练每年一次。")
    person = _at_the_table(journey, journey.contractor)
    assert person.say("Concluded: revision %(number)s was signed by both sides.", number=1) in person.text()


def _who_wrote_what_is_readable(journey: Journey) -> None:
    """The line of one clause from the first proposal to the last answer, and an entry of the pair's trail for each step;
    what the contractor did with its Word file stands on its own trail."""
    person = journey.registrant.visit("agreements:negotiated_row", journey.agreement.pk, "clause", "adverse_events")
    person.sees("answered with another proposal", "accepted the proposal", "节假日无法更快", "法规要求")
    counted: dict[str, Any] = {}
    for verb in Entry.objects.of_stream(journey.stream).values_list("verb", flat=True):
        counted[verb] = counted.get(verb, 0) + 1
    negotiated = {verb: n for verb, n in counted.items() if re.match(r"negotiation\.", verb)}
    assert negotiated == {
        "negotiation.handed_over": 4,
        "negotiation.proposed": 6,
        "negotiation.remarked": 1,
        "negotiation.accepted": 4,
        "negotiation.declined": 1,
        "negotiation.countered": 1,
    }

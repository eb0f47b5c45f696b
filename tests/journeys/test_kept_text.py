"""What was typed into a form is not lost in a real browser: a session that ran out, a reload, the way back, a broken line, a
colleague who was faster, a signature not given. In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Locator, expect

from agreements.models import ProposedChange, ReviewDraft
from audits.models import AuditReport
from cmo import clock
from cmo.catalogue.actions import load_builtin_editions
from tests import make
from tests.agreements import build, build_reviews
from tests.audits import build as auditing
from tests.browser import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]
R, C = make.REGISTRANT, make.CONTRACTOR
CONCLUSION, FACTS, ACTION = "协议继续适用；灭菌外包一章须修订。", "检验规程仍为旧版。\n两批复检合格。", "修订检验规程。"


@dataclass
class Review:
    """A yearly review that the registrant's quality writes."""

    people: Callable[..., Person]
    built: build.World
    draft: ReviewDraft

    def writer(self, nth: int = 0) -> Person:
        """One of the people who may write it, on its page."""
        return self.open(self.people(self.username(nth)))

    def username(self, nth: int = 0) -> str:
        return self.built.relation.registrant.user("quality_manager", R, nth=nth).username

    def open(self, person: Person) -> Person:
        return person.visit("agreements:review_draft", self.draft.agreement_id)

    def change(self, **changes: Any) -> None:
        """A colleague keeps the review meanwhile."""
        build_reviews.kept(self.built.relation, self.draft, at=clock.now(), **changes)


@pytest.fixture
def review(people: Callable[..., Person]) -> Review:
    load_builtin_editions(at=make.FOUNDED)
    built = build.world()
    agreement = build.concluded(built, [built.entrust()]).agreement
    return Review(people, built, build_reviews.begun(built.relation, agreement, at=clock.now()))


# ── the session ran out ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_that_ran_out_loses_nothing_and_the_accepted_form_opens_clean(review: Review) -> None:
    person = review.writer()
    _type(person)
    Session.objects.all().delete()
    _keep(person)
    assert person.at("account_login")
    _sign_in(person, review.username())
    assert person.at("agreements:review_draft", review.draft.agreement_id)
    expect(_note(person)).to_contain_text(person.say("What you typed on {when} was put back.").split("{when}")[1])
    expect(_note(person)).to_have_attribute("role", "status")
    _has_all(person)
    _keep(person)
    review.draft.refresh_from_db()
    assert review.draft.content["conclusion"] == CONCLUSION
    _is_clean(person)
    review.open(person)
    _is_clean(person)
    assert _field(person, "conclusion").input_value() == CONCLUSION


def test_another_person_who_signs_in_on_the_tab_sees_and_finds_nothing(review: Review) -> None:
    person = review.writer()
    _type(person)
    Session.objects.all().delete()
    _keep(person)
    _sign_in(person, review.username(nth=1))
    assert person.at("agreements:review_draft", review.draft.agreement_id)
    assert _field(person, "conclusion").input_value() == ""
    _is_clean(person)


def test_signing_out_forgets_everything(review: Review) -> None:
    person = review.writer()
    _type(person)
    assert CONCLUSION in _kept(person)
    person.page.locator(".identity .menu summary").click()
    person.press("Sign out")
    person.page.wait_for_url("**" + reverse("account_login") + "**")
    assert _kept(person) == ""
    person.sign_in(review.username(), person.password)
    _is_clean(review.open(person))


def test_whoever_signed_in_again_elsewhere_sends_the_form_once_more(review: Review) -> None:
    person = review.writer()
    _type(person)
    person.page.context.clear_cookies(name="csrftoken")
    _keep(person)
    assert not person.page.locator("form").filter(has=person.page.locator("[name=conclusion]")).count()
    person.page.go_back()
    _has_all(person)
    _keep(person)
    review.draft.refresh_from_db()
    assert review.draft.content["conclusion"] == CONCLUSION


# ── reload, back, a broken line, reasons against ─────────────────────────────────────────────────────────────────────


def test_a_reload_the_way_back_and_a_broken_line_put_the_text_back(review: Review) -> None:
    person = review.writer()
    _type(person)
    person.page.reload()
    _has_all(person)
    person.page.get_by_role("link", name=person.say("Yearly reviews")).first.click()
    person.page.go_back()
    _has_all(person)
    person.page.context.set_offline(True)
    _field(person, "conclusion").fill(CONCLUSION + "二")
    _keep(person)
    person.page.context.set_offline(False)
    review.open(person)
    assert _field(person, "conclusion").input_value() == CONCLUSION + "二"
    assert not ReviewDraft.objects.get().content["conclusion"]


def test_a_form_that_was_not_accepted_keeps_its_text_until_it_is(review: Review) -> None:
    person = review.writer()
    _type(person)
    _field(person, "period_from").fill("")
    _keep(person)
    person.page.locator(".form-errors").wait_for()
    assert not _note(person).count()
    review.open(person)
    _has_all(person)
    assert _field(person, "period_from").input_value() == ""


# ── what changed meanwhile, and discarding ───────────────────────────────────────────────────────────────────────────


def test_what_a_colleague_kept_meanwhile_stands_and_what_was_typed_is_shown_beside(review: Review) -> None:
    person = review.writer()
    _type(person)
    review.change(conclusion="同事的结论。", actions=())
    review.open(person)
    assert _field(person, "conclusion").input_value() == "同事的结论。"
    assert _field(person, "action_1_what").input_value() == ACTION
    beside = _note(person).locator("details")
    beside.locator("summary").focus()
    person.page.keyboard.press("Enter")
    expect(beside.locator("dd", has_text=CONCLUSION)).to_be_visible()
    person.page.reload()
    assert _field(person, "conclusion").input_value() == "同事的结论。"
    _note(person).locator("summary").click()
    row = _note(person).locator("dl > div").filter(has_text=CONCLUSION)
    row.get_by_role("button").click()
    assert _field(person, "conclusion").input_value() == CONCLUSION
    _keep(person)
    review.draft.refresh_from_db()
    assert review.draft.content["conclusion"] == CONCLUSION


def test_discarding_by_keyboard_shows_what_is_on_record(review: Review) -> None:
    person = review.writer()
    _type(person)
    person.page.reload()
    _note(person).get_by_role("button", name=person.say("Discard it")).focus()
    person.page.keyboard.press("Enter")
    expect(_note(person).locator("[data-kept-gone]")).to_be_visible()
    expect(_note(person).get_by_role("button")).to_have_count(0)
    expect(_note(person)).to_be_focused()
    assert _field(person, "conclusion").input_value() == ""
    assert not _field(person, "documents_verdict").input_value()
    person.page.reload()
    _is_clean(person)


def test_only_a_text_too_long_to_be_kept_is_warned_of_on_leaving(review: Review) -> None:
    person = review.writer()
    asked: list[str] = []

    def leave(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    person.page.on("dialog", leave)
    _type(person)
    review.open(person)
    assert asked == []
    person.page.locator("[name=conclusion]").evaluate("field => field.removeAttribute('maxlength')")
    _field(person, "conclusion").fill("长" * 150_001)
    _field(person, "conclusion").press("End")
    review.open(person)
    assert asked == ["beforeunload"]


# ── signing, and forms in place ──────────────────────────────────────────────────────────────────────────────────────


def test_a_report_is_kept_until_it_is_signed(people: Callable[..., Person]) -> None:
    built = auditing.world()
    audit = auditing.begun(
        built, moment=clock.now(), plan=auditing.plan_said(built, starts_on=clock.today(), ends_on=clock.today())
    )
    auditing.fill(built, audit, moment=clock.now())
    username = built.relation.registrant.user("auditor").username
    person = people(username).visit("audits:report_audit", audit.pk)
    person.fill("summary", FACTS).fill("conclusion", CONCLUSION).press("Continue to the signature")
    person.press("Go back without signing")
    assert _field(person, "conclusion").input_value() == CONCLUSION
    person.press("Continue to the signature")
    Session.objects.all().delete()
    _sign(person)
    _sign_in(person, username)
    assert person.at("audits:report_audit", audit.pk)
    assert _field(person, "summary").input_value() == FACTS
    person.press("Continue to the signature").sign()
    assert AuditReport.objects.get().content["conclusion"] == CONCLUSION
    assert _kept(person) == ""


def test_a_proposal_typed_in_its_row_is_kept_and_goes_on_after_signing_in(people: Callable[..., Person]) -> None:
    load_builtin_editions(at=make.FOUNDED)
    built = build.world(make.pair())
    agreement = build.agreement(built, [built.entrust()], starts_on=clock.today(), moment=clock.now())
    username = built.relation.registrant.user("quality_manager", R).username
    person = people(username).visit("agreements:draft", agreement.pk).press("Hand over to the other side")
    person.fill("note to the other side", "请审阅").press("Hand over to the other side")
    username = built.relation.contractor.user("quality_manager", C).username
    person = people(username).visit("agreements:negotiation", agreement.pk)
    _propose_in_place(person).locator("[name=text_zh]").fill(FACTS)
    person.page.reload()
    form = _propose_in_place(person)
    expect(form.locator(".kept")).to_be_visible()
    assert form.locator("[name=text_zh]").input_value() == FACTS
    Session.objects.all().delete()
    form.locator("button[type=submit]").click()
    person.page.wait_for_url("**" + reverse("account_login") + "**")
    _sign_in(person, username)
    assert _field(person, "text_zh").input_value() == FACTS
    person.page.locator("main form button[type=submit]").last.click()
    person.page.wait_for_url("**" + reverse("agreements:negotiation", args=[agreement.pk]) + "**")
    assert FACTS in ProposedChange.objects.get().after["text_zh"]
    assert _kept(person) == ""


# ── hands ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _field(person: Person, name: str) -> Locator:
    return person.page.locator(f"main [name={name}]")


def _note(person: Person) -> Locator:
    return person.page.locator(".kept")


def _kept(person: Person) -> str:
    """What lies in the storage of this tab, names and values, without whose tab it is."""
    return str(
        person.page.evaluate(
            "Object.entries(sessionStorage).filter(([name]) => name.startsWith('cmo.') && name !== 'cmo.person').flat().join(' ')"
        )
    )


def _type(person: Person) -> None:
    """A text, a choice, a text of several lines and a row of actions."""
    _field(person, "conclusion").fill(CONCLUSION)
    _field(person, "documents_verdict").select_option("with_actions")
    _field(person, "documents_text").fill(FACTS)
    _field(person, "action_1_what").fill(ACTION)


def _has_all(person: Person) -> None:
    _note(person).wait_for()
    typed = {name: _field(person, name).input_value() for name in ("conclusion", "documents_text", "action_1_what")}
    assert typed == {"conclusion": CONCLUSION, "documents_text": FACTS, "action_1_what": ACTION}
    assert _field(person, "documents_verdict").input_value() == "with_actions"


def _keep(person: Person) -> None:
    person.press("Keep the review")


def _is_clean(person: Person) -> None:
    assert not _note(person).count()
    assert _kept(person) == ""


def _sign_in(person: Person, username: str) -> None:
    person.fill("User name or email", username).fill("Password", person.password).press("Sign in")
    person.page.locator(".identity").wait_for()


def _sign(person: Person) -> None:
    person.fill("Your password", person.password)
    person.page.locator(".btn-sign").click()
    person.page.wait_for_url("**" + reverse("account_login") + "**")


def _propose_in_place(person: Person) -> Locator:
    row = person.page.locator("article#clause-scope")
    row.locator("[data-act=propose]").first.click()
    form = row.locator(".nego-slot form")
    form.wait_for()
    return form

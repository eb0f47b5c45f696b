"""The life of a quality agreement in a real browser: drafted in place, compared, signed in order, amended, renewed, ended.

In 中文 on SQLite, in English on PostgreSQL. A second editor is told; the page of an earlier text marks what a later one
replaced; the papers are taken in three languages; the check behind a signature tells nothing of the content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, expect

from agreements.facts import agreement_states, load_entrustment_facts
from agreements.models import Agreement, AgreementRevision, Entrustment
from cmo import clock
from cmo.catalogue.actions import load_builtin_editions
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build
from tests.browser import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]
Kind = AgreementRevision.Kind
FIRST, AMENDED = "交付期限由双方每季度书面确认。", "交付期限由双方每月书面确认。"
FIRST_EN, AMENDED_EN = "Delivery dates are confirmed every quarter.", "Delivery dates are confirmed every month."


@dataclass
class Journey:
    """A pair with one entrustment, and whoever has signed in so far by post."""

    people: Callable[..., Person]
    built: build.World
    entrustment: Entrustment
    today: date
    _known: dict[tuple[str, str, int], Person]

    def person(self, side: str, role: str = "quality_manager", nth: int = 0) -> Person:
        """The holder of a post at their browser."""
        key = (side, role, nth)
        if key not in self._known:
            firm = self.built.relation.registrant if side == make.REGISTRANT else self.built.relation.contractor
            self._known[key] = self.people(firm.user(role, side, nth=nth).username)
        return self._known[key]

    @property
    def quality(self) -> Person:
        return self.person(make.REGISTRANT)

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)


@pytest.fixture
def journey(people: Callable[..., Person]) -> Journey:
    load_builtin_editions(at=make.FOUNDED)
    built = build.world(make.pair())
    return Journey(people, built, built.entrust(), clock.today(), {})


def test_an_agreement_lives_from_its_draft_to_the_end_that_both_sides_sign(journey: Journey) -> None:
    agreement = _draft(journey)
    _edit_in_place(journey, agreement)
    _second_editor_is_told(journey, agreement)
    first = _sign_in_order(journey, _offer(journey, agreement, Kind.AGREEMENT))
    _take_the_papers(journey, first)
    _check_behind_a_signature(journey, first)
    amended = _amend(journey, agreement, first)
    _compare(journey, agreement, first, amended)
    _renew(journey, agreement)
    _end_together(journey, agreement)
    _everything_agrees(journey, agreement)


def _draft(journey: Journey) -> Agreement:
    """From the template, covering the one entrustment, the registrant to sign first."""
    quality = journey.quality.visit("agreements:pair_agreements", journey.built.pair.pk)
    quality.press("Draft a quality agreement")
    quality.fill("term: first day", journey.today).fill("term: last day", journey.day(300))
    quality.page.locator("input[name=entrustments]").check()
    quality.press("Draft the agreement")
    agreement = Agreement.objects.get()
    assert quality.at("agreements:draft", agreement.pk)
    with quality.page.expect_navigation():
        quality.page.locator("input[name=signing_order][value=registrant_first]").check()
    agreement.draft.refresh_from_db()
    assert agreement.draft.signing_order == "registrant_first"
    assert quality.page.locator(".square.tone-good").count() == 49
    return agreement


def _clause(person: Person, language: str = "zh") -> Locator:
    return person.page.locator(f"#clause-scope textarea[name=text_{language}]")


def _write(person: Person, language: str, text: str) -> None:
    """Type into the clause and wait until it keeps itself."""
    with person.page.expect_response(lambda answer: "/autosave/" in answer.url and answer.status == 200):
        _clause(person, language).fill(text)
        _clause(person, language).blur()


def _edit_in_place(journey: Journey, agreement: Agreement) -> None:
    """An emptied clause is a reason against offering at once; the text kept itself when the page is opened again."""
    quality = journey.quality
    _write(quality, "en", "")
    quality.page.locator("#draft-panel .finding").first.wait_for()
    _write(quality, "zh", FIRST)
    _write(quality, "en", FIRST_EN)
    expect(quality.page.locator("#draft-panel .finding")).to_have_count(0)
    quality.visit("agreements:draft", agreement.pk)
    assert _clause(quality).input_value() == FIRST


def _second_editor_is_told(journey: Journey, agreement: Agreement) -> None:
    """The contractor's quality opened the page earlier; their text does not overwrite, both are shown, and they choose."""
    other = journey.person(make.CONTRACTOR).visit("agreements:draft", agreement.pk)
    _write(journey.quality, "zh", FIRST + "（一）")
    _clause(other).fill("对方的文本")
    _clause(other).blur()
    conflict = other.page.locator("#clause-scope .draft-conflict")
    conflict.wait_for()
    assert "对方的文本" in conflict.inner_text()
    assert FIRST + "（一）" in conflict.inner_text()
    conflict.locator("[data-conflict-take]").click()
    assert _clause(other).input_value() == FIRST + "（一）"
    journey.quality.visit("agreements:draft", agreement.pk)
    _write(journey.quality, "zh", FIRST)


def _offer(journey: Journey, agreement: Agreement, kind: str) -> AgreementRevision:
    journey.quality.visit("agreements:draft", agreement.pk).press("Offer for signature")
    revision = agreement.revisions.order_by("-number").first()
    assert revision is not None
    assert revision.kind == kind
    assert journey.quality.at("agreements:revision", revision.pk)
    return revision


def _sign_in_order(
    journey: Journey, revision: AgreementRevision, words: str = "Sign the quality agreement"
) -> AgreementRevision:
    """The contractor's signatory is told to wait; after the registrant's, theirs concludes it."""
    registrant, contractor = journey.person(make.REGISTRANT, "signatory"), journey.person(make.CONTRACTOR, "signatory")
    contractor.visit("agreements:revision", revision.pk)
    assert contractor.page.get_by_role("link", name=contractor.say(words), exact=True).count() == 0
    for person in (registrant, contractor):
        person.visit("agreements:revision", revision.pk).press(words)
        person.page.locator(".signing-form").wait_for()
        person.sign()
        assert person.at("agreements:revision", revision.pk)
    assert revision.signatures.count() == 2
    return revision


def _take_the_papers(journey: Journey, revision: AgreementRevision) -> None:
    quality = journey.quality.visit("agreements:revision", revision.pk)
    for language in ("zh", "en", "both"):
        for kind, magic in (("pdf", b"%PDF"), ("docx", b"PK")):
            answer = quality.page.request.get(quality.address + f"/revisions/{revision.pk}/document/{language}.{kind}")
            assert answer.status == 200
            assert answer.body().startswith(magic)
    assert Entry.objects.filter(verb="agreement.document_taken").count() == 6


def _check_behind_a_signature(journey: Journey, revision: AgreementRevision) -> None:
    """What a reader of the paper finds behind its code: who, what for and when, that it stands, and nothing else."""
    signature = revision.signatures.get(side="registrant").signature
    stranger = journey.quality.page.context.browser.new_page()
    stranger.goto(journey.quality.address + signature.get_absolute_url())
    shown = stranger.locator("body").inner_text()
    stranger.close()
    assert signature.signer_name in shown
    assert signature.record_hash[:4] in shown
    assert FIRST not in shown


def _amend(journey: Journey, agreement: Agreement, first: AgreementRevision) -> AgreementRevision:
    """An amendment begins from the text in force; the contractor's quality may begin it too."""
    other = journey.person(make.CONTRACTOR).visit("agreements:revision", first.pk)
    other.press("Begin an amendment").press("Set the draft to this text")
    assert other.at("agreements:draft", agreement.pk)
    _write(other, "zh", AMENDED)
    _write(other, "en", AMENDED_EN)
    amended = _sign_in_order(journey, _offer(journey, agreement, Kind.AMENDMENT))
    assert amended.parent == first
    earlier = journey.quality.visit("agreements:revision", first.pk)
    assert earlier.page.locator("#clause-scope.clause-replaced").count() == 1
    return amended


def _compare(journey: Journey, agreement: Agreement, first: AgreementRevision, amended: AgreementRevision) -> None:
    """Word by word in both languages: what left and what came."""
    page = journey.quality.visit(
        "agreements:compare", agreement.pk, query=f"?from={first.number}&to={amended.number}&show=changes"
    ).page
    changed = page.locator("#clauses-scope")
    assert _marked(changed, "del") == {"季度", "quarter"}
    assert _marked(changed, "ins") == {"月", "month"}
    assert page.locator("article.clause").count() == 1


def _marked(place: Locator, tag: str) -> set[str]:
    return {text.strip().rstrip(".") for text in place.locator(tag).all_inner_texts()}


def _renew(journey: Journey, agreement: Agreement) -> None:
    """The same text for another term is a renewal."""
    quality = journey.quality.visit("agreements:agreement", agreement.pk)
    quality.press("Renew the agreement")
    quality.fill("term: first day", journey.today).fill("term: last day", journey.day(400))
    quality.press("Begin the renewal")
    renewed = _sign_in_order(journey, _offer(journey, agreement, Kind.RENEWAL))
    state = agreement_states([agreement.pk], journey.today)[agreement.pk]
    assert state.effective == renewed


def _end_together(journey: Journey, agreement: Agreement) -> None:
    """Both sides settle post-market duties and the return of documents, and sign it like the agreement."""
    quality = journey.quality.visit("agreements:agreement", agreement.pk)
    quality.press("End the agreement together").fill("first day without agreement", journey.day(10))
    quality.press("Offer the termination for signature")
    ending = agreement.revisions.order_by("-number").first()
    assert ending is not None
    assert ending.kind == Kind.TERMINATION
    _sign_in_order(journey, ending, "Sign the termination of the agreement")


def _everything_agrees(journey: Journey, agreement: Agreement) -> None:
    fact = load_entrustment_facts([journey.entrustment])[journey.entrustment.pk]
    covered = [any(cover.effective_on(journey.day(n)) for cover in fact.coverage) for n in (0, 9, 10, 11)]
    assert covered == [True, True, False, False]
    kinds = list(agreement.revisions.order_by("number").values_list("kind", flat=True))
    assert kinds == [Kind.AGREEMENT, Kind.AMENDMENT, Kind.RENEWAL, Kind.TERMINATION]
    page = journey.quality.visit("agreements:agreement", agreement.pk)
    for revision in agreement.revisions.all():
        assert page.page.locator(f"a[href$='/revisions/{revision.pk}/']").count() >= 1
    verbs = set(Entry.objects.of_stream(journey.built.pair.stream).values_list("verb", flat=True))
    assert {"agreement.clause_edited", "agreement.order_set", "agreement.renewal_begun", "agreement.signed"} <= verbs

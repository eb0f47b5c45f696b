"""The pages of yearly reviews: the tab, writing, what a stale page loses (nothing), signing, returning, and what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import override

from agreements import duties
from agreements.models import Agreement, AgreementReview, AgreementRevision, ReviewDraft, ReviewSignature
from agreements.review_body import PARTS
from cmo.clock import day_of
from cmo.duty import Duty
from cmo.parties.access import scope_of
from cmo.parties.models import User
from cmo.trail.models import Entry
from tests import make, replay
from tests.agreements import build
from tests.agreements import build_reviews as reviews
from tests.agreements.build_reviews import AT, DUE, C, R

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False), override("en"):
        yield


@replay.kept
def _world() -> Any:
    built = build.world()
    return built, build.concluded(built, [built.entrust()]).agreement


@pytest.fixture
def world() -> Any:
    return _world()


def user_of(built: build.World, side: str, role: str = "quality_manager") -> User:
    firm = built.relation.registrant if side == R else built.relation.contractor
    return firm.user(role, side)


def client_of(built: build.World, side: str, role: str = "quality_manager", language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user_of(built, side, role))
    return client


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def typed(draft: ReviewDraft, **changes: Any) -> dict[str, Any]:
    """A complete review as the browser sends it."""
    draft.refresh_from_db()
    sent = {
        "seen_edition": draft.edition,
        "rows": 2,
        "period_from": draft.period_from.isoformat(),
        "period_to": draft.period_to.isoformat(),
        "conclusion": "协议继续适用。",
        "action_1_what": "修订检验规程。",
        "action_1_side": C,
        "action_1_due_on": DUE.isoformat(),
        "action_2_what": "",
        "action_2_side": "",
        "action_2_due_on": "",
    }
    for part in PARTS:
        sent |= {f"{part}_verdict": "yes", f"{part}_text": ""}
    return sent | changes


def begun(built: build.World, agreement: Agreement) -> tuple[ReviewDraft, str]:
    draft = reviews.begun(built.relation, agreement)
    return draft, reverse("agreements:review_draft", args=[agreement.pk])


def test_the_tab_says_when_the_review_is_due_and_begins_it(world: Any) -> None:
    built, agreement = world
    client, url = client_of(built, R), reverse("agreements:pair_reviews", args=[built.pair.pk])
    shown = text(client.get(url))
    assert "Next review due 2027-06-01" in shown
    assert "Begin the yearly review" in shown
    response = client.post(reverse("agreements:begin_review", args=[agreement.pk]), follow=True)
    assert response.request["PATH_INFO"] == reverse("agreements:review_draft", args=[agreement.pk])
    assert "Open the review being written" in text(client.get(url))


def test_a_reader_without_the_right_sees_the_button_with_its_reason(world: Any) -> None:
    built, _agreement = world
    shown = text(client_of(built, C).get(reverse("agreements:pair_reviews", args=[built.pair.pk])))
    assert "None of your posts allows this." in shown


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", ("适宜性", "曾被锁定的批次")), ("en", ("Suitability", "Lots put on hold"))]
)
def test_the_page_shows_the_year_beside_the_five_parts(world: Any, language: str, words: tuple[str, ...]) -> None:
    built, agreement = world
    _draft, url = begun(built, agreement)
    response = client_of(built, R, language=language).get(url)
    for word in words:
        assert word in text(response)
    assert response.content.decode().count('class="year-figures"') >= 4


def test_what_is_typed_is_kept_and_rows_without_words_are_left_out(world: Any) -> None:
    built, agreement = world
    draft, url = begun(built, agreement)
    client_of(built, R).post(url, typed(draft))
    draft.refresh_from_db()
    assert draft.edition == 2
    assert [row["what"] for row in draft.content["actions"]] == ["修订检验规程。"]


def test_a_stale_page_loses_nothing_and_says_who_was_first(world: Any) -> None:
    built, agreement = world
    draft, url = begun(built, agreement)
    old = typed(draft, conclusion="我写的结论")
    reviews.kept(built.relation, draft, conclusion="别人先保存的结论")
    response = client_of(built, R, "management_representative").post(url, old)
    shown = response.content.decode()
    assert "我写的结论" in shown
    assert draft.edited_by_name in shown
    assert "Open the kept review" in shown
    draft.refresh_from_db()
    assert draft.content["conclusion"] == "别人先保存的结论"
    (refusal,) = Entry.objects.filter(verb="refused")
    assert refusal.content["data"]["attempted"] == "review.edited"


def test_offering_what_is_incomplete_keeps_it_and_says_what_is_missing(world: Any) -> None:
    built, agreement = world
    draft, url = begun(built, agreement)
    sent = typed(draft, practice_verdict="no", offer="yes", action_1_what="", action_1_side="", action_1_due_on="")
    shown = text(client_of(built, R).post(url, sent))
    assert "“Match with actual production” is judged “not given”; say why." in shown
    assert "decides at least one action" in shown
    draft.refresh_from_db()
    assert draft.content["parts"]["practice"]["verdict"] == "no"
    assert not AgreementReview.objects.exists()


def test_offered_and_signed_on_pages_by_both_sides(world: Any) -> None:
    built, agreement = world
    draft, url = begun(built, agreement)
    client_of(built, R).post(url, typed(draft, offer="yes"))
    review = AgreementReview.objects.get()
    for side in (R, C):
        client, address = client_of(built, side), reverse("agreements:sign_review", args=[review.pk])
        form = client.get(address).context["form"]
        sent = {name: form[name].value() for name in form.fields if form[name].value()}
        client.post(address, sent | {"password": make.PASSWORD})
    assert ReviewSignature.objects.count() == 2
    shown = text(client_of(built, C).get(reverse("agreements:review", args=[review.pk])))
    assert "concluded" in shown
    assert "Record the action as done" in shown


def test_a_review_is_returned_on_its_page_and_its_draft_opens_again(world: Any) -> None:
    built, agreement = world
    review = reviews.offered(built.relation, agreement)
    client = client_of(built, C)
    client.post(reverse("agreements:return_review", args=[review.pk]), {"reason": "缺少灭菌外协情况。"})
    shown = text(client.get(reverse("agreements:review", args=[review.pk])))
    assert "缺少灭菌外协情况。" in shown
    assert "Open the review being written" in shown


def test_an_action_is_recorded_as_done_on_its_page(world: Any) -> None:
    built, agreement = world
    review = reviews.concluded(built.relation, agreement)
    action = review.actions.get(side=C)
    address = reverse("agreements:perform_review_action", args=[action.pk])
    client = client_of(built, C)
    client.post(address, {"done_on": day_of(AT).isoformat(), "note": "已修订，版本 B/2。"})
    assert "已修订，版本 B/2。" in text(client.get(reverse("agreements:review", args=[review.pk])))


def _codes(found: list[Duty]) -> list[tuple[str, Any]]:
    return [
        (one.code, one.due_on) for one in found if one.code in {"review_signature", "yearly_review", "review_action"}
    ]


def waiting(user: User, on: Any) -> list[tuple[str, Any]]:
    return _codes(duties.waiting_on(scope_of(User.objects.get(pk=user.pk), on), on))


def coming(user: User, on: Any, days: int) -> list[tuple[str, Any]]:
    return _codes(duties.coming_up(scope_of(User.objects.get(pk=user.pk), on), on, on + days * DAY))


def test_a_review_waits_on_who_writes_it_from_thirty_days_before_and_comes_up_for_both(world: Any) -> None:
    built, _agreement = world
    due_on = make.TODAY.replace(year=2027)
    ours, theirs = user_of(built, R), user_of(built, C)
    assert waiting(ours, due_on - 31 * DAY) == []
    assert waiting(ours, due_on - 30 * DAY) == [("yearly_review", due_on)]
    assert waiting(theirs, due_on) == []
    for user in (ours, theirs):
        assert coming(user, due_on - 31 * DAY, 30) == []
        assert coming(user, due_on - 31 * DAY, 31) == [("yearly_review", due_on)]
        assert coming(user, due_on + DAY, 0) == [("yearly_review", due_on)]


def test_signatures_and_actions_wait_on_the_side_that_owes_them(world: Any) -> None:
    built, agreement = world
    today, ours, theirs = day_of(AT), user_of(built, R), user_of(built, C)
    review = reviews.offered(built.relation, agreement)
    reviews.signed(built.relation, review, R)
    assert waiting(ours, today) == []
    assert waiting(theirs, today) == [("review_signature", None)]
    reviews.signed(built.relation, review, C)
    assert waiting(theirs, DUE - 15 * DAY) == []
    assert waiting(theirs, DUE - 14 * DAY) == [("review_action", DUE)]
    reviews.performed(built.relation, review.actions.get(side=C))
    assert waiting(theirs, DUE) == []
    assert waiting(ours, DUE) == [("review_action", DUE)]
    assert ("yearly_review", today.replace(year=2028)) in coming(ours, DUE, 366)


def test_duties_name_law_owner_and_place(world: Any) -> None:
    built, agreement = world
    reviews.offered(built.relation, agreement)
    today, user = day_of(AT), user_of(built, C)
    found = duties.waiting_on(scope_of(User.objects.get(pk=user.pk), today), today)
    (duty,) = [one for one in found if one.code == "review_signature"]
    assert duty.citation == "N38-15"
    assert duty.owner_ids == {built.pair.registrant_id, built.pair.contractor_id}
    assert duty.url == reverse("agreements:review", args=[AgreementReview.objects.get().pk])


def test_the_tab_costs_the_same_for_one_agreement_and_for_fifty(world: Any) -> None:
    built, agreement = world
    reviews.concluded(built.relation, agreement)
    client, url = client_of(built, R), reverse("agreements:pair_reviews", args=[built.pair.pk])
    client.get(url)
    one = build.queries(lambda: client.get(url))
    columns = {f.attname: getattr(agreement, f.attname) for f in Agreement._meta.concrete_fields if not f.primary_key}
    rows = Agreement.objects.bulk_create(Agreement(**columns | {"number": f"QA-{n}"}) for n in range(50))
    revision = AgreementRevision.objects.get(agreement=agreement)
    frozen = {
        f.attname: getattr(revision, f.attname) for f in AgreementRevision._meta.concrete_fields if not f.primary_key
    }
    AgreementRevision.objects.bulk_create(AgreementRevision(**frozen | {"agreement_id": row.pk}) for row in rows)
    review = AgreementReview.objects.get()
    held = {f.attname: getattr(review, f.attname) for f in AgreementReview._meta.concrete_fields if not f.primary_key}
    AgreementReview.objects.bulk_create(
        AgreementReview(**held | {"agreement_id": row.pk, "number": f"AR-{row.pk}"}) for row in rows
    )
    assert build.queries(lambda: client.get(url)) == one

"""Inviting somebody from outside: who may, for how long, what comes of it, and how it ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from cmo.errors import Refused
from cmo.parties import actions
from cmo.parties.access import scope_of
from cmo.parties.facts_invitations import standings
from cmo.parties.models import Grant, Invitation, InvitationAnswer, User
from cmo.parties.rules_invitations import LONGEST_INVITATION
from cmo.parties.tasks import send_invitation
from cmo.parties.tokens import token_hash, token_of
from cmo.trail.models import Entry
from tests import make

pytestmark = pytest.mark.django_db
LATER = make.AT + timedelta(hours=1)


@pytest.fixture
def world() -> make.Relation:
    return make.pair()


def quality(world: make.Relation) -> Any:
    return world.registrant.actor("quality_manager", make.REGISTRANT)


def accept(token: str, username: str = "inspector.he", password: str = make.PASSWORD) -> User:
    return actions.accept_invitation(token=token, username=username, password=password, at=LATER)


def refused(call: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.codes


def state(world: make.Relation, on: Any = make.TODAY) -> list[str]:
    return [one.state for one in standings(world.pair, on)]


# ── inviting ──


def test_only_quality_of_the_two_parties_invites(world: make.Relation) -> None:
    viewer = make.post(world.registrant, "viewer", user=make.person())
    for by in (world.registrant.actor("viewer"), make.organisation().actor(), make.administrator_actor()):
        with pytest.raises(PermissionDenied):
            actions.invite(pair=world.pair, content=make.invitation_content(), by=by, at=make.AT)
    assert viewer
    for firm in (world.registrant, world.contractor):
        actions.invite(pair=world.pair, content=make.invitation_content(), by=firm.actor(), at=make.AT)
    assert state(world) == ["waiting", "waiting"]


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        (0, 0, []),
        (0, LONGEST_INVITATION - 1, []),
        (0, LONGEST_INVITATION, ["invitation_too_long"]),
        (0, -1, ["invitation_period"]),
        (-5, -1, ["invitation_period"]),
        (3, 2, ["invitation_period"]),
        (-5, 0, []),
    ],
)
def test_an_invitation_lasts_180_days_at_most_and_not_backwards(
    world: make.Relation, first: int, last: int, codes: list[str]
) -> None:
    days = {"starts_on": make.TODAY + timedelta(days=first), "ends_on": make.TODAY + timedelta(days=last)}
    if codes:
        assert refused(lambda: make.invitation(world, **days)) == codes
    else:
        assert make.invitation(world, **days)[0].pk


@pytest.mark.parametrize(
    ("limit", "good"),
    [
        ({"reads": "dossier", "scope_kind": "period", "scope_key": "2026-01-01/2026-01-31"}, True),
        ({"reads": "dossier", "scope_kind": "period", "scope_key": "2026-02-01/2026-01-31"}, False),
        ({"reads": "dossier", "scope_kind": "period", "scope_key": "2026-02"}, False),
        ({"reads": "dossier", "scope_kind": "lot", "scope_key": ""}, False),
        ({"reads": "dossier", "scope_kind": "whole", "scope_key": "L-1"}, False),
        ({"reads": "pair", "scope_kind": "lot", "scope_key": "L-1"}, False),
    ],
)
def test_only_a_dossier_is_limited_and_by_something(world: make.Relation, limit: dict[str, str], good: bool) -> None:
    if good:
        assert make.invitation(world, **limit)[0].pk
    else:
        assert refused(lambda: make.invitation(world, **limit)) == ["invitation_scope"]


@pytest.mark.parametrize("kind", ["", "shelf", "LOT", "lot "])
def test_a_kind_of_scope_that_no_form_offers_is_refused_in_words(world: make.Relation, kind: str) -> None:
    limit = {"reads": "dossier", "scope_kind": kind, "scope_key": "L-1"}
    assert refused(lambda: make.invitation(world, **limit)) == ["invitation_scope_kind"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "administrator@example.org"}, "email"),
        ({"ends_on": make.TODAY - timedelta(days=1)}, "ends_on"),
        ({"ends_on": make.TODAY + timedelta(days=LONGEST_INVITATION)}, "ends_on"),
        ({"reads": "dossier", "scope_kind": "lot", "scope_number": "X-1"}, "scope_number"),
        ({"scope_kind": "lot", "scope_number": "X-1"}, "scope_kind"),
        ({"scope_kind": "shelf"}, "scope_kind"),
    ],
)
def test_what_stands_against_an_invitation_stands_at_its_field(
    world: make.Relation, clock: Any, changes: dict[str, Any], field: str
) -> None:
    client = Client()
    client.force_login(world.registrant.user())
    answer = client.post(reverse("parties:invite", args=[world.pair.pk]), typed(**changes))
    assert list(answer.context["form"].errors) == [field]


def test_nobody_with_a_post_at_a_party_is_invited_whatever_the_case_of_the_address(world: make.Relation) -> None:
    own = world.contractor.user()
    assert refused(lambda: make.invitation(world, email=own.email.upper())) == ["invitation_needless"]


def test_an_ended_pair_invites_nobody(world: make.Relation) -> None:
    actions.end_pair(pair=world.pair, ended_on=make.TODAY, reason="终止", by=quality(world), at=make.AT)
    assert refused(lambda: make.invitation(world)) == ["invitation_pair_ended"]


def test_one_invitation_to_one_address_waits_at_a_time(world: make.Relation) -> None:
    first, _token = make.invitation(world, email="he@example.org")
    assert refused(lambda: make.invitation(world, email="HE@example.org")) == ["invitation_waiting"]
    actions.withdraw_invitation(invitation=first, reason="改期", by=quality(world), at=make.AT)
    make.invitation(world, email="he@example.org")
    assert state(world) == ["waiting", "withdrawn"]


def test_of_the_token_only_its_hash_is_kept_anywhere(world: make.Relation) -> None:
    from django_tasks_db.models import DBTaskResult

    row, token = make.invitation(world)
    assert row.token_sha256 == token_hash(token)
    kept = "".join(entry.payload for entry in Entry.objects.all())
    kept += "".join(str(result.args_kwargs) for result in DBTaskResult.objects.all())
    kept += str(list(Invitation.objects.values()))
    assert DBTaskResult.objects.exists()
    assert token not in kept


# ── the mail ──


def number_sent() -> tuple[int, str]:
    from django_tasks_db.models import DBTaskResult

    args = max(result.args_kwargs["args"] for result in DBTaskResult.objects.all())
    return args[0], args[1]


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "邀请"), ("en", "invites you")])
def test_the_mail_is_in_the_language_of_the_person_and_holds_the_address(
    world: make.Relation, language: str, word: str, settings: Any, time_machine: Any
) -> None:
    time_machine.move_to(LATER, tick=False)
    settings.SITE_URL = "https://quality.example"
    row, token = make.invitation(world, language=language)
    assert send_invitation.call(*number_sent()) == "sent"
    (sent,) = mail.outbox
    assert sent.to == [row.email]
    assert f"https://quality.example/invitations/{token}/" in sent.body
    assert word in sent.body
    assert row.printed_name in sent.body


def test_the_mail_says_what_may_be_read_and_apart_from_it_until_when(world: make.Relation, time_machine: Any) -> None:
    time_machine.move_to(LATER, tick=False)
    limit = {"scope_kind": "period", "scope_key": "2026-01-01/2026-03-31"}
    row, _token = make.invitation(world, language="en", reads="dossier", **limit)
    assert send_invitation.call(*number_sent()) == "sent"
    body = mail.outbox[0].body
    assert row.printed_name in body
    assert "the dossier only (a period: 2026-01-01 – 2026-03-31). You can read them here from 2026-06-01" in body


def test_what_was_withdrawn_answered_or_is_past_is_not_mailed(world: make.Relation, time_machine: Any) -> None:
    time_machine.move_to(LATER, tick=False)
    row, token = make.invitation(world)
    sent = number_sent()
    assert token_of(sent[1]) == token
    actions.withdraw_invitation(invitation=row, reason="误发", by=quality(world), at=LATER)
    assert send_invitation.call(*sent) == "not open any more"
    make.invitation(world)
    sent = number_sent()
    time_machine.move_to(LATER + timedelta(days=30), tick=False)
    assert send_invitation.call(*sent) == "not open any more"
    assert mail.outbox == []


# ── accepting ──


def test_accepting_makes_the_account_and_opens_the_pair_for_the_invited_days(world: make.Relation) -> None:
    row, token = make.invitation(world)
    user = accept(token)
    assert (user.printed_name, user.email, user.check_password(make.PASSWORD)) == (row.printed_name, row.email, True)
    (grant,) = Grant.objects.filter(user=user)
    assert (grant.permission, grant.starts_on, grant.ends_on) == ("read_pair", row.starts_on, row.ends_on)
    assert (grant.granted_by_id, grant.invitation_id) == (row.invited_by_id, row.pk)
    scope = scope_of(user, make.TODAY)
    assert scope.outside
    assert scope.granted_pair_ids == {world.pair.pk}
    assert state(world) == ["in_force"]
    verbs = [entry.verb for entry in Entry.objects.filter(stream=world.pair.stream).order_by("seq")]
    assert verbs[-3:] == ["invitation.sent", "invitation.accepted", "grant.given"]
    assert Entry.objects.filter(stream=f"user:{user.pk}", verb="account.created").count() == 1


@pytest.mark.parametrize(
    ("reads", "takes", "permissions"),
    [
        ("pair", False, ["read_pair"]),
        ("pair", True, ["read_pair", "take_dossier"]),
        ("dossier", False, ["read_dossier"]),
        ("dossier", True, ["take_dossier"]),
    ],
)
def test_what_may_be_read_and_taken_becomes_grants(
    world: make.Relation, reads: str, takes: bool, permissions: list[str]
) -> None:
    limit = {"scope_kind": "period", "scope_key": "2026-01-01/2026-01-31"} if reads == "dossier" else {}
    _row, token = make.invitation(world, reads=reads, takes=takes, **limit)
    user = accept(token)
    rows = Grant.objects.filter(user=user).order_by("id")
    assert [row.permission for row in rows] == permissions
    if reads == "dossier":
        assert [(row.scope_kind, row.scope_key) for row in rows] == [("period", "2026-01-01/2026-01-31")]
        assert not scope_of(user, make.TODAY).granted_pair_ids
        assert scope_of(user, make.TODAY).outside


def test_a_token_opens_once(world: make.Relation) -> None:
    _row, token = make.invitation(world)
    accept(token)
    assert refused(lambda: accept(token, "somebody.else")) == ["invitation_not_open"]
    assert InvitationAnswer.objects.count() == 1


def test_unknown_used_withdrawn_and_past_answer_alike(world: make.Relation) -> None:
    withdrawn, first = make.invitation(world)
    actions.withdraw_invitation(invitation=withdrawn, reason="改期", by=quality(world), at=make.AT)
    _past, second = make.invitation(world, ends_on=make.TODAY)
    at = make.AT + timedelta(days=1)
    for token in (first, second, "nothing", ""):
        content = {"token": token, "username": "x.y", "password": make.PASSWORD, "at": at}
        assert refused(lambda content=content: actions.accept_invitation(**content)) == ["invitation_not_open"]
    assert User.objects.filter(username="x.y").count() == 0


def test_a_weak_password_or_a_name_in_use_leaves_the_invitation_open(world: make.Relation) -> None:
    _row, token = make.invitation(world)
    for username, password in (("inspector.he", "password"), (world.registrant.user().username, make.PASSWORD)):
        with pytest.raises(ValidationError) as caught:
            accept(token, username, password)
        assert not isinstance(caught.value, Refused)
    assert state(world) == ["waiting"]
    assert accept(token).pk


def test_an_account_is_given_no_second_one_and_nothing_is_open_before_its_person_accepts(
    world: make.Relation, time_machine: Any
) -> None:
    time_machine.move_to(LATER, tick=False)
    _row, token = make.invitation(world, email="he@example.org")
    user = accept(token)
    other = make.pair()
    row, second = make.invitation(other, email="He@Example.org", language="en")
    assert scope_of(User.objects.get(pk=user.pk), make.TODAY).granted_pair_ids == {world.pair.pk}
    assert send_invitation.call(*number_sent()) == "sent"
    assert "You have an account here" in mail.outbox[-1].body
    assert f"/invitations/{second}/" in mail.outbox[-1].body
    for account in (None, make.person(), world.registrant.user()):
        call = lambda account=account: actions.accept_invitation(token=second, account=account, at=LATER)  # noqa: E731
        assert refused(call) == ["invitation_sign_in"]
    actions.accept_invitation(token=second, account=user, at=LATER)
    assert scope_of(User.objects.get(pk=user.pk), make.TODAY).granted_pair_ids == {world.pair.pk, other.pair.pk}
    assert User.objects.filter(email__iexact="he@example.org").count() == 1
    assert Invitation.objects.get(pk=row.pk).answer.user == user


def test_somebody_with_a_post_elsewhere_accepts_with_the_account_they_have(world: make.Relation) -> None:
    consultant = make.organisation().user()
    _row, token = make.invitation(world, email=consultant.email)
    assert refused(lambda: accept(token)) == ["invitation_sign_in"]
    assert actions.accept_invitation(token=token, account=consultant, at=LATER) == consultant
    scope = scope_of(User.objects.get(pk=consultant.pk), make.TODAY)
    assert (scope.outside, scope.by_name, scope.stands_in(world.pair)) == (False, True, False)


def test_who_holds_a_post_at_a_party_by_now_accepts_nothing(world: make.Relation) -> None:
    person = make.person()
    _row, token = make.invitation(world, email=person.email)
    make.post(world.contractor, "viewer", user=person)
    call = lambda: actions.accept_invitation(token=token, account=person, at=LATER)  # noqa: E731
    assert refused(call) == ["invitation_not_open"]


def test_an_invitation_to_a_pair_that_ended_meanwhile_is_not_open(world: make.Relation) -> None:
    _row, token = make.invitation(world)
    actions.end_pair(pair=world.pair, ended_on=make.TODAY, reason="终止", by=quality(world), at=make.AT)
    assert refused(lambda: accept(token)) == ["invitation_not_open"]


def test_two_invitations_accepted_one_after_the_other_share_the_account(world: make.Relation) -> None:
    other = make.pair()
    _first, one = make.invitation(world, email="he@example.org")
    _second, two = make.invitation(other, email="he@example.org")
    user = accept(one)
    assert refused(lambda: accept(two, "somebody.else")) == ["invitation_sign_in"]
    assert actions.accept_invitation(token=two, account=user, at=LATER) == user
    assert user.check_password(make.PASSWORD)


# ── ending ──


def test_withdrawing_needs_quality_a_reason_and_an_unanswered_invitation(world: make.Relation) -> None:
    row, token = make.invitation(world)
    with pytest.raises(PermissionDenied):
        actions.withdraw_invitation(invitation=row, reason="x", by=make.organisation().actor(), at=make.AT)
    with pytest.raises(ValidationError):
        actions.accept_invitation(token=token, username="", password="", at=LATER)
    accept(token)
    codes = refused(lambda: actions.withdraw_invitation(invitation=row, reason="晚了", by=quality(world), at=LATER))
    assert codes == ["invitation_answered"]


def test_ending_takes_every_grant_of_the_invitation_and_leaves_other_pairs(world: make.Relation) -> None:
    row, token = make.invitation(world, takes=True, email="he@example.org")
    user = accept(token)
    other = make.pair()
    _row, second = make.invitation(other, email="he@example.org")
    actions.accept_invitation(token=second, account=user, at=LATER)
    actions.end_invitation(invitation=row, reason="检查结束", by=quality(world), at=LATER)
    assert scope_of(User.objects.get(pk=user.pk), make.TODAY).granted_pair_ids == {other.pair.pk}
    assert not scope_of(User.objects.get(pk=user.pk), make.TODAY).dossiers
    assert state(world) == ["ended"]
    ended = lambda: actions.end_invitation(invitation=row, reason="x", by=quality(world), at=LATER)  # noqa: E731
    assert refused(ended) == ["invitation_nothing_open"]


def test_revoking_today_leaves_what_was_granted_from_tomorrow(world: make.Relation) -> None:
    row, token = make.invitation(world, email="he@example.org", ends_on=make.TODAY)
    user = accept(token)
    tomorrow = make.TODAY + timedelta(days=1)
    _row, second = make.invitation(world, email="he@example.org", starts_on=tomorrow, ends_on=tomorrow)
    actions.accept_invitation(token=second, account=user, at=LATER)
    actions.end_invitation(invitation=row, reason="提前", by=quality(world), at=LATER)
    assert not scope_of(User.objects.get(pk=user.pk), make.TODAY).outside
    assert scope_of(User.objects.get(pk=user.pk), tomorrow).granted_pair_ids == {world.pair.pk}


@pytest.mark.parametrize(("days", "expected"), [(-1, "ahead"), (0, "in_force"), (10, "in_force"), (11, "over")])
def test_an_accepted_invitation_stands_as_its_days_say(world: make.Relation, days: int, expected: str) -> None:
    _row, token = make.invitation(world)
    accept(token)
    assert state(world, make.TODAY + timedelta(days=days)) == [expected]


def test_an_unanswered_invitation_lapses_after_its_last_day(world: make.Relation) -> None:
    make.invitation(world)
    assert state(world, make.TODAY + timedelta(days=10)) == ["waiting"]
    assert state(world, make.TODAY + timedelta(days=11)) == ["lapsed"]


# ── pages ──


@pytest.fixture
def clock(time_machine: Any) -> Any:
    time_machine.move_to(LATER, tick=False)
    return time_machine


def typed(**changes: Any) -> dict[str, Any]:
    content = make.invitation_content()
    return {name: value for name, value in content.items() if value not in (False, "")} | changes


def test_the_page_invites_shows_the_address_once_and_lists_the_invitation(world: make.Relation, clock: Any) -> None:
    client = Client()
    client.force_login(world.registrant.user())
    page = client.post(reverse("parties:invite", args=[world.pair.pk]), typed(email="he@example.org"))
    token = re.search(r"/invitations/([\w-]{43})/\"", page.content.decode())[1]  # type: ignore[index]
    assert page["Cache-Control"] == "no-store"
    listed = client.get(reverse("parties:pair_grants", args=[world.pair.pk])).content.decode()
    assert "he@example.org" in listed
    assert token not in listed
    assert Client().get(reverse("parties:accept_invitation", args=[token])).status_code == 200


def test_the_page_puts_together_the_scope_of_a_dossier(world: make.Relation, clock: Any) -> None:
    client = Client()
    client.force_login(world.registrant.user())
    days = {"scope_from": "2026-01-01", "scope_until": "2026-03-31", "scope_kind": "period", "reads": "dossier"}
    client.post(reverse("parties:invite", args=[world.pair.pk]), typed(**days))
    number = {"scope_number": " L-9 ", "scope_kind": "lot", "reads": "dossier", "takes": "on"}
    answer = client.post(reverse("parties:invite", args=[world.pair.pk]), typed(**number))
    assert "L-9" in answer.content.decode()
    assert "没有编号为" in answer.content.decode()
    found = list(Invitation.objects.order_by("id").values_list("scope_kind", "scope_key", "takes"))
    assert found == [("period", "2026-01-01/2026-03-31", False)]


def test_the_whole_way_from_the_address_to_the_second_factor(world: make.Relation, clock: Any) -> None:
    row, token = make.invitation(world)
    client = Client()
    address = reverse("parties:accept_invitation", args=[token])
    page = client.get(address)
    assert row.employer in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    chosen = {"username": "he", "password": make.PASSWORD, "again": make.PASSWORD}
    assert client.post(address, {**chosen, "again": "other-Passwort-1"}).status_code == 200
    answer = client.post(address, chosen)
    assert answer["Location"] == reverse("account_login")
    client.post(reverse("account_login"), {"login": "he", "password": make.PASSWORD})
    answer = client.get(reverse("parties:pair", args=[world.pair.pk]))
    assert answer["Location"] == reverse("mfa_index")
    make.second_factor(User.objects.get(username="he"))
    assert client.get(reverse("parties:pair", args=[world.pair.pk])).status_code == 200


def test_at_the_page_unknown_used_withdrawn_and_past_look_alike(world: make.Relation, clock: Any) -> None:
    _row, used = make.invitation(world)
    accept(used)
    row, withdrawn = make.invitation(world)
    actions.withdraw_invitation(invitation=row, reason="改期", by=quality(world), at=LATER)
    _row, past = make.invitation(world, ends_on=make.TODAY)
    clock.move_to(LATER + timedelta(days=1), tick=False)
    answers = [Client().get(reverse("parties:accept_invitation", args=[t])) for t in (used, withdrawn, past, "x" * 43)]
    assert {answer.status_code for answer in answers} == {404}
    texts = {re.sub(r"/invitations/[\w-]+/|value=\"\w+\"", "", answer.content.decode()) for answer in answers}
    assert len(texts) == 1
    assert "请联系邀请您的人员" in texts.pop()


def test_guessing_addresses_is_stopped(world: make.Relation, clock: Any) -> None:
    client = Client()
    codes = [client.get(reverse("parties:accept_invitation", args=[f"guess{n}"])).status_code for n in range(31)]
    assert codes == [404] * 30 + [429]


def test_ending_on_the_page_closes_the_pair_at_the_next_click(world: make.Relation, clock: Any) -> None:
    row, token = make.invitation(world)
    make.second_factor(accept(token))
    outsider, manager = Client(), Client()
    outsider.post(reverse("account_login"), {"login": "inspector.he", "password": make.PASSWORD})
    outsider.force_login(User.objects.get(username="inspector.he"))
    page = reverse("parties:pair", args=[world.pair.pk])
    assert outsider.get(page).status_code == 200
    manager.force_login(world.registrant.user())
    answer = manager.post(reverse("parties:end_invitation", args=[row.pk]), {"reason": "检查结束"})
    assert answer.status_code == 302
    answer = outsider.get(page)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("account_login"))
    outsider.force_login(User.objects.get(username="inspector.he"))
    assert outsider.get(page).status_code == 404

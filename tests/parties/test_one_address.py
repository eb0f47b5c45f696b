"""One e-mail address, one open account: the check says so, and where the check was passed the database does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cmo.errors import Refused
from cmo.parties import actions
from cmo.parties.actions import invitations, people
from cmo.parties.models import ADDRESS_TAKEN, User
from cmo.trail.models import Entry
from tests import make

pytestmark = pytest.mark.django_db


def refused(call: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.codes


def created(email: str, username: str = "somebody.else") -> User:
    return actions.create_account(
        username=username,
        printed_name="某人",
        email=email,
        password=make.PASSWORD,
        by=make.administrator_actor(),
        at=make.AT,
    )


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the first reading finds nothing, as in the instant before another account is committed."""
    nobody = User.objects.none()
    answers = iter([nobody])
    whole = people.open_accounts
    for module in (people, invitations):
        monkeypatch.setattr(module, "open_accounts", lambda email: next(answers, whole(email)))
    monkeypatch.setattr(User, "validate_constraints", lambda self, exclude=None: None)


# ── what the database refuses ──


@pytest.mark.parametrize("written", ["he@example.org", "HE@example.org", "He@Example.ORG"])
def test_the_database_gives_an_address_to_one_open_account_however_it_is_written(written: str) -> None:
    User.objects.create_user("one", "he@example.org", make.PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        User(username="two", email=written).save()
    assert User.objects.filter(email__iexact=written).count() == 1


def test_closed_accounts_and_accounts_without_address_share() -> None:
    for number in range(3):
        User.objects.create_user(f"closed{number}", "he@example.org", make.PASSWORD, is_active=False)
        User.objects.create_user(f"without{number}", "", make.PASSWORD)
    assert User.objects.create_user("open", "he@example.org", make.PASSWORD).pk


# ── what the actions say ──


def test_an_account_made_in_the_same_instant_gets_the_sentence_of_the_check(blind: None) -> None:
    User.objects.create_user("first", "he@example.org", make.PASSWORD)
    with pytest.raises(ValidationError) as caught:
        created("HE@example.org")
    assert caught.value.message_dict == {"email": [str(ADDRESS_TAKEN)]}
    assert not User.objects.filter(username="somebody.else").exists()


def test_a_user_name_taken_in_the_same_instant_is_told_at_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create_user("somebody.else", "one@example.org", make.PASSWORD)
    unseen, whole = [True], User.full_clean
    monkeypatch.setattr(User, "full_clean", lambda self: None if unseen and unseen.pop() else whole(self))
    with pytest.raises(ValidationError) as caught:
        created("two@example.org")
    assert list(caught.value.message_dict) == ["username"]


def test_an_address_changed_to_one_taken_in_the_same_instant_is_refused(blind: None) -> None:
    User.objects.create_user("first", "he@example.org", make.PASSWORD)
    User.objects.create_user("second", "she@example.org", make.PASSWORD)
    second = User.objects.get(username="second")
    change = lambda: actions.change_email(  # noqa: E731
        user=second, email="he@example.org", reason="换", by=make.administrator_actor(), at=make.AT
    )
    assert refused(change) == ["email_taken"]
    assert User.objects.get(pk=second.pk).email == "she@example.org"
    assert not Entry.objects.filter(stream=f"user:{second.pk}", verb="account.email_changed").exists()


def test_a_closed_account_opens_again_only_while_its_address_is_free() -> None:
    person = make.dismissed(make.person())
    heir = created(person.email.upper())
    reinstate = lambda: actions.reinstate_account(  # noqa: E731
        user=person, reason="返聘", by=make.administrator_actor(), at=make.AT
    )
    assert refused(reinstate) == ["email_taken"]
    make.dismissed(heir)
    assert reinstate().is_active
    assert refused(reinstate) == ["account_open"]


def test_a_closed_account_opened_in_the_same_instant_is_refused_alike(blind: None) -> None:
    person = User.objects.create_user("closed", "he@example.org", make.PASSWORD, is_active=False)
    User.objects.create_user("heir", "he@example.org", make.PASSWORD)
    by = make.administrator_actor()
    assert refused(lambda: actions.reinstate_account(user=person, reason="x", by=by, at=make.AT)) == ["email_taken"]
    assert not User.objects.get(pk=person.pk).is_active


def test_an_invitation_accepted_in_the_same_instant_as_an_account_is_made_asks_to_sign_in(blind: None) -> None:
    _row, token = make.invitation(make.pair(), email="he@example.org")
    User.objects.create_user("first", "he@example.org", make.PASSWORD)
    accept = lambda: actions.accept_invitation(  # noqa: E731
        token=token, username="he", password=make.PASSWORD, at=make.AT
    )
    assert refused(accept) == ["invitation_sign_in"]
    assert User.objects.filter(email="he@example.org").count() == 1


# ── administrators ──


def test_an_administrators_address_is_not_invited() -> None:
    email = make.administrator().email.upper()
    assert refused(lambda: make.invitation(make.pair(), email=email)) == ["invitation_administrator"]


def test_an_invitation_whose_address_is_an_administrators_by_now_says_so_in_plain_words(time_machine: Any) -> None:
    time_machine.move_to(make.AT, tick=False)
    _row, token = make.invitation(make.pair(), email="root@example.org")
    content = {"username": "root", "printed_name": "管理", "email": "root@example.org"}
    actions.create_administrator(**content, password=make.PASSWORD, at=make.AT)
    accept = lambda: actions.accept_invitation(  # noqa: E731
        token=token, username="he", password=make.PASSWORD, at=make.AT
    )
    assert refused(accept) == ["invitation_administrator"]
    answer = Client().get(reverse("parties:accept_invitation", args=[token]))
    assert answer.status_code == 409
    assert "系统管理员" in answer.content.decode()
    assert "email" not in re.sub(r"<[^>]+>", "", answer.content.decode())


# ── pages ──


@pytest.mark.parametrize("shape", ["create_account", "change_email"])
def test_on_the_page_the_sentence_stands_at_the_address(shape: str) -> None:
    client, person, other = Client(), make.person(), make.person()
    client.force_login(make.administrator())
    address = reverse(f"parties:{shape}", args=[] if shape == "create_account" else [person.pk])
    account = {"username": "new", "printed_name": "新人", "language": "en", "password": make.PASSWORD}
    answer = client.post(address, {**account, "email": other.email, "reason": "更正"})
    assert list(answer.context["form"].errors) == ["email"]


# ── what was there before ──


@pytest.mark.django_db(transaction=True)
def test_the_migration_names_shared_addresses_and_changes_nothing() -> None:
    before, after = ("parties", "0004_working_days_of_organisations"), ("parties", "0005_one_open_account_per_email")
    MigrationExecutor(connection).migrate([before])
    try:
        for name, email in (
            ("a", "he@x.org"),
            ("b", "HE@x.org"),
            ("c", ""),
            ("d", ""),
            ("e", "e@x.org"),
            ("f", "E@X.org"),
        ):
            User.objects.create_user(name, email, make.PASSWORD)
        User.objects.create_user("g", "he@x.org", make.PASSWORD, is_active=False)
        kept = list(User.objects.order_by("pk").values_list("username", "email", "is_active"))
        with pytest.raises(CommandError) as caught:
            MigrationExecutor(connection).migrate([after])
        lines = str(caught.value).splitlines()
        assert lines[1:3] == ["  e@x.org: e, f", "  he@x.org: a, b"]
        assert "Nothing was changed" in lines[0]
        assert list(User.objects.order_by("pk").values_list("username", "email", "is_active")) == kept
        User.objects.filter(username__in=["b", "f"]).update(is_active=False)
    finally:
        User.objects.filter(username__in=["b", "f"]).update(is_active=False)
        MigrationExecutor(connection).migrate([after])
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(username="b").update(is_active=True)


def test_the_check_and_the_database_say_the_same_sentence() -> None:
    person = make.person()
    with translation.override("en"):
        with pytest.raises(ValidationError) as checked:
            created(person.email)
        with pytest.raises(ValidationError) as constrained:
            User(username="x", printed_name="x", password="x", email=person.email.upper()).full_clean()
        sentence = "There is an open account with this e-mail. One person has one account."
        assert checked.value.messages == constrained.value.messages == [sentence]

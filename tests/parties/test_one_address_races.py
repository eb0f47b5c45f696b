"""Two administrators at once, between real processes: one address goes to one open account, the other is told."""

from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cmo.errors import Refused
from cmo.parties import actions
from cmo.parties.models import User
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("postgres")]
EMAIL = "he@example.org"


def outcome(call: Any) -> str:
    try:
        call()
    except Refused as refusal:
        return "+".join(sorted(refusal.codes))
    except ValidationError as error:
        return "+".join(one.code or "" for errors in error.error_dict.values() for one in errors)
    return "done"


def written(number: int) -> str:
    return EMAIL.upper() if number % 2 else EMAIL


def create(number: int, by: Any, **changes: str) -> Any:
    content = {"username": f"he{number}", "printed_name": "何", "email": written(number), "password": make.PASSWORD}
    return actions.create_account(**{**content, **changes}, by=by, at=make.AT)


def test_accounts_made_at_once_with_one_address_leave_one() -> None:
    by = make.administrator_actor()
    found = Counter(race(lambda number: outcome(lambda: create(number, by))))
    assert found == {"done": 1, "email_taken": 7}
    assert User.objects.filter(email__iexact=EMAIL).count() == 1
    assert Entry.objects.filter(verb="account.created", stream__contains="user:").count() == User.objects.count()
    assert verify().ok


def test_accounts_made_at_once_with_one_user_name_leave_one() -> None:
    by = make.administrator_actor()
    one = lambda number: create(number, by, username="he", email=f"he{number}@example.org")  # noqa: E731
    found = Counter(race(lambda number: outcome(lambda: one(number))))
    assert found == {"done": 1, "unique": 7}


def test_one_address_given_to_several_accounts_at_once_stays_with_one() -> None:
    by, people = make.administrator_actor(), [make.person() for _ in range(8)]

    def change(number: int) -> str:
        content = {"user": people[number], "email": written(number), "reason": "更正"}
        return outcome(lambda: actions.change_email(**content, by=by, at=make.AT))

    assert Counter(race(change)) == {"done": 1, "email_taken": 7}
    assert User.objects.filter(email__iexact=EMAIL, is_active=True).count() == 1
    assert Entry.objects.filter(verb="account.email_changed").count() == 1
    assert verify().ok


def test_closed_accounts_of_one_address_opened_at_once_leave_one_open() -> None:
    by, people = make.administrator_actor(), []
    for number in range(8):
        people.append(create(number, by))
        make.dismissed(people[-1])
    open_again = lambda number: outcome(  # noqa: E731
        lambda: actions.reinstate_account(user=people[number], reason="返聘", by=by, at=make.AT)
    )
    assert Counter(race(open_again)) == {"done": 1, "email_taken": 7}
    assert User.objects.filter(email__iexact=EMAIL, is_active=True).count() == 1


def test_an_invitation_accepted_while_the_administrator_makes_the_account_leaves_one() -> None:
    _row, token = make.invitation(make.pair(), email=EMAIL)
    by = make.administrator_actor()

    def work(number: int) -> str:
        if number % 2:
            return outcome(lambda: create(number, by))
        content = {"token": token, "username": f"guest{number}", "password": make.PASSWORD}
        return outcome(lambda: actions.accept_invitation(**content, at=make.AT))

    found = Counter(race(work))
    assert found["done"] == 1
    assert set(found) <= {"done", "email_taken", "invitation_sign_in", "invitation_not_open"}
    assert User.objects.filter(email__iexact=EMAIL).count() == 1
    assert verify().ok

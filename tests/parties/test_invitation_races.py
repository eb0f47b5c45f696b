"""A double click, and two quality people at once, between real processes: one account, one answer."""

from collections import Counter
from typing import Any

import pytest

from cmo.errors import Refused
from cmo.parties import actions
from cmo.parties.models import Grant, InvitationAnswer, User
from cmo.trail.verify import verify
from tests import make
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("postgres")]


def outcome(call: Any) -> str:
    try:
        call()
    except Refused as refusal:
        return "+".join(sorted(refusal.codes))
    return "done"


def test_a_double_click_makes_one_account_with_its_grants_once() -> None:
    world = make.pair()
    _row, token = make.invitation(world, takes=True, email="he@example.org")
    people = User.objects.count()

    def accept(number: int) -> str:
        content = {"token": token, "username": f"he{number}", "password": make.PASSWORD, "at": make.AT}
        return outcome(lambda: actions.accept_invitation(**content))

    assert Counter(race(accept, 8)) == {"done": 1, "invitation_not_open": 7}
    assert User.objects.count() == people + 1
    assert InvitationAnswer.objects.count() == 1
    assert sorted(Grant.objects.values_list("permission", flat=True)) == ["read_pair", "take_dossier"]
    assert verify().ok


def test_invitations_of_four_pairs_to_one_new_address_make_one_account() -> None:
    worlds = [make.pair() for _ in range(4)]
    tokens = [make.invitation(world, email="he@example.org")[1] for world in worlds]
    people = User.objects.count()

    def accept(number: int) -> str:
        content = {"token": tokens[number], "username": f"he{number}", "password": make.PASSWORD, "at": make.AT}
        return outcome(lambda: actions.accept_invitation(**content))

    assert Counter(race(accept, 4)) == {"done": 1, "invitation_sign_in": 3}
    assert User.objects.count() == people + 1
    user = User.objects.get(email="he@example.org")
    for world, token in zip(worlds, tokens, strict=True):
        if not Grant.objects.filter(pair=world.pair).exists():
            actions.accept_invitation(token=token, account=user, at=make.AT)
    assert Grant.objects.filter(user=user).count() == 4
    assert verify().ok


def test_accepting_and_withdrawing_at_once_have_one_winner() -> None:
    world = make.pair()
    row, token = make.invitation(world)
    by = world.registrant.actor("quality_manager", make.REGISTRANT)

    def answer(number: int) -> str:
        if number % 2:
            return outcome(lambda: actions.withdraw_invitation(invitation=row, reason="撤回", by=by, at=make.AT))
        content = {"token": token, "username": f"he{number}", "password": make.PASSWORD, "at": make.AT}
        return outcome(lambda: actions.accept_invitation(**content))

    found = Counter(race(answer, 4))
    assert found["done"] == 1
    assert InvitationAnswer.objects.count() == 1
    assert Grant.objects.exists() == InvitationAnswer.objects.filter(user__isnull=False).exists()
    assert verify().ok


def test_two_invitations_to_one_address_at_once_leave_one() -> None:
    world = make.pair()
    by = world.registrant.actor("quality_manager", make.REGISTRANT)
    content = make.invitation_content(email="he@example.org")
    invite = lambda _number: outcome(lambda: actions.invite(pair=world.pair, content=content, by=by, at=make.AT))  # noqa: E731
    assert Counter(race(invite, 4)) == {"done": 1, "invitation_waiting": 3}

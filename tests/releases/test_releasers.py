"""What the end of a post leaves behind: lots that wait for a decision nobody may take any more, said beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo.clock import day_of
from cmo.parties.access import scope_of
from cmo.parties.models import Post, PostEnd, User
from releases.models import Lot
from releases.releasers import LeftAlone, left_alone
from tests import make
from tests.releases import build
from tests.releases.test_pages import signed_in, url

pytestmark = pytest.mark.django_db
AT, TODAY = build.AT, day_of(build.AT)
DAY = timedelta(days=1)
LEAVES = TODAY + 5 * DAY


@pytest.fixture
def w() -> build.World:
    return build.world()


def waiting(w: build.World) -> Lot:
    """A lot that waits for its release to market."""
    row = build.filed(w, build.lot(w))
    build.released(w, row)
    return row


def ending(w: build.World, role: str = "market_releaser", on: date = LEAVES) -> PostEnd:
    post = Post.objects.get(user=w.user(role), role=role)
    return PostEnd(post=post, ended_on=on, reason="—", ended_by_name="—", recorded_at=AT)


def alone(w: build.World, role: str = "market_releaser", reader: User | None = None, **ended: Any) -> tuple[int, ...]:
    side = "registrant" if role == "market_releaser" else "contractor"
    scope = scope_of(reader or w.user("quality_manager", side), TODAY)
    found = left_alone(ending(w, role, **ended), scope, TODAY)
    assert found is not None
    return found.lots


def second(w: build.World, role: str = "market_releaser", **changes: Any) -> User:
    firm = w.firm_of(role)
    return make.post(firm, role, make.REGISTRANT if role == "market_releaser" else make.CONTRACTOR, **changes)


def test_the_end_of_the_only_post_leaves_the_lots_alone_that_wait_for_it(w: build.World) -> None:
    first, later = build.lot(w), waiting(w)
    build.marketed(w, waiting(w))
    assert alone(w) == (later.pk,)
    assert alone(w, "production_releaser") == (first.pk,)
    scope = scope_of(w.user("quality_manager", "registrant"), TODAY)
    assert left_alone(ending(w), scope, TODAY) == LeftAlone("market", LEAVES, (later.pk,))
    past = left_alone(ending(w, on=TODAY - DAY), scope, TODAY)
    assert past is not None
    assert past.on == TODAY, "the first day on which it matters is today"


@pytest.mark.parametrize(
    ("other", "left"),
    [
        ({}, False),
        ({"starts_on": LEAVES, "authorised_on": TODAY, "trained_on": TODAY}, False),
        ({"starts_on": LEAVES + DAY, "authorised_on": TODAY, "trained_on": TODAY}, True),
        ({"ends_on": LEAVES}, False),
        ({"ends_on": LEAVES - DAY}, True),
    ],
)
def test_somebody_else_counts_while_they_may_decide_on_that_day(
    w: build.World, other: dict[str, Any], left: bool
) -> None:
    row = waiting(w)
    second(w, **other)
    assert alone(w) == ((row.pk,) if left else ())


def test_a_post_that_gave_no_right_on_that_day_leaves_nothing_alone(w: build.World) -> None:
    waiting(w)
    make.dismissed(w.user("market_releaser"), at=AT)
    assert alone(w) == ()


def test_posts_that_decide_on_no_lot_and_lots_of_strangers_are_left_out(w: build.World) -> None:
    waiting(w)
    own, foreign = w.user("viewer", "registrant"), make.organisation().user()
    post = Post.objects.filter(user=own).first()
    assert post is not None
    end = PostEnd(post=post, ended_on=LEAVES, reason="—", ended_by_name="—", recorded_at=AT)
    assert left_alone(end, scope_of(own, TODAY), TODAY) is None
    assert alone(w, reader=foreign) == ()


def test_it_costs_the_same_for_few_and_many_lots(w: build.World) -> None:
    costs = []
    for _ in range(2):
        waiting(w)
        waiting(w)
        scope, end = scope_of(w.user("quality_manager", "registrant"), TODAY), ending(w)
        with CaptureQueriesContext(connection) as captured:
            left_alone(end, scope, TODAY)
        costs.append(len(captured))
    assert costs[0] == costs[1]


@pytest.fixture
def now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(
    ("role", "side", "sentence"),
    [
        ("market_releaser", "registrant", "on nobody may release to market the 1 lot that waits for it."),
        (
            "production_releaser",
            "contractor",
            "on nobody may take the production release of the 1 lot that waits for it.",
        ),
    ],
)
def test_the_page_that_ends_a_post_says_so(w: build.World, role: str, side: str, sentence: str) -> None:
    row = waiting(w) if role == "market_releaser" else build.lot(w)
    post = Post.objects.get(user=w.user(role), role=role)
    client = signed_in(w.user("quality_manager", side))
    address = reverse("parties:end_post", args=[post.pk])
    page = client.get(f"{address}?ended_on={LEAVES}").content.decode()
    assert f"From {LEAVES} {sentence}" in page
    assert f'href="{url("lot", row.pk)}">{row.number}</a>' in page
    assert "No lot is concerned." not in page
    second(w, role)
    assert "No lot is concerned." in client.get(f"{address}?ended_on={LEAVES}").content.decode()
    assert not PostEnd.objects.exists()

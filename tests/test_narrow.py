"""Narrow unions: one query over several tables, values as they were written, and emptiness where a table has none."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, F, Value
from django.db.models.functions import Upper

from cmo.narrow import Columns, united
from cmo.parties.models import Post, User
from tests import make

AT = make.FOUNDED + timedelta(microseconds=123456)
COLUMNS: Columns = {
    "of": (BigIntegerField(), None),
    "count": (BigIntegerField(), 0),
    "word": (CharField(), ""),
    "day": (DateField(), None),
    "at": (DateTimeField(), None),
}
OF_USERS = {"word": "username"}
OF_POSTS = {"of": "user_id", "word": "role", "day": "starts_on", "at": "proposed_at"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> make.Firm:
    """Two people, each in one post proposed at ``AT``."""
    return make.organisation(posts=(), at=AT)


@pytest.fixture
def user(firm: make.Firm) -> User:
    return firm.user()


@pytest.fixture
def posts(user: User) -> Any:
    return Post.objects.filter(user=user)


def found(parts: dict[str, Any], *order: str) -> list[dict[str, Any]]:
    return list(united(COLUMNS, parts, *order))


def test_rows_of_two_tables_come_in_one_query_by_the_order_asked(
    firm: make.Firm, django_assert_num_queries: Any
) -> None:
    people = [firm.user(nth=0), firm.user(nth=1)]
    users = User.objects.filter(pk__in=[one.pk for one in people]).order_by("-username")
    parts = {"user": (users, OF_USERS), "post": (Post.objects.filter(user__in=people), OF_POSTS)}
    with django_assert_num_queries(1):
        rows = found(parts, "word", "row")
    written = [("user", one.username) for one in people] + [("post", "quality_manager")] * 2
    assert [(row["tag"], row["word"]) for row in rows] == sorted(written, key=lambda one: one[1])


def test_values_come_as_they_were_written_a_moment_to_the_microsecond(user: User, posts: Any) -> None:
    [row] = found({"post": (posts, OF_POSTS)})
    assert row == {
        "tag": "post",
        "row": posts.get().pk,
        "of": user.pk,
        "count": 0,
        "word": "quality_manager",
        "day": AT.date(),
        "at": AT,
    }


def test_a_column_that_a_table_does_not_have_is_empty_also_beside_one_that_has_it(user: User, posts: Any) -> None:
    rows = found({"post": (posts, OF_POSTS), "user": (User.objects.filter(pk=user.pk), OF_USERS)}, "tag")
    empty = {"of": None, "count": 0, "day": None, "at": None}
    assert rows[1] == {"tag": "user", "row": user.pk, "word": user.username, **empty}


def test_a_column_may_be_filled_by_a_related_table_or_an_expression(user: User, posts: Any) -> None:
    given = {"of": F("user__id"), "word": Upper("user__username"), "count": Value(7), "at": "user__date_joined"}
    [row] = found({"post": (posts, given)})
    assert (row["of"], row["word"], row["count"]) == (user.pk, user.username.upper(), 7)
    assert row["at"] == user.date_joined


def test_like_rows_of_two_parts_are_all_kept(user: User) -> None:
    one = User.objects.filter(pk=user.pk)
    same = {"tag": Value("same"), "word": "username"}
    assert len(found({"one": (one, same), "other": (one, same)})) == 2


def test_parts_without_rows_are_left_out_and_all_empty_ones_ask_nothing(
    posts: Any, django_assert_num_queries: Any
) -> None:
    nothing = (User.objects.filter(pk__in=[]), OF_USERS)
    assert [row["at"] for row in found({"user": nothing, "post": (posts, OF_POSTS)}, "day")] == [AT]
    with django_assert_num_queries(0):
        assert found({"user": nothing, "other": nothing}, "word") == []


def test_a_column_that_the_union_does_not_have_is_refused(user: User) -> None:
    with pytest.raises(ValueError, match="words"):
        found({"user": (User.objects.all(), {"words": "username"})})

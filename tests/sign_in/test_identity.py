"""The line on top of every page: who is acting, for whom, in the reader's language."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from cmo.parties.context import identity
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(make.AT)


def shown(rf, user):
    request = rf.get("/")
    request.user = user
    return identity(request)["identity"]


def test_post_side_and_organisation_are_named_in_the_readers_language(rf):
    firm = make.organisation("甲医疗科技有限公司", posts=[])
    with translation.override("zh-hans"):
        chinese = shown(rf, firm.user())
        assert (chinese.name, chinese.organisation) == (firm.user().printed_name, "甲医疗科技有限公司")
        [post] = chinese.posts
        assert post.organisation == "甲医疗科技有限公司"
    with translation.override("en"):
        english = shown(rf, firm.user())
        assert english.organisation == "Example Medical Technology Co., Ltd."
        assert (english.posts[0].role_label, english.posts[0].side_label) == ("quality manager", "registrant side")


def test_posts_on_both_sides_are_visible_at_once(rf):
    firm = make.organisation("甲公司", sides=("registrant", "contractor"), posts=[], name_en="")
    with translation.override("en"):
        line = shown(rf, firm.user())
        assert line.organisation == "甲公司"
        assert [(post.organisation, post.side_label) for post in line.posts] == [
            ("甲公司", "registrant side"),
            ("甲公司", "contractor side"),
        ]


def test_somebody_without_a_post_is_named_all_the_same(rf):
    line = shown(rf, make.administrator())
    assert (line.name, line.organisation, line.posts) == ("系统管理员", "", ())


def test_visitors_have_no_identity_and_cost_no_query(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not shown(rf, AnonymousUser())


def test_nothing_is_read_until_a_template_asks_and_then_little(rf, django_assert_num_queries):
    user = make.organisation("甲公司", posts=[]).user()
    request = rf.get("/")
    request.user = user
    with django_assert_num_queries(0):
        line = identity(request)["identity"]
    with django_assert_num_queries(2):
        assert line.posts

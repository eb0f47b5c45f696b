"""The inbox: what waits on each post, with whom, in an order and a number of queries that do not depend on how much."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements import actions as agreement_actions
from agreements.models import AgreementRevision
from cmo.duty import Kind
from cmo.home.collect import Inbox, inbox_of
from cmo.parties import actions as party_actions
from cmo.parties.access import scope_of
from cmo.parties.models import User
from cmo.web.wording import short_name
from releases import actions
from tests import make
from tests.dossier.jobs import granted
from tests.releases import build

pytestmark = pytest.mark.django_db
ON = make.TODAY
Waiting = dict[str, list[str]]


def inbox(user: User, counterpart: int | None = None) -> Inbox:
    return inbox_of(scope_of(User.objects.get(pk=user.pk), ON), ON, counterpart)


def waiting(user: User, counterpart: int | None = None) -> Waiting:
    """Kind of each group → the first word of what its duties are about."""
    groups = inbox(user, counterpart).groups
    return {group.kind.value: [duty.about.split(" ")[0] for duty in group.duties] for group in groups}


@pytest.fixture
def world() -> build.World:
    """A pair with a lot before each decision, a question, an agreement to sign and a site to confirm."""
    w = build.world()
    build.filed(w, build.lot(w, number="MADE"))
    build.released(w, build.filed(w, build.lot(w, number="RELEASED")))
    build.filed(w, build.lot(w, number="NOT-REVIEWED"), sides=())
    asked = build.filed(w, build.lot(w, number="ASKED"))
    releaser = w.registrant.actor("market_releaser")
    actions.return_file(lot=asked, question="缺首件检验记录", by=releaser, at=build.AT)
    offer(w)
    by = w.contractor.actor(nth=0)
    content = make.site_content(name_zh="二厂")
    party_actions.open_site(organisation=w.contractor.organisation, content=content, reason="建档", by=by, at=build.AT)
    return w


def offer(w: build.World) -> Any:
    """An agreement that waits for both signatures."""
    by = w.registrant.actor("quality_manager")
    terms = {"starts_on": ON, "ends_on": ON.replace(year=2028), "entrustments": [w.entrustment]}
    draft = agreement_actions.create_agreement(pair=w.pair, **terms, by=by, at=build.AT)
    return agreement_actions.offer_for_signature(agreement=draft, by=by, at=build.AT)


def test_each_post_finds_what_it_can_do_and_nothing_else(world: build.World) -> None:
    number, revision = world.entrustment.number, str(AgreementRevision.objects.latest("id"))
    hearing = "2026年第2季度"
    report, sign = {"report": [number, hearing]}, {"sign": [revision]}
    answer, perform = {"answer": ["ASKED"]}, {"report": [hearing, "向委托方报送月度质量数据"]}
    expected: dict[tuple[str, str], Waiting] = {
        ("registrant", "quality_manager"): report,
        ("registrant", "auditor"): {},
        ("registrant", "management_representative"): {"report": [hearing]},
        ("registrant", "market_releaser"): {"release": ["RELEASED"]},
        ("registrant", "resident_supervisor"): {},
        ("registrant", "signatory"): sign,
        ("registrant", "viewer"): {},
        ("contractor", "quality_manager"): answer | {"review": ["NOT-REVIEWED"]} | perform,
        ("contractor", "management_representative"): perform,
        ("contractor", "production_planner"): answer,
        ("contractor", "production_releaser"): answer | {"release": ["MADE"], "review": ["NOT-REVIEWED"]},
        ("contractor", "signatory"): sign,
        ("contractor", "viewer"): {},
    }
    held = {
        (side, role): users
        for firm in (world.registrant, world.contractor)
        for (side, role), users in firm.people.items()
    }
    assert held.keys() == expected.keys()
    found = {post: waiting(users[0]) for post, users in held.items()}
    assert found == expected


def test_a_proposal_waits_on_the_other_quality_person_only(world: build.World) -> None:
    proposer, second = (world.contractor.user(nth=n) for n in (0, 1))
    assert "confirm" not in waiting(proposer)
    assert waiting(second)["confirm"] == ["二厂"]


def test_groups_come_in_order_of_urgency_and_the_oldest_first(world: build.World) -> None:
    earlier, later = (build.filed(world, build.lot(world, number=n), sides=()) for n in ("B-FIRST", "A-SECOND"))
    assert earlier.pk < later.pk
    page = inbox(world.contractor.user("production_releaser"))
    order = [list(Kind).index(group.kind) for group in page.groups]
    assert order == sorted(order)
    for group in page.groups:
        days = [duty.since or date.max for duty in group.duties]
        assert days == sorted(days)
    assert page.number == sum(len(group.duties) for group in page.groups)


def test_a_hold_takes_the_lots_out_of_the_releasers_inbox_and_says_why(world: build.World) -> None:
    viewer = world.contractor.actor("viewer")
    hold = agreement_actions.place_hold(pair=world.pair, reason="灭菌参数存疑", by=viewer, at=build.AT)
    for role in ("market_releaser", "production_releaser"):
        user = world.user(role)
        assert "release" not in waiting(user), role
    blocked = {item.code: item for item in inbox(world.user("market_releaser")).blocked}
    assert blocked["pair_on_hold"].number == 4
    assert "灭菌参数存疑" in blocked["pair_on_hold"].zh
    assert "灭菌参数存疑" in blocked["pair_on_hold"].en
    assert waiting(world.contractor.user())["review"][-1] == hold.reason


def test_only_what_concerns_one_counterpart_is_shown_when_asked(world: build.World) -> None:
    other = build.world(make.pair(contractor=world.contractor))
    build.filed(other, build.lot(other, number="OTHER"))
    releaser = world.contractor.user("production_releaser")
    assert waiting(releaser)["release"] == ["MADE", "OTHER"]
    assert waiting(releaser, world.registrant.pk)["release"] == ["MADE"]
    assert waiting(releaser, other.registrant.pk) == {"release": ["OTHER"]}
    assert waiting(releaser, counterpart=world.contractor.pk) == waiting(releaser)
    names = dict(inbox(releaser).counterparts)
    assert names.keys() == {world.registrant.pk, other.registrant.pk}


def test_the_page_offers_the_filter_and_forgives_nonsense_in_the_address(world: build.World, client: Any) -> None:
    other = build.world(make.pair(contractor=world.contractor))
    client.force_login(world.contractor.user("production_releaser"))
    chosen = client.get(reverse("home:inbox"), {"with": world.registrant.pk})
    assert f'<option value="{world.registrant.pk}" selected>' in chosen.content.decode()
    assert other.registrant.data.name_zh in chosen.content.decode()
    for nonsense in ("", "abc", "-1", "9" * 40, "1 OR 1"):
        assert client.get(reverse("home:inbox"), {"with": nonsense}).status_code == 200, nonsense


def test_last_days_within_ninety_days_are_shown_the_earliest_first_and_marked_on_their_day(world: build.World) -> None:
    near = ON.replace(day=20)
    make.new_licence_version(
        make.licence(world.contractor, number_printed="浙药监械生产许20239911号"), world.contractor, last_day=near
    )
    page = inbox(world.contractor.user())
    days = [duty.due_on for duty in page.coming if duty.due_on]
    assert near in days
    assert days == sorted(days)
    assert dict(page.strip)[near] >= 1
    assert len(page.strip) == 30


def test_what_is_overdue_stands_apart_from_what_comes_due(world: build.World) -> None:
    missed = ON.replace(year=ON.year - 1)
    licence = make.licence(world.contractor, number_printed="浙药监械生产许20239911号")
    make.new_licence_version(licence, world.contractor, last_day=missed)
    page = inbox(world.contractor.user())
    assert missed in [duty.due_on for duty in page.missed]
    assert all(duty.due_on and duty.due_on < ON for duty in page.missed)
    assert all(duty.due_on and duty.due_on >= ON for duty in page.coming)


def test_a_pair_is_named_by_the_other_side_and_its_number(world: build.World) -> None:
    client = Client()
    client.force_login(world.contractor.user())
    html = client.get(reverse("home:inbox")).content.decode()
    pair = re.search(r'<span class="inbox-pair">(.*?)</a>', html, re.DOTALL)
    assert pair
    assert short_name(world.registrant.data.name_zh) in pair[1]
    assert world.pair.number in pair[1]


def read_by(user: User) -> tuple[str, str]:
    """The navigation and the content of the first page of this person, in English."""
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(user)
    page = client.get(reverse("home:inbox")).content.decode()
    return page.partition("</nav>")[0], page.partition("<main")[2]


@pytest.fixture
def auditor(world: build.World, time_machine: Any) -> User:
    """Somebody without a post, to whom nothing is open yet."""
    time_machine.move_to(build.AT, tick=False)
    user = make.person("审核员甲", accepts=False)
    make.second_factor(user)
    return User.objects.get(pk=user.pk)


def test_whoever_reads_a_dossier_from_outside_is_led_to_it_and_to_nothing_else(
    world: build.World, auditor: User
) -> None:
    granted(world, auditor, "read_dossier", ("lot", "MADE"))
    menu, page = read_by(auditor)
    assert f"Dossier of pair {world.pair.number}" in page
    assert "one lot: MADE" in page
    assert "Open to you until" in page
    assert reverse("dossier:pair", args=[world.pair.pk]) in page
    assert [words for words in ("There is no pair", "No lot is blocked", "Nothing waits") if words in page] == []
    assert reverse("dossier:mine") in menu
    assert [name for name in ("parties:pairs", "releases:lots", "parties:trail") if f'"{reverse(name)}"' in menu] == []


def test_whoever_reads_a_pair_from_outside_is_led_to_the_pair_and_its_dossier(
    world: build.World, auditor: User
) -> None:
    make.grant(world, auditor)
    menu, page = read_by(auditor)
    for address in ("parties:pair", "dossier:pair"):
        assert f'"{reverse(address, args=[world.pair.pk])}"' in page
    assert "Lots that cannot be released now" in page
    assert "Nothing waits" not in page
    assert reverse("parties:pairs") in menu
    assert reverse("parties:organisation_home") not in menu


def test_the_administrator_and_somebody_without_a_post_read_no_sentence_about_pairs(
    world: build.World, auditor: User
) -> None:
    assert "You hold no post today." in read_by(auditor)[1]
    User.objects.filter(pk=auditor.pk).update(is_staff=True)
    menu, page = read_by(auditor)
    assert "You look after organisations and accounts." in page
    assert [words for words in ("There is no pair", "No lot is blocked", "Nothing waits") if words in page] == []
    assert reverse("parties:organisations") in menu
    assert f'"{reverse("parties:pairs")}"' not in menu


def test_many_pairs_opened_by_name_take_as_many_queries_as_one(world: build.World, auditor: User) -> None:
    make.grant(world, auditor)
    one = _page_cost(auditor)
    for _ in range(3):
        make.grant(make.pair(contractor=world.contractor), auditor)
    assert _page_cost(auditor) == one


def _page_cost(user: User) -> int:
    with CaptureQueriesContext(connection) as queries:
        read_by(user)
    return len(queries)


@pytest.mark.slow
def test_few_duties_and_twenty_more_of_each_kind_take_the_same_number_of_queries_for_every_post() -> None:
    w = build.world()
    posts = ("quality_manager", "market_releaser", "signatory", "production_releaser", "production_planner")
    _fill(w, 2)
    few = [_cost(w.user(role)) for role in posts]
    _fill(w, 20)
    many = [_cost(w.user(role)) for role in posts]
    assert [queries for queries, _ in many] == [queries for queries, _ in few]
    for (_, little), (_, much), role in zip(few, many, posts, strict=True):
        assert much >= little + 20, role


def _fill(w: build.World, number: int) -> None:
    """More of everything that waits on somebody."""
    for _ in range(number):
        build.filed(w, build.lot(w))
        build.released(w, build.filed(w, build.lot(w)))
        asked = build.filed(w, build.lot(w))
        by = w.registrant.actor("market_releaser")
        actions.return_file(lot=asked, question="缺首件检验记录", by=by, at=build.AT)
        offer(w)
        agreement_actions.record_preparation(
            pair=w.pair, content=_trial(w), upload=None, by=w.registrant.actor(nth=1), at=build.AT
        )


def _trial(w: build.World) -> dict[str, Any]:
    """A trial production that somebody else accepts."""
    return {
        "kind": "trial_production",
        "device": w.device,
        "site": w.site,
        "event_on": ON,
        "expires_on": None,
        "reference": "SZ-01",
        "summary": "三批合格",
    }


def _cost(user: User) -> tuple[int, int]:
    """Queries for the inbox of this person, and how many things wait in it."""
    scope = scope_of(User.objects.get(pk=user.pk), ON)
    with CaptureQueriesContext(connection) as queries:
        page = inbox_of(scope, ON)
    return len(queries), page.number

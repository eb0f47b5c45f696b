"""Pages of postings, presence, policy and suppliers, in both languages: what they say, and that typing leads to the act."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from agreements import actions
from agreements.models import PairPolicy, Posting, PostingEnd, PresenceEntry, SupplierApproval
from cmo.evidence.facts import files_of
from cmo.trail.models import Entry
from tests.agreements import build
from tests.agreements import build_supervision as on_site
from tests.agreements.build import AT, TODAY, C, R

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path)
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def world() -> build.World:
    built = build.world()
    build.concluded(built, [built.entrust()])
    on_site.resident(built.relation)
    return built


@pytest.fixture
def posting(world: build.World) -> Posting:
    return on_site.posted(world.relation, world.site)


def client_of(world: build.World, side: str = R, role: str = "quality_manager", lang: str = "en") -> Client:
    firm = world.relation.registrant if side == R else world.relation.contractor
    client = Client(headers={"accept-language": lang})
    client.force_login(firm.user(role, side))
    return client


def resident_of(world: build.World, lang: str = "en") -> Client:
    return client_of(world, R, "resident_supervisor", lang)


def url(name: str, *args: Any) -> str:
    return reverse(f"agreements:{name}", args=args)


def words(client: Client, name: str, *args: Any) -> str:
    response = client.get(url(name, *args))
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


def test_the_page_of_a_posting_says_duties_proofs_and_presence_in_both_languages(
    world: build.World, posting: Posting
) -> None:
    on_site.entered(posting, "in", AT)
    english, chinese = (
        words(client_of(world), "posting", posting.pk),
        words(resident_of(world, "zh-hans"), "posting", posting.pk),
    )
    assert "guides and supervises" in english
    assert "派驻人员在现场指导和监督" in chinese
    for text in (english, chinese):
        assert "PX-2026-11" in text
        assert "RM-2026-07" in text
    assert "checked in" in english
    assert "登记离场" in chinese


def test_a_supervisor_is_posted_through_the_form_with_the_letter(world: build.World) -> None:
    client = client_of(world)
    content = {name: str(value) for name, value in on_site.posting_content().items()}
    answer = client.post(
        url("make_posting", world.pair.pk),
        {
            **content,
            "person": on_site.resident(world.relation).pk,
            "site": world.site.pk,
            "deputy_for": "",
            "upload": build.upload("letter.txt", "任命书"),
        },
    )
    row = Posting.objects.get()
    assert answer.url == url("posting", row.pk)
    (files,) = files_of([row]).values()
    assert [(file.name, file.kind) for file in files] == [("letter.txt", "appointment_letter")]
    assert "RM-2026-07" in words(client, "posting", row.pk)


def test_a_refused_posting_shows_its_reasons_and_is_on_the_trail() -> None:
    built = build.world()
    built.entrust()
    person = on_site.resident(built.relation)
    content = {name: str(value) for name, value in on_site.posting_content().items()}
    client = client_of(built)
    answer = client.post(url("make_posting", built.pair.pk), {**content, "person": person.pk, "site": built.site.pk})
    assert answer.status_code == 200
    assert "duties" in answer.content.decode()
    assert not Posting.objects.exists()
    assert Entry.objects.filter(verb="refused").exists()


def test_one_tap_checks_in_now_and_returns_to_where_it_was_tapped(world: build.World, posting: Posting) -> None:
    client = resident_of(world)
    answer = client.post(url("check_in", posting.pk), {"next": "/supervision/"})
    assert answer.url == "/supervision/"
    assert PresenceEntry.objects.get().event_at == AT
    assert client.post(url("check_out", posting.pk), {"next": "https://evil.example/"}).url == url(
        "posting", posting.pk
    )


def test_a_stated_time_is_kept_and_a_wrong_one_says_what_to_do(world: build.World, posting: Posting) -> None:
    client = resident_of(world)
    client.post(url("check_in", posting.pk), {"event_at": "2026-06-01T08:05"})
    assert PresenceEntry.objects.get().event_at == on_site.moment(TODAY, 8 + 5 / 60)
    again = client.post(url("check_in", posting.pk), {"event_at": "2026-06-01T08:30"})
    assert again.status_code == 200
    assert "check out first" in again.content.decode()
    assert PresenceEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Not entered in person, imported from a file. Source record: 门禁记录2026-05"),
        ("zh-hans", "非本人登记，由文件导入。 原始记录：门禁记录2026-05"),
    ],
)
def test_an_entry_stated_for_the_person_says_by_whom_and_from_which_record(
    world: build.World, posting: Posting, lang: str, said: str
) -> None:
    own, by = on_site.by_posted(posting, AT), world.by()
    asked = {"posting": posting, "at": AT}
    actions.import_presence(kind="in", event_at=AT - timedelta(hours=2), by=own, **asked)
    assert said not in words(client_of(world, lang=lang), "posting", posting.pk)
    actions.import_presence(kind="out", event_at=AT - timedelta(hours=1), by=by, rests_on="门禁记录2026-05", **asked)
    page = words(client_of(world, lang=lang), "posting", posting.pk)
    assert page.count(said) == 1
    assert by.name in page


def test_only_the_posted_person_opens_the_check_in(world: build.World, posting: Posting) -> None:
    for client in (client_of(world), client_of(world, C)):
        assert client.post(url("check_in", posting.pk)).status_code == 403
    second = on_site.resident(world.relation, 1)
    other = Client()
    other.force_login(second)
    assert other.post(url("check_in", posting.pk)).status_code == 403
    assert not PresenceEntry.objects.exists()


def test_a_correction_shows_the_old_entry_struck_and_the_reason(world: build.World, posting: Posting) -> None:
    entry = on_site.entered(posting, "in", AT)
    client = resident_of(world)
    empty = client.post(url("correct_presence", entry.pk), {"event_at": "", "reason": "误填"})
    assert empty.status_code == 200
    client.post(url("correct_presence", entry.pk), {"event_at": "2026-06-01T08:00", "reason": "以门禁记录为准"})
    page = client.get(url("posting", posting.pk)).content.decode()
    assert "以门禁记录为准" in page
    assert 'class="struck"' in page


def test_quality_ends_a_posting_and_the_page_says_so(world: build.World, posting: Posting) -> None:
    client = client_of(world)
    client.post(url("end_posting", posting.pk), {"last_day": "2026-06-03", "reason": "调岗"})
    assert PostingEnd.objects.get().last_day == date(2026, 6, 3)
    assert "Ended early on 2026-06-03: 调岗" in words(client, "posting", posting.pk)


def test_the_policy_form_starts_from_what_is_in_force(world: build.World) -> None:
    on_site.policy(world.relation, minimum_minutes=240)
    client = client_of(world)
    form = client.get(url("set_pair_policy", world.pair.pk)).context["form"]
    assert form.initial["minimum_minutes"] == 240
    content = {
        "effective_from": "2026-06-02",
        "production_days": "steps_only",
        "minimum_minutes": 60,
        "overdue_blocks_after_days": 30,
        "reason": "双方商定",
    }
    answer = client.post(url("set_pair_policy", world.pair.pk), content)
    assert answer.url == reverse("releases:pair_supervision", args=[world.pair.pk])
    assert PairPolicy.objects.order_by("-id").first().production_days == "steps_only"


def test_a_supplier_is_approved_shown_and_taken_back(world: build.World) -> None:
    client = client_of(world)
    content = {name: str(value) for name, value in on_site.supplier_content().items()}
    client.post(url("approve_supplier", world.pair.pk), content)
    row = SupplierApproval.objects.get()
    assert "示例辐照灭菌有限公司" in words(client, "pair_suppliers", world.pair.pk)
    assert "25–40 kGy" in words(client_of(world, C), "supplier", row.pk)
    client.post(url("end_supplier_approval", row.pk), {"last_day": "2026-05-31", "reason": "审核不合格"})
    assert "approval taken back" in words(client, "supplier", row.pk)


def test_the_page_of_a_posting_costs_the_same_for_two_entries_and_for_many(
    world: build.World, posting: Posting
) -> None:
    client = client_of(world)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url("posting", posting.pk)).status_code == 200
        return len(queries)

    cost()
    on_site.stay(posting, TODAY, (6, 7), at=AT)
    few = cost()
    for number in range(1, 20):
        begun = on_site.moment(TODAY, 7) + timedelta(minutes=4 * number)
        on_site.entered(posting, "in", begun, at=AT)
        on_site.entered(posting, "out", begun + timedelta(minutes=2), at=AT)
    assert cost() == few


def test_the_list_of_suppliers_costs_the_same_for_two_and_for_many(world: build.World) -> None:
    client = client_of(world)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url("pair_suppliers", world.pair.pk)).status_code == 200
        return len(queries)

    for number in range(2):
        on_site.supplier(world.relation, supplier=f"供应商{number}")
    cost()
    few = cost()
    for number in range(2, 12):
        on_site.supplier(world.relation, supplier=f"供应商{number}")
    assert cost() == few

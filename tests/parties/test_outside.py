"""An outsider reads and nothing else; every page and file leaves one entry with the pair it is about, and bears a mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from cmo.parties import actions
from cmo.parties.models import User
from cmo.parties.outside import may_send
from cmo.trail.models import Entry
from tests import make
from tests.matrix import World
from tests.test_access_matrix import LATER, PAGES, _build, _session, our_names


def answers(status: Any) -> set[int]:
    return status if isinstance(status, set) else {status}


#: Pages that speak of no pair, or of everything a person sees: told by hand, so that a new page must be thought about.
GENERAL = frozenset(
    {
        *("agreements:built_in_file", "agreements:built_in_template", "agreements:templates"),
        "agreements:word_templates",
        *("audits:checklist_example", "audits:template", "audits:template_file", "audits:templates"),
        *("calendar:feed", "calendar:list", "calendar:make_feed", "calendar:month", "calendar:reminders_home"),
        *("calendar:reports", "calendar:timeline", "calendar:working_days", "catalogue:editions"),
        *("catalogue:may_entrust", "home:inbox", "parties:account", "parties:join", "parties:join_received"),
        *("parties:organisation_home", "parties:own_log", "parties:trail", "regulation:classification"),
        *("regulation:codes", "regulation:references", "signing:mine", "signing:statement", "signing:verify"),
        *("parties:accept_invitation",),
    }
)
#: Lists over all pairs: what they list counts.
LISTS = frozenset(
    {
        *("agreements:agreements", "agreements:entrustments", "agreements:holds", "agreements:obligations"),
        *("agreements:preparations", "agreements:validity", "audits:audits", "audits:findings", "catalogue:devices"),
        *("catalogue:identifiers", "parties:pairs", "releases:affected", "releases:conditions", "releases:deviations"),
        *("releases:lots", "releases:planned", "releases:supervision"),
    }
)


def record_pages() -> list[str]:
    """Addresses of one record (they take something) that an outsider who may read the pair is shown."""
    found = []
    for name, page in PAGES.items():
        shown = 200 in answers(page.expected("GET")["granted"])
        if shown and name not in GENERAL | LISTS and not name.startswith("dossier:"):
            found.append(name)
    return sorted(found)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    """The world of the access matrix, its outsider reading a second pair of the same registrant besides."""
    quick = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MEDIA_ROOT=str(tmp_path_factory.mktemp("files")),
    )
    with django_db_blocker.unblock(), quick, time_machine.travel(LATER, tick=False), transaction.atomic():
        built = _build()
        other = make.pair(built.registrant)
        make.grant(other, built.outsider)
        built.things["other pair"] = other
        yield built
        transaction.set_rollback(True)


def ask(world: World, name: str, method: str = "GET", user: User | None = None, **extra: Any) -> Any:
    page = PAGES[name]
    client = Client()
    client.cookies["sessionid"] = _session(user or world.outsider)
    address = reverse(name, kwargs=page.kwargs(world))
    if method == "POST":
        return client.post(address, page.data(world), **extra)
    return client.get(address, **extra)


def kept(world: World) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(stream=f"user:{world.outsider.pk}", verb__startswith="outside.").order_by("id")
    return [row.content for row in rows]


@pytest.fixture
def undone(world: World) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("name", record_pages())
def test_a_page_about_a_pair_leaves_one_entry_with_this_pair_and_none_with_the_other(world: World, name: str) -> None:
    response = ask(world, name)
    assert response.status_code == 200
    if response.streaming:
        list(response.streaming_content)
        for close in response._resource_closers:  # closing the response itself would close the database too
            close()
    found = kept(world)
    assert [row["data"].get("pair") for row in found] == [world.pair.pk]
    assert found[0]["subject"].startswith("parties.grant:")
    if found[0]["verb"] == "outside.taken":
        assert found[0]["label"]
    elif b"</html>" in response.content:
        assert world.pair.number in mark_on(response)
        assert world.things["other pair"].pair.number not in mark_on(response)
        assert found[0]["label"] not in {"", found[0]["data"]["path"]}


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("name", sorted(GENERAL - {"parties:join", "parties:join_received", "calendar:feed"}))
def test_a_page_of_no_pair_is_kept_under_none(world: World, name: str) -> None:
    assert ask(world, name).status_code == 200
    assert all("pair" not in row["data"] for row in kept(world))


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_is_kept_under_the_pairs_it_lists_and_no_others(world: World, name: str) -> None:
    assert ask(world, name).status_code == 200
    pairs = [row["data"].get("pair") for row in kept(world)]
    assert len(pairs) == len(set(pairs)) >= 1
    assert set(pairs) <= {world.pair.pk, world.things["other pair"].pair.pk, None}


def mark_on(response: Any) -> str:
    return " ".join(re.findall(r"<text[^>]*>(.*?)</text>", response.content.decode()))


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
def test_every_page_bears_the_mark_and_the_line_and_nobody_elses_does(world: World) -> None:
    response = ask(world, "parties:pair")
    assert world.outsider.printed_name in mark_on(response)
    assert make.TODAY.isoformat() in mark_on(response)
    assert 'class="reading-line"' in response.content.decode()
    own = ask(world, "parties:pair", user=world.registrant.user())
    assert "reading-" not in own.content.decode()
    assert not Entry.objects.filter(stream=f"user:{world.registrant.user().pk}", verb__startswith="outside.").exists()


@pytest.fixture
def consultant(world: World, undone: None) -> User:
    """Somebody with a post at a company that is no party, to whom the pair is open by name."""
    user = make.organisation().user()
    make.grant(world.relation, user)
    return user


@pytest.mark.django_db
def test_a_post_elsewhere_takes_neither_mark_nor_log_nor_second_factor_away(world: World, consultant: User) -> None:
    with time_machine.travel(LATER, tick=False):
        response = ask(world, "parties:pair", user=consultant)
        assert consultant.printed_name in mark_on(response)
        assert 'class="reading-line"' in response.content.decode()
        rows = Entry.objects.filter(stream=f"user:{consultant.pk}", verb="outside.shown")
        assert [row.content["data"]["pair"] for row in rows] == [world.pair.pk]
        own = ask(world, "parties:account", user=consultant)
        assert "reading-" not in own.content.decode()
        assert rows.count() == 1
        assert ask(world, "parties:withdraw_invitation", "POST", user=consultant).status_code in {403, 404}
        Authenticator.objects.filter(user=consultant).delete()
        assert ask(world, "parties:pair", user=consultant).url == reverse("mfa_index")


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
def test_whom_else_the_pair_is_open_to_is_not_for_readers_from_outside(world: World) -> None:
    other = make.person("旁人检查员", accepts=False)
    make.grant(world.relation, other)
    _row, _token = make.invitation(world.relation, printed_name="另邀检查员")
    for name in ("parties:pair_grants", "parties:pair_trail", "parties:trail"):
        page = ask(world, name).content.decode()
        assert not [one for one in ("旁人检查员", "另邀检查员") if one in page], name
    trail = ask(world, "parties:pair_trail").content.decode()
    assert world.outsider.printed_name in trail
    quality = ask(world, "parties:pair_grants", user=world.registrant.user()).content.decode()
    assert "旁人检查员" in quality
    assert "另邀检查员" in quality


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("name", our_names())
def test_what_an_outsider_sends_is_refused_but_for_a_few_addresses(world: World, name: str) -> None:
    status = ask(world, name, "POST").status_code
    assert may_send(name) or status == 403


def test_the_few_addresses_are_these() -> None:
    open_ones = {name for name in our_names() if may_send(name) and not name.startswith("dossier:")}
    assert open_ones == {
        *("parties:accept_invitation", "parties:change_language", "parties:join", "parties:verify_chain"),
        *("regulation:codes", "releases:lot_udi", "signing:verify", "web:language"),
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("kind", ["pdf", "docx"])
@pytest.mark.parametrize("name", ["agreements:document", "audits:document"])
def test_papers_bear_the_mark_and_leave_their_name_and_size(world: World, name: str, kind: str) -> None:
    kwargs = {**PAGES[name].kwargs(world), "kind": kind}
    client = Client()
    client.cookies["sessionid"] = _session(world.outsider)
    response = client.get(reverse(name, kwargs=kwargs))
    (row,) = kept(world)
    assert row["data"]["file"].endswith(f".{kind}")
    assert row["data"]["size"] == len(response.content)
    own = Client()
    own.cookies["sessionid"] = _session(world.registrant.user())
    assert own.get(reverse(name, kwargs=kwargs)).content != response.content


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
def test_an_exported_list_says_for_whom_it_was_made(world: World) -> None:
    from openpyxl import load_workbook

    client = Client()
    client.cookies["sessionid"] = _session(world.outsider)
    text = client.get(reverse("parties:pairs"), {"export": "csv"}).content.decode()
    assert world.outsider.printed_name in text.splitlines()[0]
    assert world.pair.number in text.splitlines()[0]
    file = client.get(reverse("parties:pairs"), {"export": "xlsx"})
    from io import BytesIO

    book = load_workbook(BytesIO(file.content))
    assert world.outsider.printed_name in book["Note"]["A1"].value
    assert [row["verb"] for row in kept(world)] == ["outside.taken"] * 4


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
def test_a_part_that_a_page_fetches_is_kept_once_in_ten_minutes(world: World) -> None:
    client = Client()
    client.cookies["sessionid"] = _session(world.outsider)
    address = reverse("catalogue:may_entrust")
    with time_machine.travel(LATER, tick=False) as clock:
        for _ in range(3):
            client.get(address, headers={"HX-Request": "true"})
            clock.shift(timedelta(seconds=5))
        first = len(kept(world))
        clock.shift(timedelta(minutes=11))
        client.get(address, headers={"HX-Request": "true"})
    assert first == 1
    assert len(kept(world)) == 2


# ── the log ──


@pytest.fixture
def reading(world: World, undone: None) -> dict[str, Any]:
    """One invitation with a page shown and a list taken, for whoever asks."""
    row, token = make.invitation(world.relation, email="log@example.org", at=make.AT)
    user = actions.accept_invitation(token=token, username="log.reader", password=make.PASSWORD, at=make.AT)
    make.second_factor(user)
    client = Client()
    client.cookies["sessionid"] = _session(user)
    client.get(reverse("parties:pair", args=[world.pair.pk]))
    client.get(reverse("parties:pairs"), {"export": "csv"})
    return {"invitation": row, "user": user, "client": client}


@pytest.mark.django_db
def test_quality_of_both_sides_reads_what_was_shown_and_taken(world: World, reading: dict[str, Any]) -> None:
    address = reverse("parties:invitation_log", args=[reading["invitation"].pk])
    for firm in (world.registrant, world.contractor):
        client = Client()
        client.cookies["sessionid"] = _session(firm.user())
        text = client.get(address).content.decode()
        assert "pairs.csv" in text
        assert world.pair.number in text
    viewer = Client()
    viewer.cookies["sessionid"] = _session(world.registrant.user("viewer"))
    assert viewer.get(address).status_code == 403
    assert reading["client"].get(address).status_code == 403


@pytest.mark.django_db
def test_the_log_is_exported_with_cells_that_no_spreadsheet_calculates(world: World, reading: dict[str, Any]) -> None:
    with transaction.atomic():
        from cmo.parties.access import scope_of
        from cmo.parties.outside import Reading

        user = User.objects.get(pk=reading["user"].pk)
        seen = Reading(user, scope_of(user, make.TODAY))
        seen.see(world.pair)
        actions.outside.record_taken(reading=seen, path="/x/", view="x", name="=HYPERLINK(1)", size=3, at=LATER)
    client = Client()
    client.cookies["sessionid"] = _session(world.registrant.user())
    address = reverse("parties:invitation_log", args=[reading["invitation"].pk])
    text = client.get(address, {"export": "csv"}).content.decode()
    assert '"\'=HYPERLINK(1)"' in text
    assert "reading" not in text.splitlines()[0]


@pytest.mark.django_db
def test_queries_of_the_log_do_not_grow_with_its_entries(
    world: World, reading: dict[str, Any], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.cookies["sessionid"] = _session(world.registrant.user())
    address = reverse("parties:invitation_log", args=[reading["invitation"].pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _ in range(12):
        reading["client"].get(reverse("parties:pair", args=[world.pair.pk]))
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


@pytest.mark.django_db
def test_the_person_reads_their_own(world: World, reading: dict[str, Any]) -> None:
    text = reading["client"].get(reverse("parties:own_log")).content.decode()
    assert "pairs.csv" in text
    assert reverse("parties:own_log") in reading["client"].get(reverse("parties:account")).content.decode()


# ── second factor and end of the session ──


@pytest.mark.django_db
@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize(("required", "status"), [(True, 302), (False, 200)])
def test_an_outsider_without_a_second_factor_gets_no_further_where_it_is_asked_for(
    world: World, settings: Any, required: bool, status: int
) -> None:
    settings.OUTSIDER_SECOND_FACTOR = required
    world.outsider.authenticator_set.all().delete()
    assert ask(world, "parties:pair").status_code == status
    assert ask(world, "parties:pair", user=world.registrant.user()).status_code == 200


@pytest.mark.django_db
def test_a_session_ends_on_the_day_after_the_last(world: World, reading: dict[str, Any], settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = settings.SESSION_IDLE_SECONDS = settings.SESSION_ABSOLUTE_SECONDS = 10**7
    settings.SESSION_SAVE_EVERY_REQUEST = True
    page = reverse("parties:pair", args=[world.pair.pk])
    assert reading["client"].get(page).status_code == 200
    with time_machine.travel(LATER + timedelta(days=11), tick=False):
        answer = reading["client"].get(page)
        assert answer["Location"] == reverse("account_login")
    assert reading["client"].get(page)["Location"].startswith(reverse("account_login"))

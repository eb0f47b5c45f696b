"""Pages of lots: what they show before the button, one walk to the market in a browser's requests, and their cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo.parties.models import User
from cmo.trail.models import Entry
from releases import actions
from releases.models import Lot, MarketRelease, ProductionRelease
from tests import make
from tests.releases import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Pages read the clock; it stands where the builders stand."""
    with time_machine.travel(build.AT, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def signed_in(user: User, language: str = "en") -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["django_language"] = language
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"releases:{name}", args=args)


def hidden(html: str) -> dict[str, list[str]]:
    """Names and values of all hidden inputs of a page."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found.setdefault(name[1], []).append(value[1] if value else "")
    return found


def decide(client: Client, address: str, **changes: Any) -> Any:
    """First the decision, then the signature with the password; the answer to the signature."""
    page = client.get(address)
    confirmed = re.findall(r'name="confirmed" value="([a-z_]+)"', page.content.decode())
    typed = {
        "outcome": "released",
        "quantity": "1000",
        "conditions": "",
        "statement": "已审核。",
        "confirmed": confirmed,
    }
    panel = client.post(address, {**typed, **changes})
    assert "seen_hash" in panel.content.decode(), panel.content.decode()
    return client.post(address, {**hidden(panel.content.decode()), "password": make.PASSWORD})


def test_a_lot_walks_from_registration_to_the_market_through_its_pages(w: build.World) -> None:
    planner = signed_in(w.user("production_planner"))
    content = build.lot_content(w, number="L-2026-001")
    content |= {"label_version": w.label.pk, "ifu_version": w.ifu.pk}
    answer = planner.post(f"{url('register_lot')}?entrustment={w.entrustment.pk}", content)
    row = Lot.objects.get(number="L-2026-001")
    assert answer.url == url("lot", row.pk)
    for kind in ("production_record", "finished_inspection"):
        planner.post(url("add_document", row.pk), {"kind": kind, "reference": f"{kind}-1"})
    for firm in (w.contractor, w.registrant):
        quality = signed_in(firm.user("quality_manager"))
        for document in row.documents.all():
            quality.post(url("review_document", document.pk))
    assert decide(signed_in(w.user("production_releaser")), url("release_production", row.pk)).status_code == 302
    assert (
        decide(signed_in(w.user("market_releaser")), url("release_to_market", row.pk), quantity="900").status_code
        == 302
    )
    assert MarketRelease.objects.get(lot=row).quantity == 900
    page = signed_in(w.user("viewer", "registrant")).get(url("lot", row.pk)).content.decode()
    assert "released to market" in page
    assert "Belongs to this record, unchanged" in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_a_lot_opens_in_both_languages(w: build.World, language: str) -> None:
    row = build.filed(w, build.lot(w))
    made = build.released(w, row)
    sold = build.marketed(w, row)
    other = build.filed(w, build.lot(w))
    hold = actions.place_lot_hold(lot=other, reason="包装破损", by=w.actor("viewer", "contractor"), at=build.AT)
    asked = actions.return_file(lot=other, question="请补充。", by=w.actor("market_releaser"), at=build.AT)
    pages = {
        "quality_manager": [
            url("lots"),
            url("pair_lots", w.pair.pk),
            url("lot", row.pk),
            url("lot", other.pk),
            url("lot_trail", row.pk),
            url("production_release", made.pk),
            url("market_release", sold.pk),
            url("return_file", other.pk),
            url("place_lot_hold", other.pk),
        ],
        "market_releaser": [url("release_to_market", other.pk), url("withdraw_market", sold.pk)],
        "management_representative": [url("veto_lot", other.pk)],
    }
    for role, addresses in pages.items():
        client = signed_in(w.registrant.user(role), language)
        for address in addresses:
            assert client.get(address).status_code == 200, address
    contractor = {
        "production_planner": [
            url("register_lot"),
            url("take_over_lot"),
            f"{url('take_over_lot')}?entrustment={w.entrustment.pk}",
            url("add_document", other.pk),
            url("add_material", other.pk),
            url("answer_return", asked.pk),
        ],
        "quality_manager": [url("lift_lot_hold", hold.pk)],
        "production_releaser": [url("release_production", other.pk), url("withdraw_production", made.pk)],
    }
    for role, addresses in contractor.items():
        client = signed_in(w.contractor.user(role), language)
        for address in addresses:
            assert client.get(address).status_code == 200, address


def test_the_page_shows_every_gate_with_facts_and_citation_before_the_button(w: build.World) -> None:
    row = build.lot(w)
    page = signed_in(w.user("production_releaser")).get(url("release_production", row.pk)).content.decode()
    for code in ("licence_at_manufacture", "agreement_now", "documents_present", "releaser_authorised", "catalogue"):
        assert f'data-code="{code}"' in page
    assert page.index('data-code="licence_at_manufacture"') < page.index("Continue to the signature")
    assert "Measures for the Supervision of Medical Device Production" in page
    assert "The release file is incomplete" in page
    assert "Production time" not in page


def test_the_market_column_waits_for_the_first(w: build.World) -> None:
    row = build.lot(w)
    assert "stage-waits" in signed_in(w.user("viewer", "registrant")).get(url("lot", row.pk)).content.decode()


def test_what_was_typed_survives_a_refusal_and_the_reasons_are_named(w: build.World) -> None:
    row = build.lot(w)
    client = signed_in(w.user("production_releaser"))
    typed = {"outcome": "released", "quantity": "10", "statement": "已审核全部记录。"}
    page = client.post(url("release_production", row.pk), typed).content.decode()
    assert "已审核全部记录。" in page
    assert "The release file is incomplete" in page
    assert "Confirm every one of these points for a release." in page
    assert not ProductionRelease.objects.exists()


def test_what_is_not_confirmed_is_said_beside_another_fault(w: build.World) -> None:
    address = url("release_production", build.filed(w, build.lot(w)).pk)
    client = signed_in(w.user("production_releaser"))
    typed = {"outcome": "released", "quantity": "10", "statement": ""}
    page = client.post(address, typed).content.decode()
    assert "Confirm every one of these points for a release." in page
    assert "Confirm every one" not in client.post(address, {**typed, "outcome": "rejected"}).content.decode()


def test_the_signing_panel_says_what_is_decided_and_what_the_signer_confirms(w: build.World) -> None:
    address = url("release_production", build.filed(w, build.lot(w)).pk)
    client = signed_in(w.user("production_releaser"))
    confirmed = re.findall(r'name="confirmed" value="([a-z_]+)"', client.get(address).content.decode())
    typed = {"outcome": "released", "quantity": "990", "statement": "已审核。", "confirmed": confirmed}
    panel = client.post(address, typed).content.decode()
    assert "releases production of 990 of 1,000 pieces" in panel
    assert "I have reviewed the content and results of the batch and inspection records." in panel
    rejected = client.post(address, {"outcome": "rejected", "quantity": "0", "statement": "不合格。"}).content.decode()
    assert "rejects the lot; nothing of it is released" in rejected
    assert "I have reviewed" not in rejected


def test_a_record_that_a_question_asks_for_is_attached_from_the_answer(w: build.World) -> None:
    row = build.filed(w, build.lot(w))
    asked = actions.return_file(lot=row, question="请补充灭菌记录。", by=w.actor("market_releaser"), at=build.AT)
    client, address = signed_in(w.user("production_planner")), url("answer_return", asked.pk)
    link = re.search(r'href="(/evidence/attach/[^"]+)"', client.get(address).content.decode())
    assert link
    assert client.get(link[1]).status_code == 200
    answer = client.post(address, {"answer": "已添加灭菌记录。"})
    assert answer.url.endswith("#release-file")
    assert "Your answer is recorded." in client.get(answer.url).content.decode()


def test_a_hold_placed_between_page_and_click_refuses_and_is_on_the_trail(w: build.World) -> None:
    row = build.filed(w, build.lot(w))
    client = signed_in(w.user("production_releaser"))
    address = url("release_production", row.pk)
    page = client.get(address).content.decode()
    confirmed = re.findall(r'name="confirmed" value="([a-z_]+)"', page)
    typed = {"outcome": "released", "quantity": "1000", "statement": "已审核。", "confirmed": confirmed}
    panel = client.post(address, typed).content.decode()
    actions.place_lot_hold(lot=row, reason="原料可疑", by=w.actor("resident_supervisor"), at=build.AT)
    page = client.post(address, {**hidden(panel), "password": make.PASSWORD}).content.decode()
    assert "This lot is on hold" in page
    assert not ProductionRelease.objects.exists()


def test_a_wrong_password_signs_nothing(w: build.World) -> None:
    row = build.filed(w, build.lot(w))
    client = signed_in(w.user("production_releaser"))
    address = url("release_production", row.pk)
    confirmed = re.findall(r'name="confirmed" value="([a-z_]+)"', client.get(address).content.decode())
    typed = {"outcome": "released", "quantity": "1000", "statement": "已审核。", "confirmed": confirmed}
    panel = client.post(address, typed).content.decode()
    answer = client.post(address, {**hidden(panel), "password": "wrong"})
    assert "The password is not correct" in answer.content.decode()
    assert not ProductionRelease.objects.exists()
    assert Entry.objects.filter(verb="signature.failed").exists()


def test_the_same_signing_page_sent_twice_gives_one_decision(w: build.World) -> None:
    row = build.filed(w, build.lot(w))
    client = signed_in(w.user("production_releaser"))
    address = url("release_production", row.pk)
    confirmed = re.findall(r'name="confirmed" value="([a-z_]+)"', client.get(address).content.decode())
    typed = {"outcome": "released", "quantity": "1000", "statement": "已审核。", "confirmed": confirmed}
    sent = {**hidden(client.post(address, typed).content.decode()), "password": make.PASSWORD}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 200
    assert ProductionRelease.objects.filter(lot=row).count() == 1


def test_a_double_number_is_said_at_registration_and_keeps_what_was_typed(w: build.World) -> None:
    build.lot(w, number="L-7")
    content = build.lot_content(w, number="L-7") | {"label_version": w.label.pk, "ifu_version": w.ifu.pk}
    client = signed_in(w.user("production_planner"))
    page = client.post(f"{url('register_lot')}?entrustment={w.entrustment.pk}", content).content.decode()
    assert "is registered for this device already" in page
    assert 'value="L-7"' in page


def test_nobody_else_sees_a_lot(w: build.World) -> None:
    row = build.lot(w)
    stranger = signed_in(make.organisation().user())
    assert stranger.get(url("lot", row.pk)).status_code == 404
    assert row.number not in stranger.get(url("lots")).content.decode()


def _rows(w: build.World, number: int) -> None:
    """Further lots as they stand after registration, inserted at once because only their number matters here."""
    first = build.lot(w)
    columns = {f.attname: getattr(first, f.attname) for f in Lot._meta.concrete_fields if not f.primary_key}
    Lot.objects.bulk_create(Lot(**{**columns, "number": f"B{n}-{first.number}"}) for n in range(number - 1))


@pytest.fixture
def untracked(settings: Any) -> None:
    """Without the row that allauth rewrites at every request to remember when a session was last seen."""
    settings.USERSESSIONS_TRACK_ACTIVITY = False


def _cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_for_5_50_and_200_rows(w: build.World, untracked: None) -> None:
    client = signed_in(w.user("viewer", "registrant"))
    costs = []
    for more in (5, 45, 150):
        _rows(w, more)
        costs.append(_cost(client, f"{url('lots')}?per_page=200"))
    assert len(set(costs)) == 1, costs
    assert costs[0] <= 22, costs  # 8 for the page, 14 for the findings


def test_the_release_page_stays_below_its_limit_of_queries(w: build.World, untracked: None) -> None:
    row = build.filed(w, build.lot(w))
    assert _cost(signed_in(w.user("production_releaser")), url("release_production", row.pk)) <= 25


def test_the_list_filters_by_state_hold_pair_days_words_and_reason(w: build.World) -> None:
    waiting = build.lot(w, number="WAIT-1")
    released = build.filed(w, build.lot(w, number="MADE-1"))
    build.released(w, released)
    held = build.lot(w, number="HELD-1")
    actions.place_lot_hold(lot=held, reason="存疑", by=w.actor("viewer", "contractor"), at=build.AT)
    client = signed_in(w.user("viewer", "contractor"))

    def shown(**asked: Any) -> set[str]:
        page = client.get(url("lots"), asked).content.decode()
        return {row.number for row in (waiting, released, held) if row.number in page}

    assert shown() == {"WAIT-1", "MADE-1", "HELD-1"}
    assert shown(state="production_released") == {"MADE-1"}
    assert shown(held="yes") == {"HELD-1"}
    assert shown(q="made") == {"MADE-1"}
    assert shown(party=w.registrant.pk) == {"WAIT-1", "MADE-1", "HELD-1"}
    assert shown(made_from=build.MADE_TO.isoformat()) == {"WAIT-1", "MADE-1", "HELD-1"}
    assert shown(made_to="2020-01-01") == set()
    assert shown(blocked="lot_on_hold") == {"HELD-1"}


def test_the_export_carries_state_and_names(w: build.World) -> None:
    row = build.lot(w, number="=EVIL()")
    answer = signed_in(w.user("viewer", "registrant")).get(url("lots"), {"export": "csv"})
    text = answer.content.decode()
    assert "'=EVIL()" in text
    assert "waits for production release" in text
    assert "Peripheral vascular stent system" in text
    assert row.number in text

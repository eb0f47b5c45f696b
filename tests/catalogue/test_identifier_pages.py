"""Pages of the registry of device identifiers: who reads, who acts, what is said to be missing, and how often is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo import clock
from cmo.catalogue.duties import waiting_on
from cmo.catalogue.models import Device, DeviceIdentifier, IdentifierEvent
from cmo.parties.access import scope_of
from cmo.trail.models import Entry
from tests import make

from . import build
from . import build_identifiers as di

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.AT)


@pytest.fixture
def world() -> make.Relation:
    return make.pair()


@pytest.fixture
def device(world: make.Relation) -> Device:
    row = build.device(world.registrant).device
    build.share(world, row)
    return row


def signed_in(user: Any, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def quality(world: make.Relation, language: str = "en") -> Client:
    return signed_in(world.registrant.user("quality_manager"), language)


def contractor(world: make.Relation) -> Client:
    return signed_in(world.contractor.user("quality_manager"))


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(f"catalogue:{name}", args=args), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def typed(**changes: Any) -> dict[str, Any]:
    content = di.identifier_content(**changes)
    return {name: "" if value is None else value for name, value in content.items()}


def test_the_registry_shows_packages_below_each_other(world: make.Relation, device: Device) -> None:
    sales = di.registered(world.registrant, device)
    pack = di.assigned(
        world.registrant, device, level="inner_pack", code=di.gtin(indicator=1), contains=sales, contained_quantity=10
    )
    shown = page(quality(world), "device_identifiers", device.pk)
    assert shown.index(pack.code) < shown.index(f"10 × {sales.code}") < shown.index('<span class="tree-level tree-1">')
    assert "to be submitted" in shown
    assert "in the national database" in shown
    assert "Record the submission" in shown


def test_what_a_due_device_lacks_is_said_on_its_page_and_in_the_registry(world: make.Relation, device: Device) -> None:
    for name in ("device", "device_identifiers"):
        shown = page(quality(world), name, device.pk)
        assert shown.count("the smallest sales unit has no DI") == 2
    di.assigned(world.registrant, device)
    di.registered(world.registrant, device, "PS-8-60")
    shown = page(quality(world, "zh-hans"), "device", device.pk)
    assert shown.count("最小销售单元的产品标识尚未在注册系统提交") == 1
    assert "最小销售单元尚无产品标识" not in shown


def test_a_device_that_is_not_due_yet_has_a_voluntary_registry(world: make.Relation) -> None:
    row = build.device(
        world.registrant,
        device_class="II",
        number_printed="苏械注准20222130567",
        udi_listed="no",
        implantable="yes",
    ).device
    shown = page(quality(world), "device_identifiers", row.pk)
    assert "2027-06-01" in shown
    assert "has no DI" not in shown


def test_a_device_whose_listing_nobody_has_answered_counts_as_due_and_says_so(world: make.Relation) -> None:
    printed = {"device_class": "II", "number_printed": "苏械注准20222130567", "implantable": "yes"}
    row = build.device(world.registrant, udi_listed="unknown", **printed).device
    shown = page(quality(world), "device_identifiers", row.pk)
    assert "is not on record; until it is, a UDI counts as needed" in shown
    assert "has no DI" in shown


def test_a_model_without_a_di_for_its_units_is_told_where_other_models_have_one(
    world: make.Relation, device: Device
) -> None:
    unit = di.registered(world.registrant, device, level="use_unit")
    di.registered(world.registrant, device, contains=unit, contained_quantity=10)
    other = di.registered(world.registrant, device, "PS-8-60")
    shown = page(quality(world), "device_identifiers", device.pk)
    assert f"the sales unit {other.code} has none" in re.sub(r"<[^>]+>", "", shown)


def test_a_contractor_to_whom_the_device_is_shared_reads_and_changes_nothing(
    world: make.Relation, device: Device
) -> None:
    row = di.registered(world.registrant, device)
    client = contractor(world)
    shown = page(client, "device_identifiers", device.pk)
    assert row.code in shown
    assert "Assign a DI" not in shown
    assert row.code in page(client, "identifiers")
    url = reverse("catalogue:retire_identifier", args=[row.pk])
    assert client.post(url, {"event_on": "2026-06-01", "reason": "x"}).status_code == 403


def test_a_stranger_sees_neither_device_nor_list_entry(world: make.Relation, device: Device) -> None:
    row = di.registered(world.registrant, device)
    stranger = signed_in(make.organisation("丁医疗有限公司", sides=(make.REGISTRANT,)).user("quality_manager"))
    assert stranger.get(reverse("catalogue:device_identifiers", args=[device.pk])).status_code == 404
    assert stranger.get(reverse("catalogue:submit_identifier", args=[row.pk])).status_code == 404
    assert row.code not in page(stranger, "identifiers")


def test_a_di_is_assigned_submitted_uploaded_and_retired_by_its_forms(world: make.Relation, device: Device) -> None:
    client, code = quality(world), di.gtin()
    assert "indicator" not in page(client, "assign_identifier", device.pk, model="PS-8-60")
    answer = client.post(
        reverse("catalogue:assign_identifier", args=[device.pk]), typed(code=code[1:], assigned_on="2026-05-20")
    )
    row = DeviceIdentifier.objects.get()
    assert answer.headers["Location"] == reverse("catalogue:device_identifiers", args=[device.pk])
    assert row.code == code
    for name, content in (
        ("submit_identifier", {"event_on": "2026-05-21", "reference": "ZC-1"}),
        ("upload_identifier", {"event_on": "2026-05-22", "reference": "U-1"}),
        ("retire_identifier", {"event_on": "2026-06-01", "reason": "停产"}),
    ):
        assert client.post(reverse(f"catalogue:{name}", args=[row.pk]), content).status_code == 302
    assert list(IdentifierEvent.objects.order_by("id").values_list("kind", flat=True)) == [
        "submitted",
        "uploaded",
        "retired",
    ]


def test_a_refusal_stands_on_the_form_and_on_the_trail(world: make.Relation, device: Device) -> None:
    url = reverse("catalogue:assign_identifier", args=[device.pk])
    shown = quality(world).post(url, typed(code="06901234567890")).content.decode()
    assert "The GTIN check digit is wrong" in shown
    refused = Entry.objects.filter(stream=world.registrant.stream).latest("seq")
    assert "check digit" in refused.content["reason"]
    assert not DeviceIdentifier.objects.exists()


def test_the_list_filters_and_exports(world: make.Relation, device: Device) -> None:
    waiting = di.assigned(world.registrant, device)
    done = di.registered(world.registrant, device, "PS-8-60")
    client = quality(world)
    shown = page(client, "identifiers", state="assigned")
    assert waiting.code in shown
    assert done.code not in shown
    assert done.code in page(client, "identifiers", q="ps-8")
    assert waiting.code not in page(client, "identifiers", q="ps-8")
    csv = client.get(reverse("catalogue:identifiers"), {"export": "csv"}).content.decode()
    assert waiting.code in csv
    assert done.code in csv


def test_quality_is_told_which_dis_wait_and_nobody_else(world: make.Relation, device: Device) -> None:
    di.assigned(world.registrant, device)
    di.submitted(world.registrant, di.assigned(world.registrant, device, model="PS-8-60"))

    def duties(user: Any) -> list[str]:
        scope = scope_of(user, make.TODAY)
        return [duty.url for duty in waiting_on(scope, make.TODAY) if duty.url.endswith("/udi/")]

    url = reverse("catalogue:device_identifiers", args=[device.pk])
    assert duties(world.registrant.user("quality_manager")) == [url, url]
    assert duties(world.registrant.user("market_releaser")) == []
    assert duties(world.contractor.user("quality_manager")) == []


def test_uploaded_retired_and_not_yet_due_dis_wait_on_nobody(world: make.Relation, device: Device) -> None:
    di.registered(world.registrant, device)
    di.retired(world.registrant, di.assigned(world.registrant, device, model="PS-8-60"))
    later = build.device(
        world.registrant, device_class="II", number_printed="苏械注准20222130568", udi_listed="no"
    ).device
    di.assigned(world.registrant, later)
    user = world.registrant.user("quality_manager")
    found = waiting_on(scope_of(user, make.TODAY), make.TODAY)
    assert not [duty for duty in found if duty.url.endswith("/udi/")]


@pytest.mark.parametrize("name", ["device_identifiers", "identifiers", "device"])
def test_pages_ask_as_often_for_many_dis_as_for_two(world: make.Relation, device: Device, name: str) -> None:
    client = quality(world)
    args = [] if name == "identifiers" else [device.pk]
    places = [make.site(world.registrant) for _ in range(4)]
    di.registered(world.registrant, device, site=places[0])
    di.registered(world.registrant, device, "PS-8-60")
    page(client, name, *args)
    few = queries_of(client, name, args)
    for place in places[1:]:
        sales = di.registered(world.registrant, device, site=place)
        di.assigned(
            world.registrant,
            device,
            site=place,
            level="carton",
            code=di.gtin(indicator=1),
            contains=sales,
            contained_quantity=5,
        )
    assert queries_of(client, name, args) == few


def queries_of(client: Client, name: str, args: list[Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        page(client, name, *args)
    return len(captured)

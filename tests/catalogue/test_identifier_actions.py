"""Device identifiers through their actions: state, trail, refusals and permission of each act."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cmo.catalogue import actions
from cmo.catalogue.facts_identifiers import identifier_facts, load_identifiers
from cmo.catalogue.models import Device, DeviceIdentifier, IdentifierEvent
from cmo.catalogue.rules.identifiers import kept_code
from cmo.errors import Refused
from cmo.trail.models import Entry
from tests import make

from . import build
from . import build_identifiers as di

pytestmark = pytest.mark.django_db

FIRST = di.gtin(1)


@pytest.fixture
def firm() -> make.Firm:
    return make.organisation(sides=(make.REGISTRANT,))


@pytest.fixture
def device(firm: make.Firm) -> Device:
    return build.device(firm).device


def refusal(act: Any) -> list[str]:
    with pytest.raises(Refused) as refused, transaction.atomic():
        act()
    return refused.value.codes


def entry(verb: str) -> Entry:
    return Entry.objects.filter(verb=verb).latest("id")


# ── assign ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_assigned_di_is_kept_in_full_and_told_on_the_devices_stream(firm: make.Firm, device: Device) -> None:
    row = di.assigned(firm, device, code=FIRST[1:])
    assert row.code == FIRST
    assert (row.registrant_id, row.model, row.level) == (firm.pk, "PS-6-40", "sales_unit")
    told = entry("device.identifier_assigned")
    assert told.stream == firm.stream
    assert told.content["data"]["code"] == FIRST
    assert told.content["data"]["findings"] == []
    assert identifier_facts(row).state == "assigned"


def test_a_gtin_of_thirteen_digits_is_the_same_di_as_with_a_leading_nought(firm: make.Firm, device: Device) -> None:
    di.assigned(firm, device, code=FIRST[1:])
    codes = refusal(lambda: di.assigned(firm, device, code=f" {FIRST} ", model="PS-8-60"))
    assert codes == ["di_assigned_before"]


def test_a_di_is_never_used_again_by_the_same_registrant(firm: make.Firm, device: Device) -> None:
    di.retired(firm, di.registered(firm, device, code=FIRST))
    other = build.device(firm).device
    assert "di_assigned_before" in refusal(lambda: di.assigned(firm, other, code=FIRST))


def test_another_registrant_learns_nothing_about_a_code(firm: make.Firm, device: Device) -> None:
    di.assigned(firm, device, code=FIRST)
    other = make.organisation("乙医疗科技有限公司", sides=(make.REGISTRANT,))
    assert di.assigned(other, build.device(other).device, code=FIRST).code == FIRST


def test_the_database_itself_keeps_a_code_unique_within_the_registrant(firm: make.Firm, device: Device) -> None:
    row = di.assigned(firm, device, code=FIRST)
    twin = DeviceIdentifier(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name != "id"})
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_every_reason_against_a_di_comes_at_once(firm: make.Firm, device: Device) -> None:
    content = di.identifier_content(
        model="PS-9", code="06901234567890", assigned_on=make.TODAY + timedelta(days=1), new_because="safety"
    )
    by = firm.actor("quality_manager", make.REGISTRANT)
    codes = refusal(lambda: actions.assign_identifier(device=device, content=content, by=by, at=make.AT))
    assert codes == ["model_not_of_the_device", "gtin.check_digit", "day_in_future", "new_because_without_earlier"]


def test_a_device_without_confirmed_data_gets_no_di(firm: make.Firm) -> None:
    proposed = build.device(firm, confirmed=False).device
    assert refusal(lambda: di.assigned(firm, proposed)) == ["device_not_confirmed"]


def test_one_model_level_and_place_has_one_di_until_it_is_replaced_with_a_reason(
    firm: make.Firm, device: Device
) -> None:
    first = di.registered(firm, device)
    assert refusal(lambda: di.assigned(firm, device)) == ["di_exists_already"]
    assert refusal(lambda: di.assigned(firm, device, replaces=first)) == ["new_because_missing"]
    second = di.assigned(firm, device, replaces=first, new_because="trade_item")
    assert second.replaces == first
    again = refusal(lambda: di.assigned(firm, device, replaces=first, new_because="safety"))
    assert again == ["replaces_another_product"]


def test_another_model_level_or_place_has_its_own_di(firm: make.Firm, device: Device) -> None:
    place = make.site(firm)
    sales = di.registered(firm, device)
    di.assigned(firm, device, model="PS-8-60")
    di.assigned(firm, device, site=place)
    carton = di.assigned(firm, device, level="carton", code=di.gtin(indicator=1), contains=sales, contained_quantity=20)
    assert carton.contained_quantity == 20
    assert len(load_identifiers([device.pk])[device.pk]) == 4


def test_a_place_of_a_stranger_is_no_place_of_production(firm: make.Firm, device: Device) -> None:
    stranger = make.organisation("丙医疗科技有限公司", sides=(make.CONTRACTOR,))
    codes = refusal(lambda: di.assigned(firm, device, site=make.site(stranger)))
    assert codes == ["site_not_of_the_makers"]


def test_a_contractors_place_may_have_its_own_di() -> None:
    world = make.pair()
    device = build.device(world.registrant).device
    place = make.site(world.contractor)
    assert di.assigned(world.registrant, device, site=place).site == place


def test_a_retired_di_is_not_silently_followed_by_another(firm: make.Firm, device: Device) -> None:
    first = di.retired(firm, di.registered(firm, device))
    assert refusal(lambda: di.assigned(firm, device)) == ["earlier_di_not_named"]
    assert di.assigned(firm, device, replaces=first, new_because="agency").pk


def test_a_di_contains_only_dis_of_its_own_device(firm: make.Firm, device: Device) -> None:
    foreign = di.registered(firm, build.device(firm).device)
    codes = refusal(
        lambda: di.assigned(
            firm, device, level="carton", code=di.gtin(indicator=2), contains=foreign, contained_quantity=5
        )
    )
    assert codes == ["package_chain"]


# ── submit, upload, retire ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_di_goes_from_assigned_over_submitted_to_uploaded(firm: make.Firm, device: Device) -> None:
    row = di.assigned(firm, device)
    assert identifier_facts(di.submitted(firm, row)).state == "submitted"
    assert identifier_facts(di.uploaded(firm, row)).state == "uploaded"
    assert entry("device.identifier_submitted").content["data"]["reference"] == f"ZC-{row.pk}"
    assert entry("device.identifier_uploaded").content["data"]["event_on"] == make.FOUNDED.date().isoformat()


def test_nothing_is_uploaded_before_it_is_submitted(firm: make.Firm, device: Device) -> None:
    assert refusal(lambda: di.uploaded(firm, di.assigned(firm, device))) == ["di_not_submitted"]


def test_each_step_happens_once(firm: make.Firm, device: Device) -> None:
    row = di.registered(firm, device)
    assert refusal(lambda: di.submitted(firm, row)) == ["di_submitted_already"]
    assert refusal(lambda: di.uploaded(firm, row)) == ["di_uploaded_already"]
    di.retired(firm, row)
    assert refusal(lambda: di.retired(firm, row)) == ["di_retired"]
    assert IdentifierEvent.objects.filter(identifier=row).count() == 3


@pytest.mark.parametrize(("days", "codes"), [(-1, ["before_the_step_before"]), (0, []), (1, ["day_in_future"])])
def test_a_step_happens_between_the_one_before_and_today(
    firm: make.Firm, device: Device, days: int, codes: list[str]
) -> None:
    row = di.assigned(firm, device)
    day: date = make.FOUNDED.date() + timedelta(days=days)
    if codes:
        assert refusal(lambda: di.submitted(firm, row, event_on=day)) == codes
    else:
        assert di.submitted(firm, row, event_on=day)


def test_a_retired_di_never_comes_back(firm: make.Firm, device: Device) -> None:
    row = di.retired(firm, di.assigned(firm, device))
    assert "di_retired" in refusal(lambda: di.submitted(firm, row, at=make.AT))
    told = entry("device.identifier_retired")
    assert told.content["reason"] == "产品停产"


def test_a_di_inside_a_standing_package_is_not_retired(firm: make.Firm, device: Device) -> None:
    sales = di.registered(firm, device)
    pack = di.assigned(
        firm, device, level="inner_pack", code=di.gtin(indicator=1), contains=sales, contained_quantity=10
    )
    assert refusal(lambda: di.retired(firm, sales)) == ["contained_in_a_standing_package"]
    di.retired(firm, pack)
    assert di.retired(firm, sales)


def test_a_step_names_its_record(firm: make.Firm, device: Device) -> None:
    by = firm.actor("quality_manager", make.REGISTRANT)
    row = di.assigned(firm, device)
    codes = refusal(
        lambda: actions.submit_identifier(
            identifier=row, event_on=make.FOUNDED.date(), reference="  ", by=by, at=make.AT
        )
    )
    assert codes == ["reference_missing"]


@pytest.mark.parametrize("role", ["viewer", "market_releaser", "management_representative"])
def test_only_quality_of_the_registrant_keeps_the_registry(firm: make.Firm, device: Device, role: str) -> None:
    row = di.assigned(firm, device, code=FIRST)
    by = firm.actor(role, make.REGISTRANT)
    typed = {"identifier": row, "event_on": make.TODAY, "by": by, "at": make.AT}
    for act in (
        lambda: actions.assign_identifier(
            device=device, content=di.identifier_content(model="PS-8-60"), by=by, at=make.AT
        ),
        lambda: actions.submit_identifier(reference="ZC-1", **typed),
        lambda: actions.upload_identifier(reference="U-1", **typed),
        lambda: actions.retire_identifier(reason="停产", **typed),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not IdentifierEvent.objects.exists()


def test_a_contractor_changes_nothing_in_the_registry() -> None:
    world = make.pair()
    version = build.device(world.registrant)
    build.share(world, version.device)
    row = di.assigned(world.registrant, version.device)
    by = world.contractor.actor("quality_manager")
    with pytest.raises(PermissionDenied):
        actions.submit_identifier(identifier=row, event_on=make.TODAY, reference="ZC-1", by=by, at=make.AT)


def test_what_was_known_before_a_moment_leaves_later_steps_out(firm: make.Firm, device: Device) -> None:
    row = di.assigned(firm, device)
    di.submitted(firm, row, at=make.AT)
    (known,) = load_identifiers([device.pk], known_at=make.AT)[device.pk]
    assert known.state == "assigned"
    assert load_identifiers([device.pk], known_at=make.FOUNDED) == {}


def test_loading_takes_one_query_for_any_number(firm: make.Firm, django_assert_num_queries: Any) -> None:
    devices = [build.device(firm).device for _ in range(3)]
    for one in devices:
        di.registered(firm, one)
        di.registered(firm, one, "PS-8-60")
    with django_assert_num_queries(1):
        assert len(load_identifiers([one.pk for one in devices])) == 3
    with django_assert_num_queries(1):
        assert len(load_identifiers([devices[0].pk])) == 1


@pytest.mark.parametrize(
    ("typed", "agency", "kept"),
    [
        ("6901234567892", "gs1", "06901234567892"),
        (" 0690 1234 567892", "gs1", "06901234567892"),
        ("ma.156.m0.100001.ab123456", "ma", "MA.156.M0.100001.AB123456"),
        ("81234567 8901", "ahm", "812345678901"),
        ("69012345", "gs1", "69012345"),
    ],
)
def test_a_code_is_kept_in_one_form(typed: str, agency: str, kept: str) -> None:
    assert kept_code(typed, agency) == kept

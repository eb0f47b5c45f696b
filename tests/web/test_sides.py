"""Lists and pages do not repeat what the reader knows: the own side of every row, both sides on the page of a pair; the page of
evidence also says which files lie with the records of the pair."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from cmo.parties import sections
from cmo.parties.pages import not_yours
from cmo.parties.rights import Can
from tests.agreements import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> build.World:
    settings.MEDIA_ROOT = str(tmp_path)
    return build.world()


def client_of(world: build.World, side: str = "registrant") -> Client:
    firm = world.relation.registrant if side == "registrant" else world.relation.contractor
    client = Client(headers={"accept-language": "en"})
    client.force_login(firm.user())
    return client


def columns(client: Client, name: str, *args: Any, **query: Any) -> list[str]:
    table = client.get(reverse(name, args=args), query).context["table"]
    return [column.name for column in table.columns]


@pytest.mark.parametrize(("side", "other"), [("registrant", "contractor"), ("contractor", "registrant")])
def test_a_list_leaves_out_the_readers_own_side_until_it_is_asked_for(
    world: build.World, side: str, other: str
) -> None:
    shown = columns(client_of(world, side), "agreements:entrustments")
    assert side not in shown
    assert other in shown
    assert side in columns(client_of(world, side), "agreements:entrustments", columns=[side])


def test_the_page_of_a_pair_repeats_neither_side_in_its_lists(world: build.World) -> None:
    for name in ("agreements:pair_entrustments", "agreements:pair_agreements", "audits:pair_audits"):
        assert not {"registrant", "contractor"} & set(columns(client_of(world), name, world.pair.pk)), name


def test_the_evidence_of_a_pair_lists_the_files_of_its_records_and_only_to_who_sees_it(world: build.World) -> None:
    address = reverse("parties:pair_evidence", args=[world.pair.pk])
    page = client_of(world).get(address)
    files = page.context["elsewhere"]
    assert len(files) == len(world.preparations)
    assert all(file.record for file in files)
    assert page.content.decode().count(reverse("evidence:download", args=[files[0].pk])) == 1
    assert client_of(build.world()).get(address).status_code == 404


def test_every_tab_of_a_pair_stands_in_a_group_and_groups_are_not_torn(world: build.World) -> None:
    groups = [str(tab["group"]) for tab in sections.pair_tabs(world.pair, "lots")]
    assert groups == sorted(groups, key=groups.index)
    assert len(set(groups)) == len(sections.TAB_GROUPS)


def test_who_does_what_the_reader_may_not_is_said_in_few_words() -> None:
    said = {can: not_yours(can).facts["done_by"] for can in Can}
    with override("en"):
        assert not_yours(Can.VETO).facts["done_by"] == "management representative (registrant side)"
        assert not_yours(Can.PLAN_PRODUCTION).facts["done_by"] == "contractor side"
        assert not_yours(Can.PLACE_HOLD).facts["done_by"] == "another post"
    assert all(said.values())


def test_a_first_visit_to_the_steps_of_opening_marks_nothing_as_wrong(world: build.World) -> None:
    client, address = client_of(world), reverse("agreements:open_entrustment")
    for query in ({}, {"pair": world.pair.pk}):
        page = client.get(address, query).content.decode()
        assert "is-invalid" not in page
        assert 'aria-invalid="true"' not in page
    assert "is-invalid" in client.post(address, {"starts_on": "someday"}).content.decode()

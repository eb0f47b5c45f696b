"""What the catalogue tells other apps: who handles its evidence, and the tile on a pair's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cmo.catalogue.pages import catalogue_tile
from cmo.evidence import registry
from cmo.parties.access import scope_of
from tests import make

from . import build

pytestmark = pytest.mark.django_db


def test_evidence_of_a_device_is_the_registrants_own_even_when_the_device_is_shared() -> None:
    world = make.pair()
    row = build.device(world.registrant).device
    build.share(world, row)
    key = f"catalogue.device:{row.pk}"
    viewer, contractor = world.registrant.user("viewer"), world.contractor.user("quality_manager")
    assert registry.may_read(viewer, key, make.TODAY)
    assert not registry.may_read(contractor, key, make.TODAY)
    assert registry.writer_of(world.registrant.user(), key, make.TODAY).organisation_id == world.registrant.pk
    for user in (viewer, contractor):
        with pytest.raises(PermissionDenied):
            registry.writer_of(user, key, make.TODAY)
    with pytest.raises(PermissionDenied):
        registry.writer_of(world.registrant.user(), "catalogue.device:999999", make.TODAY)
    assert registry.stream_of(key) == world.registrant.stream


@pytest.mark.parametrize(
    ("changes", "tone", "sentence"),
    [
        ([], "idle", "No device is shared"),
        ([{}], "good", "1 device shared may be entrusted"),
        ([{}, {"vascular_site": "unknown"}], "pending", "1 device is undetermined"),
        ([{}, {"vascular_site": "unknown"}, {"vascular_site": "coronary"}], "bad", "1 device is prohibited"),
    ],
)
def test_the_tile_of_a_pair_says_the_worst(
    settings: Any, changes: list[dict[str, str]], tone: str, sentence: str
) -> None:
    settings.LANGUAGE_CODE = "en"
    world = make.pair()
    for facts in changes:
        build.share(world, build.device(world.registrant, **facts).device)
    tile = catalogue_tile(world.pair, scope_of(world.registrant.user("viewer"), make.TODAY), make.TODAY)
    assert tile is not None
    assert (tile.tone, sentence in tile.sentence) == (tone, True)

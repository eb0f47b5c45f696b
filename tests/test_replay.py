"""A world that is put back equals the one that was built, row by row, and leads to the same judgements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from cmo.evidence import store
from cmo.evidence.models import File
from cmo.trail.verify import verify
from releases.facts import load_lot_facts
from releases.rules import findings_for
from tests import make, replay
from tests.agreements import build as agreements_build
from tests.files import place_of
from tests.releases import build as releases_build

pytestmark = pytest.mark.django_db


def rolled_back(act: Callable[[], Any]) -> Any:
    """What an act gives, its rows taken back."""
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(
    "build", [make.pair, agreements_build.world, releases_build.world], ids=["pair", "agreements", "releases"]
)
def test_what_is_put_back_is_what_was_built(build: Callable[..., Any]) -> None:
    plain = build.__wrapped__  # type: ignore[attr-defined]
    result, built = rolled_back(lambda: replay.remembered(plain))
    assert len(built) > 8
    assert replay.remembered(lambda: None)[1] == []
    _nothing, back = replay.remembered(lambda: replay.put_back(built))
    assert back == built
    assert result is not None


def test_a_second_world_in_a_test_is_another_one_and_both_can_be_put_back() -> None:
    first, second = make.pair(), make.pair()
    assert first.pair.pk != second.pair.pk
    assert first.registrant.organisation.pk != second.registrant.organisation.pk


def test_lots_go_on_in_a_world_that_was_put_back_and_its_trail_verifies() -> None:
    rolled_back(releases_build.world)
    replay.forget_calls()
    w = releases_build.world()
    lot = releases_build.filed(w, releases_build.lot(w))
    releases_build.released(w, lot)
    release = releases_build.marketed(w, lot)
    assert release.outcome == "released"
    facts = load_lot_facts([lot])[lot.pk]
    assert facts.state == "on_market"
    assert {finding.code for finding in findings_for("market", facts, make.TODAY)} >= {"decided_already"}
    assert verify([w.pair.stream]).ok


def test_stored_files_come_back_where_a_test_keeps_its_files_in_a_folder_of_its_own(
    settings: Any, tmp_path: Path
) -> None:
    for folder in ("first", "second"):
        settings.MEDIA_ROOT = str(tmp_path / folder)
        replay.forget_calls()
        hashes = rolled_back(lambda: (releases_build.world(), [*File.objects.values_list("sha256", flat=True)])[1])
        assert hashes
        assert all(place_of(store.name_of(sha256)).exists() for sha256 in hashes), folder

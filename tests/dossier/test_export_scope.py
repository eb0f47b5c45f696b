"""The scope of ``export_dossier``: told by kind and key, refused in words before anything is written."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests.dossier.jobs import LATER, asked, made
from tests.dossier.packing import checked, members
from tests.dossier.test_export_job import zipped
from tests.releases import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    world = build.world()
    build.released(world, build.filed(world, build.lot(world)))
    return world


def exported(w: build.World, path: Path, scope: str) -> bytes:
    call_command("export_dossier", w.pair.number, "--out", str(path), "--scope", scope, stdout=io.StringIO())
    return path.read_bytes()


def test_a_lot_a_device_an_agreement_and_a_period_are_exported_and_verified(w, tmp_path):
    row = build.lot(w)
    scopes = {
        "lot": row.number,
        "device": str(w.entrustment.device_id),
        "agreement": w.revision.agreement.number,
        "period": "2020-01-01/2030-12-31",
    }
    for kind, key in scopes.items():
        path = tmp_path / f"{kind}.zip"
        parts = members(exported(w, path, f"{kind}:{key}"))
        assert json.loads(parts["dossier.json"])["pin"]["scope"] == [kind, key]
        assert checked(path).returncode == 0


def test_a_whole_dossier_is_what_nobody_limits(w, tmp_path):
    call_command("export_dossier", w.pair.number, "--out", str(tmp_path / "a.zip"), stdout=io.StringIO())
    assert exported(w, tmp_path / "b.zip", "whole") == (tmp_path / "a.zip").read_bytes()


def test_a_period_is_the_same_however_its_days_are_written_and_whoever_builds_it(w, tmp_path):
    told = exported(w, tmp_path / "a.zip", "period:20200101/20261122")
    assert exported(w, tmp_path / "b.zip", "period: 2020-01-01/2026-11-22 ".replace(" ", "")) == told
    export = made(asked(w, scope=("period", "20200101/20261122"), language="both"))
    assert export.scope_key == "2020-01-01/2026-11-22"
    assert zipped(export) == told


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("lot:no-such-lot", "no such lot"),
        ("lot", "no such lot"),
        ("device:0", "no such device"),
        ("agreement:999999999", "no such quality agreement"),
        ("period:2026-12-31/2026-01-01", "This is no period"),
        ("period:last-year", "This is no period"),
        ("whole:everything", "no such scope"),
        ("site:1", "no such scope"),
        ("", "no such scope"),
    ],
)
def test_a_scope_that_names_nothing_is_refused_in_both_languages_and_leaves_no_file(w, tmp_path, scope, said):
    with pytest.raises(CommandError, match=said) as refused:
        exported(w, tmp_path / "x.zip", scope)
    assert "请" in str(refused.value)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_lot_of_another_pair_is_nobodys_business(w, tmp_path):
    other = build.world()
    foreign = build.lot(other, number="FOREIGN-1")
    for key in (foreign.number, str(foreign.pk)):
        with pytest.raises(CommandError, match="no such lot"):
            exported(w, tmp_path / "x.zip", f"lot:{key}")

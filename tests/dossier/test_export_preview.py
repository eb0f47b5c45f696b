"""What is said of a dossier before it is made, against what is in it then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from cmo.dossier import archive
from cmo.dossier.models import Export
from cmo.dossier.preview import preview_of
from cmo.errors import Refused
from cmo.evidence import store
from cmo.trail.models import Entry
from tests.dossier.jobs import LATER, asked, made, wish
from tests.dossier.test_export import attached
from tests.files import place_of
from tests.releases import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def test_the_preview_names_what_the_dossier_then_contains_and_is_not_far_off_in_size(w):
    attached(w, "scan.csv", b"1,2,3" * 40_000)
    lost = attached(w, "lost.csv", b"lost")
    place_of(store.name_of(lost.sha256)).unlink()
    count = Entry.objects.count()
    seen = preview_of(w.pair, wish(language="both"), LATER)
    assert (Entry.objects.count(), Export.objects.count()) == (count, 0)
    export = made(asked(w, language="both"))
    data, evidence = archive.dossier_data(export), archive.evidence_of(export)
    assert [part.key for part in seen.sections] == [section["key"] for section in data["sections"]]
    whole = [row for row in evidence if row["state"] == "whole"]
    assert (seen.files, seen.bytes) == (len(whole), sum(row["size"] for row in whole))
    assert lost.pk in {file.file_id for file in seen.faulty}
    assert len(seen.faulty) + seen.files == len(evidence)
    assert seen.entries == export.seq
    assert 0.7 < seen.size / export.size < 1.4, (seen.size, export.size)


def test_the_preview_reads_no_stored_file_and_finds_what_is_gone_or_has_another_size(w, monkeypatch):
    before = preview_of(w.pair, wish(), LATER)
    kept, lost, cut = (attached(w, f"{name}.csv", name.encode() * 9) for name in ("kept", "lost", "cut"))
    place_of(store.name_of(lost.sha256)).unlink()
    place_of(store.name_of(cut.sha256)).chmod(0o600)
    place_of(store.name_of(cut.sha256)).write_bytes(b"less")

    def read(_source: object) -> str:
        raise AssertionError("a stored file was hashed")

    monkeypatch.setattr(store, "hash_of", read)
    seen = preview_of(w.pair, wish(), LATER)
    states = {file.file_id: file.state for file in seen.faulty}
    assert (states[lost.pk], states[cut.pk]) == ("missing", "altered")
    assert (seen.files, seen.bytes) == (before.files + 1, before.bytes + kept.size)


def test_what_cannot_be_made_is_refused_in_the_preview_already(w):
    with pytest.raises(Refused) as refused:
        preview_of(w.pair, wish(("lot", "none")), LATER)
    assert refused.value.codes == ["dossier_scope_unknown"]

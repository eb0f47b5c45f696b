"""A dossier exported from real records: pinned, the same each time, verified, and honest about damaged files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.clock import SHANGHAI, day_of
from cmo.dossier import building
from cmo.dossier.building import dossier_of
from cmo.dossier.chain import chain_lines
from cmo.dossier.frozen import frozen_texts
from cmo.dossier.json_out import json_text
from cmo.dossier.package import ENCLOSED
from cmo.dossier.pinning import end_of, pin_for, product_version
from cmo.dossier.snapshot import Snapshot
from cmo.errors import Refused
from cmo.evidence import store
from cmo.evidence.actions import attach
from cmo.evidence.models import File
from cmo.trail import append_only
from cmo.trail.actions import GENESIS
from cmo.trail.models import Entry
from tests import make
from tests.dossier.packing import checked, members
from tests.files import place_of
from tests.releases import build

pytestmark = pytest.mark.django_db
LATER = build.AT + timedelta(hours=3)


@pytest.fixture(autouse=True)
def now(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def sold(w: build.World) -> build.World:
    """A world with a lot released twice, an exception, and two files."""
    row = build.filed(w, build.lot(w))
    build.released(w, row)
    build.marketed(w, row)
    build.exception_on(w)
    attached(w, "信用 声明.txt", b"first")
    attached(w, "b.csv", b"second,2")
    return w


def attached(w: build.World, name: str, data: bytes) -> File:
    by = w.contractor.actor("quality_manager")
    upload = SimpleUploadedFile(name, data)
    return attach(w.pair, upload=upload, title=f"文件 {name[:3]}", event_on=day_of(build.AT), by=by, at=build.AT)


def exported(w: build.World, folder: Path, *more: str) -> tuple[bytes, str]:
    """The ZIP and what the command said."""
    out, path = io.StringIO(), folder / "dossier.zip"
    call_command("export_dossier", w.pair.number, "--out", str(path), *more, stdout=out)
    return path.read_bytes(), out.getvalue()


def test_an_export_is_verified_by_its_own_program_and_is_the_same_when_asked_again(sold, tmp_path):
    first, said = exported(sold, tmp_path)
    assert exported(sold, tmp_path)[0] == first
    (tmp_path / "verify.py").write_bytes(members(first)["verify.py"])
    verdict = checked(tmp_path / "dossier.zip", "--lang", "en")
    assert (verdict.returncode, verdict.stderr) == (0, "")
    head = Entry.objects.of_stream(sold.pair.stream).last().hash
    assert f"last hash {head}" in said
    assert "not signed" in said
    assert checked(tmp_path / "dossier.zip", "--head", head).returncode == 0
    schema = json.loads((ENCLOSED / "dossier-1.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(members(first)["dossier.json"]), schema, cls=jsonschema.Draft202012Validator)


def test_the_key_of_the_pair_finds_it_too_and_pdf_and_docx_are_in_the_package(sold, tmp_path):
    path = tmp_path / "one.zip"
    call_command("export_dossier", str(sold.pair.pk), "--out", str(path), "--lang", "zh", stdout=io.StringIO())
    parts = members(path.read_bytes())
    assert parts["dossier.pdf"].startswith(b"%PDF-")
    assert zipfile.is_zipfile(io.BytesIO(parts["dossier.docx"]))


def test_every_decision_is_frozen_with_the_entry_that_keeps_its_hash(sold):
    dossier = dossier_of(sold.pair, day_of(LATER), LATER)
    kinds = {frozen.key.partition(":")[0]: 0 for frozen in dossier.frozen}
    assert kinds.keys() == {
        "agreements.agreementrevision",
        "agreements.entrustment",
        "releases.lotexception",
        "releases.productionrelease",
        "releases.marketrelease",
    }
    for frozen in dossier.frozen:
        entry = Entry.objects.get(stream=sold.pair.stream, seq=frozen.seq)
        assert entry.content["data"][frozen.path.removeprefix("data.")] == frozen.sha256


def test_a_decision_that_nobody_recorded_on_the_chain_is_pointed_out(sold):
    pin = pin_for(sold.pair, day_of(LATER), LATER)
    with append_only.suspended(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM trail_entry WHERE verb = 'lot.released_to_market'")
    texts, without = frozen_texts(Snapshot(sold.pair, LATER), pin)
    assert [key.partition(":")[0] for key in without] == ["releases.marketrelease"]
    assert "releases.marketrelease" not in {frozen.key.partition(":")[0] for frozen in texts}
    notes = dossier_of(sold.pair, day_of(LATER), LATER).notes
    assert any(without[0] in note.zh for note in notes)


def test_missing_and_altered_files_are_named_in_dossier_manifest_and_verdict(sold, tmp_path):
    lost, spoilt = File.objects.filter(subject=f"parties.pair:{sold.pair.pk}").order_by("pk")
    place_of(store.name_of(lost.sha256)).unlink()
    place_of(store.name_of(spoilt.sha256)).chmod(0o600)
    place_of(store.name_of(spoilt.sha256)).write_bytes(b"something else")
    archive, said = exported(sold, tmp_path)
    stated = {row["file"]: row for row in json.loads(members(archive)["manifest.json"])["evidence"]}
    assert (stated[lost.pk]["state"], stated[spoilt.pk]["state"]) == ("missing", "altered")
    assert f"missing: {lost.title}" in said
    cautions = [
        block for section in json.loads(members(archive)["dossier.json"])["sections"] for block in section["blocks"]
    ]
    assert sum(block["kind"] == "caution" for block in cautions) >= 2
    verdict = checked(tmp_path / "dossier.zip")
    assert verdict.returncode == 0
    assert lost.title in verdict.stdout


def test_the_chain_is_written_as_it_is_stored(sold):
    rows = [json.loads(line) for line in chain_lines(sold.pair.stream, 10**6)]
    stored = Entry.objects.of_stream(sold.pair.stream).values("payload", "prev_hash", "hash")
    assert rows == list(stored)
    assert [json.loads(row["payload"])["seq"] for row in rows[:3]] == [1, 2, 3]
    assert len(list(chain_lines(sold.pair.stream, 2))) == 2


def test_a_past_day_shows_what_was_known_at_its_end_whenever_it_is_asked_for(sold):
    yesterday = day_of(build.AT) - timedelta(days=1)
    pin = pin_for(sold.pair, yesterday, LATER)
    assert pin.instant.astimezone(SHANGHAI).isoformat() == f"{yesterday}T23:59:59.999999+08:00"
    assert 0 < pin.seq < Entry.objects.of_stream(sold.pair.stream).count()
    assert Entry.objects.get(stream=sold.pair.stream, seq=pin.seq).hash == pin.head
    before = json_text(dossier_of(sold.pair, yesterday, LATER))
    build.lot(sold)
    assert json_text(dossier_of(sold.pair, yesterday, LATER + timedelta(days=400))) == before


def test_today_is_read_up_to_now_and_tomorrow_is_refused(w):
    today = pin_for(w.pair, day_of(LATER), LATER)
    assert today.instant == LATER
    assert today.product_version == product_version() != ""
    with pytest.raises(Refused) as refused:
        pin_for(w.pair, day_of(LATER) + timedelta(days=1), LATER)
    assert refused.value.codes == ["dossier_day_to_come"]


def test_before_the_first_entry_the_chain_is_empty(w):
    pin = pin_for(w.pair, day_of(make.FOUNDED) - timedelta(days=900), LATER)
    assert (pin.seq, pin.head) == (0, GENESIS)
    assert end_of(pin.as_of).astimezone(UTC).microsecond == 999999


def test_the_number_of_queries_does_not_grow_with_the_records(w):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            dossier_of(w.pair, day_of(LATER), LATER)
        return len(asked)

    few = queries()
    for _ in range(3):
        build.released(w, build.filed(w, build.lot(w)))
    assert queries() == few


@pytest.mark.django_db(transaction=True)
def test_rows_and_chain_are_read_in_one_moment_while_others_go_on_writing(w, monkeypatch):
    def late(pair: Any, as_of: Any, now: Any, scope: Any) -> Any:
        pin = pin_for(pair, as_of, now, scope)
        with ThreadPoolExecutor(1) as other:
            other.submit(_written_meanwhile, w).result()
        return pin

    monkeypatch.setattr(building, "pin_for", late)
    before = Entry.objects.of_stream(w.pair.stream).count()
    dossier = building.dossier_of(w.pair, day_of(LATER), LATER)
    assert Entry.objects.of_stream(w.pair.stream).count() == before + 1
    assert dossier.pin.seq == before
    assert "文件 mea" not in {file.title for file in dossier.files}


def _written_meanwhile(w: build.World) -> None:
    try:
        attached(w, "meanwhile.txt", b"written by somebody else")
    finally:
        connection.close()


def test_wrong_pairs_days_and_limits_are_said_and_leave_no_file(sold, tmp_path):
    with pytest.raises(CommandError, match="no pair"):
        call_command("export_dossier", "P0000", "--out", str(tmp_path / "x.zip"))
    with pytest.raises(CommandError, match="lies in the future"):
        exported(sold, tmp_path, "--as-of", "2999-01-01")
    with pytest.raises(CommandError, match="the limit is"):
        exported(sold, tmp_path, "--limit", "1000")
    assert [place.name for place in tmp_path.iterdir() if place.is_file()] == []

"""Under its name a file is whole or there is none, in a folder and in a bucket; evidence and exports work on either."""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
import signal
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import pytest
import time_machine
from django.core.files.storage import storages
from django.urls import reverse

from cmo import storage
from cmo.dossier import actions, archive
from cmo.evidence import store
from cmo.evidence.facts import verify_store
from cmo.evidence.models import File
from cmo.trail.models import Entry
from tests.dossier.jobs import LATER, asked, by_of, made
from tests.dossier.packing import checked
from tests.dossier.test_export import attached
from tests.releases import build
from tests.storage.service import bucket_at, client_of, running


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with running() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(service: str, settings: Any) -> dict[str, Any]:
    """Files lie in a new bucket."""
    made_now = bucket_at(service)
    settings.STORAGES = {**settings.STORAGES, "default": made_now}
    return made_now["OPTIONS"]


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")


@pytest.fixture(params=["folder", "bucket"])
def either(request: pytest.FixtureRequest) -> str:
    request.getfixturevalue(request.param)
    return request.param


def of(content: bytes) -> storage.Fill:
    def fill(file: IO[bytes]) -> None:
        file.write(content)

    return fill


def read(name: str) -> bytes | None:
    file = storage.opened(name)
    if file is None:
        return None
    with file:
        return file.read()


def test_a_file_is_read_measured_listed_replaced_and_removed_by_its_name(either: str) -> None:
    assert isinstance(storages["default"], storage.Folder if either == "folder" else storage.Bucket)
    assert (read("a/b/1"), storage.size_of("a/b/1")) == (None, None)
    assert (storage.folders("a"), storage.names("a/b")) == ([], [])
    storage.remove("a/b/1")
    storage.write("a/b/2", of(b""))
    storage.write("a/b/1", of(b"first"))
    storage.write("a/b/1", of(b"second"))
    assert (read("a/b/1"), storage.size_of("a/b/1"), storage.size_of("a/b/2")) == (b"second", 6, 0)
    assert (storage.folders("a"), storage.names("a/b"), storage.names("a")) == (["b"], ["1", "2"], [])
    storage.remove("a/b/1")
    assert (read("a/b/1"), storage.names("a/b")) == (None, ["2"])


def test_what_fails_while_it_is_written_leaves_what_lay_there_and_nothing_beside(either: str) -> None:
    storage.write("a/1", of(b"whole"))

    def fails(file: IO[bytes]) -> None:
        file.write(b"half")
        raise RuntimeError("no more")

    for name in ("a/1", "a/2"):
        with pytest.raises(RuntimeError):
            storage.write(name, fails)
    assert (read("a/1"), storage.names("a")) == (b"whole", ["1"])


def test_a_file_of_many_parts_comes_back_as_it_went(either: str) -> None:
    content = hashlib.sha256(b"seed").digest() * (20 * 1024 * 1024 // 32)
    storage.write("large", of(content))
    file = storage.opened("large")
    assert file is not None
    with file:
        assert (file.read(3), file.tell()) == (content[:3], 3)
        assert (file.seek(-2, os.SEEK_END), file.read()) == (len(content) - 2, content[-2:])
        file.seek(0)
        assert store.hash_of(file) == hashlib.sha256(content).hexdigest()


def test_a_killed_process_leaves_nothing_under_the_name(either: str) -> None:
    def die(file: IO[bytes]) -> None:
        file.write(b"half")
        os.kill(os.getpid(), signal.SIGKILL)

    writer = multiprocessing.get_context("fork").Process(target=storage.write, args=("a/1", die))
    writer.start()
    writer.join(timeout=60)
    assert writer.exitcode == -signal.SIGKILL
    assert read("a/1") is None
    assert [name for name in storage.names("a") if not name.endswith(".part")] == []


def test_names_stay_within_the_storage(either: str) -> None:
    for name in ("../outside", "a/../../outside"):
        with pytest.raises(Exception, match=r"path|component|traversal|outside"):
            storage.write(name, of(b"x"))


def put_past_the_product(bucket: dict[str, Any], sha256: str, content: bytes | None) -> None:
    """Damage the object of this content, or take it away."""
    name = {"Bucket": bucket["bucket_name"], "Key": f"{bucket['location']}/{store.name_of(sha256)}"}
    client = client_of(bucket["endpoint_url"])
    client.delete_object(**name) if content is None else client.put_object(**name, Body=content)


@pytest.mark.django_db
def test_evidence_in_a_bucket_is_kept_handed_out_and_checked_as_in_a_folder(
    bucket: dict[str, Any], client: Any
) -> None:
    w = build.world()
    with time_machine.travel(LATER, tick=False):
        kept, spoilt, lost = (attached(w, f"{n}.txt", f"{n} enclosed".encode()) for n in ("kept", "spoilt", "lost"))
        assert verify_store().ok
        put_past_the_product(bucket, spoilt.sha256, b"something else")
        put_past_the_product(bucket, lost.sha256, None)
        found = verify_store()
        assert (found.altered, found.missing, found.stray) == ([spoilt.sha256], [lost.sha256], 0)
        client.force_login(w.registrant.user("quality_manager", "registrant"))
        answers = [client.get(reverse("evidence:download", args=[row.pk])) for row in (kept, spoilt, lost)]
        assert [answer.status_code for answer in answers] == [200, 500, 500]
        assert b"".join(answers[0].streaming_content) == b"kept enclosed"
        assert answers[0]["Content-Length"] == "13"
        again = attached(w, "again.txt", b"spoilt enclosed")
        assert (again.sha256, verify_store().altered) == (spoilt.sha256, [])


@pytest.mark.django_db
def test_one_pin_gives_the_same_bytes_in_a_folder_and_in_a_bucket(
    folder: None, service: str, settings: Any, tmp_path: Path
) -> None:
    w = build.world()
    with time_machine.travel(LATER, tick=False):
        attached(w, "说明.txt", b"enclosed")
        here = made(asked(w))
        contents = {
            sha256: read(store.name_of(sha256)) or b"" for sha256 in File.objects.values_list("sha256", flat=True)
        }
        settings.STORAGES = {**settings.STORAGES, "default": bucket_at(service)}
        for sha256, content in contents.items():
            store.put([content], sha256)
        there = made(asked(w))
        assert (here.state, there.state, here.sha256) == ("ready", "ready", there.sha256)
        assert archive.lies(there)
        assert not archive.lies(here), "that one lies in the folder"
        file = archive.open_export(there)
        assert file is not None
        with file:
            data = file.read()
        (tmp_path / "dossier.zip").write_bytes(data)
        assert checked(tmp_path / "dossier.zip").returncode == 0
        with zipfile.ZipFile(io.BytesIO(data)) as parts, archive.member(there, "dossier.json") as document:
            assert document.read() == parts.read("dossier.json")
        assert archive.manifest_of(there)["files"]


@pytest.mark.django_db
def test_an_export_in_a_bucket_is_removed_in_time_and_leftovers_with_it(bucket: dict[str, Any]) -> None:
    w = build.world()
    with time_machine.travel(LATER, tick=False):
        export = made(asked(w, by=by_of(w)))
    storage.write("exports/999-1.zip", of(b"left behind"))
    actions.sweep_exports(at=LATER + timedelta(minutes=1))
    assert storage.names("exports") == [f"{export.pk}-1.zip"]
    assert export.expires_at is not None
    actions.sweep_exports(at=export.expires_at)
    export.refresh_from_db()
    assert (storage.names("exports"), export.removed_at, archive.manifest_of(export)) == ([], export.expires_at, {})


@pytest.mark.django_db
def test_a_service_that_does_not_answer_is_no_damaged_file(settings: Any, client: Any, service: str) -> None:
    w = build.world()
    settings.STORAGES = {**settings.STORAGES, "default": bucket_at(service)}
    with time_machine.travel(LATER, tick=False):
        row = attached(w, "kept.txt", b"kept")
        client.force_login(w.registrant.user("quality_manager", "registrant"))
        away = {**settings.STORAGES["default"]["OPTIONS"], "endpoint_url": "http://127.0.0.1:9"}
        settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "cmo.storage.Bucket", "OPTIONS": away}}
        answer = client.get(reverse("evidence:download", args=[row.pk]))
    assert answer.status_code == 503
    assert not Entry.objects.filter(verb="evidence.found_damaged").exists()

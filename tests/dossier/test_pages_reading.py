"""Reading a dossier on screen and taking its files: what is shown, what is sent, what stays on the trail."""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cmo.clock import day_of
from cmo.dossier import archive
from cmo.dossier.models import Export
from cmo.dossier.shown import MOST_BESIDE, PER_PAGE, Asked, contents, path_to, said, shown, turned
from cmo.evidence.actions import attach
from cmo.trail.models import Entry
from tests.dossier.jobs import LATER, TODAY, asked, made
from tests.dossier.packing import checked
from tests.files import place_of
from tests.releases import build
from tests.releases.test_pages import signed_in

CHINESE, ENGLISH = "zh-hans", "en"
db = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def url(name: str, *args: Any) -> str:
    return reverse(f"dossier:{name}", args=args)


def quality(w: build.World, language: str = ENGLISH) -> Client:
    return signed_in(w.registrant.user("quality_manager", "registrant"), language)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return " ".join(answer.content.decode().split())


def sent(client: Client, address: str) -> tuple[bytes, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return b"".join(answer.streaming_content), answer.headers


def told(verb: str, member: str) -> list[str]:
    """What entries of this verb say of one member, in their order."""
    return [entry.content["data"][member] for entry in Entry.objects.filter(verb=verb).order_by("pk")]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@db
@pytest.mark.parametrize(
    ("language", "words"),
    [(CHINESE, ("批次和两次放行", "双方企业")), (ENGLISH, ("Lots and both releases", "Both parties"))],
)
def test_every_section_opens_in_both_languages(w, language, words):
    build.lot(w)
    export = made(asked(w))
    client = quality(w, language)
    first = page(client, url("read", export.pk))
    assert all(word in first for word in words)
    data = archive.dossier_data(export)
    for section in data["sections"]:
        title = section["title"]["zh" if language == CHINESE else "en"]
        assert title in html.unescape(page(client, url("read_section", export.pk, section["key"])))


@db
def test_both_languages_stand_under_each_other_where_they_are_asked_for(w):
    export = made(asked(w))
    found = page(quality(w), url("read_section", export.pk, "parties") + "?lang=both")
    assert '<span lang="zh-Hans">双方企业</span><span class="said-second" lang="en">Both parties</span>' in found


@db
def test_a_section_that_there_is_not_is_not_found(w):
    export = made(asked(w))
    assert quality(w).get(url("read_section", export.pk, "none")).status_code == 404


@db
def test_what_was_read_is_on_the_readers_trail_once_for_each_section_and_day(w):
    export = made(asked(w))
    client = quality(w)
    for _n in range(2):
        page(client, url("read", export.pk))
        page(client, url("read_section", export.pk, "parties"))
    assert told("dossier.read", "section") == ["cover", "parties"]
    page(signed_in(w.registrant.user("viewer", "registrant")), url("read_section", export.pk, "parties"))
    assert told("dossier.read", "section") == ["cover", "parties", "parties"]
    with time_machine.travel(LATER + timedelta(days=1), tick=False):
        page(quality(w), url("read_section", export.pk, "parties"))
    assert told("dossier.read", "section") == ["cover", "parties", "parties", "parties"]
    assert {entry.stream.partition(":")[0] for entry in Entry.objects.filter(verb="dossier.read")} == {"user"}


@db
def test_an_export_that_is_not_ready_leads_to_its_progress(w):
    export = asked(w)
    assert quality(w).get(url("read", export.pk)).url == url("export", export.pk)
    assert quality(w).get(url("take", export.pk)).status_code == 410


@db
def test_texts_of_people_are_text(w):
    hostile = "<script>alert(1)</script>\u202e{{ x }}"
    by = w.contractor.actor("quality_manager")
    upload = SimpleUploadedFile("a.txt", b"x")
    attach(w.pair, upload=upload, title=hostile, event_on=day_of(build.AT), by=by, at=build.AT)
    export = made(asked(w))
    found = page(quality(w), url("read_section", export.pk, "evidence"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]{{ x }}" in found
    assert "<script>alert" not in found
    assert "\u202e" not in found


# ── taking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@db
def test_the_archive_is_taken_whole_and_verifies(w, tmp_path):
    export = made(asked(w))
    data, headers = sent(quality(w), url("take", export.pk))
    assert hashlib.sha256(data).hexdigest() == export.sha256
    assert headers["Content-Type"] == "application/zip"
    assert headers["Content-Length"] == str(len(data))
    assert headers["X-Content-Type-Options"] == "nosniff"
    name = f"{w.pair.number}_{TODAY.isoformat()}_zh.zip"
    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'
    place = tmp_path / name
    place.write_bytes(data)
    (tmp_path / "verify.py").write_bytes(zipfile.ZipFile(io.BytesIO(data)).read("verify.py"))
    assert checked(place).returncode == 0
    assert told("dossier.taken", "name") == [name]


@db
@pytest.mark.parametrize(
    ("name", "kind", "begins"),
    [
        ("dossier.pdf", "application/pdf", b"%PDF-"),
        ("dossier.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("dossier.json", "application/json", b"{"),
        ("verify.py", "text/x-python", b'"""Check a dossier'),
        ("trail.jsonl", "application/x-ndjson", b"{"),
    ],
)
def test_each_document_is_taken_alone_byte_for_byte(w, name, kind, begins):
    export = made(asked(w))
    data, headers = sent(quality(w), url("take_document", export.pk, name))
    assert data.startswith(begins)
    assert headers["Content-Type"].partition(";")[0] == kind
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert int(headers["Content-Length"]) == len(data)
    stored = {file.name: file.sha256 for file in export.files.all()}
    assert stored.get(name, hashlib.sha256(data).hexdigest()) == hashlib.sha256(data).hexdigest()
    assert told("dossier.taken", "name") == [name]


@db
def test_no_other_member_of_the_archive_has_an_address(w):
    export = made(asked(w))
    for name in ("README.txt", "manifest.json", "evidence", "..", "dossier-1.schema.json"):
        assert quality(w).get(f"{url('export', export.pk)}documents/{name}").status_code == 404


@db
def test_an_evidence_file_is_taken_under_a_safe_name(w):
    by = w.contractor.actor("quality_manager")
    upload = SimpleUploadedFile("说明 书.txt", b"content")
    file = attach(w.pair, upload=upload, title="说明书", event_on=day_of(build.AT), by=by, at=build.AT)
    export = made(asked(w))
    client = quality(w)
    assert url("take_evidence", export.pk, file.pk) in page(client, url("read_section", export.pk, "evidence"))
    data, headers = sent(client, url("take_evidence", export.pk, file.pk))
    assert data == b"content"
    assert headers["Content-Type"] == "application/octet-stream"
    assert "filename*=utf-8''" in headers["Content-Disposition"]
    assert client.get(url("take_evidence", export.pk, file.pk + 1)).status_code == 404


@db
def test_an_archive_that_was_altered_in_the_storage_is_not_handed_out(w):
    export = made(asked(w))
    place = place_of(archive.name_of(export.pk, export.attempt))
    place.chmod(0o640)
    place.write_bytes(place.read_bytes()[:-1] + b"?")
    for name in ("take", "read"):
        answer = quality(w).get(url(name, export.pk))
        assert answer.status_code == 410
        assert "missing or altered" in answer.content.decode()
    assert told("dossier.taken", "name") == []


@db
def test_names_of_files_say_the_scope_and_hold_no_separator(w):
    build.lot(w, number="A/1 甲")
    export = made(asked(w, scope=("lot", "A/1 甲"), language="both"))
    _data, headers = sent(quality(w), url("take", export.pk))
    assert f"{w.pair.number}_{TODAY.isoformat()}_both_lot-A-1-" in headers["Content-Disposition"]
    assert "/" not in headers["Content-Disposition"].replace("utf-8''", "")


# ── what a page shows of a section ───────────────────────────────────────────────────────────────────────────────────


def words(zh: str, en: str = "") -> dict[str, str]:
    return {"zh": zh, "en": en or zh}


def table(rows: int, columns: int = 2) -> dict[str, Any]:
    heads = [{"key": f"c{n}", "words": words(f"列{n}", f"Column {n}"), "align": "left"} for n in range(columns)]
    cells = [[words(f"{row}.{n}") for n in range(columns)] for row in range(1, rows + 1)]
    return {"kind": "table", "key": "t", "heading": None, "columns": heads, "rows": cells, "empty": None}


def section(key: str, *blocks: dict[str, Any], children: Any = ()) -> dict[str, Any]:
    return {
        "key": key,
        "title": words(f"节{key}", f"Section {key}"),
        "count": 1,
        "blocks": list(blocks),
        "children": list(children),
    }


@pytest.mark.parametrize(
    ("rows", "asked_page", "first", "last", "pages"),
    [
        (0, 1, 0, 0, 1),
        (1, 1, 1, 1, 1),
        (PER_PAGE, 1, 1, PER_PAGE, 1),
        (PER_PAGE + 1, 1, 1, PER_PAGE, 2),
        (PER_PAGE + 1, 2, PER_PAGE + 1, PER_PAGE + 1, 2),
        (PER_PAGE + 1, 9, PER_PAGE + 1, PER_PAGE + 1, 2),
        (PER_PAGE + 1, 0, 1, PER_PAGE, 2),
    ],
)
def test_a_long_table_is_shown_page_by_page(rows, asked_page, first, last, pages):
    (found,) = shown(section("a", table(rows)), Asked("en", "a.t", asked_page))
    rows_shown = found.blocks[0]["page"]
    assert (rows_shown.first, rows_shown.last, rows_shown.total, rows_shown.pages) == (first, last, rows, pages)
    assert len(rows_shown.rows) == (last - first + 1 if rows else 0)


def test_another_table_than_the_one_asked_for_begins_at_its_first_row():
    (found,) = shown(section("a", table(PER_PAGE + 1)), Asked("en", "b.t", 2))
    assert found.blocks[0]["page"].first == 1


def test_a_small_section_stands_whole_and_a_large_one_leads_to_its_parts():
    small = section("a", children=[section("b", table(1)), section("c", table(1))])
    assert [one.key for one in shown(small, Asked("en"))] == ["a", "b", "c"]
    large = section("a", children=[section(f"b{n}", table(PER_PAGE)) for n in range(4)])
    (found,) = shown(large, Asked("en"))
    assert [entry.key for entry in found.inner] == ["b0", "b1", "b2", "b3"]


def test_contents_open_what_leads_to_the_page_and_nothing_else():
    large = [section(key, children=[section(f"{key}{n}", table(PER_PAGE)) for n in range(4)]) for key in "ab"]
    data = {"sections": large}
    entries = contents(data, path_to(large, "b2"), "en")
    assert [entry.key for entry in entries] == ["a", "b", "b0", "b1", "b2", "b3"]
    assert [entry.key for entry in entries if entry.current] == ["b2"]
    assert [entry.key for entry in entries if entry.inside] == ["b"]


def test_contents_stay_short_beside_a_chapter_of_many_lots():
    many = [section("lots", children=[section(f"lot-{n}", table(PER_PAGE)) for n in range(MOST_BESIDE + 1)])]
    entries = contents({"sections": many}, path_to(many, "lot-7"), "en")
    assert [entry.key for entry in entries] == ["lots", "lot-7"]


def test_the_pages_before_and_after_follow_the_order_of_reading():
    large = [section(key, children=[section(f"{key}{n}", table(PER_PAGE)) for n in range(4)]) for key in "ab"]

    def around(key: str) -> list[str]:
        return [entry.key if entry else "" for entry in turned(large, key, "en")]

    assert around("") == ["", "a"]
    assert around("a3") == ["a2", "b"]
    assert around("b3") == ["b2", ""]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", "甲 2026"),
        ("en", "A 2026"),
        ("both", '<span lang="zh-Hans">甲 2026</span><span class="said-second" lang="en">A 2026</span>'),
    ],
)
def test_a_text_is_said_in_the_language_asked_for(language, expected):
    assert said(words("甲 2026", "A 2026"), language) == expected


def test_a_timeline_of_a_day_that_is_over_ends_on_it_and_does_not_say_today():
    lane = {
        "label": words("泳道", "Lane"),
        "spans": [{"starts_on": "2026-01-01", "ends_on": None, "label": words("在", "on"), "tone": "good"}],
        "marks": [{"on": "2026-01-02", "label": words("点", "dot"), "tone": "bad"}],
    }
    block = {"kind": "timeline", "heading": words("轴", "Axis"), "until": "2026-02-01", "lanes": [lane]}
    (past,) = shown(section("a", block), Asked("en"))
    assert past.blocks[0]["today"] is None
    assert past.blocks[0]["lanes"][0].spans[0].ends_on == date(2026, 2, 1)
    (present,) = shown(section("a", block | {"until": TODAY.isoformat()}), Asked("en"))
    assert present.blocks[0]["today"] == TODAY
    assert present.blocks[0]["lanes"][0].spans[0].ends_on is None


@db
def test_the_page_says_what_the_json_says(w):
    """Every cell of the lots' table is on the page."""
    build.lot(w, number="H-77")
    export = made(asked(w))
    data = json.loads(sent(quality(w), url("take_document", export.pk, "dossier.json"))[0])
    (lots,) = path_to(data["sections"], "lots")
    found = page(quality(w), url("read_section", export.pk, "lots"))
    block = next(block for block in lots["blocks"] if block["kind"] == "table")
    for cell in block["rows"][0]:
        assert all(line in found for line in cell["en"].split("\n") if line.isascii() and "-" not in line)
    assert Export.objects.count() == 1

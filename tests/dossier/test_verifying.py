"""Anybody shows a file: the page says what it is, whether it is whole, ours and up to date, and falls for nothing."""

from __future__ import annotations

import io
import json
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo.dossier import archive, inspecting, recognising
from cmo.dossier.management.commands import export_dossier
from cmo.dossier.models import Export
from cmo.dossier.pages import commanded_pairs, pair_numbers
from cmo.dossier.signing_pdf import self_made_key
from cmo.dossier.verdict import headline, verdicts
from cmo.evidence.actions import attach
from cmo.parties.access import scope_of
from cmo.parties.trail_pages import visible_streams
from cmo.trail import append_only
from cmo.trail.models import Entry
from cmo.trail.verify import verify as verify_trail
from tests import make
from tests.dossier import packing
from tests.dossier.jobs import LATER, TODAY, asked, made
from tests.effort import ends
from tests.files import place_of
from tests.releases import build

URL = "/verify-dossier/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.LANGUAGE_CODE = "en"
    cache.clear()
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def exported(w: build.World, **wished: Any) -> tuple[Export, dict[str, bytes]]:
    """An export with the ZIP itself and everything in it, by name."""
    export = made(asked(w, **wished))
    whole = place_of(archive.name_of(export.pk, export.attempt)).read_bytes()
    return export, {"zip": whole, **packing.members(whole)}


def shown(data: bytes, name: str = "a.zip", client: Client | None = None) -> tuple[int, str]:
    """Status and text of the page after a file was sent."""
    cache.clear()
    page = (client or Client()).post(URL, {"file": SimpleUploadedFile(name, data)})
    return page.status_code, " ".join(page.content.decode().split())


def later_entry(w: build.World) -> None:
    by = w.contractor.actor("quality_manager")
    upload = SimpleUploadedFile("later.txt", b"later")
    attach(w.pair, upload=upload, title="后来的文件", event_on=TODAY, by=by, at=LATER)


@pytest.mark.parametrize("name", ["zip", "dossier.pdf", "dossier.docx", "dossier.json"])
def test_every_file_of_an_export_is_known_again(w, name):
    export, files = exported(w)
    status, text = shown(files[name], name)
    assert status == 200
    assert "byte for byte as it was exported" in text
    assert w.pair.number in text
    assert export.head in text
    assert str(TODAY) in text
    assert "all records" in text
    assert "No entry has been added since." in text


def test_a_signed_pdf_is_known_and_one_that_something_was_appended_to_is_not_taken_for_ours(w, settings, tmp_path):
    settings.DOSSIER_SIGNING_PASSPHRASE = "a passphrase of the test"
    key = tmp_path / "key.p12"
    key.write_bytes(self_made_key(settings.DOSSIER_SIGNING_PASSPHRASE, LATER))
    settings.DOSSIER_SIGNING_KEY = str(key)
    export, files = exported(w)
    row = export.files.get(name="dossier.pdf")
    assert row.unsigned_sha256
    assert "byte for byte as it was exported" in shown(files["dossier.pdf"], "a.pdf")[1]
    other_page = b"7 0 obj << /Type /Page >> endobj\nxref\n0 1\ntrailer << /Prev 9 >>\nstartxref\n9\n%%EOF\n"
    for pdf in (files["dossier.pdf"], files["dossier.pdf"][: packing.unsigned_size(files["manifest.json"])]):
        found = looked_at(pdf + other_page, tmp_path)
        assert (found.made, found.whole, headline(found)[0]) == ("content", False, "bad")
        assert found.begin == len(pdf)
        assert [one.tone for one in verdicts(found, None)] == ["bad", "pending"]
        text = shown(pdf + other_page, "a.pdf")[1]
        assert "something was appended afterwards that may change what you see" in text
        assert f"{len(other_page):,} bytes after them are not what was exported" in text
        assert not [said for said in ("up to date?", "tone-good") if said in text]
    stripped = looked_at(files["dossier.pdf"][: packing.unsigned_size(files["manifest.json"])], tmp_path)
    assert (stripped.made, stripped.whole, headline(stripped)[0]) == ("", None, "bad")


def looked_at(data: bytes, folder: Path) -> recognising.Recognised:
    (folder / "shown").write_bytes(data)
    return recognising.recognised(folder / "shown")


def test_after_a_new_entry_only_who_sees_the_pair_is_told_how_many_and_where(w):
    _export, files = exported(w)
    later_entry(w)
    status, text = shown(files["zip"])
    assert (status, "ask either party for a new dossier" in text) == (200, True)
    assert f"/pairs/{w.pair.pk}/dossier/" not in text
    member, stranger = Client(), Client()
    member.force_login(w.registrant.user("quality_manager", "registrant"))
    stranger.force_login(make.person())
    told = shown(files["dossier.pdf"], "a.pdf", member)[1]
    assert "Since then 1 entry was added." in told or "Since then 2 entries were added." in told
    assert f"/pairs/{w.pair.pk}/dossier/" in told
    foreign = shown(files["zip"], client=stranger)[1]
    assert "Since then" not in foreign
    assert f"/pairs/{w.pair.pk}/dossier/" not in foreign


def test_a_changed_file_is_not_taken_for_ours(w):
    _export, files = exported(w)
    parts = {name: data for name, data in files.items() if name != "zip"}
    touched = {**parts, "dossier.json": parts["dossier.json"].replace(b'"count":0', b'"count":9', 1)}
    assert "Do not rely on it" in shown(packing.repacked(touched))[1]
    pdf = files["dossier.pdf"]
    middle = len(pdf) // 2
    changed = shown(pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :], "a.pdf")[1]
    assert "This is not the original" in changed
    assert "This file alone does not tell what differs" in changed
    resealed = shown(packing.resealed(touched))[1]
    assert "not among the recorded exports" in resealed
    assert "Every check of the enclosed program passes" in resealed
    for text in (changed, resealed):
        assert not [said for said in ("byte for byte", "up to date?", "tone-good") if said in text]


def test_a_package_that_was_packed_anew_is_said_to_be_no_original_with_what_to_do_next(w, tmp_path):
    _export, files = exported(w)
    parts = {name: data for name, data in files.items() if name != "zip"}
    anew = tmp_path / "anew.zip"
    with zipfile.ZipFile(anew, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(f"档案/{name}", data)
    text = shown(anew.read_bytes())[1]
    assert "the archive holds files named as those of a dossier" in text
    assert "not in the form in which the system writes it (file “" in text
    assert "verify.py out of a dossier that you trust" in text
    assert "This is no dossier of this system" not in text
    with zipfile.ZipFile(anew, "w") as archive:
        archive.writestr("manifest.json", b"{}")
    other = shown(anew.read_bytes())[1]
    assert "This is no dossier of this system" in other
    assert "verify.py out of" not in other


def by_command(w: build.World, path: Path, *more: str) -> bytes:
    call_command("export_dossier", w.pair.number, "--out", str(path), *more, stdout=io.StringIO())
    return path.read_bytes()


def test_what_the_command_made_is_on_record_and_known_again(w, tmp_path):
    whole = by_command(w, tmp_path / "one.zip")
    assert by_command(w, tmp_path / "two.zip") == whole
    for name, data in {"a.zip": whole, **packing.members(whole)}.items():
        if name == "a.zip" or name.startswith("dossier."):
            text = shown(data, name)[1]
            assert "byte for byte as it was exported" in text
            assert "It is recorded as exported here by the operator&#x27;s command" in text
    rows = Entry.objects.filter(stream=f"dossier-command:{w.pair.pk}")
    assert {row.verb for row in rows} == {"dossier.exported_by_command"}
    said = rows.order_by("pk")[0].content
    assert (said["by_post"], said["data"]["sha256"]) == ("system", packing.digest(whole))
    assert (said["data"]["pair_number"], said["data"]["scope"]) == (w.pair.number, ["whole", ""])
    assert said["data"]["size"] == len(whole)
    assert [row.content["data"]["name"] for row in rows.order_by("pk")[:4]] == [
        "dossier.zip", "dossier.pdf", "dossier.docx", "dossier.json",
    ]  # fmt: skip
    assert verify_trail().ok
    appended = looked_at(packing.members(whole)["dossier.pdf"] + b"more\n%%EOF\n", tmp_path)
    assert appended.made == "content"


def test_an_export_by_command_is_read_on_the_trail_by_the_people_of_the_pair_alone(w, tmp_path):
    by_command(w, tmp_path / "one.zip", "--lang", "zh")
    for company in (w.registrant, w.contractor):
        scope = scope_of(company.user("quality_manager"), TODAY)
        assert commanded_pairs(scope) == [w.pair.pk]
        assert f"dossier-command:{w.pair.pk}" in visible_streams(company.user("quality_manager"), scope)
    client, stream = Client(), f"dossier-command:{w.pair.pk}"
    client.force_login(w.contractor.user("quality_manager"))
    answer = client.get(reverse("parties:trail"), {"stream": stream})
    assert answer.context["chain"] == f"Dossiers exported by command {w.pair.number}"
    assert [line.sentence.endswith("was exported by the operator's command") for line in answer.context["entries"]] == [
        True
    ] * 4
    stranger = make.person()
    assert commanded_pairs(scope_of(stranger, TODAY)) == []
    assert pair_numbers([w.pair.pk]) == {w.pair.pk: w.pair.number}


def test_where_it_cannot_be_recorded_the_command_leaves_no_file(w, tmp_path, monkeypatch):
    def refuses(**_told: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(export_dossier, "record_command", refuses)
    with pytest.raises(OperationalError):
        by_command(w, tmp_path / "one.zip")
    assert list(tmp_path.glob("*.zip")) == list(tmp_path.glob(".writing-*")) == []


def withholding(parts: packing.Members, seq: int, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A package as an outsider's limited copy that holds the hash alone of one entry; the entries before it as ``change``
    made them, with hashes of their own."""
    rows = [json.loads(line) for line in parts["trail.jsonl"].splitlines()]
    contents = [json.loads(row["payload"]) for row in rows]
    change(contents[0])
    rows[: seq - 1] = packing.chain(contents[: seq - 1])
    rows[seq - 1] = {"prev_hash": rows[seq - 2]["hash"], "hash": rows[seq - 1]["hash"]}

    def limit(data: Any) -> None:
        data["pin"]["scope"], data["marked_for"] = ["lot", "3"], "供 林岚 查阅"
        data["withheld"] = [seq]
        data["frozen"] = [one for one in data.get("frozen", ()) if one["seq"] >= seq]

    changed = {name: data for name, data in parts.items() if name != "zip"}
    changed |= {"trail.jsonl": b"".join(packing.lines(rows))}
    for name in ("dossier.json", "manifest.json"):
        changed = packing.edited(changed, name, limit)
    return packing.resealed(changed)


def test_a_chain_rewritten_before_an_entry_without_its_text_is_found_by_comparing_every_hash(w, tmp_path):
    export, files = exported(w)
    assert export.seq is not None
    seq = export.seq - 1
    true = looked_at(withholding(files, seq, lambda _first: None), tmp_path)
    assert (true.fault, true.chain, true.whole) == (None, "ours", None)
    rewritten = withholding(files, seq, lambda first: first.update(by_name="别人"))
    (tmp_path / "rewritten.zip").write_bytes(rewritten)
    said = packing.checked(tmp_path / "rewritten.zip", "--head", export.head, "--lang", "en")
    assert said.returncode == 0
    assert f"entries before #{seq} are not bound by this hash" in said.stdout
    found = looked_at(rewritten, tmp_path)
    assert (found.fault, found.chain, found.whole) == (None, "rewritten", False)
    text = shown(rewritten)[1]
    assert "This file is damaged or was changed. Do not rely on it." in text
    assert "an entry before it has another hash here: the chain was rewritten" in text
    assert "Is it up to date?" not in text


def test_an_export_on_record_is_known_however_large_and_costly_it_is_to_look_into(w, tmp_path, monkeypatch):
    _export, files = exported(w)
    monkeypatch.setattr(recognising, "LONGEST", 0.001)
    found = looked_at(files["zip"], tmp_path)
    assert (found.made, found.whole, found.chain, found.fault) == ("file", True, "ours", None)
    touched = looked_at(files["zip"] + b"x", tmp_path)
    assert (touched.unlooked, touched.whole, touched.said) == (True, None, None)
    text = shown(files["zip"] + b"x")[1]
    assert "Too large to be looked into here; run the enclosed verify.py." in text
    assert "none of the files recorded as exported here" in text
    assert "no dossier of this system" not in text


@pytest.mark.parametrize("kind", ["too_large", ""])
def test_a_package_too_large_to_be_looked_into_is_no_original_and_not_said_to_be_damaged(
    w, kind, tmp_path, monkeypatch
):
    export, files = exported(w)
    says = {"stream": w.pair.stream, "seq": export.seq, "head": export.head, "pair_number": w.pair.number}
    says |= {"as_of": str(TODAY), "scope_kind": "whole"}
    told = {"kind": "zip", "says": says, "fault": [kind, "dossier.json"]}
    monkeypatch.setattr(recognising, "_looked_at", lambda _path: told)
    found = looked_at(files["zip"] + b"x", tmp_path)
    assert (found.whole, headline(found)[0]) == (None, "bad")
    assert [one.tone for one in verdicts(found, None)] == ["bad", "pending"]
    assert "too large to be looked into here" in verdicts(found, None)[0].sentence.en
    foreign = {**says, "head": "0" * 64}
    monkeypatch.setattr(recognising, "_looked_at", lambda _path: {**told, "says": foreign})
    assert headline(looked_at(files["zip"] + b"y", tmp_path))[0] == "bad"


def test_an_export_whose_chain_this_system_has_lost_is_unaltered_and_an_alarm(w, tmp_path):
    export, files = exported(w)
    with append_only.suspended():
        Entry.objects.filter(stream=w.pair.stream, seq=export.seq)._raw_delete("default")
    found = looked_at(files["zip"], tmp_path)
    assert (found.whole, found.chain) == (True, "other")
    tone, sentence = headline(found)
    assert tone == "bad"
    assert "tell the administrator" in sentence.en
    assert [one.tone for one in verdicts(found, None)] == ["good", "bad"]


def test_a_dossier_from_before_the_first_entry_is_ours_too(w, tmp_path):
    export, files = exported(w, as_of=TODAY - timedelta(days=4000))
    assert export.seq == 0
    found = looked_at(files["zip"], tmp_path)
    assert (found.whole, found.chain) == (True, "ours")


def test_a_dossier_of_another_system_or_of_a_rewritten_chain_is_not_ours(w):
    foreign = shown(packing.packed())[1]
    assert "does not come from this system" in foreign
    assert "P2026-000007" in foreign
    _export, files = exported(w)
    pdf = files["dossier.pdf"]
    pinned = Export.objects.latest("pk").head.encode()
    rewritten = shown(pdf.replace(pinned, b"0" * 64), "a.pdf")[1]
    assert "does not come from this system" in rewritten


def test_an_outsiders_limited_copy_says_for_whom_and_what(w):
    row = build.lot(w)
    _export, files = exported(w, scope=("lot", row.number))
    text = shown(files["zip"])[1]
    assert f"lot: {row.number}" in text
    assert f"lot: {row.number}" in shown(files["dossier.pdf"], "a.pdf")[1]
    assert "one lot, named on the cover" in shown(files["dossier.pdf"] + b" ", "a.pdf")[1]


def test_the_page_answers_in_both_languages_and_asks_for_no_sign_in(w):
    _export, files = exported(w)
    cache.clear()
    chinese = Client(headers={"accept-language": "zh-hans"})
    page = chinese.post(URL, {"file": SimpleUploadedFile("档案.zip", files["zip"])}).content.decode()
    assert "本文件出自本系统，与导出时逐字节相同。" in page
    empty = Client().get(URL)
    assert empty.status_code == 200
    assert empty["Cache-Control"] == "no-store"
    assert Client().put(URL).status_code == 405


def bomb() -> bytes:
    """A ZIP of one member that inflates to a gigabyte."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made_of, made_of.open("dossier.json", "w") as member:
        for _ in range(256):
            member.write(b"\0" * (1 << 20))
    return target.getvalue()


def docx(core: bytes, name: str = "docProps/core.xml") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made_of:
        made_of.writestr("[Content_Types].xml", b"<Types/>")
        made_of.writestr(name, core)
    return target.getvalue()


def with_names(*names: str) -> bytes:
    return packing.repacked(dict.fromkeys(names, b"x"))


def encrypted() -> bytes:
    """The flag of encryption on a member of what would be a Word file."""
    data = bytearray(docx(b"secret"))
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<H", data, at + 8, 1)
    return bytes(data)


HOSTILE = {
    "empty zip": b"PK\5\6" + b"\0" * 18,
    "zip bomb": bomb,
    "docx bomb": lambda: docx(b"\0" * (64 << 20)),
    "entities": lambda: docx(b'<!DOCTYPE a [<!ENTITY x "y">]><dc:subject>&x;</dc:subject>'),
    "path tricks": lambda: with_names("../../etc/passwd", "C:\\CON", "/root"),
    "encrypted": encrypted,
    "no properties": lambda: docx(b"x", "docProps/app.xml"),
    "an image": b"\x89PNG\r\n\x1a\n" + b"\0" * 400,
    "a program": b"MZ" + b"\0" * 4000,
    "plain text": "只是文字".encode(),
    "json of something": b'{"format":"other","pin":{}}',
    "json too deep": b'{"a":' * 100_000,
    "json with a doubled member": b'{"format":"cmo.dossier/1","format":"x"}',
    "json of a pin of the wrong kinds": b'{"format":"cmo.dossier/1","pin":{"stream":1,"seq":true,"head":[]}}',
    "pdf without subject": b"%PDF-1.7\n%%EOF\n" * 2000,
    "pdf with a huge subject": b"%PDF-1.7 /Subject (" + b"x" * 5_000_000,
    "pdf of a wrong number": b"%PDF-1.7 /Subject (pair:1 "
    + b"9" * 18
    + b" SHA-256 "
    + b"a" * 64
    + b" P 2026-01-01 whole)",
    "pdf of another stream": b"%PDF-1.7 /Subject (person:1 1 SHA-256 " + b"a" * 64 + b" P 2026-99-99 whole)",
}


def _temporary() -> set[str]:
    return {place.name for place in Path(tempfile.gettempdir()).iterdir()}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_gets_a_clear_sentence_in_bounded_time_and_leaves_nothing(what):
    data = HOSTILE[what]
    before = _temporary()
    with ends():
        status, text = shown(data() if callable(data) else data, "../../x\u202e.zip\x00")
    assert status == 200
    assert "This is no dossier of this system" in text or "does not come from this system" in text
    left = _temporary() - before
    assert not {name for name in left if "upload" in name}


@pytest.mark.parametrize("part", [0.0005, 0.3, 0.7, 0.999])
def test_a_truncated_package_is_never_taken_for_whole(w, part):
    _export, files = exported(w)
    data = files["zip"][: int(len(files["zip"]) * part)]
    text = shown(data)[1]
    assert "This is no dossier of this system" in text
    assert "byte for byte" not in text


def test_a_file_beyond_the_limit_is_refused_whether_or_not_it_was_announced(settings):
    settings.DOSSIER_VERIFY_LARGEST = 100_000
    assert shown(b"x" * 300_000)[0] == 413
    status, text = shown(b"x" * 120_000)
    assert status == 413
    assert "larger than" in text
    assert shown(b"")[0] == 400


def test_too_many_files_from_one_address_and_at_once_have_to_wait(monkeypatch):
    cache.clear()
    upload = lambda: {"file": SimpleUploadedFile("a.txt", b"x")}  # noqa: E731
    answers = [Client().post(URL, upload()).status_code for _ in range(7)]
    assert answers == [200] * 6 + [429]
    cache.clear()
    for place in range(recognising.PLACES):
        cache.add(f"dossier-look:{place}", 1, 60)
    assert Client().post(URL, upload()).status_code == 503


def test_a_stranger_can_only_send_what_the_own_page_asked_for():
    page = Client(enforce_csrf_checks=True).post(URL, {"file": SimpleUploadedFile("a.txt", b"x")})
    assert page.status_code == 403


def test_looking_at_a_file_stops_at_bounds_of_its_own(tmp_path, monkeypatch):
    path = tmp_path / "deep.json"
    path.write_bytes(b'{"a":[' + b"[]," * (inspecting.LARGEST_TEXT // 3 - 10) + b"1]}")
    with ends():
        found = recognising.recognised(path)
    assert found.said is None
    monkeypatch.setattr(recognising, "LONGEST", 0.01)
    stopped = recognising.recognised(path)
    assert (stopped.fault, stopped.unlooked, stopped.whole) == (recognising.UNLOOKED, True, None)


def test_the_number_of_queries_is_the_same_for_a_chain_of_any_length(w):
    def queries() -> int:
        _export, files = exported(w)
        with CaptureQueriesContext(connection) as asked_for:
            shown(files["zip"])
        return len(asked_for)

    few = queries()
    for _ in range(5):
        build.lot(w)
    assert queries() == few


def test_what_a_package_says_is_shown_without_characters_that_disguise(w):
    _export, files = exported(w)
    parts = {name: data for name, data in files.items() if name != "zip"}

    def disguise(data: Any) -> None:
        data["pin"]["pair_number"] = "WT\u202e2026<script>"

    changed = packing.edited(packing.edited(parts, "manifest.json", disguise), "dossier.json", disguise)
    text = shown(packing.resealed(changed))[1]
    assert "\u202e" not in text
    assert "<script>" not in text.split("</head>")[1].replace("<script src", "")
    assert json.loads(parts["manifest.json"])["pin"]["pair_number"] == w.pair.number

"""verify.py finds every change to a package, names it, and believes a true one, alone and without a network."""

from __future__ import annotations

import ast
import dataclasses
import json
import random
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cmo.dossier.enclosed import verify
from cmo.dossier.enclosed.verify import RESTS_ON
from cmo.dossier.package import Document
from cmo.dossier.sheets import Frozen
from cmo.trail.canonical import canonical, sha256
from tests.dossier import packing
from tests.dossier.packing import Members, checked, edited, members, packed, repacked, resealed


def fault_of(archive: bytes, folder: Path, *options: str) -> tuple[int, str]:
    """Exit code, and the key of the fault that was named (empty for a true package)."""
    path = folder / "dossier.zip"
    path.write_bytes(archive)
    return fault_at(path, *options)


def fault_at(path: Path, *options: str) -> tuple[int, str]:
    package = None
    try:
        package = verify.opened(path)
        check = verify.Check(package, *options or ("",))
        check.run()
        assert verify.verdict(check, "zh") != verify.verdict(check, "en")
    except verify.Unusable as fault:
        return 2, fault.kind
    except verify.Fault as fault:
        return 1, fault.kind
    finally:
        if package is not None:
            package.close()
    return 0, ""


def unpacked(archive: bytes, folder: Path) -> Path:
    for name, data in members(archive).items():
        place = folder / "unpacked" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder / "unpacked"


def test_a_true_package_is_verified_as_zip_and_as_folder_by_the_program_alone(tmp_path):
    (tmp_path / "dossier.zip").write_bytes(packed())
    for path in (tmp_path / "dossier.zip", unpacked(packed(), tmp_path)):
        said = checked(path, "--lang", "en")
        assert (said.returncode, said.stderr) == (0, "")
        assert "VERIFIED" in said.stdout
        assert "Stated in the dossier as missing or altered in the system: 文件 9" in said.stdout


def test_the_verdict_is_chinese_unless_asked_otherwise_and_names_the_first_fault(tmp_path):
    parts = members(packed()) | {"dossier.pdf": b"another"}
    (tmp_path / "dossier.zip").write_bytes(repacked(parts))
    said = checked(tmp_path / "dossier.zip")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "核对未通过：文件大小与清单不符：dossier.pdf\n"
    assert (
        "NOT VERIFIED: a file does not have the size in the manifest"
        in checked(tmp_path / "dossier.zip", "--lang", "en").stderr
    )


def test_every_flipped_byte_of_every_part_is_found(tmp_path):
    whole = packed()
    draw = random.Random(7)
    for name, start, length in packing.places(whole):
        chosen = range(length) if not name.isascii() or length < 120 else sorted(draw.sample(range(length), 40))
        for offset in [*chosen, length - 1]:
            spoilt = bytearray(whole)
            spoilt[start + offset] ^= 1 << draw.randrange(8)
            assert fault_of(bytes(spoilt), tmp_path)[0] == 1, (name, offset)


def lean() -> bytes:
    """A true package whose texts for readers are a few bytes, so that every one of all bytes can be tried."""
    return resealed(members(packed()) | dict.fromkeys(("README.txt", "verify.py", "dossier-1.schema.json"), b"x"))


def test_every_single_byte_of_a_lean_package_counts(tmp_path):
    whole = lean()
    assert fault_of(whole, tmp_path) == (0, "")
    missed = [at for at in range(len(whole)) if fault_of(_flipped(whole, at), tmp_path)[0] != 1]
    # The first and last bytes tell whether it is an archive at all.
    assert all(fault_of(_flipped(whole, at), tmp_path)[0] == 2 for at in missed)
    assert len(missed) <= 8


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :]


def test_every_entry_deleted_doubled_or_swapped_is_found_even_when_all_is_sealed_anew(tmp_path):
    parts = members(packed())
    lines = parts["trail.jsonl"].splitlines(keepends=True)
    others = [lines[:n] + lines[n + 1 :] for n in range(len(lines))]
    others += [[*lines[: n + 1], lines[n], *lines[n + 1 :]] for n in range(len(lines))]
    others += [[*lines[:n], lines[n + 1], lines[n], *lines[n + 2 :]] for n in range(len(lines) - 1)]
    for changed in others:
        assert fault_of(resealed(parts | {"trail.jsonl": b"".join(changed)}), tmp_path)[0] == 1


def test_a_flipped_byte_in_an_unpacked_folder_is_found(tmp_path):
    folder = unpacked(packed(), tmp_path)
    for place in sorted(folder.rglob("*")):
        if place.is_file():
            data = place.read_bytes()
            place.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
            assert fault_at(folder)[0] == 1, place
            place.write_bytes(data)
    assert fault_at(folder) == (0, "")


def test_an_archive_cut_off_anywhere_is_found(tmp_path):
    whole = packed()
    for length in (1, 21, 22, 100, len(whole) // 2, len(whole) - 23, len(whole) - 22, len(whole) - 1):
        assert fault_of(whole[:length], tmp_path)[0] in {1, 2}, length
    assert fault_of(whole[: len(whole) // 2], tmp_path) == (1, "truncated")
    assert fault_of(whole + b"\0", tmp_path) == (1, "truncated")
    assert fault_of(b"x" + whole, tmp_path)[0] == 1


@pytest.mark.parametrize("name", list(members(packed())))
def test_each_missing_file_is_found(name, tmp_path):
    parts = {known: data for known, data in members(packed()).items() if known != name}
    assert fault_of(repacked(parts), tmp_path) == (1, "missing")


def test_an_added_file_a_name_twice_and_a_name_alike_are_found(tmp_path):
    parts = members(packed())
    assert fault_of(repacked({**parts, "evidence/000010-more.pdf": b"x"}), tmp_path) == (1, "added")
    assert fault_of(repacked({**parts, "DOSSIER.PDF": b"x"}), tmp_path) == (1, "twice")
    folder = unpacked(packed(), tmp_path)
    (folder / "evidence" / "more").mkdir()
    assert fault_at(folder) == (1, "link")
    (folder / "evidence" / "more").rmdir()
    (folder / "link").symlink_to(folder / "README.txt")
    assert fault_at(folder) == (1, "link")


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "a/b", "evidence/../x", "evidence\\x", "evidence/CON.txt", "evidence/x.", "evidence/x ", "x\u202ey",
     "evidence/" + "长" * 90, "x\x07", "evidence/"],
)  # fmt: skip
def test_unsafe_names_are_refused_before_anything_is_read(name, tmp_path):
    assert fault_of(repacked({**members(packed()), name: b"x"}), tmp_path) == (1, "unsafe_name")


def test_members_in_another_order_or_packed_anew_are_found(tmp_path):
    parts = members(packed())
    swapped = bytearray(packed())
    directory = bytes(swapped).index(b"PK\1\2")
    second = bytes(swapped).index(b"PK\1\2", directory + 4)
    end = len(swapped) - 22
    turned = swapped[:directory] + swapped[second:end] + swapped[directory:second] + swapped[end:]
    assert fault_of(bytes(turned), tmp_path) == (1, "container")
    folder = unpacked(packed(), tmp_path)
    anew = shutil.make_archive(str(tmp_path / "anew"), "zip", folder)
    assert fault_at(Path(anew)) == (1, "container")
    assert fault_of(repacked(dict(reversed(parts.items()))), tmp_path) == (0, "")  # says the same


def test_a_replaced_file_is_found_unless_the_forger_seals_anew_and_then_by_what_it_contradicts(tmp_path):
    parts = members(packed())
    name = next(known for known in parts if known.startswith("evidence/"))
    assert fault_of(repacked({**parts, name: packing.PROOF[::-1]}), tmp_path) == (1, "altered")
    assert fault_of(resealed({**parts, name: packing.PROOF[::-1]}), tmp_path) == (1, "altered")


Change = Callable[[Any], None]


def _frozen_text(data: Any) -> None:
    data["frozen"][1]["text"] = '{"quantity":"900"}'


def _frozen_text_and_hash(data: Any) -> None:
    data["frozen"][1] |= {"text": '{"quantity":"900"}', "sha256": sha256('{"quantity":"900"}')}


def _frozen_elsewhere(data: Any) -> None:
    data["frozen"][1]["seq"] = 2


def _without_frozen(data: Any) -> None:
    del data["frozen"][2]


def _other_head(data: Any) -> None:
    data["pin"]["head"] = "0" * 64


def _file_gone(data: Any) -> None:
    del data["files"][0]


def _file_declared_lost(data: Any) -> None:
    data["files"][0]["state"] = "missing"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_frozen_text, "frozen_text"),
        (_frozen_text_and_hash, "frozen_entry"),
        (_frozen_elsewhere, "frozen_entry"),
        (_without_frozen, "frozen_missing"),
        (_other_head, "pin"),
        (_file_gone, "evidence"),
        (_file_declared_lost, "evidence"),
        (lambda data: data["frozen"].append({}), "dossier"),
        (lambda data: data["frozen"][0].update(seq=True), "dossier"),
        (lambda data: data.update(format="cmo.dossier/2"), "dossier"),
        (lambda data: data.update(more=1), ""),
    ],
)
def test_a_changed_dossier_is_found_although_the_manifest_was_sealed_anew(change: Change, fault, tmp_path):
    archive = resealed(edited(members(packed()), "dossier.json", change))
    assert fault_of(archive, tmp_path) == (1 if fault else 0, fault)


def test_a_file_dropped_from_dossier_and_manifest_alike_is_missed_by_the_chain(tmp_path):
    parts = members(packed())
    name = next(known for known in parts if known.startswith("evidence/"))
    del parts[name]
    parts = edited(parts, "dossier.json", _file_gone)
    parts = edited(parts, "manifest.json", lambda data: data["evidence"].pop(0))
    assert fault_of(resealed(parts), tmp_path) == (1, "unlisted")


def with_rows(rows: list[dict[str, Any]], *, pinned: bool = True) -> bytes:
    """The package with another chain; ``pinned``: its length and last hash are stated everywhere."""
    parts: Members = {**members(packed()), "trail.jsonl": b"".join(packing.lines(rows))}

    def pin(data: Any) -> None:
        data["pin"] |= {"seq": len(rows), "head": rows[-1]["hash"]} if pinned else {}

    return resealed(edited(edited(parts, "dossier.json", pin), "manifest.json", pin))


def _altered(rows: list[dict[str, Any]]) -> None:
    rows[3]["payload"] = rows[3]["payload"].replace("林知夏", "别人")


def _removed(rows: list[dict[str, Any]]) -> None:
    del rows[3]


def _swapped(rows: list[dict[str, Any]]) -> None:
    rows[2], rows[3] = rows[3], rows[2]


def _relinked(rows: list[dict[str, Any]]) -> None:
    rows[3]["prev_hash"] = rows[1]["hash"]


def _rehashed(rows: list[dict[str, Any]]) -> None:
    _altered(rows)
    rows[3]["hash"] = sha256(rows[3]["prev_hash"] + rows[3]["payload"])


def _further_member(rows: list[dict[str, Any]]) -> None:
    rows[0]["note"] = "x"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_altered, "forged"),
        (_removed, "order"),
        (_swapped, "order"),
        (_relinked, "unlinked"),
        (_rehashed, "unlinked"),
        (_further_member, "entry"),
    ],
)
def test_a_changed_chain_is_found_although_pin_and_manifest_agree_with_it(change: Change, fault, tmp_path):
    rows = packing.chain(packing.entries())
    change(rows)
    assert fault_of(with_rows(rows), tmp_path) == (1, fault)


def test_a_chain_cut_off_continued_or_of_another_pair_is_found(tmp_path):
    rows = packing.chain(packing.entries())
    assert fault_of(with_rows(rows[:-1], pinned=False), tmp_path) == (1, "length")
    more = packing.chain([*packing.entries(), {**packing.entries()[0], "seq": 7}])
    assert fault_of(with_rows(more, pinned=False), tmp_path) == (1, "length")
    other = packing.chain([{**content, "stream": "pair:8"} for content in packing.entries()])
    assert fault_of(with_rows(other), tmp_path) == (1, "stream")
    renamed = packing.chain([{**content, "label": "x"} for content in packing.entries()])
    assert fault_of(with_rows(renamed, pinned=False), tmp_path) == (1, "tail")


def test_only_an_earlier_head_unmasks_a_chain_that_was_rewritten_with_new_hashes(tmp_path):
    rows = packing.chain(packing.entries())
    rewritten = packing.chain([{**content, "by_name": "别人"} for content in packing.entries()])
    forged = with_rows(rewritten)
    assert fault_of(forged, tmp_path) == (0, "")
    for row in rows:
        assert fault_of(forged, tmp_path, row["hash"]) == (1, "unknown_head")
        assert fault_of(packed(), tmp_path, row["hash"]) == (0, "")
    path = tmp_path / "dossier.zip"
    grouped = " ".join(rows[2]["hash"][at : at + 8].upper() for at in range(0, 64, 8))
    assert "entry 3" in checked(path, "--lang", "en", "--head", grouped).stdout


def _limited(data: Any) -> None:
    data["pin"]["scope"], data["marked_for"] = ["lot", "3"], "供 林岚 查阅"


def limited(*withheld: int, stated: list[Any] | None = None, change: Change = _limited) -> bytes:
    """An outsider's limited copy that holds the hashes alone of these entries."""
    rows = packing.chain(packing.entries())
    for seq in withheld:
        del rows[seq - 1]["payload"]
    parts = {**members(packed()), "trail.jsonl": b"".join(packing.lines(rows))}

    def manifest(data: Any) -> None:
        change(data)
        data["withheld"] = list(withheld) if stated is None else stated

    return resealed(edited(edited(parts, "dossier.json", change), "manifest.json", manifest))


def test_only_an_outsiders_limited_copy_may_leave_out_entries_and_only_those_it_names(tmp_path):
    assert fault_of(limited(1, 6), tmp_path) == (0, "")
    assert fault_of(limited(1, 6, stated=[1]), tmp_path) == (1, "entry")
    assert fault_of(limited(stated=[1]), tmp_path) == (1, "entry")
    assert fault_of(limited(1, stated=["1"]), tmp_path) == (1, "manifest")
    assert fault_of(limited(5), tmp_path) == (1, "frozen_entry")
    assert fault_of(limited(1, change=lambda data: data.update(marked_for="x")), tmp_path) == (1, "withheld")
    assert fault_of(limited(1, change=lambda data: data["pin"].update(scope=["lot", "3"])), tmp_path) == (1, "withheld")


def said_of(archive: bytes, folder: Path, *options: str) -> list[str]:
    """The lines of the verdict in English."""
    path = folder / "dossier.zip"
    path.write_bytes(archive)
    said = checked(path, "--lang", "en", *options)
    assert (said.returncode, said.stderr) == (0, "")
    return said.stdout.splitlines()


def test_the_verdict_begins_with_the_scope_and_for_whom_the_copy_is(tmp_path):
    first, second, *_ = said_of(packed(), tmp_path)
    assert first == "VERIFIED: the package is complete and unaltered."
    assert second == "  Scope: all records; Every page bears: nothing (a copy of the parties themselves)"
    first, second, *_ = said_of(limited(), tmp_path)
    assert first == "VERIFIED: what it holds is unaltered; limited to lot: 3"
    assert second == "  Scope: lot: 3; Every page bears: 供 林岚 查阅"
    first, second, *_ = said_of(limited(1), tmp_path)
    assert first.startswith("CONSISTENT, but by itself not proven unaltered")
    assert first.endswith("limited to lot: 3")


def test_a_scope_that_is_none_is_refused(tmp_path):
    scopes: list[Any] = [None, [], ["whole"], ["whole", "3"], ["lot", ""], ["lot", 3], ["all", ""], [["whole"], ""]]
    for scope in scopes:
        parts = edited(members(packed()), "manifest.json", lambda data, to=scope: data["pin"].update(scope=to))
        assert fault_of(resealed(parts), tmp_path) == (1, "manifest"), scope


def test_a_changed_scope_that_hides_a_deletion_is_said_on_the_first_line(tmp_path):
    def less(data: Any) -> None:
        data["pin"]["scope"] = ["lot", "3"]

    def without_a_text(data: Any) -> None:
        less(data)
        data["frozen"].pop()

    parts = edited(members(packed()), "dossier.json", without_a_text)
    first, *rest = said_of(resealed(edited(parts, "manifest.json", less)), tmp_path)
    assert first == "VERIFIED: what it holds is unaltered; limited to lot: 3"
    assert any("nothing of its scope is left out cannot be told" in line for line in rest)


def test_no_hash_vouches_for_what_stands_before_an_entry_without_its_text(tmp_path):
    rows = packing.chain(packing.entries())
    rows[:2] = packing.chain([{**content, "by_name": "别人"} for content in packing.entries()[:2]])
    rows[2]["prev_hash"] = rows[1]["hash"]
    del rows[2]["payload"]
    parts = edited({**members(packed()), "trail.jsonl": b"".join(packing.lines(rows))}, "dossier.json", _limited)

    def withholding(data: Any) -> None:
        _limited(data)
        data["withheld"] = [3]

    parts = edited(parts, "manifest.json", withholding)
    archive = resealed(parts)
    last, third = rows[-1]["hash"], rows[2]["hash"]
    for head in (last, third):
        said = "\n".join(said_of(archive, tmp_path, "--head", head))
        assert "entries before #3 are not bound by this hash" in said
        assert "VERIFIED" not in said
    said = "\n".join(said_of(limited(4), tmp_path, "--head", packing.chain(packing.entries())[2]["hash"]))
    assert "entry 3" in said
    assert "not bound" not in said, "the entry without its text comes later"


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini"])
def test_what_a_file_manager_leaves_in_a_folder_is_named_and_no_fault(name, tmp_path):
    folder = unpacked(packed(), tmp_path)
    for place in (folder / name, folder / "evidence" / name):
        place.write_bytes(b"left behind")
    said = checked(folder, "--lang", "en")
    assert (said.returncode, said.stderr) == (0, "")
    assert f"Ignored, left behind by the operating system: {name}, evidence/{name}" in said.stdout
    (folder / name.upper()).write_bytes(b"x")
    assert fault_at(folder) == (1, "added")
    assert fault_of(repacked({**members(packed()), name: b"x"}), tmp_path) == (1, "added")
    (folder / name.upper()).unlink()
    (folder / name).unlink()
    (folder / name).symlink_to(folder / "README.txt")
    assert fault_at(folder) == (1, "link")


def test_an_entry_written_later_than_the_moment_of_the_dossier_owes_it_nothing(tmp_path):
    late = {**packing.entries()[4], "seq": 7, "at": "2026-06-01T02:00:00.000001+00:00"}
    rows = packing.chain([*packing.entries(), late])
    assert fault_of(packed(packing.sample(rows), rows), tmp_path) == (0, "")
    in_time = packing.chain([*packing.entries(), {**late, "at": "2026-06-01T02:00:00.000000+00:00"}])
    assert fault_of(packed(packing.sample(in_time), in_time), tmp_path) == (1, "frozen_missing")


@pytest.mark.parametrize("text", ['{"a":1,"a":2}', '{"a":1.5}', '{"a":NaN}', "[" * 100_000, "\udcff", "", "null"])
def test_no_json_that_readers_could_take_differently_is_accepted(text, tmp_path):
    parts = members(packed()) | {"manifest.json": text.encode(errors="surrogateescape")}
    assert fault_of(repacked(parts), tmp_path)[0] == 1
    parts = members(packed()) | {"dossier.json": text.encode(errors="surrogateescape")}
    assert fault_of(resealed(parts), tmp_path)[0] == 1


def nodes(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in JSON."""
    yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in inner:
        yield from nodes(value, (*path, name))


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same JSON with another value there."""
    if not path:
        return value
    changed = dict(data) if isinstance(data, dict) else list(data)
    changed[path[0]] = put(changed[path[0]], path[1:], value)
    return changed


@pytest.mark.parametrize("name", ["manifest.json", "dossier.json"])
def test_any_value_of_another_kind_is_judged_and_never_stops_the_program(name, tmp_path):
    parts = members(packed(documents=(Document("dossier.pdf", b"%PDF- signed", 5), packing.DOCUMENTS[1])))
    data = json.loads(parts[name])
    for path in nodes(data):
        value: Any
        for value in (None, True, -1, 10**15, "", "../x", [], [None], {}, {"x": {}}):
            spoilt = {**parts, name: canonical(put(data, path, value)).encode()}
            archive = repacked(spoilt) if name == "manifest.json" else resealed(spoilt)
            assert fault_of(archive, tmp_path)[0] in {0, 1}, (path, value)


def test_any_value_of_another_kind_in_an_entry_is_a_fault(tmp_path):
    contents = packing.entries()
    for path in nodes(contents[4]):
        value: Any
        for value in (None, True, -1, "", [], {}):
            spoilt = put(contents[4], path, value)
            rows = packing.chain([*contents[:4], spoilt, contents[5]])
            assert fault_of(with_rows(rows), tmp_path)[0] in {0, 1}, (path, value)
    for member in ("payload", "prev_hash", "hash"):
        for value in (None, 1, "", [], "\u0000"):
            rows = packing.chain(contents)
            rows[4][member] = value
            assert fault_of(with_rows(rows), tmp_path)[0] == 1, (member, value)


def test_what_is_no_package_is_called_unusable(tmp_path):
    (tmp_path / "text.txt").write_text("hello " * 20)
    (tmp_path / "dossier.zip").write_bytes(packed())
    assert checked(tmp_path / "text.txt").returncode == 2
    assert checked(tmp_path / "none.zip").returncode == 2
    assert checked(tmp_path / "dossier.zip", "--head", "abc").returncode == 2
    assert checked(tmp_path / "dossier.zip", "--lang", "fr").returncode == 2
    (tmp_path / "empty").mkdir()
    assert fault_at(tmp_path / "empty") == (1, "missing")


def test_a_compressed_bomb_is_refused_without_being_inflated(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"0" * 30_000_000)
    assert fault_at(tmp_path / "bomb.zip") == (1, "container")


def test_texts_beyond_what_can_be_read_are_refused_by_their_stated_size(tmp_path, monkeypatch):
    monkeypatch.setattr(verify, "LARGEST_MANIFEST", 100)
    assert fault_of(packed(), tmp_path) == (1, "too_large")
    monkeypatch.undo()
    monkeypatch.setattr(verify, "LARGEST_LINE", 10)
    monkeypatch.setattr(verify, "CHUNK", 100)
    assert fault_of(packed(), tmp_path) == (1, "too_large")


def test_a_signed_pdf_must_begin_with_the_stated_unsigned_one(tmp_path):
    plain = packing.DOCUMENTS[0].data
    signed = Document("dossier.pdf", plain + b"signature", len(plain))
    archive = packed(documents=(signed, packing.DOCUMENTS[1]))
    assert fault_of(archive, tmp_path) == (0, "")
    stated = json.loads(members(archive)["manifest.json"])["signed"]
    assert stated == [{"name": "dossier.pdf", "unsigned_size": len(plain), "unsigned_sha256": packing.digest(plain)}]
    spoilt = members(archive) | {"dossier.pdf": b"X" + signed.data[1:]}
    assert fault_of(resealed(spoilt), tmp_path) == (1, "prefix")


def test_the_decisions_that_must_be_proven_are_those_that_the_product_freezes():
    from cmo.dossier.frozen import KINDS

    frozen = {(verb, member) for kind in KINDS for verb in kind.verbs for _, member in kind.texts}
    owed = {(verb, member) for verb, named in RESTS_ON.items() for member in named}
    assert owed == frozen


def confirmed_on_paper(*confirmations: int) -> bytes:
    """A whole package with one agreement on paper, confirmed by these entries; its text is tied to the first of them."""
    contents = packing.entries()
    common = {**contents[0], "verb": "agreement.paper_confirmed", "subject": "agreements.agreementrevision:4"}
    data = {"revision": 1, "body_hash": sha256('{"paper":1}')}
    rows = packing.chain([*contents, *({**common, "seq": seq, "data": data} for seq in confirmations)])
    whole = packing.sample(rows)
    body = Frozen("paper", "协议", '{"paper":1}', data["body_hash"], confirmations[0], "data.body_hash")
    return packed(dataclasses.replace(whole, frozen=(*whole.frozen, body)), rows)


@pytest.mark.parametrize("confirmations", [(7,), (7, 8)])
def test_the_text_of_an_agreement_on_paper_is_owed_once_however_often_it_was_confirmed(confirmations, tmp_path):
    archive = confirmed_on_paper(*confirmations)
    assert fault_of(archive, tmp_path) == (0, "")
    without = edited(members(archive), "dossier.json", lambda data: data["frozen"].pop())
    assert fault_of(resealed(without), tmp_path) == (1, "frozen_missing")


def test_the_program_is_python_3_8_and_its_standard_library():
    tree = ast.parse(packing.VERIFY.read_text(encoding="utf-8"), feature_version=(3, 8))
    named = [node.names[0].name for node in ast.walk(tree) if isinstance(node, ast.Import)]
    named += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in named} <= {*sys.stdlib_module_names, "__future__"}
    assert not {"socket", "ssl", "http", "urllib", "ctypes", "subprocess"} & set(named)


def test_names_that_a_file_system_took_apart_are_found_again(tmp_path):
    dossier = packing.with_file(packing.sample(), packing.attached(11, "r\u00e9sum\u00e9.pdf", packing.SCAN))
    folder = unpacked(packed(dossier), tmp_path)
    composed = folder / "evidence" / "000011-r\u00e9sum\u00e9.pdf"
    composed.rename(composed.with_name(unicodedata.normalize("NFD", composed.name)))
    assert fault_at(folder) == (0, "")


def test_hostile_texts_in_a_verdict_stay_on_their_line(tmp_path):
    def change(data: Any) -> None:
        data["pin"]["pair_number"] = "P1\n核对通过\x1b[31m\u202e"

    parts = edited(edited(members(packed()), "dossier.json", change), "manifest.json", change)
    (tmp_path / "dossier.zip").write_bytes(resealed(parts))
    said = checked(tmp_path / "dossier.zip").stdout
    assert "P1\ufffd核对通过\ufffd[31m\ufffd" in said
    assert canonical("\x1b")[1:-1] not in said

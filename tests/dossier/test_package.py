"""The package: the same bytes from the same dossier, safe names for whatever files are called, nothing left unsaid."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from cmo.dossier.enclosed.verify import safe
from cmo.dossier.json_out import as_data, json_text
from cmo.dossier.naming import enclosed_name
from cmo.dossier.package import ENCLOSED, FileChangedError
from cmo.errors import Refused
from tests.dossier import packing
from tests.dossier.packing import PROOF, attached, digest, members, packed
from tests.dossier.sample import HOSTILE
from tests.dossier.sample import dossier as long_sample

HOSTILE_NAMES = [
    *HOSTILE,
    "../../etc/passwd",
    "..",
    ".",
    "",
    "a/b\\c.pdf",
    "nul\x00byte.pdf",
    "CON",
    "con.txt",
    "LPT1.pdf",
    "trailing. . .",
    "  ",
    "\u202egpj.exe",
    "长" * 200 + ".pdf",
    "é.pdf",
    "e\u0301.pdf",
    "É.PDF",
    "name.with.many.dots.tar.gz",
    "x." + "y" * 300,
    ".hidden",
    "$(rm -rf).pdf",
]


def schema() -> dict[str, Any]:
    return json.loads((ENCLOSED / "dossier-1.schema.json").read_text(encoding="utf-8"))


def test_two_builds_are_the_same_bytes_with_fixed_dates_and_permissions():
    assert packed() == packed()
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        assert archive.testzip() is None
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr == 0o100644 << 16
            assert info.compress_type == zipfile.ZIP_STORED


def test_the_manifest_states_every_other_file_and_what_the_storage_has_lost():
    parts = members(packed())
    manifest = json.loads(parts["manifest.json"])
    stated = {row["name"]: (row["size"], row["sha256"]) for row in manifest["files"]}
    there = {name: (len(data), digest(data)) for name, data in parts.items() if name != "manifest.json"}
    assert stated == there
    lost = manifest["evidence"][2]
    assert (lost["title"], lost["state"], lost["sha256"], "name" in lost) == ("文件 9", "missing", "9" * 64, False)
    assert manifest["pin"] == json.loads(parts["dossier.json"])["pin"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_becomes_a_safe_one(name):
    made = enclosed_name(123, name)
    assert safe(made)
    assert made.startswith("evidence/000123-")
    assert len(made.encode()) <= 200
    assert unicodedata.is_normalized("NFC", made)


def test_names_alike_without_regard_to_case_or_composition_stay_apart():
    made = [enclosed_name(number, name) for number, name in enumerate(HOSTILE_NAMES, 1)]
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in made}) == len(made)


def test_a_name_keeps_what_its_reader_needs():
    assert enclosed_name(7, "灭菌 确认报告.v2.PDF") == "evidence/000007-灭菌 确认报告.v2.PDF"
    assert enclosed_name(7, "长" * 200 + ".pdf").endswith("长.pdf")
    assert enclosed_name(7, "...") == "evidence/000007-file"


def test_files_with_hostile_names_are_enclosed_and_verified(tmp_path):
    dossier = replace(packing.sample(), files=())
    for number, name in enumerate(HOSTILE_NAMES, 5):
        kept = PROOF if number != 6 else packing.SCAN
        dossier = packing.with_file(dossier, attached(number, name.replace("\ud800", ""), kept))
    rows = packing.chain(packing.entries()[:4])
    dossier = replace(dossier, pin=packing.sample(rows).pin, frozen=dossier.frozen[:1])
    (tmp_path / "dossier.zip").write_bytes(packed(dossier, rows))
    said = packing.checked(tmp_path / "dossier.zip")
    assert (said.returncode, said.stderr) == (0, "")


def test_too_large_a_package_is_refused_before_and_while_it_is_written():
    with pytest.raises(Refused) as before:
        packed(limit=1_000)
    assert before.value.codes == ["dossier_too_large"]
    known = sum(file.size for file in packing.sample().files) + sum(len(one.data) for one in packing.DOCUMENTS)
    with pytest.raises(Refused) as during:
        packed(limit=known + 10)
    assert "上限" in during.value.findings[0].zh


def test_a_file_that_changes_between_collecting_and_packing_stops_the_packing():
    with pytest.raises(FileChangedError):
        packed(open_file=lambda sha256: None)
    with pytest.raises(FileChangedError):
        packed(open_file=lambda sha256: io.BytesIO(b"other"))


def test_evidence_is_read_in_portions():
    class Watched(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            Watched.largest = max(Watched.largest, len(data))
            return data

    large = b"x" * (5 << 20)
    dossier = replace(packing.sample(), files=(attached(5, "large.bin", large),))
    packed(dossier, open_file=lambda sha256: Watched(large))
    assert 0 < Watched.largest <= 1 << 20


def test_the_json_fits_its_published_schema_with_every_kind_of_block():
    known = schema()
    jsonschema.Draft202012Validator.check_schema(known)
    for dossier in (packing.sample(), long_sample(lots=30)):
        jsonschema.validate(json.loads(json_text(dossier)), known, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("frozen"),
        lambda data: data.update(more=1),
        lambda data: data["title"].pop("en"),
        lambda data: data["pin"].update(head="x"),
        lambda data: data["sections"][0]["blocks"][0].update(kind="picture"),
        lambda data: data["files"][0].update(state="fine"),
    ],
)
def test_the_schema_refuses_what_is_no_dossier(change):
    data = as_data(packing.sample())
    change(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema(), cls=jsonschema.Draft202012Validator)


def test_the_json_speaks_both_languages_and_is_the_same_each_time():
    assert json_text(packing.sample()) == json_text(packing.sample())
    assert json.loads(json_text(packing.sample()))["registrant"] == {"zh": "注册人", "en": "Registrant"}

"""A limited dossier: only what its scope reaches, in sections, frozen texts and files; what it leaves out is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.clock import day_of
from cmo.dossier.building import dossier_of
from cmo.dossier.chain import chain_lines
from cmo.dossier.collecting.files import SECTIONS
from cmo.dossier.collecting.shown import LIMITED, left_out_keys
from cmo.dossier.frozen import KINDS
from cmo.dossier.json_out import json_text
from cmo.dossier.package import write_package
from cmo.dossier.scoping import names_a_scope
from cmo.dossier.sheets import Dossier
from cmo.dossier.sources import LABELS
from cmo.errors import Refused
from cmo.evidence.actions import attach
from cmo.evidence.store import open_intact
from releases.models import Lot
from tests import make
from tests.dossier.packing import checked
from tests.dossier.rows import base, lot, pin, row, snapshot
from tests.releases import build

LATER = build.AT + timedelta(hours=3)


@pytest.fixture
def two(settings: Any, tmp_path: Path) -> Iterator[build.World]:
    """A pair with two lots, each released with an exception and a file of its own."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with time_machine.travel(LATER, tick=False):
        w = build.world()
        for _ in range(2):
            made = build.filed(w, build.lot(w))
            build.released(w, made)
            by = w.contractor.actor("quality_manager")
            upload = SimpleUploadedFile("a.txt", made.number.encode())
            attach(made, upload=upload, title=f"文件 {made.number}", event_on=day_of(build.AT), by=by, at=build.AT)
        yield w


def limited(w: build.World, kind: str, key: str, marked_for: str = "") -> Dossier:
    return dossier_of(w.pair, day_of(LATER), LATER, (kind, key), marked_for)


def numbers(w: build.World) -> list[str]:
    return list(Lot.objects.filter(pair=w.pair).order_by("pk").values_list("number", flat=True))


@pytest.mark.django_db
def test_a_dossier_of_one_lot_holds_no_text_and_no_file_of_another_and_counts_them(two):
    mine, other = numbers(two)
    whole, part = dossier_of(two.pair, day_of(LATER), LATER), limited(two, "lot", mine)
    assert {file.title for file in whole.files} >= {f"文件 {mine}", f"文件 {other}"}
    titles = {file.title for file in part.files}
    assert f"文件 {mine}" in titles
    assert f"文件 {other}" not in titles
    decided = [one.key for one in part.frozen if one.key.startswith("releases.productionrelease")]
    assert len(decided) == 2  # facts and findings of one decision
    assert len([one for one in whole.frozen if one.key.startswith("releases.productionrelease")]) == 4
    left = len(whole.files) - len(part.files)
    assert any(f"{left} 份证明文件" in note.zh and f"{left} evidence files" in note.en for note in part.notes)
    assert other not in json_text(part)


@pytest.mark.django_db
def test_the_cover_says_the_scope_by_names_and_json_repeats_it(two):
    mine, _other = numbers(two)
    found = limited(two, "lot", mine).scope
    assert found.zh.startswith(f"批次：{mine}（")
    assert json.loads(json_text(limited(two, "lot", mine)))["scope"] == {"zh": found.zh, "en": found.en}
    assert limited(two, "period", "2026-01-01/2026-12-31").scope.zh == "期间：2026-01-01 至 2026-12-31（含当日）"
    assert dossier_of(two.pair, day_of(LATER), LATER).scope.en == "all records"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "key", "code"),
    [
        ("lot", "NO SUCH LOT", "dossier_scope_unknown"),
        ("lot", "", "dossier_scope_unknown"),
        ("device", "9" * 40, "dossier_scope_unknown"),
        ("agreement", "' OR 1=1 --", "dossier_scope_unknown"),
        ("everything", "", "dossier_scope_unknown"),
        ("whole", "L1", "dossier_scope_unknown"),
        ("period", "2026", "dossier_period_wrong"),
        ("period", "2026-02-01/2026-01-01", "dossier_period_wrong"),
        ("period", "2026-02-30/2026-03-01", "dossier_period_wrong"),
    ],
)
def test_a_scope_that_names_nothing_is_refused_before_anything_is_read(two, kind, key, code):
    with CaptureQueriesContext(connection) as asked, pytest.raises(Refused) as refused:
        limited(two, kind, key)
    assert refused.value.codes == [code]
    assert all(one.zh and one.en and one.todo_zh and one.todo_en for one in refused.value.findings)
    tables = " ".join(query["sql"] for query in asked)
    assert "productionrelease" not in tables
    assert "evidence_file" not in tables


@pytest.mark.django_db
def test_an_outsider_is_invited_to_a_number_that_is_on_record_and_never_to_a_key(two):
    row = Lot.objects.filter(pair=two.pair).first()
    elsewhere = make.pair().pair
    for kind, number in (("lot", row.number), ("agreement", two.revision.agreement.number)):
        assert names_a_scope(two.pair, kind, number)
        assert not names_a_scope(elsewhere, kind, number)
        assert not names_a_scope(two.pair, kind, "没有这个编号")
    assert not names_a_scope(two.pair, "lot", str(row.pk))
    assert names_a_scope(two.pair, "period", "2026-01-01/2026-12-31")
    assert names_a_scope(two.pair, "whole", "")
    assert not names_a_scope(two.pair, "shelf", "L-1")


@pytest.mark.django_db
def test_a_lot_of_another_pair_is_no_scope(two):
    elsewhere = build.world()
    assert elsewhere.pair.pk != two.pair.pk
    foreign = build.lot(elsewhere, number="FOREIGN-1")
    with pytest.raises(Refused):
        limited(two, "lot", foreign.number)


@pytest.mark.django_db
def test_what_outsiders_copies_bear_is_part_of_the_dossier_and_of_nothing_else(two):
    marked, plain = limited(two, "whole", "", "供 林岚 查阅"), limited(two, "whole", "")
    assert json.loads(json_text(marked))["marked_for"] == "供 林岚 查阅"
    assert (plain.marked_for, marked.sections, marked.frozen) == ("", plain.sections, plain.frozen)


@pytest.mark.django_db
def test_an_outsiders_limited_copy_holds_no_word_of_the_chain_outside_its_scope_and_is_verified(two, tmp_path):
    mine, other = numbers(two)
    outside, own = limited(two, "lot", mine, "供 林岚 查阅"), limited(two, "lot", mine)
    lines = b"".join(chain_lines(outside.pin.stream, outside.pin.seq, outside.withheld))
    assert other.encode() not in lines
    assert mine.encode() in lines
    assert len(lines.splitlines()) == outside.pin.seq
    assert any(f"{len(outside.withheld)} 条只给出哈希" in note.zh for note in outside.notes)
    assert (own.withheld, limited(two, "whole", "", "供 林岚 查阅").withheld) == (frozenset(), frozenset())
    path = tmp_path / "outside.zip"
    with path.open("w+b") as file:
        written = chain_lines(outside.pin.stream, outside.pin.seq, outside.withheld)
        write_package(file, outside, (), written, open_intact)
    said = checked(path, "--lang", "en", "--head", outside.pin.head)
    assert (said.returncode, said.stderr) == (0, "")
    assert (
        f"holds the hash alone (to be confirmed on the system's verification page): {len(outside.withheld)}"
        in said.stdout
    )


def test_a_number_goes_before_a_key_so_that_a_scope_never_means_two_lots():
    rows = (*base(), lot(1, number="2"), lot(2, number="L2"))
    left = left_out_keys(snapshot(*rows), pin("lot", "2"))
    assert "releases.lot:2" in left
    assert "releases.lot:1" not in left


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        (("whole", ""), set()),
        (("lot", "L1"), {"releases.lot:2", "agreements.entrustment:2", "agreements.agreement:2"}),
        (("device", "国械注准20223130456"), {"releases.lot:2", "agreements.entrustment:2", "agreements.agreement:2"}),
        (("agreement", "A2"), {"releases.lot:1", "agreements.entrustment:1", "agreements.agreement:1"}),
        (("period", "2025-01-01/2025-12-31"), {"releases.lot:1", "releases.lot:2"}),
    ],
)
def test_each_scope_leaves_out_what_lies_outside_and_nothing_that_binds_the_parties(scope, left):
    rows = (
        *base(),
        row("catalogue.deviceversion", 9, device_id=2, number=1, name_zh="接骨板", number_printed="国械注准9"),
        row("agreements.entrustment", 2, number="ET2026-2", device_id=2, site_id=1, pair_id=7, starts_on=pin().as_of),
        *(row("agreements.agreement", n, number=f"A{n}", pair_id=7) for n in (1, 2)),
        *(_revision(n) for n in (1, 2)),
        *(row("agreements.revisioncoverage", n, revision_id=n, entrustment_id=n) for n in (1, 2)),
        lot(1),
        lot(2, device_id=2, entrustment_id=2),
    )
    dated = [r if r.label != "agreements.entrustment" else _begun(r) for r in rows]
    found = left_out_keys(snapshot(*dated), pin(*scope))
    named = {key for key in found if key.partition(":")[0] != "agreements.agreementrevision"}
    if scope[0] == "period":
        assert named >= left
        return
    assert named == left


def _revision(n: int) -> Any:
    first = pin().as_of
    return row("agreements.agreementrevision", n, agreement_id=n, number=1, starts_on=first, ends_on=first, body="{}")


def _begun(found: Any) -> Any:
    return type(found)(found.label, found.pk, {**found.values, "starts_on": pin().as_of})


def test_every_table_whose_texts_or_files_a_dossier_holds_follows_the_scope_or_binds_both_parties():
    assert {kind.label for kind in KINDS} <= set(LIMITED)
    assert set(SECTIONS) - set(LIMITED) == {"parties.pair", "parties.licence"}
    assert set(LIMITED) <= LABELS

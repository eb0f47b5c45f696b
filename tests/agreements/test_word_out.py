"""A text of an agreement out to Word: what stands in the file, that it is known again, who may take it and is recorded."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from lxml import etree

from agreements import actions
from agreements.models import Agreement, DraftClause
from agreements.word.authors import load_against
from agreements.word.clauses import heading_of, text_of
from agreements.word.filling import fill
from agreements.word.returned import compare_returned, read_returned
from agreements.word.sources import Key, Source, listed, load_source
from agreements.word.tags import NOTE_AUTHOR, Tag, read_tag, short_key
from agreements.word.writing import Order, write
from cmo.paper.plain import visible
from cmo.trail.models import Entry
from tests import make, replay
from tests.agreements import build, build_word, word_reading
from tests.agreements.word_reading import W

pytestmark = pytest.mark.django_db
HOSTILE = "<w:p>&amp;]]> \x01\u202e{{clauses}} ${x} 末"


@replay.kept
def drafted() -> tuple[build.World, Agreement]:
    """An agreement with one concluded revision and a draft that differs from it."""
    built = build.world()
    row = build.concluded(built, [built.entrust()]).agreement
    by, at = built.by(), build.at(1)
    clauses = list(row.draft.clauses.order_by("position", "id"))
    edit(
        built, clauses[1], text_zh=f"{clauses[1].text_zh}另行约定五年。\n第二段。", heading_en="New & <better> heading"
    )
    actions.remove_draft_clause(clause=clauses[2], seen_edition=clauses[2].edition, by=by, at=at)
    added = {"heading_zh": "新增条款", "heading_en": "Added clause", "text_zh": HOSTILE, "text_en": ""}
    actions.add_draft_clause(draft=row.draft, content=added, by=by, at=at)
    return built, Agreement.objects.select_related("pair", "draft").get(pk=row.pk)


def edit(built: build.World, row: DraftClause, **texts: str) -> None:
    names = ("heading_zh", "heading_en", "text_zh", "text_en")
    content = {name: getattr(row, name) for name in names} | texts
    actions.edit_draft_clause(clause=row, seen_edition=row.edition, content=content, by=built.by(), at=build.at(1))


def source(row: Agreement, kind: Any = "draft", number: int = 0) -> Source:
    return load_source(row, Key(kind, number))


def tracked(row: Agreement, language: Any = "both") -> bytes:
    later, earlier = source(row), source(row, "revision", 1)
    return write(Order(later, language, load_against(row, earlier, later)))


def lines(clause: Any, language: str) -> list[str]:
    return [heading_of(clause, language), *text_of(clause, language).split("\n")]


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_every_clause_stands_in_a_locked_control_of_its_own_for_each_language(language: Any) -> None:
    _built, row = drafted()
    text = source(row)
    data = write(Order(text, language))
    found = word_reading.controls(data)
    languages = ("zh", "en") if language == "both" else (language,)
    clauses = {clause["key"]: clause for clause in text.body["clauses"]}
    assert [(read_tag(tag).key, read_tag(tag).language) for tag in found] == [  # type: ignore[union-attr]
        (short_key(key), one) for key in clauses for one in languages
    ]
    for (tag, content), clause in zip(found.items(), [c for c in clauses.values() for _one in languages], strict=True):
        said = read_tag(tag)
        assert said is not None
        assert said.number == row.draft.clauses.get(key=clause["key"]).edition
        assert word_reading.text(content, accepted=True) == lines(clause, said.language)
        properties = content.getparent().find(f"{W}sdtPr")
        assert properties.find(f"{W}lock").get(f"{W}val") == "sdtLocked"
        assert visible(clause[f"heading_{said.language}"])[:20] in properties.find(f"{W}alias").get(f"{W}val")


def test_text_is_in_the_file_as_it_is_and_a_text_that_looks_like_markup_stays_text() -> None:
    _built, row = drafted()
    data = write(Order(source(row), "zh"))
    content = [c for c in word_reading.controls(data).values() if "新增条款" in word_reading.text(c, accepted=True)[0]]
    assert word_reading.text(content[0], accepted=True)[1] == "<w:p>&amp;]]> [U+0001][U+202E]{{clauses}} ${x} 末"


def test_the_same_text_gives_the_same_bytes_and_the_file_says_what_it_was_made_from() -> None:
    _built, row = drafted()
    text = source(row)
    data = write(Order(text, "both"))
    assert data == write(Order(source(row), "both"))
    custom = word_reading.part_of(data, "docProps/custom.xml")
    assert f'name="QualityAgreement"><vt:lpwstr>{row.number}</vt:lpwstr>' in custom
    assert f'name="MadeFrom"><vt:lpwstr>draft e{row.draft.edition}</vt:lpwstr>' in custom
    assert b"<w:trackRevisions/>" in word_reading.part_of(data, "word/settings.xml").encode()
    assert "revision 1" in word_reading.part_of(write(Order(source(row, "revision", 1), "zh")), "docProps/custom.xml")


def test_a_control_is_also_named_by_a_bookmark_and_nothing_but_controls_stands_between_the_clauses() -> None:
    _built, row = drafted()
    body = word_reading.body_of(write(Order(source(row), "both")))
    blocks = list(body)
    names = [{node.get(f"{W}name") for node in block.iter(f"{W}bookmarkStart")} for block in blocks]
    first = next(n for n, found in enumerate(names) if "_qa_clauses" in found)
    last = next(n for n, found in enumerate(names) if "_qa_clauses_end" in found)
    assert {block.tag for block in blocks[first + 1 : last]} == {f"{W}sdt"}
    for block, found in zip(blocks[first + 1 : last], names[first + 1 : last], strict=True):
        tag = read_tag(block.find(f"{W}sdtPr/{W}tag").get(f"{W}val"))
        assert tag is not None
        assert found == {tag.bookmark}
        assert re.fullmatch(r"_[A-Za-z0-9_]{1,39}", tag.bookmark)


def test_ids_of_controls_and_changes_are_never_used_twice() -> None:
    _built, row = drafted()
    body = word_reading.body_of(tracked(row))
    controls = [node.get(f"{W}val") for node in body.iter(f"{W}id")]
    marks = [node.get(f"{W}id") for node in body.iter(f"{W}ins", f"{W}del")]
    assert len(set(controls)) == len(controls)
    assert len(set(marks)) == len(marks) > 0


def test_against_a_revision_accepting_all_gives_the_draft_and_refusing_all_the_revision() -> None:
    _built, row = drafted()
    later, earlier = source(row).body["clauses"], source(row, "revision", 1).body["clauses"]
    found = word_reading.controls(tracked(row))
    for accepted, clauses in ((True, later), (False, earlier)):
        there = {short_key(clause["key"]): clause for clause in clauses}
        for tag, content in found.items():
            said = read_tag(tag)
            assert said is not None
            wanted = lines(there[said.key], said.language) if said.key in there else []
            assert word_reading.text(content, accepted=accepted) == wanted


def test_a_removed_clause_stands_deleted_in_the_control_that_the_revision_had() -> None:
    _built, row = drafted()
    later, earlier = source(row).body["clauses"], source(row, "revision", 1).body["clauses"]
    (gone,) = {clause["key"] for clause in earlier} - {clause["key"] for clause in later}
    tags = [tag for tag in word_reading.controls(tracked(row)) if "/r1/" in tag]
    assert tags == [str(Tag(short_key(gone), "r", 1, language)) for language in ("zh", "en")]


def test_a_moved_clause_bears_a_note_of_the_product_that_says_from_where_to_where() -> None:
    built, row = drafted()
    clause = row.draft.clauses.order_by("position", "id")[4]
    actions.move_draft_clause(clause=clause, seen_edition=clause.edition, position=1, by=built.by(), at=build.at(2))
    data = tracked(row, "en")
    comments = word_reading.part_of(data, "word/comments.xml")
    assert f'w:author="{NOTE_AUTHOR}"' in comments
    assert "Moved from Article 6 to Article 1." in comments
    assert len(Document(BytesIO(data)).comments) == 1


def test_a_change_is_by_whoever_proposed_what_was_accepted_and_dated_when_it_was() -> None:
    built = build.world()
    row = build.agreement(built, [built.entrust()])
    actions.hand_over(agreement=row, by=built.by(), at=build.at(1))
    before = source(row, "round", 1).body["clauses"][0]
    text = before["text_zh"]
    for day, side, other, new in ((2, build.C, build.R, f"甲{text}"), (4, build.R, build.C, f"甲{text}乙")):
        propose(built, row, before["key"], new, side, day)
        actions.hand_over(agreement=row, by=built.by(side), at=build.at(day))
        change = row.proposed_changes.order_by("-id").first()
        actions.answer_change(change=change, accepted=True, by=built.by(other), at=build.at(day + 1))
    later, earlier = source(row), source(row, "round", 1)
    data = write(Order(later, "zh", load_against(row, earlier, later)))
    content = next(iter(word_reading.controls(data).values()))
    contractor, registrant = (later.body["parties"][side]["name_zh"] for side in ("contractor", "registrant"))
    assert word_reading.authors(content) == {
        ("ins", f"{contractor} · {built.by(build.C).name}", "甲"),
        ("ins", f"{registrant} · {built.by(build.R).name}", "乙"),
    }
    dates = {node.get(f"{W}date") for node in content.iter(f"{W}ins")}
    assert dates == {build.at(day).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for day in (3, 5)}


def propose(built: build.World, row: Agreement, key: str, text: str, side: str, day: int) -> None:
    actions.propose_change(
        agreement=row,
        kind="clause",
        act="change",
        row_key=key,
        seen_edition=row.draft.clauses.get(key=key).edition,
        after={"text_zh": text},
        by=built.by(side),
        at=build.at(day),
    )


def test_parties_matrix_and_obligations_are_printed_outside_the_controls_with_a_note() -> None:
    _built, row = drafted()
    data = write(Order(source(row), "both"))
    body = word_reading.body_of(data)
    outside = "".join(
        node.text or "" for node in body.iter(f"{W}t") if next(node.iterancestors(f"{W}sdt"), None) is None
    )
    assert "Changed in the product, not here." in outside
    assert "以下内容在系统中修改。" in outside
    text = source(row).body
    for words in (text["parties"]["contractor"]["name_en"], text["duties"][0]["duty_zh"], text["duties"][0]["duty_en"]):
        assert words in outside


def test_what_the_text_says_is_read_with_the_same_number_of_queries_for_any_number_of_clauses() -> None:
    built, row = drafted()
    few = build.queries(lambda: source(row))
    for n in range(12):
        content = {"heading_zh": f"条{n}", "heading_en": "x", "text_zh": "y", "text_en": "z"}
        actions.add_draft_clause(draft=row.draft, content=content, by=built.by(), at=build.at(2))
    row = Agreement.objects.select_related("pair", "draft").get(pk=row.pk)
    assert build.queries(lambda: source(row)) == few


def test_the_page_offers_every_text_and_the_download_is_recorded_on_the_takers_own_trail(client: Client) -> None:
    built, row = drafted()
    user = built.relation.contractor.user("viewer", build.C)
    client.force_login(user)
    page = client.get(reverse("agreements:work_in_word", args=[row.pk])).content.decode()
    assert all(f'value="{one.key}"' in page for one in listed(row))
    url = reverse("agreements:word_file", args=[row.pk])
    response = client.get(url, {"text": "draft", "language": "zh", "against": "revision-1"})
    data = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert data == tracked(row, "zh")
    assert f"{row.number}-draft-tracked.zh.docx" in response["Content-Disposition"]
    entry = Entry.objects.get(stream=f"user:{user.pk}", verb="agreement.document_taken").content["data"]
    assert (entry["text"], entry["against"]) == (f"draft e{row.draft.edition}", "revision 1")


@pytest.mark.parametrize(
    "asked",
    [{"text": "round-9"}, {"against": "draft", "text": "draft"}, {"language": "fr"}, {"layout": "1"}, {"text": "'"}],
)
def test_what_is_not_offered_is_told_on_the_page_and_nothing_is_recorded(client: Client, asked: dict[str, str]) -> None:
    built, row = drafted()
    client.force_login(built.relation.registrant.user("viewer", build.R))
    assert client.get(reverse("agreements:word_file", args=[row.pk]), asked).status_code == 400
    assert not Entry.objects.filter(verb="agreement.document_taken").exists()


def test_a_stranger_to_the_pair_finds_neither_page_nor_file(client: Client) -> None:
    _built, row = drafted()
    client.force_login(make.organisation(sides=(build.R,)).user("quality_manager", build.R))
    for name in ("work_in_word", "word_file"):
        assert client.get(reverse(f"agreements:{name}", args=[row.pk])).status_code == 404


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_file_that_libreoffice_saved_again_still_has_every_control_bookmark_and_tracked_change(
    tmp_path: Path,
) -> None:
    _built, row = drafted()
    data = tracked(row)
    (tmp_path / "out.docx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "docx", "--outdir", "saved", "out.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    saved = (tmp_path / "saved" / "out.docx").read_bytes()
    assert "draft e" in word_reading.part_of(saved, "docProps/custom.xml")
    before, after = bookmarked(data), bookmarked(saved)
    assert list(after) == list(before)
    for accepted in (True, False):
        assert [word_reading.text(c, accepted=accepted) for c in after.values()] == [
            word_reading.text(c, accepted=accepted) for c in before.values()
        ]


def bookmarked(data: bytes) -> dict[str, Any]:
    """Bookmark → the content of the control that it stands in."""
    found: dict[str, Any] = {}
    for sdt in word_reading.body_of(data).iter(f"{W}sdt"):
        names = [
            node.get(f"{W}name") for node in sdt.iter(f"{W}bookmarkStart") if node.get(f"{W}name").startswith("_qa")
        ]
        assert len(set(names)) == 1
        found[names[0]] = sdt.find(f"{W}sdtContent")
    return found


def test_a_file_that_comes_back_untouched_changes_nothing() -> None:
    _built, row = drafted()
    text = source(row)
    files = (write(Order(text, "both")), tracked(row), fill(build_word.template(), Order(text, "both")))
    for data in files:
        report = compare_returned(read_returned(BytesIO(data)), row.draft).report
        halves = [half for clause in report["clauses"] for half in clause["halves"].values()]
        assert len(halves) == 2 * row.draft.clauses.count()
        assert {half["state"] for half in halves} == {"same"}
        assert not report["loose"]


def test_every_part_is_well_formed_and_named_by_the_types() -> None:
    _built, row = drafted()
    with ZipFile(BytesIO(tracked(row))) as archive:
        types = archive.read("[Content_Types].xml").decode()
        for name in archive.namelist():
            etree.fromstring(archive.read(name))
            assert f'PartName="/{name}"' in types or name.endswith((".rels", "[Content_Types].xml"))

"""From a stored revision to its documents: everything in, nothing else, and the command that writes them."""

import hashlib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from agreements.documents import collect, render_docx, render_pdf
from agreements.models import AgreementRevision
from cmo.paper.files import put_in_place
from cmo.paper.words import Words
from tests.agreements import build
from tests.paper.reading import squeezed, text_of

pytestmark = pytest.mark.django_db

NAMES = [f"{language}.{kind}" for language in ("zh", "en", "zh-en") for kind in ("pdf", "docx")]


def concluded() -> tuple[build.World, AgreementRevision]:
    built = build.world()
    return built, build.concluded(built, [built.entrust()])


def test_the_document_holds_what_the_revision_froze_and_who_signed() -> None:
    _built, revision = concluded()
    document, body = collect(revision), revision.content
    assert document.label == str(revision)
    assert [clause.text.zh for clause in document.clauses] == [row["text_zh"] for row in body["clauses"]]
    assert [duty.duty.en for duty in document.duties] == [row["duty_en"] for row in body["duties"]]
    assert [place.signature is not None for place in document.places] == [True, True]
    first = document.places[0].signature
    assert first is not None
    assert first.meaning == Words("同意受本协议约束", "agrees to be bound by this agreement")
    assert first.record_hash == document.record_hash
    assert first.stands
    assert first.address.startswith("http://127.0.0.1:8000/verify/")


def test_citations_are_named_in_words_never_by_their_keys() -> None:
    _built, revision = concluded()
    document = collect(revision)
    cited = [clause.citation for clause in document.clauses] + [duty.citation for duty in document.duties]
    assert all(words is None or words.zh.startswith("《") for words in cited)
    assert any(words is not None for words in cited)


def test_an_unsigned_revision_has_two_empty_places_and_the_statement() -> None:
    built = build.world()
    document = collect(build.offered(built, [built.entrust()]))
    assert [place.signature for place in document.places] == [None, None]
    assert document.statement is not None


def test_a_termination_is_on_the_paper() -> None:
    built, revision = concluded()
    build.give_notice(built, revision, reason="合同到期不再续约")
    closing = collect(revision).closing
    assert closing is not None
    assert closing.reason == "合同到期不再续约"
    assert "合同到期不再续约" in text_of(render_pdf(collect(revision), "zh"))


def test_an_agreement_on_paper_says_what_was_registered() -> None:
    built = build.world()
    revision = build.paper(built, [built.entrust()])
    document = collect(revision)
    assert document.clauses == ()
    assert document.paper is not None
    assert document.paper.registrant_signatory == "甲某"
    assert "纸质" in text_of(render_pdf(document, "zh"))


def test_every_clause_of_the_template_reaches_both_documents() -> None:
    _built, revision = concluded()
    document = collect(revision)
    text = text_of(render_pdf(document, "zh"))
    assert all(squeezed(clause.heading.zh) in text for clause in document.clauses)
    assert len(render_docx(document, "zh")) > 10_000


@pytest.mark.parametrize("by_number", [True, False])
def test_the_command_writes_six_files_and_their_sums(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], by_number: bool
) -> None:
    _built, revision = concluded()
    wanted = str(revision) if by_number else str(revision.pk)
    sums = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        call_command("agreement_documents", wanted, "--out", folder)
        sums.append(capsys.readouterr().out)
        stem = str(revision).replace("/", "-")
        assert sorted(path.name for path in folder.iterdir()) == sorted(f"{stem}.{name}" for name in NAMES)
        for line in sums[-1].splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert sums[0] == sums[1]


@pytest.mark.parametrize("wanted", ["QA2000-000000/1", "99999999", "nothing", "", "/1", "²", "9" * 40, "9/" + "9" * 40])
def test_the_command_says_when_there_is_no_such_revision(wanted: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no revision"):
        call_command("agreement_documents", wanted, "--out", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    _built, revision = concluded()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CommandError, match="cannot write"):
        call_command("agreement_documents", str(revision.pk), "--out", tmp_path / "file")


def test_a_file_that_fails_half_way_leaves_the_old_one_and_no_rest(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")
    with pytest.raises(TypeError):
        put_in_place(target, "no bytes")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]

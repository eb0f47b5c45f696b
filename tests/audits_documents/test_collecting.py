"""From a signed report to its documents: everything in, nothing else; the pages and the command that hand them out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from audits import actions
from audits.documents import collect, files, render_docx, render_pdf, wording
from audits.models import Audit, AuditReport
from cmo.trail.models import Entry
from tests import make
from tests.audits import build
from tests.paper.reading import squeezed, text_of

pytestmark = pytest.mark.django_db

NAMES = [f"{language}.{kind}" for language in ("zh", "en", "zh-en") for kind in ("pdf", "docx")]


def reported(template: str = build.SHORT, **changes: Any) -> tuple[build.World, AuditReport]:
    built = build.world()
    row = build.reported(built, {1: "critical", 2: "major", 3: "general"}, template=template, **changes)
    return built, AuditReport.objects.select_related("audit__template", "audit__pair").get(audit=row)


def test_the_document_holds_what_the_report_froze_and_who_signed() -> None:
    _built, report = reported()
    document, body = collect(report), report.content
    assert document.number == report.audit.number
    assert [one.statement for one in document.findings] == [row["statement"] for row in body["findings"]]
    assert [one.severity for one in document.findings] == ["critical", "major", "general"]
    answers = [answer for section in document.sections for answer in section.answers]
    assert sorted(answer.serial for answer in answers) == [row["serial"] for row in body["answers"]]
    assert sum(tally.total for tally in document.tallies) == len(answers)
    assert document.chain.hash == body["chain"]["hash"]
    assert document.chain.seq == len(answers)
    signature = document.place.signature
    assert signature is not None
    assert signature.record_hash == document.record_hash
    assert signature.stands
    assert signature.meaning.en == "is answerable for this audit report"
    assert document.statement is not None
    assert document.site is None


def test_every_judgement_table_is_whole_and_marks_the_row_that_the_report_froze() -> None:
    _built, report = reported(build.LONG)
    document = collect(report)
    assert [(one.row, one.outcome.zh) for one in document.judgements] == [
        (row["row"], row["outcome_zh"]) for row in report.content["judgements"]
    ]
    assert [len(one.rows) for one in document.judgements] == [7, 7]
    assert [[row.number for row in one.rows if row.applies] for one in document.judgements] == [[4], [4]]
    text = text_of(render_pdf(document, "zh"))
    assert squeezed("要求≥1；实际3项缺陷") in text


def test_citations_are_named_in_words_and_a_companys_own_words_stay() -> None:
    built = build.world()
    row = build.reported(built, {1: "major"}, template="contractor_annual_2026", kind="follow_up")
    document = collect(AuditReport.objects.select_related("audit__template").get(audit=row))
    cited = [answer.citation for section in document.sections for answer in section.answers]
    assert all(words is not None and words.zh.startswith("《") for words in cited)


def test_the_audited_site_stands_under_the_name_it_had() -> None:
    built = build.world()
    site = make.site(built.relation.contractor)
    row = build.reported(built, {}, site=site)
    document = collect(AuditReport.objects.select_related("audit__template").get(audit=row))
    assert document.site is not None
    assert document.site.zh in text_of(render_pdf(document, "zh"))


def test_every_answer_reaches_both_documents() -> None:
    _built, report = reported()
    document = collect(report)
    text = text_of(render_pdf(document, "zh"))
    assert all(squeezed(row["title_zh"]) in text for row in report.content["answers"])
    assert all(squeezed(row["note"]) in text for row in report.content["answers"])
    assert len(render_docx(document, "zh")) > 10_000


@pytest.mark.parametrize("by_number", [True, False])
def test_the_command_writes_six_files_and_their_sums(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], by_number: bool
) -> None:
    _built, report = reported()
    wanted, sums = report.audit.number if by_number else str(report.audit_id), []
    for folder in (tmp_path / "one", tmp_path / "two"):
        call_command("audit_documents", wanted, "--out", folder)
        sums.append(capsys.readouterr().out)
        assert sorted(path.name for path in folder.iterdir()) == sorted(f"{report.audit.number}.{n}" for n in NAMES)
        for line in sums[-1].splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert sums[0] == sums[1]
    call_command("audit_documents", wanted, "--out", tmp_path / "three", "--lang", "en")
    assert sorted(path.suffixes for path in (tmp_path / "three").iterdir()) == [[".en", ".docx"], [".en", ".pdf"]]


@pytest.mark.parametrize("wanted", ["AU2000-000000", "99999999", "nothing", "", "²", "9" * 40])
def test_the_command_says_when_there_is_no_such_report(wanted: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no report"):
        call_command("audit_documents", wanted, "--out", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    _built, report = reported()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CommandError, match="cannot write"):
        call_command("audit_documents", report.audit.number, "--out", tmp_path / "file")


def client_of(firm: make.Firm, role: str) -> Client:
    client = Client()
    client.force_login(firm.user(role))
    return client


def taken(client: Client, audit: Audit, language: str = "zh", kind: str = "pdf") -> Any:
    return client.get(reverse("audits:document", kwargs={"pk": audit.pk, "language": language, "kind": kind}))


def test_both_sides_take_what_the_command_writes_and_the_taking_is_theirs_alone(tmp_path: Path) -> None:
    built, report = reported()
    call_command("audit_documents", report.audit.number, "--out", tmp_path)
    for side, firm in ((build.R, built.relation.registrant), (build.C, built.relation.contractor)):
        for language, kind, suffix in (("zh", "pdf", "zh.pdf"), ("both", "docx", "zh-en.docx")):
            answer = taken(client_of(firm, "viewer"), report.audit, language, kind)
            name = f"{report.audit.number}.{suffix}"
            assert answer.content == (tmp_path / name).read_bytes()
            assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
            entry = Entry.objects.filter(verb="audit.document_taken").latest("id")
            assert entry.stream == f"user:{firm.user('viewer', side).pk}"
            assert entry.content["data"]["sha256"] == hashlib.sha256(answer.content).hexdigest()
    page = client_of(built.relation.contractor, "viewer").get(reverse("audits:report", args=[report.audit_id]))
    assert page.content.decode().count("/report/both.docx") == 1


def test_before_the_report_there_is_no_document_and_a_stranger_finds_none() -> None:
    built, report = reported()
    assert taken(client_of(make.pair().registrant, "viewer"), report.audit).status_code == 404
    conducted = build.begun(built, kind="follow_up")
    assert taken(client_of(built.relation.registrant, "viewer"), conducted).status_code == 404


def test_only_who_reads_the_pair_is_recorded_as_taker() -> None:
    _built, report = reported()
    stranger = make.pair().registrant.actor("viewer")
    with pytest.raises(PermissionDenied):
        actions.take_report(report=report, name="a.pdf", sha256="0" * 64, by=stranger, at=make.AT)


def test_a_kept_document_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    built, report = reported()
    written: list[Any] = []
    render = files.rendered

    def rendered(*args: Any) -> bytes:
        written.append(args)
        return render(*args)

    monkeypatch.setattr(files, "rendered", rendered)
    client = client_of(built.relation.registrant, "viewer")
    assert taken(client, report.audit).content == taken(client, report.audit).content
    assert len(written) == 1


def test_a_number_that_holds_other_signs_makes_a_safe_name() -> None:
    _built, report = reported()
    document = collect(report)
    assert files.file_name(document, "both", "pdf") == f"{report.audit.number}.zh-en.pdf"
    strange = type(document)(**{f: getattr(document, f) for f in document.__slots__} | {"number": "../审核 1\r\n"})
    assert files.file_name(strange, "zh", "docx") == "1.zh.docx"
    assert wording.halves("short").zh == "short"

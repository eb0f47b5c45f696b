"""The paper of an audit report says everything in every language, the same every time, whatever was typed into it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from docx import Document
from docx.oxml.ns import qn

from agreements.documents import wording as paper
from audits.documents import ReportDocument, contents, render_docx, render_pdf, wording
from audits.models import Audit, AuditPlan, ItemAnswer
from cmo.paper.docx import Body, Run
from cmo.paper.words import LANGUAGES, Language, Words
from tests.audits_documents import sample
from tests.paper.reading import fonts_of, names_in, pages_of, squeezed, text_of
from tests.paper.test_pdf import HOSTILE


def docx_text(data: bytes) -> str:
    return squeezed("".join(node.text or "" for node in Document(BytesIO(data)).element.iter(qn("w:t"))))


def phrases(document: ReportDocument, language: Language) -> list[str]:
    """Everything that must be on the paper, in this language."""
    words = [value for _label, value in (*contents.cover_facts(document), *contents.audit_facts(document))]
    words += [finding.requirement for finding in document.findings]
    words += [answer.title for section in document.sections for answer in section.answers]
    words += [section.title for section in document.sections if section.answers]
    words += [row.outcome for judgement in document.judgements for row in judgement.rows]
    words += [value for judgement in document.judgements for _label, value in contents.why_facts(document, judgement)]
    typed = [finding.statement for finding in document.findings]
    typed += [answer.note for section in document.sections for answer in section.answers]
    typed += [document.summary, document.conclusion, document.chain.hash, document.record_hash]
    found = [part for text in words for whole in text.parts(language) for part in whole.split("\n")]
    return [squeezed(text) for text in (*found, *(line for text in typed for line in text.split("\n")))]


def without_furniture(data: bytes) -> str:
    """The text of all pages without their heads and feet."""
    pages = pages_of(data)
    return squeezed("".join("".join(page[4 if number else 2 :]) for number, page in enumerate(pages)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_everything(language: Language) -> None:
    document = sample.report()
    text = without_furniture(render_pdf(document, language))
    assert [phrase for phrase in phrases(document, language) if phrase not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_docx_says_everything(language: Language) -> None:
    document = sample.report()
    text = docx_text(render_docx(document, language))
    assert [phrase for phrase in phrases(document, language) if phrase not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_without_findings_tables_or_signature_says_so(language: Language) -> None:
    document = sample.empty()
    for text in (text_of(render_pdf(document, language)), docx_text(render_docx(document, language))):
        for words in (
            wording.NO_FINDINGS,
            wording.NO_TABLE,
            wording.WHOLE,
            paper.NOT_SIGNED,
            wording.KINDS["for_cause"],
        ):
            assert all(squeezed(part) in text for part in words.parts(language)), words
        assert squeezed(document.cause) in text
        assert squeezed(wording.APPLIES.en) not in text


def test_every_kind_manner_severity_and_answer_has_its_words() -> None:
    assert set(wording.KINDS) == set(Audit.Kind.values)
    assert set(wording.MANNERS) == set(AuditPlan.Manner.values)
    assert set(wording.SEVERITIES) == set(ItemAnswer.Severity.values)
    assert set(wording.VALUES) == set(ItemAnswer.Value.values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_row_that_applied_is_marked_and_says_why(language: Language) -> None:
    document = sample.report()
    for text in (text_of(render_pdf(document, language)), docx_text(render_docx(document, language))):
        assert text.count("3●") == (2 * len(document.judgements) if language == "both" else len(document.judgements))
    english = text_of(render_pdf(document, "en"))
    assert squeezed("asks for <20%; found 5 of 104 judged (4.8%)") in english
    assert squeezed("Why this row applies (row 3)") in english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_bears_number_hash_and_the_number_of_pages(language: Language) -> None:
    pages = pages_of(render_pdf(sample.report(), language))
    assert len(pages) > 10
    for number, page in enumerate(pages, 1):
        assert page[0] == f"SHA-256 {sample.HASH}"
        assert page[1] == paper.page(number, len(pages)).joined(language, " / ")
        assert number == 1 or page[3] == "AU2026-000417"


def test_all_fonts_are_embedded_and_the_outline_names_every_section() -> None:
    data = render_pdf(sample.report(), "en")
    assert all(embedded and "NotoSansSC" in name for name, embedded in fonts_of(data))
    with pikepdf.open(BytesIO(data)) as file, file.open_outline() as outline:
        titles = [item.title for item in outline.root]
        parts = [item.title for section in outline.root for item in section.children]
    assert titles[1:] == [
        words.en
        for words in (
            wording.AUDITED,
            wording.SUMMARY,
            wording.CONCLUSION,
            wording.RESULTS,
            wording.FINDINGS,
            wording.COMPLETE,
            wording.SIGNATURE,
        )
    ]
    assert len(parts) == len(sample.template().sections) + len(sample.report().judgements) + 1


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_typed_text_never_acts(typed: str, language: Language) -> None:
    words = Words(typed, typed + " en")
    whole = sample.report()
    section = whole.sections[0]
    answer = replace(
        section.answers[0], title=words, note=typed, by=typed, files=(typed,), clause=typed, citation=words
    )
    hostile = replace(
        whole,
        number=typed,
        summary=typed,
        conclusion=typed,
        scope=typed,
        cause=typed,
        template=words,
        findings=(replace(whole.findings[0], requirement=words, statement=typed, number=typed),),
        sections=(replace(section, title=words, answers=(answer,)),),
    )
    assert names_in(render_pdf(hostile, language)).isdisjoint(
        {"/URI", "/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/EmbeddedFiles"}
    )
    word = Document(BytesIO(render_docx(hostile, language)))
    assert not any(rel.is_external for part in word.part.package.iter_parts() for rel in part.rels.values())


def test_a_void_signature_says_so() -> None:
    document = sample.report()
    void = replace(document, place=replace(document.place, signature=sample.signature(stands=False)))
    assert squeezed(paper.VOID.zh) in text_of(render_pdf(void, "zh"))
    assert squeezed(paper.VOID.en) in docx_text(render_docx(void, "en"))


def test_a_bar_is_as_long_as_its_parts_and_fills_the_width() -> None:
    body = Body()
    body.bar(Run("major", "Cell"), [(0.5, "112233"), (0.0, "445566"), (0.25, "778899")], Run("2 / 0 / 1", "Cell"))
    table = body.blocks[0]
    assert table.count("<w:tc>") == 5
    assert "445566" not in table
    widths = [int(part.split('"')[0]) for part in table.split('<w:gridCol w:w="')[1:]]
    assert abs(sum(widths) - 9184) <= 3
    assert widths[1] == pytest.approx(2 * widths[2], abs=2)


SCRIPT = """
import hashlib
import django
django.setup()
from audits.documents import render_docx, render_pdf
from cmo.paper.words import LANGUAGES
from tests.audits_documents import sample
for document in (sample.report(), sample.empty()):
    for language in LANGUAGES:
        for render in (render_pdf, render_docx):
            print(hashlib.sha256(render(document, language)).hexdigest())
"""


def test_two_processes_write_the_same_bytes() -> None:
    documents = (sample.report(), sample.empty())
    renders = [render(d, language) for d in documents for language in LANGUAGES for render in (render_pdf, render_docx)]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "77",
        "LANG": "zh_CN.UTF-8",
        "DJANGO_SETTINGS_MODULE": "cmo.settings",
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [hashlib.sha256(data).hexdigest() for data in renders]

"""The paper of an agreement says everything in every language, the same every time, whatever was typed into it."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pikepdf
import pytest
import zxingcpp
from docx import Document
from docx.oxml.ns import qn
from PIL import Image

from agreements.documents import AgreementDocument, contents, render_docx, render_pdf, wording
from cmo.paper.words import LANGUAGES, Language, Words
from tests.agreements_documents import sample
from tests.paper.reading import fonts_of, names_in, pages_of, squeezed, text_of
from tests.paper.test_pdf import HOSTILE


def docx_text(data: bytes) -> str:
    return squeezed("".join(node.text or "" for node in Document(BytesIO(data)).element.iter(qn("w:t"))))


def phrases(document: AgreementDocument, language: Language) -> list[str]:
    """Everything that must be on the paper, in this language."""
    words = [document.title, document.registrant.name, document.contractor.address]
    words += [text for clause in document.clauses for text in (clause.heading, clause.text) if text]
    words += [duty.duty for duty in document.duties] + [row.device for row in document.covered]
    words += [
        fact for place in document.places if place.signature for _, fact in contents.signature_facts(place.signature)
    ]
    found = [part for text in words for whole in text.parts(language) for part in whole.split("\n")]
    return [squeezed(text) for text in found] + [document.number, document.record_hash]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pdf_says_everything(language: Language) -> None:
    document = sample.agreement()
    pages = pages_of(render_pdf(document, language))
    furniture = 2, 4
    text = squeezed("".join("".join(page[furniture[n > 0] :]) for n, page in enumerate(pages)))
    assert [phrase for phrase in phrases(document, language) if phrase not in text] == []


def test_side_by_side_the_pdf_says_everything_but_may_turn_the_page_within_a_clause() -> None:
    document = sample.agreement()
    text = text_of(render_pdf(document, "both"))
    missing = [phrase for phrase in phrases(document, "both") if phrase not in text]
    assert len(missing) <= 2 * len(pages_of(render_pdf(document, "both")))
    for language in ("zh", "en"):
        assert all(squeezed(clause.heading.joined(language)) in text for clause in document.clauses)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_docx_says_everything(language: Language) -> None:
    document = sample.agreement()
    text = docx_text(render_docx(document, language))
    assert [phrase for phrase in phrases(document, language) if phrase not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_document_gives_the_same_bytes(language: Language) -> None:
    assert render_pdf(sample.agreement(), language) == render_pdf(sample.agreement(), language)
    assert render_docx(sample.agreement(), language) == render_docx(sample.agreement(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_bears_number_hash_and_the_number_of_pages(language: Language) -> None:
    pages = pages_of(render_pdf(sample.agreement(), language))
    for number, page in enumerate(pages, 1):
        assert page[0] == f"SHA-256 {sample.HASH}"
        assert page[1] == wording.page(number, len(pages)).joined(language, " / ")
        assert number == 1 or page[3] == "QA2025-403043/2"


def test_all_fonts_are_embedded_and_the_outline_names_every_article() -> None:
    data = render_pdf(sample.agreement(), "zh")
    assert all(embedded and "NotoSansSC" in name for name, embedded in fonts_of(data))
    with pikepdf.open(BytesIO(data)) as file, file.open_outline() as outline:
        articles = [item.title for section in outline.root for item in section.children if item.title.startswith("第")]
    assert len(articles) == 12
    assert articles[10] == "第十一条　生产过程控制之11"


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_typed_text_never_acts(typed: str, language: Language) -> None:
    words = Words(typed, typed + " en")
    hostile = replace(
        sample.agreement(1, 1),
        title=words,
        number=typed,
        registrant=sample.party(words, words),
        clauses=(replace(sample.clause(1), heading=words, text=words, citation=words),),
        duties=(replace(sample.duty(1), duty=words, citation=words),),
        covered=(replace(sample.covered(1), models=(typed,), device=words, certificate=typed),),
        closing=replace(sample.NOTICE, reason=typed, post_market=typed, documents_return=typed),
    )
    data = render_pdf(hostile, language)
    assert names_in(data).isdisjoint({"/URI", "/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA"})
    word = Document(BytesIO(render_docx(hostile, language)))
    assert not any(rel.is_external for part in word.part.package.iter_parts() for rel in part.rels.values())


def test_the_signature_panel_prints_name_meaning_time_with_zone_and_the_statement() -> None:
    text = text_of(render_pdf(sample.agreement(), "en"))
    for phrase in (
        "程守信",
        "agrees to be bound by this agreement",
        "2025-11-07 08:31:00 (UTC+08:00)",
        "I confirm that signatures",
    ):
        assert squeezed(phrase) in text
    assert "扫码核验" in text_of(render_pdf(sample.agreement(), "zh"))


def test_the_codes_on_the_paper_lead_to_the_verification_of_each_signature() -> None:
    word = Document(BytesIO(render_docx(sample.agreement(), "zh")))
    blobs = sorted({rel.target_part.blob for rel in word.part.rels.values() if "image" in rel.reltype})
    found = set()
    for blob in blobs:
        code = Image.open(BytesIO(blob)).convert("L")
        framed = Image.new("L", (code.width + 60, code.height + 60), 255)
        framed.paste(code, (30, 30))
        found |= {barcode.text for barcode in zxingcpp.read_barcodes(framed)}
    assert found == {f"https://quality.example/verify/{n}/7609e787b0dd1536/" for n in (14, 15)}


def test_an_unsigned_side_shows_that_it_has_not_signed() -> None:
    document = sample.agreement()
    unsigned = replace(document, places=(document.places[0], replace(document.places[1], signature=None)))
    assert "尚未签署" in text_of(render_pdf(unsigned, "zh"))
    assert "Notsignedyet" in docx_text(render_docx(unsigned, "en"))
    assert "尚未签署" not in text_of(render_pdf(document, "zh"))


def test_a_void_signature_says_so() -> None:
    document = sample.agreement()
    void = replace(document.places[0], signature=sample.signature(14, stands=False))
    changed = replace(document, places=(void, document.places[1]))
    assert squeezed(wording.VOID.zh) in text_of(render_pdf(changed, "zh"))
    assert squeezed(wording.VOID.en) in docx_text(render_docx(changed, "en"))


def test_paper_and_withdrawal_are_printed() -> None:
    document = sample.agreement(0, 0, 0, paper=sample.PAPER, closing=sample.WITHDRAWN, statement=None)
    for text in (text_of(render_pdf(document, "zh")), docx_text(render_docx(document, "zh"))):
        for phrase in ("2025年11月11日", "方启明", sample.PAPER.scan_sha256, "已撤回", "改期后重新提交。", "第十八条"):
            assert phrase in text
        for absent in ("协议条款", "职责分工表", "应履行事项", "签署顺序"):
            assert absent not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_kind_order_obligations_and_authorisation_are_printed(language: Language) -> None:
    document = sample.agreement()
    words = [wording.KINDS["amendment"], document.signing_order, document.obligations[3].what]
    words += [document.obligations[3].proof, wording.authorised("SQ-2025-07", date(2025, 7, 1))]
    for text in (text_of(render_pdf(document, language)), docx_text(render_docx(document, language))):
        assert [part for said in words for part in said.parts(language) if squeezed(part) not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_printed_with_everything_it_arranges_and_its_signature(language: Language) -> None:
    document = sample.agreement(1, 1, closing=sample.NOTICE)
    for text in (text_of(render_pdf(document, language)), docx_text(render_docx(document, language))):
        for words in (wording.NOTICE, wording.from_day(date(2026, 3, 1))):
            assert all(squeezed(part) in text for part in words.parts(language))
        for said in (sample.NOTICE.reason, sample.NOTICE.post_market, sample.NOTICE.documents_return, "/verify/16/"):
            assert squeezed(said) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_termination_says_from_when_and_what_both_settled_and_covers_nothing(language: Language) -> None:
    document = sample.agreement(3, 0, 0, kind="termination", covered=(), ends_on=date(2025, 11, 8))
    for text in (text_of(render_pdf(document, language)), docx_text(render_docx(document, language))):
        for words in (wording.KINDS["termination"], wording.from_day(date(2025, 11, 8)), document.clauses[2].heading):
            assert all(squeezed(part) in text for part in words.parts(language))
        assert all(squeezed(part) not in text for part in wording.COVERED.parts(language))


def test_twice_the_clauses_draw_about_twice_the_lines() -> None:
    few, many = (sum(map(len, pages_of(render_pdf(sample.agreement(n, n), "both")))) for n in (30, 60))
    assert 1.7 < many / few < 2.1


def test_articles_are_counted_by_word_in_both_languages() -> None:
    word = Document(BytesIO(render_docx(sample.agreement(), "both")))
    styles = [node.get(qn("w:val")) for node in word.element.iter(qn("w:pStyle"))]
    assert styles.count("NarrowZh") == styles.count("NarrowEn") == 12
    numbered = {style.style_id for style in word.styles if style.element.find(f".//{qn('w:numPr')}") is not None}
    assert {"NarrowZh", "NarrowEn", "ArticleZh", "ArticleEn"} == numbered

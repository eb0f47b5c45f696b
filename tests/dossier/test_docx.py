"""The DOCX of a dossier says everything, counts its headings itself, opens without repair and lets nothing typed act."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from cmo.dossier import cover, spans
from cmo.dossier.docx import render_docx
from cmo.dossier.docx.design import DESIGN, LEVELS
from cmo.dossier.sheets import Caution, Section, Table, Timeline
from cmo.paper.plain import visible
from cmo.paper.words import LANGUAGES, Language, Words
from tests.dossier import sample
from tests.paper.reading import squeezed


@cache
def written(language: Language) -> bytes:
    return render_docx(sample.dossier(), language)


@cache
def opened(language: Language) -> Any:
    return Document(BytesIO(written(language)))


def said(document: Any) -> str:
    return squeezed("".join(node.text or "" for node in document.element.iter(qn("w:t"))))


def styled(document: Any, prefix: str) -> list[tuple[str, str]]:
    """Style and text of every paragraph whose style begins so."""
    found = [(p.style.style_id, p.text) for p in document.paragraphs]
    return [(style, text) for style, text in found if style.startswith(prefix)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_dossier_gives_the_same_bytes(language: Language) -> None:
    data = render_docx(sample.dossier(), language)
    assert data == written(language)
    with ZipFile(BytesIO(data)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_is_well_formed_and_nothing_leads_outside(language: Language) -> None:
    with ZipFile(BytesIO(written(language))) as archive:
        names = archive.namelist()
        for name in names:
            etree.fromstring(archive.read(name))
            if name.endswith(".rels"):
                assert b'TargetMode="External"' not in archive.read(name)
    assert not any(word in name for name in names for word in ("vba", "embeddings", "stylesWithEffects", "glossary"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_table_is_found(language: Language) -> None:
    text, dossier = said(opened(language)), sample.dossier()
    tables = [block for _level, section in dossier.walk() for block in section.blocks if isinstance(block, Table)]
    cells = {words for table in tables for row in table.rows for words in row}
    parts = {squeezed(visible(part)) for words in cells for part in words.parts(language)}
    assert [part for part in parts if part not in text] == []
    assert len(cells) > 2000


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_timeline_is_a_table_of_its_items(language: Language) -> None:
    (section,) = (section for section in sample.dossier().sections if section.key == "supervision")
    (timeline,) = (block for block in section.blocks if isinstance(block, Timeline))
    text = said(opened(language))
    for item in spans.items(timeline):
        assert all(squeezed(part) in text for words in item.row() for part in words.parts(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_are_styles_that_word_counts(language: Language) -> None:
    document = opened(language)
    found = styled(document, "Heading")
    wanted = [
        (f"Heading{min(level, LEVELS)}", visible(section.title.joined(language, " / ")).replace("\n", " "))
        for level, section in sample.dossier().walk()
    ]
    assert found == wanted
    for rank, key in enumerate(DESIGN.counted):
        (style,) = (style for style in document.styles if style.style_id == key)
        assert style.element.find(f".//{qn('w:numPr')}/{qn('w:ilvl')}").get(qn("w:val")) == str(rank)
    numbering = document.part.numbering_part.element
    texts = [level.get(qn("w:val")) for level in numbering.iter(qn("w:lvlText"))]
    assert texts[-4:] == ["%1", "%1.%2", "%1.%2.%3", "%1.%2.%3.%4"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contents_are_a_field_that_is_filled_and_leads_to_every_heading(language: Language) -> None:
    document = opened(language)
    codes = [node.text for node in document.element.iter(qn("w:instrText"))]
    assert codes == [' TOC \\o "1-3" \\h \\z \\u ']
    kinds = [node.get(qn("w:fldCharType")) for node in document.element.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    links = [node.get(qn("w:anchor")) for node in document.element.iter(qn("w:hyperlink"))]
    places = [node.get(qn("w:name")) for node in document.element.iter(qn("w:bookmarkStart"))]
    assert links == places
    assert len(set(places)) == len(list(sample.dossier().walk()))
    entries = [re.sub(r"^[\d.]+  ", "", text) for _style, text in styled(document, "TOC")]
    assert entries == [text for _style, text in styled(document, "Heading")]


def test_the_contents_count_as_word_counts() -> None:
    numbers = [text.split("  ")[0] for _style, text in styled(opened("zh"), "TOC")]
    assert numbers[:9] == ["1", "1.1", "1.2", "2", "2.1", "2.1.1", "2.2", "2.2.1", "3"]


def test_every_style_used_exists_and_ids_of_bookmarks_are_unique() -> None:
    document = opened("both")
    known = {style.style_id for style in document.styles}
    assert {node.get(qn("w:val")) for node in document.element.iter(qn("w:pStyle"))} <= known
    ids = [node.get(qn("w:id")) for node in document.element.iter(qn("w:bookmarkStart"))]
    assert len(ids) == len(set(ids))


def test_every_table_of_records_repeats_its_head() -> None:
    document = opened("both")
    long = [table for table in document.tables if len(table.rows) > 30]
    assert len(long) >= 3
    for table in long:
        assert table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert sum(1 for _ in table._tbl.iter(qn("w:tblHeader"))) == 1


def test_a_long_table_of_many_columns_stands_on_pages_across_whose_foot_is_as_wide() -> None:
    sections = opened("zh").sections
    shapes = [section.page_width > section.page_height for section in sections]
    assert shapes == [False, True, False]
    assert [section.different_first_page_header_footer for section in sections] == [True, False, False]
    ends = [section.footer._element.find(f".//{qn('w:tab')}").get(qn("w:pos")) for section in sections]
    assert ends == ["9184", "14116", "9184"]
    assert sum("footer" in str(part.partname) for part in opened("zh").part.package.iter_parts()) == 3


def test_pages_are_counted_by_word() -> None:
    footer = opened("zh").sections[0].footer._element
    assert [n.get(qn("w:instr")).strip() for n in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert sample.PIN.pair_number in opened("zh").sections[0].header.paragraphs[0].text


@pytest.mark.parametrize("language", LANGUAGES)
def test_typed_text_stays_text(language: Language) -> None:
    for typed in sample.HOSTILE:
        words = Words(typed, f"{typed} en")
        section = Section("s", words, (Caution(words),))
        dossier = replace(sample.dossier(0, 1), sections=(section,), title=words, registrant=words)
        document = Document(BytesIO(render_docx(dossier, language)))
        text = said(document)
        for part in words.parts(language):
            assert text.count(squeezed(visible(part))) >= 4
        assert not any(rel.is_external for part in document.part.package.iter_parts() for rel in part.rels.values())
        assert len(list(document.element.iter(qn("w:instrText")))) == 1


def test_the_file_is_dated_by_its_pin_and_bears_its_title() -> None:
    core = opened("zh").core_properties
    assert core.created == datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
    assert core.title == cover.title_of(sample.dossier(), "zh")


def test_twice_the_records_make_about_twice_the_text() -> None:
    few, many = (len(said(Document(BytesIO(render_docx(sample.volume(n), "both"))))) for n in (1, 2))
    assert 1.9 < many / few < 2.05

"""The PDF of a dossier says everything, names the right pages, embeds its fonts, and lets nothing typed act."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from cmo.dossier import cover
from cmo.dossier.pdf import SetSection, render_pdf, set_section
from cmo.dossier.pdf.pages import LANDSCAPE, PORTRAIT
from cmo.dossier.sheets import Caution, Column, Dossier, Lane, Mark, Section, Span, Table, Timeline
from cmo.paper.pdf.fonts import face
from cmo.paper.words import LANGUAGES, Language, Words, same
from tests.dossier import sample
from tests.paper.reading import names_in, squeezed

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext of poppler judges the text; it is not installed"
)
#: Names of what would make a file act.
ACTING = {"/URI", "/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/EmbeddedFiles", "/GoToR", "/SubmitForm"}


@cache
def written(language: Language) -> bytes:
    return render_pdf(sample.dossier(), language)


def pages_of(data: bytes) -> list[str]:
    """The text of every page, as a program that did not write it reads it."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode("utf-8").split("\f")[:-1]


def one(*blocks: Any, **more: Any) -> Dossier:
    """A dossier of one section."""
    section = Section("one", Words("甲", "A"), blocks, **more)
    return replace(sample.dossier(0, 1), sections=(section,), notes=())


def shown(text: str) -> str:
    return squeezed(face().drawable(text))


def outlined(data: bytes) -> list[tuple[int, str, int]]:
    """Level, title and page of every entry of the outline but the cover's and the contents'."""
    found: list[tuple[int, str, int]] = []
    with pikepdf.open(BytesIO(data)) as file, file.open_outline() as outline:
        pages = {page.obj.objgen: number for number, page in enumerate(file.pages, 1)}

        def walk(items: Any, level: int) -> None:
            for item in items:
                found.append((level, item.title, pages[item.destination[0].objgen]))
                walk(item.children, level + 1)

        walk(outline.root, 1)
    return found[2:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_dossier_gives_the_same_bytes(language: Language) -> None:
    assert render_pdf(sample.dossier(), language) == written(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_font_is_embedded_and_no_other_is_named(language: Language) -> None:
    with pikepdf.open(BytesIO(written(language))) as file:
        fonts = {str(font.BaseFont): font for page in file.pages for font in page.Resources.Font.values()}
        assert len(fonts) == 2
        for name, font in fonts.items():
            assert re.fullmatch(r"/[A-Z]{6}\+NotoSansSC-(Regular|Bold)", name)
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            assert "/ToUnicode" in font


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf judges the file; it is not installed")
def test_a_program_that_checks_pdf_files_finds_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "dossier.pdf"
    path.write_bytes(written("both"))
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lot_number_and_every_text_of_a_short_table_is_found(language: Language) -> None:
    pages = pages_of(written(language))
    text = squeezed("".join(pages))
    assert [n for n in range(1, 521) if sample.lot_number(n) not in text] == []
    cells = {words for row in sample.releases(520).blocks[0].rows for words in row}  # type: ignore[union-attr]
    parts = {squeezed(part) for words in cells for part in words.parts(language)}
    words = {part for part in parts if part not in text}
    assert words == set()


@needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_typed_text_appears_as_plain_text(language: Language) -> None:
    for typed in sample.HOSTILE:
        words = Words(typed, f"{typed} en")
        data = render_pdf(one(Caution(words), children=(Section("two", words, ()),)), language)
        text = squeezed("".join(pages_of(data)))
        for part in words.parts(language):
            assert text.count(shown(part)) >= 2, typed


@pytest.mark.parametrize("language", LANGUAGES)
def test_typed_text_on_the_cover_moves_no_page_number(language: Language) -> None:
    for typed in (*sample.HOSTILE, sample.WORD_WITHOUT_END):
        words = Words(typed, f"{typed} en")
        dossier = replace(sample.dossier(0, 1), title=words, registrant=words, contractor=words, notes=(words,))
        data = render_pdf(replace(dossier, pin=replace(dossier.pin, pair_number=typed, scope=("lot", typed))), language)
        assert names_in(data).isdisjoint(ACTING)
        with pikepdf.open(BytesIO(data)) as file:
            pages = {page.obj.objgen: number for number, page in enumerate(file.pages, 1)}
            links = [pages[note.Dest[0].objgen] for page in file.pages for note in page.get("/Annots", ())]
        assert links == [page for _level, _title, page in outlined(data)]


def test_a_dossier_without_sections_is_still_a_file() -> None:
    data = render_pdf(replace(sample.dossier(0, 1), sections=()), "both")
    with pikepdf.open(BytesIO(data)) as file:
        assert len(file.pages) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_typed_text_never_acts(language: Language) -> None:
    assert names_in(written(language)).isdisjoint(ACTING)


@needs_poppler
def test_a_word_without_end_is_broken_and_loses_nothing() -> None:
    column = (Column("a", Words("甲", "A"), 0.3), Column("b", Words("乙", "B"), 0.7))
    data = render_pdf(one(Table("t", column, ((same(sample.WORD_WITHOUT_END), same("字" * 4000)),))), "zh")
    text = "".join(pages_of(data)[2:])
    assert text.count("x") == 4000
    assert text.count("字") == 4000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_outline_names_every_section_on_its_level(language: Language) -> None:
    dossier = sample.dossier()
    found = [(level, re.sub(r"^[\d.]+ ", "", title)) for level, title, _page in outlined(written(language))]
    titles = [(level, section.title.joined(language)) for level, section in dossier.walk()]
    assert found == [(level, face().drawable(title).replace("\n", " ")) for level, title in titles]


@needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contents_name_the_page_on_which_each_section_begins(language: Language) -> None:
    data = written(language)
    pages = pages_of(data)
    entries = dict(re.findall(r"^([\d.]+) .*?[. ]{8,}(\d+)$", pages[1], re.MULTILINE))
    begins = {title.split(" ")[0]: page for _level, title, page in outlined(data)}
    assert {number: int(page) for number, page in entries.items()} == begins
    for number, page in begins.items():
        assert re.search(rf"^{re.escape(number)}\s", pages[page - 1], re.MULTILINE)


def test_every_line_of_the_contents_leads_to_the_page_it_names() -> None:
    data = written("zh")
    with pikepdf.open(BytesIO(data)) as file:
        pages = {page.obj.objgen: number for number, page in enumerate(file.pages, 1)}
        links = [pages[note.Dest[0].objgen] for note in file.pages[1].Annots]
    assert links == [page for _level, _title, page in outlined(data)]


@needs_poppler
def test_long_contents_still_name_the_right_pages() -> None:
    children = tuple(
        Section(f"s{n}", Words(f"第{n}批", f"Lot {n}"), (Caution(same(f"批次{n}")),)) for n in range(1, 161)
    )
    data = render_pdf(one(children=children), "zh")
    pages = pages_of(data)
    found = dict(re.findall(r"^([\d.]+) .*?[. ]{8,}(\d+)$", "\n".join(pages[:6]), re.MULTILINE))
    assert len(found) == 161
    for n in (1, 80, 160):
        assert f"批次{n}\n" in pages[int(found[f"1.{n}"]) - 1]


def test_contents_of_very_many_sections_stop_at_the_second_level_and_the_outline_does_not() -> None:
    parts = (Section("p", Words("决定", "Decision"), ()),)
    children = tuple(Section(f"s{n}", Words(f"第{n}批", f"Lot {n}"), (), 0, parts) for n in range(1, 101))
    data = render_pdf(one(children=children), "zh")
    with pikepdf.open(BytesIO(data)) as file:
        links = sum(len(page.get("/Annots", ())) for page in file.pages)
    assert links == 101
    assert len(outlined(data)) == 201


@needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_what_it_is_bound_to_and_which_it_is(language: Language) -> None:
    pages = pages_of(written(language))
    foot = cover.foot(sample.dossier()).joined("en" if language == "en" else "zh")
    for number, page in enumerate(pages, 1):
        assert squeezed(foot) in squeezed(page)
        assert cover.page(number, len(pages)).joined(language, " / ") in page
        assert number == 1 or page.startswith(sample.PIN.pair_number)


@needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cover_shows_parties_day_scope_and_the_chain(language: Language) -> None:
    dossier = sample.dossier()
    (first, *_rest) = pages_of(written(language))
    text = squeezed(first)
    for _label, value in cover.facts(dossier, language):
        assert all(squeezed(part) in text for part in value.parts(language))
    assert squeezed(sample.HEAD) in text
    assert "4,183" in text
    assert "verify.py" in text


def test_the_file_says_its_title_language_and_day() -> None:
    for language, tag in (("zh", "zh-CN"), ("en", "en"), ("both", "zh-CN")):
        with pikepdf.open(BytesIO(written(language))) as file:
            assert str(file.Root.Lang) == tag
            assert str(file.docinfo["/Title"]).endswith(sample.PIN.pair_number)
            assert str(file.docinfo["/CreationDate"]) == "D:20261122155959Z"
            assert bool(file.Root.ViewerPreferences.DisplayDocTitle)


def test_a_long_table_of_many_columns_stands_across_and_no_heading_is_left_alone() -> None:
    found = set_section(sample.releases(60), "1", "both")
    assert found.leaves[0].sheet == LANDSCAPE
    assert found.entries[0].page == 0
    assert set_section(sample.releases(5), "1", "both").leaves[0].sheet == PORTRAIT


@needs_poppler
def test_an_empty_table_and_an_empty_section_say_so() -> None:
    column = (Column("a", Words("甲", "A"), 1.0),)
    said = Table("t", column, (), None, Words("没有空缺。", "There were no gaps."))
    assert "没有空缺。" in pages_of(render_pdf(one(said), "zh"))[2]
    assert cover.NO_RECORDS.zh in pages_of(render_pdf(one(Table("t", column, ())), "zh"))[2]
    assert cover.NO_RECORDS.en in pages_of(render_pdf(one(), "en"))[2]


@needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_caution_bears_its_word(language: Language) -> None:
    page = pages_of(render_pdf(one(Caution(Words("文件缺失。", "A file is missing."))), language))[2]
    assert all(part in page for part in cover.CAUTION.parts(language))


@needs_poppler
def test_a_timeline_lists_every_item_with_its_days_and_state() -> None:
    day = sample.DAY
    lane = Lane(
        Words("驻厂", "On site"),
        (Span(day - timedelta(days=9), None, Words("在厂", "present"), "good"),),
        (Mark(day, Words("离厂", "left"), "bad"),),
    )
    page = pages_of(render_pdf(one(Timeline(Words("时间", "Time"), (lane,), day)), "zh"))[2]
    for text in ("2026-11-13 至今", "2026-11-22", "在厂", "离厂", "合格、有效", "异常", "截至 2026-11-22"):
        assert text in page


def test_a_crowded_lane_stays_on_one_page() -> None:
    marks = tuple(Mark(sample.DAY - timedelta(days=n % 40), same(f"m{n}")) for n in range(800))
    section = Section("s", same("s"), (Timeline(same("t"), (Lane(same("l"), (), marks),), sample.DAY),))
    assert set_section(section, "1", "zh").leaves


def test_a_section_set_before_gives_the_same_file() -> None:
    dossier = sample.dossier(30, 2)
    kept: dict[str, SetSection] = {}

    def keep(section: Section, number: str, language: Language) -> SetSection:
        return kept.setdefault(number, set_section(section, number, language))

    first = render_pdf(dossier, "both", keep)
    assert render_pdf(dossier, "both", lambda _section, number, _language: kept[number]) == first
    assert render_pdf(dossier, "both") == first


def test_twice_the_records_make_about_twice_the_pages() -> None:
    few, many = (sum(len(set_section(s, "1", "both").leaves) for s in sample.volume(n).sections) for n in (1, 2))
    assert many == 2 * few

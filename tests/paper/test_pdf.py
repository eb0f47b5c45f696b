"""PDF: what is drawn reads back, nothing typed acts, every font is embedded, equal input is equal bytes."""

from collections.abc import Sequence
from io import BytesIO

import pikepdf
import pytest

from cmo.paper.pdf import Cell, Column, Layout, Mark, Metadata, Sheet, Style, Text, drawn, measured, set_text
from cmo.paper.pdf.fonts import face
from cmo.paper.pdf.layout import text_at
from tests.paper.reading import fonts_of, names_in, pages_of, squeezed, text_of

BODY = Style(10.5, 18, indent=2, justified=True)
CELL = Style(9, 13)
HOSTILE = [
    "<b>unclosed",
    '<img src="/etc/hostname"/>',
    '<a href="javascript:alert(1)">x</a>',
    "<font color=\"[[['a' for a in ()]]]\">",
    "&lt;para&gt; &#60; %%EOF (\\) <</JS (x)>>",
    "${x} {{ 7*7 }} {% load %}",
    "发票\u202egpj.exe \x00 \ud800 \ufffe",
]


def foot(number: int, of: int) -> Sequence[Mark]:
    return [text_at(300, 800, f"第 {number} 页 共 {of} 页", CELL, align="centre")]


def made(layout: Layout) -> bytes:
    return drawn(layout.leaves, layout.sheet, foot, Metadata("题目", "作者", "主题", "zh-CN"))


def texts(layout: Layout) -> list[str]:
    return [mark.text for leaf in layout.leaves for mark in leaf if isinstance(mark, Text)]


def test_what_is_drawn_reads_back_as_it_was_typed() -> None:
    layout = Layout()
    text = "受托方应当按照《医疗器械生产质量管理规范》（2025年版）组织生产。ISO 13485:2016 applies. 龘𣲗 ℃ ①" * 30
    layout.text(text, BODY)
    pages = pages_of(made(layout))
    assert squeezed("".join(line for page in pages for line in page[1:])) == squeezed(text)


@pytest.mark.parametrize("typed", HOSTILE)
def test_typed_text_is_drawn_and_never_acts(typed: str) -> None:
    layout = Layout()
    layout.bookmark(typed, 0)
    layout.heading(typed, BODY, level=0)
    layout.text(typed, BODY)
    layout.table([Column(0.5), Column(0.5, "centre")], [typed, "b"], [[typed, typed]], CELL)
    data = made(layout)
    shown = squeezed(face().drawable(typed))
    assert text_of(data).count(shown) == 5
    assert names_in(data).isdisjoint({"/URI", "/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/EmbeddedFiles"})
    assert b"/Annots" not in data


def test_a_character_without_a_glyph_is_shown_by_its_code_point() -> None:
    assert face().drawable("a\U0001f600") == "a[U+1F600]"


def test_every_font_is_embedded_and_no_other_is_named() -> None:
    layout = Layout()
    layout.text("质量协议 Quality agreement", Style(12, 18, bold=True))
    layout.text("正文", BODY)
    data = made(layout)
    assert all(embedded for _, embedded in fonts_of(data))
    assert all("NotoSansSC" in name for name, _ in fonts_of(data))
    assert b"Helvetica" not in data


def test_the_same_pages_give_the_same_bytes_and_say_their_language() -> None:
    layouts = [Layout(), Layout()]
    for layout in layouts:
        layout.text("正文" * 300, BODY)
    first, second = (made(layout) for layout in layouts)
    assert first == second
    with pikepdf.open(BytesIO(first)) as file:
        assert str(file.Root.Lang) == "zh-CN"
        assert str(file.docinfo["/Title"]) == "题目"
        assert bool(file.Root.ViewerPreferences.DisplayDocTitle)


def test_every_page_says_which_it_is_and_how_many_there_are() -> None:
    layout = Layout()
    layout.text("正文" * 3000, BODY)
    pages = pages_of(made(layout))
    assert len(pages) > 3
    assert [page[0] for page in pages] == [f"第 {n} 页 共 {len(pages)} 页" for n in range(1, len(pages) + 1)]


def test_the_outline_follows_the_headings_and_skips_no_level() -> None:
    layout = Layout()
    for level, title in ((1, "甲"), (0, "乙"), (2, "丙")):
        layout.heading(title, BODY, level=level)
    with pikepdf.open(BytesIO(made(layout))) as file, file.open_outline() as outline:
        assert [item.title for item in outline.root] == ["甲", "乙"]
        assert [item.title for item in outline.root[1].children] == ["丙"]


def test_nothing_is_drawn_outside_the_margins_whatever_is_typed() -> None:
    layout = Layout()
    sheet = layout.sheet
    layout.text("x" * 500 + "，" * 120 + "《" * 120 + "字" * 500, BODY)
    layout.table([Column(0.2), Column(0.8)], ["a" * 60, "b"], [["9" * 300, "中文" * 900]] * 3, CELL)
    for mark in (mark for leaf in layout.leaves for mark in leaf if isinstance(mark, Text)):
        width = measured(mark.text, Style(mark.size, 1)) + mark.spread * (len(mark.text) - 1)
        assert mark.x >= sheet.left - 0.01
        assert mark.x + width <= sheet.width - sheet.right + 0.6
        assert sheet.top - 1 <= mark.y <= sheet.floor + 0.01


def test_side_by_side_cells_begin_together_and_run_over_pages() -> None:
    layout = Layout()
    left, right = set_text("中文" * 900, 200, CELL), set_text("English text " * 700, 200, CELL)
    layout.row([Cell(0, left), Cell(240, right)])
    assert len(layout.leaves) > 1
    first = [mark for mark in layout.leaves[0] if isinstance(mark, Text)]
    tops = [min(mark.y for mark in first if (mark.x > 250) == side) for side in (False, True)]
    assert tops[0] == tops[1]
    assert squeezed("".join(texts(layout))).count("中") == 900
    assert squeezed("".join(texts(layout))).count("English") == 700


def test_a_table_repeats_its_head_and_tears_no_row_that_fits_on_a_page() -> None:
    layout = Layout()
    rows = [[str(n), "职责\n" * 3 + f"末行{n}。"] for n in range(1, 90)]
    layout.table([Column(0.2), Column(0.8)], ["序号", "职责栏"], rows, CELL)
    for leaf in layout.leaves:
        said = [mark.text for mark in leaf if isinstance(mark, Text)]
        assert said[:2] == ["序号", "职责栏"]
        for number in (text for text in said if text.isdecimal()):
            assert f"末行{number}。" in said


def test_a_row_taller_than_a_page_is_continued() -> None:
    layout = Layout()
    layout.table([Column(0.3), Column(0.7)], ["甲", "乙"], [["1", "字" * 6000]], CELL)
    assert len(layout.leaves) > 1
    assert "".join(texts(layout)).count("字") == 6000


@pytest.mark.parametrize("characters", [200, 250, 400])
def test_a_longer_text_leaves_no_single_line_behind(characters: int) -> None:
    for used in range(0, 120, 7):
        layout = Layout()
        layout.y = layout.sheet.floor - used
        layout.text("字" * characters, CELL)
        counts = [sum(isinstance(mark, Text) for mark in leaf) for leaf in layout.leaves]
        assert 1 not in counts


def test_a_gap_is_dropped_at_the_top_of_a_page_and_a_heading_stays_with_its_text() -> None:
    layout = Layout()
    layout.gap(100)
    assert layout.y == layout.sheet.top
    layout.y = layout.sheet.floor - 30
    layout.heading("标题", BODY, keep=48)
    assert len(layout.leaves) == 2
    assert layout.leaves[0] == []


def test_twice_the_text_makes_twice_the_lines() -> None:
    counts = []
    for times in (40, 80):
        layout = Layout(Sheet())
        for _ in range(times):
            layout.text("委托方与受托方应当保存记录。" * 12, BODY)
        counts.append(len(texts(layout)))
    assert counts[1] == 2 * counts[0]

"""The mark on pages made for one reader: on every page, behind the text, readable at the foot, and absent without one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest

from cmo.paper.docx import Body, Properties, packed
from cmo.paper.pdf import Layout, Mark, Metadata, Style, bound, drawn, written
from tests.paper.reading import squeezed, text_of

BODY = Style(10.5, 18)
ABOUT = Metadata("题目", "作者", "主题", "zh-CN")
MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
MARK = "供 何检查（某省药品监督管理局）查阅 · WT2026-00000001 · 2026-11-22"


def head(number: int, of: int) -> Sequence[Mark]:
    return []


def layout() -> Layout:
    made = Layout()
    for _ in range(60):
        made.text("受托方应当按照规范组织生产。", BODY)
    return made


def as_drawn(mark: str) -> bytes:
    pages = layout()
    return drawn(pages.leaves, pages.sheet, head, ABOUT, mark)


def as_bound(mark: str) -> bytes:
    pages = layout()
    return bound([written(leaf, pages.sheet) for leaf in pages.leaves], head, ABOUT, MOMENT, mark=mark)


@pytest.mark.parametrize("make", [as_drawn, as_bound])
def test_every_page_bears_the_mark_aslant_and_at_its_foot(make: object) -> None:
    pages = len(layout().leaves)
    assert pages > 1
    found = squeezed(text_of(make(MARK))).count(squeezed(MARK))  # type: ignore[operator]
    assert found >= 5 * pages


@pytest.mark.parametrize("make", [as_drawn, as_bound])
def test_the_same_mark_gives_the_same_bytes_another_reader_others_and_none_leaves_no_trace(make: object) -> None:
    assert make(MARK) == make(MARK) != make("供 他人 查阅")  # type: ignore[operator]
    assert squeezed("查阅") not in squeezed(text_of(make("")))  # type: ignore[operator]


@pytest.mark.parametrize("make", [as_drawn, as_bound])
def test_a_hostile_or_endless_mark_is_shown_by_its_code_points_and_cut(make: object) -> None:
    data = make("\u202e\x00<b>x</b>\n" + "很长" * 400)  # type: ignore[operator]
    assert "[U+202E][U+0000]<b>x</b>" in squeezed(text_of(data))


def docx(mark: str) -> list[str]:
    body = Body()
    body.text("正文", "BodyZh")
    about = Properties("t", "a", "s", "zh-CN", MOMENT, "head", "foot", "{page}/{pages}", mark)
    with ZipFile(BytesIO(packed(body, about))) as archive:
        return [archive.read(name).decode() for name in archive.namelist() if name.startswith("word/header")]


def test_a_word_file_bears_the_mark_on_top_of_its_first_and_of_every_other_page() -> None:
    heads = docx(MARK)
    assert len(heads) == 2
    assert all(MARK in text for text in heads)
    assert not any("查阅" in text for text in docx(""))


def test_markup_in_a_mark_stays_text_in_word() -> None:
    assert all("&lt;w:p&gt;[U+0000]" in text for text in docx("<w:p>\x00"))

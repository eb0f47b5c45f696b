"""Tracked changes: accepted they give the later text, refused the earlier, whoever changed what in between."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from agreements.word.tracked import Step, accepted, refused, tracked
from cmo.paper.docx.controls import Change, Look, Numbers, Piece, control, paragraphs
from cmo.paper.docx.template import template
from cmo.paper.plain import visible
from tests.agreements import word_reading

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
WANG, LI, ZHAO = (Change(name, NOW) for name in ("甲方 · 王", "乙方 · 李 & <Co>", '"Zhao"'))
AUTHORS = (WANG, LI, ZHAO)
STAYED = Piece("")
WORDS = (
    "受托方应当在发现偏差后二十四小时内通知委托方",
    "The contractor keeps records for 5 years after expiry.",
    "第三条 检验；放行",
    " & < > \" ' ]]> &amp; <w:t>",
    "\n",
    "\n\n",
    "\t",
    "  ",
    "\x00\x01\x1b",
    "\u202e\u200b\ufffe",
    "\r\n",
    "𠮷野",
    "e\u0301",
    "",
    "2026-11-22",
    "，",
)
texts = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), max_size=8).map("".join)


def written(pieces: tuple[Piece, ...], end: Piece = STAYED) -> bytes:
    numbers = Numbers()
    return template(control("qa/a/e1/zh", "第一条", paragraphs(pieces, Look("BodyZh"), numbers, end=end), numbers))


def read(data: bytes) -> tuple[str, str]:
    content = word_reading.controls(data)["qa/a/e1/zh"]
    after, before = (word_reading.text(content, accepted=one) for one in (True, False))
    return "\n".join(before), "\n".join(after)


@settings(max_examples=400, deadline=None)
@given(texts, st.lists(texts, min_size=1, max_size=4))
def test_accepting_all_gives_the_later_text_and_refusing_all_the_earlier(before: str, later: list[str]) -> None:
    start = visible(before)
    steps = [Step(visible(text), AUTHORS[n % 3]) for n, text in enumerate(later)]
    pieces = tracked(start, steps)
    assert (refused(pieces), accepted(pieces)) == (start, steps[-1].text)
    assert read(written(pieces)) == (start, steps[-1].text)


@pytest.mark.parametrize("seed", range(40))
def test_edits_of_three_authors_keep_who_wrote_what(seed: int) -> None:
    chance = random.Random(seed)
    words = ["受托方", "当按照经确认的工艺规程生产并保存批生产记录", "within 24 hours", "\n", "五年"]
    text, steps = "".join(words), []
    for author in AUTHORS:
        place = chance.randrange(len(text) + 1)
        mark = f"〔{author.author[:2]}{chance.randrange(1000)}〕"
        text = text[:place] + mark + text[place + chance.randrange(4) :]
        steps.append(Step(text, author))
    pieces = tracked("".join(words), steps)
    assert (refused(pieces), accepted(pieces)) == ("".join(words), text)
    last = [piece for piece in pieces if piece.inserted == ZHAO]
    assert mark[1:-1] in "".join(piece.text for piece in last)
    assert read(written(pieces)) == ("".join(words), text)


def test_a_changed_word_is_marked_alone_and_chinese_character_by_character() -> None:
    pieces = tracked("保存五年，约定另行签署。", [Step("保存十年，约定另行签署。", WANG)])
    assert [(p.text, bool(p.inserted), bool(p.deleted)) for p in pieces] == [
        ("保存", False, False),
        ("五", False, True),
        ("十", True, False),
        ("年，约定另行签署。", False, False),
    ]


def test_what_one_side_wrote_and_the_other_struck_again_is_in_neither_text() -> None:
    pieces = tracked("甲乙", [Step("甲（新增）乙", WANG), Step("甲丙乙", LI)])
    assert {piece.text for piece in pieces if piece.inserted} == {"丙"}
    assert not any(piece.deleted for piece in pieces)


def test_an_inserted_control_is_inserted_with_the_end_of_its_last_paragraph() -> None:
    pieces = tracked("", [Step("新条款\n第二段", WANG)])
    before, after = read(written(pieces, Piece("", inserted=WANG)))
    assert (before, after) == ("", "新条款\n第二段")


def test_markup_in_names_and_text_stays_text() -> None:
    data = written(tracked("<a>", [Step('<w:del w:author="x"/>', LI)]))
    content = word_reading.controls(data)["qa/a/e1/zh"]
    assert word_reading.text(content, accepted=True) == ['<w:del w:author="x"/>']
    assert {author for _kind, author, _text in word_reading.authors(content)} == {LI.author}
    with ZipFile(BytesIO(data)) as archive:
        assert not [name for name in archive.namelist() if etree.fromstring(archive.read(name)) is None]


def test_a_long_text_with_little_changed_is_compared_quickly_and_marked_little() -> None:
    text = "受托方应当保存批生产记录，期限不少于五年。" * 400
    pieces = tracked(text, [Step(text[:4000] + "十" + text[4001:], WANG)])
    assert sum(len(piece.text) for piece in pieces if piece.inserted) == 1

"""Lines end where Chinese typesetting lets them end."""

import random
from itertools import pairwise

import pytest

from cmo.paper.breaking import NOEND, NOSTART, break_lines
from cmo.paper.pdf.fonts import face

WORDS = ["LOT2026-000123", "QMS", "12.5", "ISO 13485", "(UDI)", "99%", "3,000", "GB/T", "Quality agreement", "[A]"]
HANZI = "委托生产质量协议注册人受托方放行批记录变更控制供应商审核灭菌标签追溯不良事件"
MARKS = "，。、；：？！"
PAIRS = [("（", "）"), ("《", "》"), ("“", "”"), ("【", "】"), ("(", ")")]


class _Even(dict[str, float]):
    """Hanzi one wide, everything ASCII half as wide."""

    def __missing__(self, character: str) -> float:
        return 0.5 if character.isascii() else 1.0


EVEN = _Even()


def paragraph(chance: random.Random) -> str:
    """Mixed text as it is written: never two closing or opening marks beyond what a quotation needs."""
    parts = []
    for _ in range(chance.randint(20, 60)):
        kind = chance.random()
        if kind < 0.62:
            parts.append("".join(chance.choices(HANZI, k=chance.randint(1, 6))))
        elif kind < 0.78:
            parts.append(chance.choice(WORDS))
        elif kind < 0.88:
            opening, closing = chance.choice(PAIRS)
            parts.append(opening + "".join(chance.choices(HANZI, k=chance.randint(1, 5))) + closing)
        else:
            parts.append("测" + chance.choice(MARKS))
    return "".join(parts)


def test_four_hundred_random_paragraphs_hold_no_wrong_break_and_no_overfull_line() -> None:
    chance, widths = random.Random(20), face().widths
    wrong, overfull, lines = [], [], 0
    for _ in range(400):
        width = chance.uniform(14, 42)
        text = paragraph(chance)
        broken = break_lines(text, width, widths)
        lines += len(broken)
        assert "".join(broken).replace(" ", "") == text.replace(" ", "")
        wrong += [line for line in broken[1:] if line[0] in NOSTART] + [
            line for line in broken[:-1] if line[-1] in NOEND
        ]
        overfull += [line for line in broken if len(line) > 1 and sum(widths[c] for c in line) > width + 1e-6]
        for before, after in pairwise(broken):
            together = text[text.index(before) + len(before) :][:1] != " "
            assert not (together and before[-1].isascii() and after[0].isascii()), (before, after)
    assert lines > 2000
    assert wrong == []
    assert overfull == []


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("质量协议。", 4, ["质量协", "议。"]),
        ("见（附件）", 2, ["见", "（附", "件）"]),
        ("批号LOT20一", 4, ["批号", "LOT20一"]),
        ("the quality agreement", 7, ["the quality", "agreement"]),
        ("2029年9月12日", 4, ["2029年", "9月12日"]),
        ("共12日内", 2, ["共", "12日", "内"]),
        ("", 10, [""]),
        ("甲\n\n乙", 10, ["甲", "", "乙"]),
        ("一二三四 ", 4, ["一二三四"]),
        ("……——", 4, ["……——"]),
    ],
)
def test_a_line_ends_where_it_may(text: str, width: float, lines: list[str]) -> None:
    assert break_lines(text, width, EVEN) == lines


def test_a_word_wider_than_the_line_is_cut_and_nothing_is_lost() -> None:
    text = "哈希" + "a1b2c3d4" * 8 + "结束"
    lines = break_lines(text, 6, EVEN)
    assert "".join(lines) == text
    assert all(sum(EVEN[c] for c in line) <= 6 for line in lines)


def test_a_cut_word_still_leaves_no_mark_at_the_start_of_a_line() -> None:
    for tail in range(1, 12):
        lines = break_lines("a" * tail + ",b" * 20, 4, EVEN)
        assert not any(line[0] in NOSTART for line in lines)


def test_a_character_wider_than_the_line_stands_alone() -> None:
    assert break_lines("甲乙丙", 0.5, EVEN) == ["甲", "乙", "丙"]


def test_the_first_line_of_each_paragraph_is_narrower_where_it_is_indented() -> None:
    assert break_lines("一二三四五六\n一二三四", 4, EVEN, first=2) == ["一二", "三四五六", "一二", "三四"]


def test_twice_the_text_makes_twice_the_lines() -> None:
    text = paragraph(random.Random(5))
    once, twice = break_lines(text * 50, 30, face().widths), break_lines(text * 100, 30, face().widths)
    assert abs(len(twice) - 2 * len(once)) <= 2

"""Nothing typed is hidden, and nothing typed breaks a file; numbers of articles; codes that scan."""

import pytest
import zxingcpp
from PIL import Image

from cmo.paper.code import qr_code
from cmo.paper.plain import visible
from cmo.paper.words import Words, chinese_number, same


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("质量协议 <b>", "质量协议 <b>"),
        ("a\x00b", "a[U+0000]b"),
        ("a\x1bb\x7f", "a[U+001B]b[U+007F]"),
        ("发票\u202egpj.exe", "发票[U+202E]gpj.exe"),
        ("a\u200bb\ufeff", "a[U+200B]b[U+FEFF]"),
        ("a\ud800b", "a[U+D800]b"),
        ("\ufffe\U0001ffff", "[U+FFFE][U+1FFFF]"),
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("a\tb", "a    b"),
        ("𠮷 é 字", "𠮷 é 字"),
    ],
)
def test_unseen_characters_are_shown_by_their_code_points(typed: str, shown: str) -> None:
    assert visible(typed) == shown
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (60, "六十"), (100, "一百"), (101, "一百零一"),
        (110, "一百一十"), (1005, "一千零五"), (1050, "一千零五十"), (9999, "九千九百九十九"),
    ],
)  # fmt: skip
def test_articles_are_counted_in_chinese(number: int, written: str) -> None:
    assert chinese_number(number) == written


@pytest.mark.parametrize("number", [0, -1, 10000])
def test_no_article_has_an_impossible_number(number: int) -> None:
    with pytest.raises(ValueError, match="no article"):
        chinese_number(number)


def test_words_show_one_form_where_both_languages_agree() -> None:
    assert Words("甲", "A").parts("both") == ("甲", "A")
    assert same("QA-1").parts("both") == ("QA-1",)
    assert Words("甲", "").parts("both") == ("甲",)
    assert Words("甲", "A").joined("both", " / ") == "甲 / A"


def test_a_qr_code_reads_back_as_the_address_it_was_made_from() -> None:
    address = "https://quality.example/verify/14/7609e787b0dd1536/"
    code = qr_code(address)
    quiet, scale = 4, 4
    side = (code.size + 2 * quiet) * scale
    image = Image.new("L", (side, side), 255)
    for row, column, length in code.runs:
        left, top = (column + quiet) * scale, (row + quiet) * scale
        image.paste(0, (left, top, left + length * scale, top + scale))
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == address

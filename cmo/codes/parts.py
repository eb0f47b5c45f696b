"""Pieces that several number formats share: a block of digits with a layout, and a plausible year."""

from __future__ import annotations

import datetime as dt

from cmo.codes.result import Message

#: Before this year no medical device number of any form was issued.
EARLIEST_YEAR = 1990

#: One part of a digit block: name in Chinese, name in English, number of digits.
Part = tuple[str, str, int]


def digit_block(kind: str, digits: str, layout: tuple[Part, ...]) -> list[Message]:
    """Errors when ``digits`` is not exactly the digits of ``layout``; names the first wrong character."""
    wanted = sum(count for _, _, count in layout)
    zh = "、".join(f"{name} {count} 位" for name, _, count in layout)
    en = ", ".join(f"{name} {count}" for _, name, count in layout)
    for place, sign in enumerate(digits, 1):
        if not is_digits(sign):
            return [
                Message(
                    f"{kind}.not_a_digit",
                    f"数字部分第 {place} 位是「{sign}」，应为数字（{zh}）。",
                    f"Character {place} of the digit block is “{sign}”, not a digit ({en}).",
                )
            ]
    if len(digits) != wanted:
        return [
            Message(
                f"{kind}.digit_count",
                f"数字部分应为 {wanted} 位（{zh}），现为 {len(digits)} 位。",
                f"The digit block must have {wanted} digits ({en}); it has {len(digits)}.",
            )
        ]
    return []


def quoted(text: str) -> tuple[str, str]:
    """A piece of the input for a sentence, in Chinese and English quotes; long pieces are cut, nothing is 空白."""
    if not text:
        return "空白", "blank"
    short = text if len(text) <= 20 else text[:20] + "…"
    return f"「{short}」", f"“{short}”"


def is_digits(text: str) -> bool:
    """True for one or more ASCII digits (``str.isdigit`` accepts digits of every script)."""
    return text.isascii() and text.isdigit()


def future_year(kind: str, year: int, today: dt.date) -> list[Message]:
    """Errors for a year that has not begun, or in which no such number existed."""
    if EARLIEST_YEAR <= year <= today.year:
        return []
    if year > today.year:
        return [
            Message(
                f"{kind}.year_in_future",
                f"年份 {year} 尚未到来。",
                f"The year {year} has not begun.",
            )
        ]
    return [
        Message(
            f"{kind}.year_too_early",
            f"年份 {year} 不可能：当时尚无此类编号。",
            f"The year {year} is impossible: no such numbers existed then.",
        )
    ]


def zero_serial(kind: str, serial: str) -> list[Message]:
    """Warning for a running number of zeros only."""
    if serial.strip("0"):
        return []
    return [
        Message(
            f"{kind}.zero_serial",
            f"流水号为 {serial}，通常从 1 开始，请核对。",
            f"The running number is {serial}; numbering normally starts at 1. Please check.",
        )
    ]

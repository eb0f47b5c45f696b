"""One text in both languages, and the languages a document can be written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``both``: Chinese beside English.
Language = Literal["zh", "en", "both"]
LANGUAGES: tuple[Language, ...] = ("zh", "en", "both")

_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Chinese and English; figures and names that need no translation have one form (``same``)."""

    zh: str
    en: str

    def parts(self, language: Language) -> tuple[str, ...]:
        """The text as a document in this language shows it: two parts only where the two forms differ."""
        if language == "zh":
            return (self.zh,)
        if language == "en":
            return (self.en,)
        return (self.zh,) if self.zh == self.en or not self.en else (self.zh, self.en)

    def joined(self, language: Language, by: str = " ") -> str:
        """The text on one line."""
        return by.join(self.parts(language))


def same(text: str) -> Words:
    """A number, code or name that reads the same in both languages."""
    return Words(text, text)


def chinese_number(number: int) -> str:
    """``12`` → ``十二``, as articles of contracts are counted; up to 9999.

    :raises ValueError: outside 1 to 9999.
    """
    if not 1 <= number <= 9999:
        raise ValueError(f"no article has the number {number}")
    written = ""
    gap = False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit == 0:
            gap = bool(written)
            continue
        written += ("零" if gap else "") + _DIGITS[digit] + unit
        gap = False
    return written.removeprefix("一") if 10 <= number < 20 else written

"""Words for stored keys of audits, in the reader's language."""

from typing import Any

from django import template

from audits.wording import SEVERITY_TONES, SEVERITY_WORDS
from cmo.web.wording import is_chinese

register = template.Library()


@register.filter
def severity_word(severity: str) -> str:
    """``{{ item.severity|severity_word }}`` → critical, major or general in words."""
    return str(SEVERITY_WORDS.get(severity, severity))


@register.filter
def severity_tone(severity: str) -> str:
    """``{{ item.severity|severity_tone }}`` → the tone of its badge."""
    return SEVERITY_TONES.get(severity, "idle")


@register.simple_tag
def severity_count(severity: str, number: int | None = None) -> str:
    """``{% severity_count "major" 70 as word %}`` → ``70 major``; without a number the word alone."""
    word = severity_word(severity)
    return word if number is None else f"{word} {number}" if is_chinese() else f"{number} {word}"


@register.filter
def checks(item: Any) -> tuple[str, ...]:
    """``{{ item|checks }}`` → what to check, in the reader's language."""
    found: tuple[str, ...] = item.checks_zh if is_chinese() else item.checks_en
    return found

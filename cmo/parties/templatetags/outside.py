"""What pages for an outsider bear: one line on top, and the mark over them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django import template
from django.template.context import Context

from cmo.parties.models import Grant, Invitation
from cmo.parties.outside import Reading, limit_words, reading_of

register = template.Library()

#: Width of a character of the mark in its drawing, and the space between two repetitions.
_WIDE, _NARROW, _GAP = 15, 8, 90


@dataclass(frozen=True, slots=True)
class Repeated:
    """The mark and how wide one repetition of it is drawn."""

    text: str
    width: int

    @property
    def shifted(self) -> int:
        """Where the second row begins, half a repetition to the left."""
        return -self.width // 2


@register.filter
def limited_to(row: Grant | Invitation) -> str:
    """``{{ invitation|limited_to }}``: what the dossier is limited to, in words; empty for all of it."""
    return limit_words(row.scope_kind, row.scope_key)


@register.simple_tag(takes_context=True)
def outside_reading(context: Context) -> Reading | None:
    """``{% outside_reading as reading %}``: who reads from outside, with the pairs known so far; None for everybody else."""
    reading = reading_of(context["request"]) if "request" in context else None
    if reading is None:
        return None
    reading.whole = True
    reading.look({str(name): value for name, value in context.flatten().items()})
    return reading if reading.applies else None


@register.simple_tag(takes_context=True)
def outside_mark(context: Context) -> Repeated | None:
    """``{% outside_mark as mark %}`` at the end of a page, when everything it shows is known."""
    reading = outside_reading(context)
    if reading is None:
        return None
    wide = sum(_WIDE if unicodedata.east_asian_width(character) in "WF" else _NARROW for character in reading.mark)
    return Repeated(reading.mark, wide + _GAP)

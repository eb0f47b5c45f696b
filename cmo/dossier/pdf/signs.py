"""Signs of the five states: each has a form of its own, so that a copy in black and white says the same."""

from __future__ import annotations

from math import cos, pi, sin

from cmo.paper.pdf import Fill, Frame, Mark, Shape
from cmo.paper.pdf.marks import Ink

from ..sheets import Tone
from .styles import TONES

_WHITE: Ink = (1.0, 1.0, 1.0)
_RADIUS = 3.6


def sign(tone: Tone, x: float, y: float) -> list[Mark]:
    """What happened on one day, its middle at this place: disc, triangle, hollow lozenge, small square, lozenge."""
    ink, r = TONES[tone], _RADIUS
    match tone:
        case "good":
            return [Shape(tuple((x + r * cos(n * pi / 8), y + r * sin(n * pi / 8)) for n in range(16)), ink)]
        case "bad":
            return [Shape(((x - r - 0.6, y + r), (x, y - r - 0.6), (x + r + 0.6, y + r)), ink)]
        case "pending":
            return [_lozenge(x, y, r + 0.6, ink), _lozenge(x, y, r - 1.1, _WHITE)]
        case "idle":
            return [Fill(x - 2.2, y - 2.2, 4.4, 4.4, ink)]
    return [_lozenge(x, y, r + 0.6, ink)]


def bar(tone: Tone, x: float, y: float, width: float, height: float, *, onward: bool = False) -> list[Mark]:
    """What lasted: full, full with a dark edge, hollow, thin, or striped; ``onward``: with a tip, as it goes on."""
    ink = TONES[tone]
    marks: list[Mark]
    match tone:
        case "bad":
            marks = [Fill(x, y, width, height, ink), Frame(x, y, width, height, 1.0, (0.25, 0.02, 0.03))]
        case "pending":
            marks = [Fill(x, y, width, height, _WHITE), Frame(x, y, width, height, 1.0, ink)]
        case "idle":
            marks = [Fill(x, y + height / 2 - 1.2, width, 2.4, ink)]
        case "active":
            marks = [Fill(x, y, width, height, ink), Fill(x, y + height / 2 - 0.6, width, 1.2, _WHITE)]
        case _:
            marks = [Fill(x, y, width, height, ink)]
    end = x + width
    if onward:
        marks.append(Shape(((end, y - 1.5), (end + 5, y + height / 2), (end, y + height + 1.5)), ink))
    return marks


def _lozenge(x: float, y: float, r: float, ink: Ink) -> Shape:
    return Shape(((x - r, y), (x, y - r), (x + r, y), (x, y + r)), ink)

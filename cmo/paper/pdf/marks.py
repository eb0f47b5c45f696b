"""What stands on a page: text, rules, boxes, signs, codes and places of the outline, with ``y`` measured from the top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..code import Symbol

Ink = tuple[float, float, float]
BLACK: Ink = (0.09, 0.10, 0.12)
GRAY: Ink = (0.42, 0.44, 0.48)
ACCENT: Ink = (0.10, 0.23, 0.40)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text on its baseline; ``spread`` widens the gap after each character, ``turn`` (degrees) lets it rise."""

    x: float
    y: float
    text: str
    font: str
    size: float
    ink: Ink = BLACK
    spread: float = 0.0
    turn: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line."""

    x: float
    y: float
    to_x: float
    to_y: float
    weight: float = 0.5
    ink: Ink = GRAY


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled box without an edge; ``y`` is its upper edge."""

    x: float
    y: float
    width: float
    height: float
    ink: Ink = (0.945, 0.953, 0.965)


@dataclass(frozen=True, slots=True)
class Frame:
    """The edge of a box; ``y`` is its upper edge."""

    x: float
    y: float
    width: float
    height: float
    weight: float = 0.6
    ink: Ink = GRAY


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon, such as a sign beside a text."""

    points: tuple[tuple[float, float], ...]
    ink: Ink = ACCENT


@dataclass(frozen=True, slots=True)
class Modules:
    """A two-dimensional code ``side`` points wide; ``y`` is its upper edge."""

    x: float
    y: float
    side: float
    code: Symbol


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline that leads to ``y`` on this page."""

    title: str
    level: int
    y: float


Mark = Text | Rule | Fill | Frame | Shape | Modules | Bookmark
#: Page number and number of pages → what stands in its head and foot.
Furniture = Callable[[int, int], Sequence[Mark]]

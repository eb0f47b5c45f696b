"""How people write what a row of a judgement table demands of one severity: ``0``, ``1–2``, ``≥3``, ``≤20%``, ``>20%, <30%``."""

from __future__ import annotations

import re

from .template_shape import COUNT, PERCENT, Bound

#: Words for "whatever it is".
ANY = ("-", "—", "–", "any", "不限", "*")
EVERYTHING = Bound(COUNT, 0, True, None, False)
_SIGNS = {">=": "≥", "<=": "≤", "＞": ">", "＜": "<", "％": "%", "～": "~", "，": ",", "、": ",", "；": ",", ";": ","}
_COMPARED = re.compile(r"(≥|>|≤|<|=)?(\d{1,5})(%?)")
_RANGE = re.compile(r"(\d{1,5})(%?)(?:-|–|—|~|至|to)(\d{1,5})(%?)")


class NoBound(ValueError):
    """A text says no bound."""


def read_bound(text: str) -> Bound:
    """The bound that a cell says. :raises NoBound: when it says none, or one that nothing can fulfil."""
    plain = text.strip()
    if plain.lower() in ANY:
        return EVERYTHING
    for sign, meant in _SIGNS.items():
        plain = plain.replace(sign, meant)
    parts = [part for part in re.sub(r"(?<![,<>≥≤=])\s+(?=[<>≥≤])", ",", plain).replace(" ", "").split(",") if part]
    units, ends = set(), {"least": (0, True), "most": None}
    for part in parts:
        unit, found = _part(part)
        units.add(unit)
        ends |= found
    if not parts or len(units) != 1:
        raise NoBound(text)
    (least, least_included), most = ends["least"], ends["most"]  # type: ignore[misc]
    value, included = most or (None, False)
    bound = Bound(units.pop(), least, least_included, value, included)
    if value is not None and (least > value or (least == value and not (least_included and included))):
        raise NoBound(text)
    return bound


def _part(text: str) -> tuple[str, dict[str, tuple[int, bool]]]:
    """Unit and ends of one comparison or range."""
    if found := _RANGE.fullmatch(text):
        first, first_percent, last, percent = found.groups()
        if first_percent and not percent:
            raise NoBound(text)
        return _unit(percent), {"least": (int(first), True), "most": (int(last), True)}
    if not (found := _COMPARED.fullmatch(text)):
        raise NoBound(text)
    sign, number, percent = found.groups()
    value = int(number)
    if sign in (None, "="):
        return _unit(percent), {"least": (value, True), "most": (value, True)}
    return _unit(percent), {"least" if sign in "≥>" else "most": (value, sign in "≥≤")}


def _unit(percent: str) -> str:
    return PERCENT if percent else COUNT


def write_bound(bound: Bound) -> str:
    """The same as text; ``read_bound`` gives it back."""
    if bound == EVERYTHING:
        return ANY[0]
    unit = "%" if bound.unit == PERCENT else ""
    if bound.most is None:
        return f"{'≥' if bound.least_included else '>'}{bound.least}{unit}"
    most = f"{'≤' if bound.most_included else '<'}{bound.most}{unit}"
    if (bound.least, bound.least_included) == (0, True):
        return f"0{unit}" if (bound.most, bound.most_included) == (0, True) else most
    if bound.least_included and bound.most_included:
        return f"{bound.least}{unit}" if bound.least == bound.most else f"{bound.least}–{bound.most}{unit}"
    return f"{'≥' if bound.least_included else '>'}{bound.least}{unit}, {most}"

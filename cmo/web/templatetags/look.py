"""Filters and tags every template may use: icons, dates, numbers, two-language values, charts.

Registered as builtins in the settings. Each one is a thin cover over a pure function that Python code uses too.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString

from cmo.web import charts, icons, word_diff, wording, words

register = template.Library()


@register.simple_tag(name="icon")
def icon_tag(name: str, label: str = "", extra: str = "") -> SafeString:
    """``{% icon "lock" %}``: inline SVG; raises on an unknown name."""
    return icons.icon(name, label, extra)


@register.simple_tag
def tone_icon(tone: str) -> SafeString:
    """The icon that belongs to a status tone."""
    return icons.icon(words.tone_icon(tone))


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """``{{ d|day }}`` → ``2026-11-22`` that does not break; ``day_text`` is the same without markup."""
    return format_html("<time class=unbroken>{}</time>", wording.day(value)) if value else ""


@register.filter
def day_text(value: date | datetime | None) -> str:
    """Like ``day`` without markup, for attributes."""
    return wording.day(value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """``{{ t|moment }}`` → ``2026-11-22 14:05 (UTC+8)`` in a ``<time>`` that does not break."""
    if not value:
        return ""
    return format_html(
        "<time class=unbroken datetime={}>{}</time>", value.isoformat(timespec="seconds"), wording.moment(value)
    )


@register.filter
def moment_text(value: datetime | None) -> str:
    """Like ``moment`` without markup, for attributes."""
    return wording.moment(value)


@register.filter
def number(value: Decimal | float | None) -> str:
    """``{{ n|number }}`` → ``12,345``."""
    return wording.number(value)


@register.filter
def file_size(value: int | None) -> str:
    """``{{ bytes|file_size }}`` → ``3.1 MB``."""
    return wording.file_size(value)


@register.filter
def short_hash(value: str | None) -> SafeString | str:
    """``{{ hash|short_hash }}`` → the first twelve characters, the whole hash on hover."""
    if not value:
        return ""
    return format_html('<code class="hash" title="{}">{}</code>', value, wording.short_hash(str(value)))


@register.filter
def bilingual(subject: Any, name: str) -> str:
    """``{{ obj|bilingual:"name" }}`` → ``name_zh`` or ``name_en``; the other one when empty."""
    return wording.bilingual(subject, name)


@register.filter
def in_language(finding: Any) -> SafeString:
    """``{{ finding|in_language }}`` → its sentence in the active language; dates and numbers do not break."""
    return unbroken(wording.in_language(finding))


#: Dates and numbered names such as QA-2026-014; browsers break them after a hyphen.
_NUMBERED = re.compile(r"(\d{4}-\d{2}-\d{2}|[A-Z]{1,5}-?\d[\dA-Z]*(?:-[\dA-Z]+)+)")


@register.filter
def short_name(name: str) -> str:
    """``{{ name|short_name }}`` → the name of a company without its legal form."""
    return wording.short_name(name or "")


@register.filter
def of_key(found: Mapping[Any, Any], key: Any) -> Any:
    """``{{ names|of_key:pk }}`` → what stands under this key, else nothing."""
    return found.get(key, "")


@register.filter
def unbroken(text: str) -> SafeString:
    """A sentence in which dates and hyphenated numbers stay on one line."""
    pieces = _NUMBERED.split(str(text or ""))
    return format_html_join(
        "", "{}", ((format_html("<span class=unbroken>{}</span>", p) if n % 2 else p,) for n, p in enumerate(pieces))
    )


@register.filter
def browser(user_agent: str) -> str:
    """``Chrome 131 · Windows`` from the text a browser sends; what is not recognised is shown as sent."""
    return wording.browser(user_agent)


@register.filter
def basis_word(basis: str) -> str:
    """The word for a finding's basis; an unknown basis is shown as it is."""
    return str(words.BASIS_WORDS.get(basis, basis))


@register.filter
def step_word(state: str) -> str:
    """The spoken word for the state of a step."""
    return str(words.STEP_WORDS.get(state, state))


@register.filter
def of_severity(findings: Iterable[Any] | None, severity: str) -> list[Any]:
    """Findings (objects or frozen dictionaries) of one severity, in their order."""
    return [finding for finding in findings or [] if _part(finding, "severity") == severity]


def _part(subject: Any, name: str) -> Any:
    return subject.get(name) if isinstance(subject, Mapping) else getattr(subject, name, None)


@register.simple_tag
def days_left(on: date, today: date | None = None) -> str:
    """Time left to ``on`` in words; ``today`` defaults to the day in Shanghai."""
    return words.days_left(on, today or timezone.localdate(timezone=wording.SHANGHAI))


@register.simple_tag
def due_tone(on: date, today: date | None = None) -> str:
    """Tone of a due date."""
    return words.due_tone(on, today or timezone.localdate(timezone=wording.SHANGHAI))


#: Up to this many half-width signs a cell of a list stays on one line; from the second number on it is wide enough to read.
SHORT_CELL, LONG_CELL = 14, 26


@register.simple_tag
def cell_room(cell: Any) -> SafeString:
    """How much room a cell of a list needs, as an attribute: ``data-room="one-line"`` or ``"wide"``, else nothing."""
    text = " ".join(strip_tags(str(cell)).split())
    width = sum(2 if ord(sign) >= _FULL_WIDTH else 1 for sign in text)
    if not SHORT_CELL < width < LONG_CELL:
        return format_html(' data-room="{}"', "one-line" if width <= SHORT_CELL else "wide")
    return SafeString("")


#: From here on signs are as wide as they are high.
_FULL_WIDTH = 0x2E80


@register.simple_tag
def word_changes(before: str, after: str, side: str) -> SafeString:
    """One side of a comparison: ``before`` with removed words struck, or ``after`` with new words marked."""
    return word_diff.side(before or "", after or "", side)


@register.simple_tag
def redline(before: str, after: str) -> SafeString:
    """Both texts in one: removed words struck, added ones marked."""
    return word_diff.redline(before or "", after or "")


@register.simple_tag
def validity_chain_svg(bars: Iterable[charts.Bar], today: date, title: str) -> SafeString:
    """Horizontal bars on a common date axis, the shortest one marked."""
    return charts.validity_chain(list(bars), today=today, title=title)


@register.simple_tag
def with_note(bars: Iterable[charts.Bar]) -> list[charts.Bar]:
    """The bars that have something to say below the drawing."""
    return [bar for bar in bars if bar.note]


@register.simple_tag
def timeline_svg(lanes: Iterable[charts.Lane], title: str, today: date | None = None) -> SafeString:
    """Lanes of spans and marks on one time axis."""
    return charts.timeline(list(lanes), title=title, today=today)


@register.simple_tag
def timeline_marks(lanes: Iterable[charts.Lane]) -> list[tuple[int, charts.Lane, charts.Mark]]:
    """The numbered marks of a timeline, for the list under it."""
    return charts.numbered_marks(list(lanes))


@register.simple_tag
def heat_scale_svg() -> SafeString:
    """The five levels of a heat map as a key."""
    return charts.HEAT_SCALE


@register.simple_tag
def heat_gap_svg() -> SafeString:
    """The sign of a gap as a key."""
    return charts.HEAT_GAP


@register.simple_tag
def language_pairs(zh_before: str, zh_after: str, en_before: str, en_after: str) -> list[dict[str, str]]:
    """The two languages of a comparison; a language without any text is left out."""
    pairs = [
        {"lang": "zh-Hans", "name": "中文", "before": zh_before or "", "after": zh_after or ""},
        {"lang": "en", "name": "English", "before": en_before or "", "after": en_after or ""},
    ]
    return [pair for pair in pairs if pair["before"] or pair["after"]]


@register.simple_tag
def heat_map_svg(grid: charts.HeatMap, title: str) -> SafeString:
    """Rows by days."""
    return charts.heat_map(grid, title=title)


@register.simple_tag
def sparkline_svg(values: Iterable[int], title: str) -> SafeString:
    """A small line without axes."""
    return charts.sparkline(list(values), title=title)


@register.simple_tag
def bars_svg(points: Iterable[tuple[str, int]], title: str) -> SafeString:
    """A small bar chart with a label under each bar."""
    return charts.bars(list(points), title=title)


@register.simple_tag(takes_context=True)
def nav_state(context: Context, name: str) -> dict[str, str] | None:
    """``{% nav_state "parties:pairs" as entry %}`` → address and ``aria-current``, or nothing for a route that
    does not exist (yet)."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return None
    request = context.get("request")
    path = request.path if request is not None else ""
    if path == url:
        current = "page"
    else:
        current = "true" if url != "/" and path.startswith(url) else ""
    return {"url": url, "current": current}


@register.simple_tag(takes_context=True)
def with_parameters(context: Context, **changes: object) -> str:
    """The current query string with some parameters replaced (an empty value removes one)."""
    request = context.get("request")
    if request is None:
        return ""
    query = request.GET.copy()
    for name, value in changes.items():
        if value in {None, ""}:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.filter
def kind_of_field(field: BoundField) -> str:
    """``check``, ``choices``, ``select`` or ``text``: which layout the field template chooses."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "select" if isinstance(widget, forms.Select) else "text"


_CLASSES = {
    "check": "form-check-input",
    "choices": "",
    "select": "form-select",
    "text": "form-control",
}


@register.filter
def styled(field: BoundField, label: str = "") -> SafeString:
    """The field's widget with the classes of the look; classes set in Python stay.

    With another ``label`` than the field's own the placeholder goes, because it belongs to the old one.
    """
    kind = kind_of_field(field)
    own = field.field.widget.attrs.get("class", "")
    invalid = "is-invalid" if field.errors and kind != "choices" else ""
    classes = " ".join(filter(None, (_CLASSES[kind], own, invalid)))
    attrs: dict[str, Any] = {"class": classes} if classes else {}
    if label or field.field.widget.attrs.get("placeholder") == field.label:
        attrs["placeholder"] = False  # a label repeated inside its box says nothing
    return field.as_widget(attrs=attrs)

"""A date axis in percent of the width, its ticks, and the frame around every drawing."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

ROW = 46


AXIS = 26


TODAY = 18


MAX_TICKS = 6


@dataclass(frozen=True, slots=True)
class Axis:
    """A date axis that maps days to percent of the width."""

    first: date
    last: date

    def at(self, on: date) -> float:
        """Percent of the start of day ``on``, kept inside the axis."""
        days = (self.last - self.first).days + 1
        return round(min(max((on - self.first).days / days, 0), 1) * 100, 3)

    def width(self, starts_on: date, ends_on: date) -> float:
        """Percent from the start of the first to the end of the last day; never invisible."""
        return round(max(self.at(ends_on + timedelta(days=1)) - self.at(starts_on), 0.4), 3)


def percent(value: float) -> str:
    return f"{value:g}%"


def frame(title: str, description: str, height: int, body: SafeString, kind: str) -> SafeString:
    return format_html(
        '<svg class="drawing drawing-{}" role="img" width="100%" height="{}" aria-label="{}"><desc>{}</desc>{}</svg>',
        kind,
        height,
        title,
        description,
        body,
    )


def _months(first: date, last: date) -> list[date]:
    found, year, month = [], first.year, first.month
    while date(year, month, 1) <= last:
        if date(year, month, 1) >= first:
            found.append(date(year, month, 1))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def ticks(axis: Axis) -> list[date]:
    """At most six round dates on the axis: year starts, month starts or single days."""
    days = (axis.last - axis.first).days + 1
    if days <= 62:
        step = max(-(-days // MAX_TICKS), 1)
        return [axis.first + timedelta(days=n) for n in range(0, days, step)]
    months = _months(axis.first, axis.last)
    for step in (1, 3, 6, 12, 24, 60, 120):
        chosen = [m for m in months if (m.year * 12 + m.month - 1) % step == 0]
        if len(chosen) <= MAX_TICKS:
            return chosen
    return months[:: -(-len(months) // MAX_TICKS)]


def tick_text(on: date, axis: Axis) -> str:
    """A tick in as few figures as the length of the axis allows."""
    days = (axis.last - axis.first).days
    if days <= 62:
        return f"{on:%m-%d}"
    return f"{on.year}" if on.month == 1 and days > 800 else f"{on:%Y-%m}"


def date_lines(axis: Axis, top: int, height: int) -> SafeString:
    places = [(percent(axis.at(on)), _anchor(axis.at(on)), tick_text(on, axis)) for on in ticks(axis)]
    return format_html_join(
        "",
        '<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="chart-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        ((x, x, top, height - AXIS + 6, x, height - 6, anchor, text) for x, anchor, text in places),
    )


def _anchor(percent: float) -> str:
    if percent < 6:
        return "start"
    return "end" if percent > 94 else "middle"


def today_line(axis: Axis, today: date | None, height: int) -> SafeString:
    if today is None or not axis.first <= today <= axis.last:
        return SafeString("")
    place = axis.at(today)
    return format_html(
        '<line class="chart-today" x1="{0}" x2="{0}" y1="0" y2="{1}"/>'
        '<text class="chart-today-word" x="{0}" y="{2}" text-anchor="{3}">{4}</text>',
        percent(place),
        height - AXIS + 6,
        height + 12,
        _anchor(place),
        f"{gettext('today')} {today.isoformat()}",
    )

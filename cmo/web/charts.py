"""Charts as SVG text, drawn on the server: they print, need no script and obey a strict content policy.

Pure functions. Horizontal places are percentages, so a chart fills any width while its text keeps its size; colours
come from classes (``static/css/app.css``), never from ``style``. Every chart has a title and a description that says
the same in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

ROW = 46
AXIS = 26
TODAY = 18
MAX_TICKS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One validity: from ``starts_on`` to ``ends_on``, last day included; no last day means without limit."""

    label: str
    starts_on: date
    ends_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on one day; ``number`` points to the list under the chart."""

    on: date
    label: str
    tone: str = "active"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, last day included; still going on without one."""

    starts_on: date
    ends_on: date | None
    label: str
    tone: str = "active"


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a timeline."""

    label: str
    spans: Sequence[Span] = ()
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One row of a heat map: per day a level from 0 (nothing) to 4, or -1 for a gap that must not be."""

    label: str
    levels: Sequence[int]
    note: str = ""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Rows over consecutive days starting with ``starts_on``."""

    starts_on: date
    rows: Sequence[HeatRow] = field(default_factory=list)


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


def _percent(value: float) -> str:
    return f"{value:g}%"


def _svg(title: str, description: str, height: int, body: SafeString, kind: str) -> SafeString:
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


def _tick_text(on: date, axis: Axis) -> str:
    days = (axis.last - axis.first).days
    if days <= 62:
        return f"{on:%m-%d}"
    return f"{on.year}" if on.month == 1 and days > 800 else f"{on:%Y-%m}"


def _axis(axis: Axis, top: int, height: int) -> SafeString:
    places = [(_percent(axis.at(on)), _anchor(axis.at(on)), _tick_text(on, axis)) for on in ticks(axis)]
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


def _today_line(axis: Axis, today: date | None, height: int) -> SafeString:
    if today is None or not axis.first <= today <= axis.last:
        return SafeString("")
    place = axis.at(today)
    return format_html(
        '<line class="chart-today" x1="{0}" x2="{0}" y1="0" y2="{1}"/>'
        '<text class="chart-today-word" x="{0}" y="{2}" text-anchor="{3}">{4}</text>',
        _percent(place),
        height - AXIS + 6,
        height + 12,
        _anchor(place),
        f"{gettext('today')} {today.isoformat()}",
    )


def shortest(bars_: Sequence[Bar]) -> Bar | None:
    """The bar that ends first; a bar without a last day never does."""
    ending = [bar for bar in bars_ if bar.ends_on]
    return min(ending, key=lambda bar: bar.ends_on or date.max) if ending else None


def _chain_axis(bars_: Sequence[Bar], today: date) -> Axis:
    starts = [bar.starts_on for bar in bars_]
    ends = [bar.ends_on for bar in bars_ if bar.ends_on]
    first = min([*starts, today])
    last = max([*ends, today])
    return Axis(first, last + timedelta(days=max((last - first).days // 20, 7)))


def _chain_row(bar: Bar, place: int, axis: Axis, *, limits: bool, today: date) -> SafeString:
    top = place * ROW
    ends = bar.ends_on or axis.last
    state = "past" if ends < today else "limit" if limits else "open" if bar.ends_on is None else "plain"
    end_text = bar.ends_on.isoformat() if bar.ends_on else gettext("no last day")
    return format_html(
        '<text class="chart-label" x="0" y="{}">{}</text>'
        '<text class="chart-value{}" x="100%" y="{}" text-anchor="end">{}</text>'
        '<rect class="chart-track" x="0" y="{}" width="100%" height="8" rx="2"/>'
        '<rect class="chart-bar chart-bar-{}" x="{}" y="{}" width="{}" height="8" rx="2"/>',
        top + 17,
        bar.label,
        " chart-value-limit" if limits else "",
        top + 17,
        f"{end_text} · {gettext('ends first')}" if limits else end_text,
        top + 26,
        state,
        _percent(axis.at(bar.starts_on)),
        top + 26,
        _percent(axis.width(bar.starts_on, ends)),
    )


def validity_chain(bars_: Sequence[Bar], *, today: date, title: str) -> SafeString:
    """Validities on a common date axis; the one that ends first is marked, because it limits all."""
    if not bars_:
        return SafeString("")
    axis, limit = _chain_axis(bars_, today), shortest(bars_)
    height = len(bars_) * ROW + AXIS
    rows = format_html_join(
        "",
        "{}",
        ((_chain_row(bar, n, axis, limits=bar is limit, today=today),) for n, bar in enumerate(bars_)),
    )
    spoken = "; ".join(
        f"{bar.label}: {bar.starts_on.isoformat()} – {bar.ends_on.isoformat() if bar.ends_on else gettext('no last day')}"
        for bar in bars_
    )
    body = format_html("{}{}{}", _axis(axis, 0, height), _today_line(axis, today, height), rows)
    return _svg(title, spoken, height + TODAY, body, "chain")


def _timeline_axis(lanes: Sequence[Lane], today: date | None) -> Axis:
    days = [span.starts_on for lane in lanes for span in lane.spans]
    days += [span.ends_on for lane in lanes for span in lane.spans if span.ends_on]
    days += [mark.on for lane in lanes for mark in lane.marks]
    if today is not None:
        days.append(today)
    first, last = min(days), max(days)
    margin = timedelta(days=max((last - first).days // 25, 1))
    return Axis(first - margin, last + margin)


def numbered_marks(lanes: Sequence[Lane]) -> list[tuple[int, Lane, Mark]]:
    """All marks in order of time with the number they carry in the chart and in the list under it."""
    found = [(lane, mark) for lane in lanes for mark in lane.marks]
    found.sort(key=lambda pair: pair[1].on)
    return [(number, lane, mark) for number, (lane, mark) in enumerate(found, start=1)]


def _lane_spans(lane: Lane, top: int, axis: Axis) -> SafeString:
    return format_html_join(
        "",
        '<rect class="chart-span tone-{}" x="{}" y="{}" width="{}" height="14" rx="3"><title>{}</title></rect>',
        (
            (
                span.tone,
                _percent(axis.at(span.starts_on)),
                top + 25,
                _percent(axis.width(span.starts_on, span.ends_on or axis.last)),
                f"{span.label}: {span.starts_on.isoformat()} – {span.ends_on.isoformat() if span.ends_on else '…'}",
            )
            for span in lane.spans
        ),
    )


def _lane_marks(marks: Sequence[tuple[int, Mark]], top: int, axis: Axis) -> SafeString:
    return format_html_join(
        "",
        '<circle class="chart-mark tone-{}" cx="{}" cy="{}" r="9"><title>{}</title></circle>'
        '<text class="chart-mark-number" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (
                mark.tone,
                _percent(axis.at(mark.on)),
                top + 32,
                f"{mark.on.isoformat()} {mark.label}",
                _percent(axis.at(mark.on)),
                top + 36,
                number,
            )
            for number, mark in marks
        ),
    )


def timeline(lanes: Sequence[Lane], *, title: str, today: date | None = None) -> SafeString:
    """Lanes of spans and numbered marks on one time axis; the numbers are explained in a list under it."""
    if not any(lane.spans or lane.marks for lane in lanes):
        return SafeString("")
    axis, numbered = _timeline_axis(lanes, today), numbered_marks(lanes)
    height = len(lanes) * (ROW + 4) + AXIS
    rows = [
        format_html(
            '<text class="chart-label" x="0" y="{}">{}</text>{}{}',
            place * (ROW + 4) + 17,
            lane.label,
            _lane_spans(lane, place * (ROW + 4), axis),
            _lane_marks([(n, mark) for n, owner, mark in numbered if owner is lane], place * (ROW + 4), axis),
        )
        for place, lane in enumerate(lanes)
    ]
    spoken = "; ".join(f"{number}. {mark.on.isoformat()} {mark.label}" for number, _, mark in numbered)
    drawn = format_html_join("", "{}", ((row,) for row in rows))
    body = format_html("{}{}{}", _axis(axis, 0, height), _today_line(axis, today, height), drawn)
    return _svg(title, spoken, height + (TODAY if today else 0), body, "timeline")


def _heat_class(level: int) -> str:
    return "heat-gap" if level < 0 else f"heat-{min(level, 4)}"


def _heat_row(row: HeatRow, place: int, starts_on: date, days: int) -> SafeString:
    top = place * ROW
    width = 100 / days
    cells = format_html_join(
        "",
        '<rect class="heat {}" x="{}" y="{}" width="{}" height="18"><title>{}</title></rect>',
        (
            (
                _heat_class(level),
                _percent(round(n * width, 3)),
                top + 22,
                _percent(round(width, 3)),
                f"{row.label} {(starts_on + timedelta(days=n)).isoformat()}"
                + (f" · {gettext('gap')}" if level < 0 else ""),
            )
            for n, level in enumerate(row.levels)
        ),
    )
    return format_html(
        '<text class="chart-label" x="0" y="{}">{}</text>'
        '<text class="chart-value" x="100%" y="{}" text-anchor="end">{}</text>{}',
        top + 15,
        row.label,
        top + 15,
        row.note,
        cells,
    )


HATCH = SafeString(
    '<defs><pattern id="heat-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/>'
    '<line class="hatch-line" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
)


HEAT_SCALE = SafeString(
    '<svg class="drawing" width="82" height="14" aria-hidden="true">'
    + "".join(f'<rect class="heat heat-{n}" x="{n * 16}" y="0" width="16" height="14"/>' for n in range(5))
    + "</svg>"
)
HEAT_GAP = SafeString(
    '<svg class="drawing" width="18" height="14" aria-hidden="true">'
    '<rect class="heat heat-gap" x="0" y="0" width="18" height="14"/></svg>'
)


def heat_map(grid: HeatMap, *, title: str) -> SafeString:
    """Rows by days with five levels; gaps are hatched."""
    days = max((len(row.levels) for row in grid.rows), default=0)
    if not days:
        return SafeString("")
    height = len(grid.rows) * ROW + AXIS
    axis = Axis(grid.starts_on, grid.starts_on + timedelta(days=days - 1))
    rows = format_html_join("", "{}", ((_heat_row(row, n, grid.starts_on, days),) for n, row in enumerate(grid.rows)))
    gaps = [f"{row.label}: {sum(level < 0 for level in row.levels)} {gettext('gap')}" for row in grid.rows]
    return _svg(
        title, "; ".join(gaps), height, format_html("{}{}{}", HATCH, rows, _axis(axis, height - AXIS, height)), "heat"
    )


def sparkline(values: Sequence[int], *, title: str) -> SafeString:
    """A line without axes for a table cell; its last value stands beside it in the text."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    spread = (high - low) or 1
    points = [
        (round(n * 96 / (len(values) - 1) + 2, 1), round(22 - (value - low) * 18 / spread, 1))
        for n, value in enumerate(values)
    ]
    return format_html(
        '<svg class="drawing spark-drawing" role="img" aria-label="{}" viewBox="0 0 100 26" width="100" height="26">'
        '<polyline class="spark-line" points="{}"/><circle class="spark-end" cx="{}" cy="{}" r="2.5"/></svg>',
        f"{title}: {', '.join(str(value) for value in values)}",
        " ".join(f"{x},{y}" for x, y in points),
        *points[-1],
    )


def bars(points: Sequence[tuple[str, int]], *, title: str) -> SafeString:
    """Small columns with their value above and their label under them."""
    if not points:
        return SafeString("")
    top = max(value for _, value in points) or 1
    width = 100 / len(points)
    drawn = format_html_join(
        "",
        '<rect class="chart-column" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>'
        '<text class="chart-value" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="chart-tick" x="{}" y="116" text-anchor="middle">{}</text>',
        (
            (
                _percent(round(n * width + width * 0.2, 3)),
                100 - round(value * 80 / top),
                _percent(round(width * 0.6, 3)),
                max(round(value * 80 / top), 1),
                _percent(round((n + 0.5) * width, 3)),
                95 - round(value * 80 / top),
                value,
                _percent(round((n + 0.5) * width, 3)),
                label,
            )
            for n, (label, value) in enumerate(points)
        ),
    )
    return _svg(title, ", ".join(f"{label}: {value}" for label, value in points), 122, drawn, "columns")

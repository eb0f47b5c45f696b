"""What happened: lanes of spans and numbered marks on one time axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cmo.web.charts.axis import AXIS, ROW, TODAY, Axis, date_lines, frame, percent, today_line


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
                percent(axis.at(span.starts_on)),
                top + 25,
                percent(axis.width(span.starts_on, span.ends_on or axis.last)),
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
                percent(axis.at(mark.on)),
                top + 32,
                f"{mark.on.isoformat()} {mark.label}",
                percent(axis.at(mark.on)),
                top + 36,
                number,
            )
            for number, mark in marks
        ),
    )


def _rule(top: int) -> SafeString:
    """A line above a lane with a name: lanes without one belong to the name above them."""
    return format_html('<line class="chart-grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>', top - 1)


def timeline(lanes: Sequence[Lane], *, title: str, today: date | None = None) -> SafeString:
    """Lanes of spans and numbered marks on one time axis; the numbers are explained in a list under it."""
    if not any(lane.spans or lane.marks for lane in lanes):
        return SafeString("")
    axis, numbered = _timeline_axis(lanes, today), numbered_marks(lanes)
    height = len(lanes) * (ROW + 4) + AXIS
    rows = [
        format_html(
            '{}<text class="chart-label" x="0" y="{}">{}</text>{}{}',
            _rule(place * (ROW + 4)) if place and lane.label else "",
            place * (ROW + 4) + 17,
            lane.label,
            _lane_spans(lane, place * (ROW + 4), axis),
            _lane_marks([(n, mark) for n, owner, mark in numbered if owner is lane], place * (ROW + 4), axis),
        )
        for place, lane in enumerate(lanes)
    ]
    spoken = "; ".join(f"{number}. {mark.on.isoformat()} {mark.label}" for number, _, mark in numbered)
    drawn = format_html_join("", "{}", ((row,) for row in rows))
    body = format_html("{}{}{}", date_lines(axis, 0, height), today_line(axis, today, height), drawn)
    return frame(title, spoken, height + (TODAY if today else 0), body, "timeline")

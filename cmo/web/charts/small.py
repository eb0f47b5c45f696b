"""Small charts for a table cell or a corner of a page."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cmo.web.charts.axis import frame, percent


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


#: From this many columns on, only every second one is labelled, the last one always.
CROWDED = 8


def bars(points: Sequence[tuple[str, int]], *, title: str) -> SafeString:
    """Small columns with their value above and their label under them; where there is none, no value either."""
    if not points:
        return SafeString("")
    most, width = max(value for _, value in points) or 1, 100 / len(points)
    drawn = format_html_join(
        "",
        '<rect class="chart-column" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>'
        '<text class="chart-value" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="chart-tick" x="{}" y="116" text-anchor="middle">{}</text>',
        (_column(n, label, value, most, width, len(points)) for n, (label, value) in enumerate(points)),
    )
    return frame(title, ", ".join(f"{label}: {value}" for label, value in points), 122, drawn, "columns")


def _column(place: int, label: str, value: int, most: int, width: float, count: int) -> tuple[object, ...]:
    height, middle = round(value * 80 / most), percent(round((place + 0.5) * width, 3))
    minor = count >= CROWDED and (count - place) % 2 == 0
    return (
        percent(round(place * width + width * 0.2, 3)),
        100 - max(height, 1),
        percent(round(width * 0.6, 3)),
        max(height, 1),
        middle,
        95 - height,
        value or "",
        middle,
        "" if minor else label,
    )

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
                percent(round(n * width + width * 0.2, 3)),
                100 - round(value * 80 / top),
                percent(round(width * 0.6, 3)),
                max(round(value * 80 / top), 1),
                percent(round((n + 0.5) * width, 3)),
                95 - round(value * 80 / top),
                value,
                percent(round((n + 0.5) * width, 3)),
                label,
            )
            for n, (label, value) in enumerate(points)
        ),
    )
    return frame(title, ", ".join(f"{label}: {value}" for label, value in points), 122, drawn, "columns")

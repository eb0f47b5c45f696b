"""Rows by days in five levels; gaps that must not be are hatched."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cmo.web.charts.axis import AXIS, ROW, TODAY, Axis, date_lines, frame, percent, today_line


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One row of a heat map: per day a level from 0 (nothing) to 4, -1 for a gap that must not be, None for a day that
    is no concern of the row. ``gap_word``: what is written beside a row with gaps."""

    label: str
    levels: Sequence[int | None]
    note: str = ""
    gap_word: str = ""

    @property
    def gaps(self) -> list[int]:
        """The places of its gaps."""
        return [place for place, level in enumerate(self.levels) if level is not None and level < 0]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Rows over consecutive days starting with ``starts_on``; ``today`` draws its line."""

    starts_on: date
    rows: Sequence[HeatRow] = field(default_factory=list)
    today: date | None = None


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
                percent(round(n * width, 3)),
                top + 22,
                percent(round(width, 3)),
                f"{row.label} {(starts_on + timedelta(days=n)).isoformat()}"
                + (f" · {gettext('gap')}" if level < 0 else ""),
            )
            for n, level in enumerate(row.levels)
            if level is not None
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


def _gap_word(row: HeatRow, top: int, width: float) -> SafeString:
    """The word about a row's gaps, after its last day, or before its first where it ends late."""
    if not row.gaps or not row.gap_word:
        return SafeString("")
    places = [place for place, level in enumerate(row.levels) if level is not None]
    after = places[-1] < 0.6 * len(row.levels)
    return format_html(
        '<text class="chart-gap-word" x="{}" y="{}" dx="{}" text-anchor="{}">{}</text>',
        percent(round((places[-1] + 1 if after else places[0]) * width, 3)),
        top + 36,
        6 if after else -6,
        "start" if after else "end",
        row.gap_word,
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
    words = format_html_join("", "{}", ((_gap_word(row, n * ROW, 100 / days),) for n, row in enumerate(grid.rows)))
    gaps = [f"{row.label}: {len(row.gaps)} {gettext('gap')}" for row in grid.rows]
    lines = format_html("{}{}", date_lines(axis, height - AXIS, height), today_line(axis, grid.today, height))
    return frame(
        title,
        "; ".join(gaps),
        height + (TODAY if grid.today else 0),
        format_html("{}{}{}{}", HATCH, rows, lines, words),
        "heat",
    )

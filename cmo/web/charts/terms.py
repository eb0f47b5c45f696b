"""What limits a term: validities as bars on a common date axis, the one that ends first marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cmo.web.charts.axis import AXIS, ROW, TODAY, Axis, date_lines, frame, percent, today_line


@dataclass(frozen=True, slots=True)
class Bar:
    """One validity: from ``starts_on`` to ``ends_on``, last day included; no last day means without limit.

    ``renewal``: first and last day of the time in which its renewal is due, drawn on the bar; ``note`` says it in words.
    """

    label: str
    starts_on: date
    ends_on: date | None = None
    note: str = ""
    renewal: tuple[date, date] | None = None


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


def _renewal(bar: Bar, top: int, axis: Axis) -> SafeString:
    """The time in which the renewal is due, as a frame around its part of the bar."""
    if bar.renewal is None:
        return SafeString("")
    opens_on, closes_on = bar.renewal
    return format_html(
        '<rect class="chart-renewal" x="{}" y="{}" width="{}" height="14" rx="3"/>',
        percent(axis.at(opens_on)),
        top + 23,
        percent(axis.width(opens_on, closes_on)),
    )


def _chain_row(bar: Bar, place: int, axis: Axis, *, limits: bool, today: date) -> SafeString:
    top = place * ROW
    ends = bar.ends_on or axis.last
    state = "past" if ends < today else "limit" if limits else "open" if bar.ends_on is None else "plain"
    end_text = bar.ends_on.isoformat() if bar.ends_on else gettext("no last day")
    return format_html(
        '<text class="chart-label" x="0" y="{}">{}</text>'
        '<text class="chart-value{}" x="100%" y="{}" text-anchor="end">{}</text>'
        '<rect class="chart-track" x="0" y="{}" width="100%" height="8" rx="2"/>'
        '<rect class="chart-bar chart-bar-{}" x="{}" y="{}" width="{}" height="8" rx="2"/>{}',
        top + 17,
        bar.label,
        " chart-value-limit" if limits else "",
        top + 17,
        f"{end_text} · {gettext('ends first')}" if limits else end_text,
        top + 26,
        state,
        percent(axis.at(bar.starts_on)),
        top + 26,
        percent(axis.width(bar.starts_on, ends)),
        _renewal(bar, top, axis),
    )


def _spoken(bar: Bar) -> str:
    until = bar.ends_on.isoformat() if bar.ends_on else gettext("no last day")
    return f"{bar.label}: {bar.starts_on.isoformat()} – {until}" + (f", {bar.note}" if bar.note else "")


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
    spoken = "; ".join(_spoken(bar) for bar in bars_)
    body = format_html("{}{}{}", date_lines(axis, 0, height), today_line(axis, today, height), rows)
    return frame(title, spoken, height + TODAY, body, "chain")

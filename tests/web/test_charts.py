"""Charts say in numbers what they draw, escape what people typed and need no style attribute."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from cmo.web import charts

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def parsed(svg: str) -> ElementTree.Element:
    """The drawing as XML; fails when it is not well-formed."""
    return ElementTree.fromstring(svg)


def test_the_time_of_renewal_is_framed_on_the_bar_and_said_in_words() -> None:
    window = (TODAY - timedelta(30), TODAY + timedelta(10))
    plain = charts.Bar("注册证", TODAY - timedelta(400), TODAY + timedelta(300))
    due = charts.Bar("许可证", TODAY - timedelta(400), TODAY + timedelta(60), "延续申请期间", window)
    svg = charts.validity_chain([plain, due], today=TODAY, title="t")
    assert svg.count("chart-renewal") == 1
    assert "延续申请期间" in (parsed(svg).findtext("desc", "") or parsed(svg)[0].text or "")
    assert "chart-renewal" not in charts.validity_chain([plain], today=TODAY, title="t")


def drawings() -> dict[str, str]:
    evil = "<script>&\"'"
    return {
        "chain": charts.validity_chain(
            [charts.Bar(evil, TODAY - timedelta(400), TODAY + timedelta(30)), charts.Bar("备案", TODAY)],
            today=TODAY,
            title=evil,
        ),
        "timeline": charts.timeline(
            [charts.Lane(evil, [charts.Span(TODAY, None, evil)], [charts.Mark(TODAY, evil)])], title=evil, today=TODAY
        ),
        "heat": charts.heat_map(charts.HeatMap(TODAY, [charts.HeatRow(evil, [0, 4, -1], evil)]), title=evil),
        "sparkline": charts.sparkline([1, 5, 3], title=evil),
        "bars": charts.bars([(evil, 3), ("45", 0)], title=evil),
    }


@pytest.mark.parametrize("name", ["chain", "timeline", "heat", "sparkline", "bars"])
def test_a_drawing_is_well_formed_escaped_named_and_without_style(name: str) -> None:
    svg = drawings()[name]
    root = parsed(svg)
    assert root.get("role") == "img"
    assert "<script>" in (root.get("aria-label") or "")
    assert "<script" not in svg
    assert " style=" not in svg


def test_the_validity_that_ends_first_is_marked_and_one_without_last_day_never_is() -> None:
    licence = charts.Bar("生产许可证", date(2021, 12, 16), date(2026, 12, 15))
    bars = [charts.Bar("注册证", date(2023, 7, 1), date(2028, 6, 30)), licence, charts.Bar("备案", date(2024, 1, 1))]
    assert charts.shortest(bars) is licence
    assert charts.shortest([charts.Bar("备案", date(2024, 1, 1))]) is None
    with override("en"):
        svg = charts.validity_chain(bars, today=TODAY, title="t")
    assert "2026-12-15 · ends first" in svg
    assert svg.count("chart-bar-limit") == 1
    assert "备案: 2024-01-01 – no last day" in parsed(svg).findtext("desc", "")


def test_a_validity_that_is_over_is_drawn_as_past() -> None:
    assert "chart-bar-past" in charts.validity_chain(
        [charts.Bar("a", date(2020, 1, 1), date(2026, 11, 21))], today=TODAY, title="t"
    )
    assert "chart-bar-past" not in charts.validity_chain(
        [charts.Bar("a", date(2020, 1, 1), TODAY)], today=TODAY, title="t"
    )


def test_nothing_to_draw_gives_no_drawing() -> None:
    assert charts.validity_chain([], today=TODAY, title="t") == ""
    assert charts.timeline([charts.Lane("a")], title="t") == ""
    assert charts.heat_map(charts.HeatMap(TODAY, []), title="t") == ""
    assert charts.sparkline([4], title="t") == ""
    assert charts.bars([], title="t") == ""


def test_marks_are_numbered_in_the_order_of_time_over_all_lanes() -> None:
    lanes = [
        charts.Lane("a", marks=[charts.Mark(date(2026, 11, 9), "second"), charts.Mark(date(2026, 11, 20), "third")]),
        charts.Lane("b", marks=[charts.Mark(date(2026, 11, 2), "first")]),
    ]
    assert [(n, mark.label) for n, _, mark in charts.numbered_marks(lanes)] == [
        (1, "first"),
        (2, "second"),
        (3, "third"),
    ]


def test_a_gap_in_presence_is_hatched_and_said() -> None:
    with override("en"):
        svg = charts.heat_map(charts.HeatMap(TODAY, [charts.HeatRow("赵敏", [4, -1, -1, 9])]), title="t")
    assert svg.count('class="heat heat-gap"') == 2
    assert "heat-4" in svg

    assert "赵敏: 2 gap" in svg


def test_a_heat_map_leaves_out_days_that_are_no_concern_and_writes_the_word_of_its_gaps() -> None:
    row = charts.HeatRow("H261102", [None, 4, -1, None], gap_word="缺口 11-18")
    svg = charts.heat_map(charts.HeatMap(TODAY, [row], today=TODAY), title="t")
    assert svg.count('class="heat heat-') == 2
    assert "缺口 11-18" in svg
    assert TODAY.isoformat() in svg
    assert row.gaps == [2]
    assert "chart-gap-word" not in charts.heat_map(
        charts.HeatMap(TODAY, [charts.HeatRow("a", [4], gap_word="x")]), title="t"
    )


def test_the_word_of_a_gap_is_written_over_the_line_of_today() -> None:
    row = charts.HeatRow("H261102", [4, -1, 4], gap_word="缺口 11-18")
    svg = charts.heat_map(charts.HeatMap(TODAY, [row, row], today=TODAY), title="t")
    assert svg.count("缺口 11-18") == 2
    assert svg.index("chart-today") < svg.index("chart-gap-word")


def test_a_lane_without_a_name_belongs_to_the_one_above() -> None:
    mark = charts.Mark(TODAY, "m")
    lanes = [charts.Lane("甲", marks=[mark]), charts.Lane("", marks=[mark]), charts.Lane("乙", marks=[mark])]
    assert charts.timeline(lanes, title="t").count('x2="100%"') == 1


@given(DAYS, DAYS)
def test_an_axis_of_any_length_has_few_ticks_in_order_and_inside(one: date, other: date) -> None:
    axis = charts.Axis(min(one, other), max(one, other))
    ticks = charts.ticks(axis)
    assert len(ticks) <= 6
    assert ticks == sorted(ticks)
    assert all(axis.first <= tick <= axis.last for tick in ticks)


@given(DAYS, DAYS, DAYS)
def test_every_day_has_its_place_between_nought_and_hundred_percent(one: date, other: date, on: date) -> None:
    axis = charts.Axis(min(one, other), max(one, other))
    assert 0 <= axis.at(on) <= 100
    assert axis.width(on, on) > 0


def test_of_many_columns_every_second_is_labelled_and_the_last_one_always() -> None:
    many = charts.bars([(f"week {n}", n) for n in range(12)], title="t")
    assert ">week 11<" in many
    assert ">week 10<" not in many
    assert "week 10: 10" in many
    assert ">week 0<" in charts.bars([("week 0", 1), ("week 1", 0)], title="t")

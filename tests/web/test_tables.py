"""Lists: honest counts, no whole table in one page, chosen columns, what is seen is what is exported."""

import csv
import io
from typing import Any

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils.translation import override

from cmo.web import tables
from cmo.web.samples.lists import LotTable, lots
from tests.web.drawn import drawn


def table_for(query: str = "", data: Any = None) -> LotTable:
    return LotTable.for_request(RequestFactory().get("/lots/?" + query), lots() if data is None else data)


def as_html(table: LotTable) -> str:
    return table.as_html(table.request)


def test_a_list_shows_fifty_rows_and_says_of_how_many() -> None:
    with override("en"):
        table = table_for()
        assert table.shown_text == "1–50 of 60"
        assert table_for("page=2").shown_text == "51–60 of 60"


def test_nobody_can_ask_for_the_whole_table_in_one_page() -> None:
    many = lots() * 5
    assert len(table_for("per_page=100000", many).page.object_list) == tables.MOST_PER_PAGE
    assert len(table_for("per_page=-1", many).page.object_list) == 1


@pytest.mark.parametrize("page", ["abc", "0", "99", "9999999999999999999999"])
def test_an_odd_page_number_shows_a_page_and_no_fault(page: str) -> None:
    assert len(table_for(f"page={page}").page.object_list) > 0


def test_a_list_counts_up_to_ten_thousand_and_says_that_there_are_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "COUNT_UP_TO", 55)
    with override("en"):
        table = table_for()
        assert table.shown_text == "1–50 of 55+"
        assert "1 / 2+" in as_html(table)


def test_an_empty_list_says_so() -> None:
    with override("en"):
        table = table_for(data=[])
        assert table.shown_text == "none"
        assert "Nothing matches." in as_html(table)


def test_rows_open_by_click_and_by_their_link() -> None:
    html = as_html(table_for())
    assert '<tr data-href="#HT2611001"' in html.replace('class="even" ', "").replace('class="odd" ', "")
    assert '<a href="#HT2611001">HT2611001</a>' in html


def test_sorting_is_announced_and_keeps_the_filter() -> None:
    html = as_html(table_for("q=HT&sort=-quantity"))
    assert 'aria-sort="descending"' in html
    assert "?q=HT&amp;sort=quantity" in html


def test_columns_come_and_go_but_never_the_first() -> None:
    def shown(query: str) -> list[str]:
        return [column.name for column in table_for(query).columns]

    assert "recorded_at" not in shown("")
    assert shown("columns=recorded_at") == ["number", "recorded_at"]
    assert shown("columns=-") == ["number"]
    table = table_for("q=HT&page=2&columns=device")
    assert table.kept_parameters == [("q", "HT"), ("columns", "-")]
    assert [choice.name for choice in table.column_choices if choice.shown] == ["device"]


def test_the_export_holds_the_columns_shown_and_all_rows_without_markup() -> None:
    table = table_for("export=csv&columns=quantity&columns=status&columns=made_on")
    with override("en"):
        answer = table.export_for(table.request)
    assert answer is not None
    rows = list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))
    assert rows[0] == ["Lot number", "Quantity", "Made on", "State"]
    assert rows[1] == ["HT2611001", "1248", "2026-11-02", "production released"]
    assert len(rows) == 61


def test_a_cut_export_says_that_it_was_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_EXPORTED", 10)
    table = table_for("export=csv")
    with override("en"):
        answer = table.export_for(table.request)
    assert answer is not None
    text = answer.content.decode()
    assert text.count("\r\n") == 12
    assert "Only the first 10 rows are exported." in text


@pytest.mark.parametrize("kind", ["", "pdf", "../x"])
def test_an_unknown_export_is_no_export(kind: str) -> None:
    query = QueryDict(mutable=True)
    query["export"] = kind
    table = table_for(query.urlencode())
    assert table.export_for(table.request) is None


def test_the_list_component_shows_the_empty_state_instead_of_an_empty_table() -> None:
    table = table_for(data=[])
    html = drawn('<c-table :table="table"><c-slot name="empty">nobody yet</c-slot></c-table>', table=table)
    assert "nobody yet" in html
    assert "<table" not in html

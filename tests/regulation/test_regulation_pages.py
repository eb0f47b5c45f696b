"""The three reference pages: what they show, in both languages, and what typing errors do."""

import csv
import datetime as dt
import io

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cmo.regulation.references import reference
from cmo.regulation.sections import sections

pytestmark = pytest.mark.django_db

UDI = "0106901234567892172711301125120110LOT-A1\x1d21SN0001"


@pytest.fixture
def reader(client):
    """A client signed in as somebody without any post."""
    client.force_login(get_user_model().objects.create_user("reader", password="a long enough word"))
    return client


@pytest.fixture(params=["zh-hans", "en"])
def language(request, reader):
    reader.cookies["django_language"] = request.param
    with translation.override(request.param):
        yield request.param


def page(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["codes", "classification", "references"])
def test_a_stranger_is_sent_to_sign_in(client, name):
    response = client.get(reverse(f"regulation:{name}"))
    assert response.status_code == 302
    assert "/account/login/" in response["Location"]


@pytest.mark.parametrize("name", ["codes", "classification", "references"])
def test_every_page_opens_in_both_languages(reader, language, name):
    assert f'lang="{language}' in page(reader.get(reverse(f"regulation:{name}"))).lower()


@pytest.mark.parametrize("name", ["classification", "references"])
def test_pages_that_only_read_refuse_writing(reader, name):
    assert reader.post(reverse(f"regulation:{name}")).status_code == 405


def test_several_codes_get_one_card_each(reader, language):
    html = page(reader.post(reverse("regulation:codes"), {"text": f"91110000MA00DEM065\r\n\r\n6901234567890\r\n{UDI}"}))
    assert html.count('id="result-') == 3
    assert "LOT-A1" in html
    assert "SN0001" in html
    assert ("应为 2" if language == "zh-hans" else "must be 2") in html
    assert ("北京市" if language == "zh-hans" else "Beijing") in html


def test_what_was_typed_stays_in_the_field(reader):
    assert "6901234567890</textarea>" in page(reader.post(reverse("regulation:codes"), {"text": "6901234567890"}))


def test_a_shipping_unit_and_an_unknown_department_are_shown_as_they_are(reader):
    html = page(reader.post(reverse("regulation:codes"), {"text": "(00)123456789012345675\n81110000MA00DEM065"}))
    assert "123456789012345675" in html
    assert html.count('id="result-') == 2


def test_a_link_can_ask_for_a_code(reader):
    assert "血管支架" in page(reader.get(reverse("regulation:codes"), {"text": "13-07-02"}))


@pytest.mark.parametrize("text", ["", "  \r\n ", "1\n" * 101, "x" * 20_001, "\x00"])
def test_an_impossible_input_gets_a_sentence_at_the_field(reader, text):
    html = page(reader.post(reverse("regulation:codes"), {"text": text}))
    assert "field-errors" in html
    assert 'id="result-' not in html


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "国" * 999, "(10)" * 200, "\ud7ff\u202e\x07"])
def test_garbage_is_shown_harmlessly(reader, text):
    html = page(reader.post(reverse("regulation:codes"), {"text": text}))
    assert html.count('id="result-') == 1
    assert "<script>alert" not in html


def test_product_categories_are_found_in_both_languages(reader, language):
    url = reverse("regulation:classification")
    for text in ("血管支架", "VASCULAR stent", "13-07-02"):
        html = page(reader.get(url, {"q": text}))
        assert "13-07-02" in html
        assert "Vascular stent" in html
        assert "血管支架" in html


def test_categories_can_be_narrowed_to_a_sub_catalogue(reader):
    html = page(reader.get(reverse("regulation:classification"), {"sub_catalogue": "13", "columns": ["code"]}))
    assert "13-01-01" in html
    assert "12-01-01" not in html
    assert page(reader.get(reverse("regulation:classification"), {"sub_catalogue": "99"}))


def test_an_unknown_code_is_never_called_free(reader, language):
    html = page(reader.get(reverse("regulation:classification"), {"q": "14-02-01"}))
    expected = "不表示该产品可以委托生产" if language == "zh-hans" else "That does not mean that the product is free"
    assert expected in html


def test_the_list_of_categories_can_be_taken_away(reader):
    response = reader.get(reverse("regulation:classification"), {"q": "13-07", "sub_catalogue": "13", "export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert len(rows) == 1 + 8
    assert rows[1][0] == "13-07-01"


def test_the_licence_of_the_table_is_named(reader):
    assert "CC BY 4.0" in page(reader.get(reverse("regulation:classification")))


def test_a_legal_reference_shows_its_place_dates_and_text(reader, language):
    html = page(reader.get(reverse("regulation:references"), {"q": "N38-08"}))
    assert 'id="N38-08"' in html
    assert ("自 2024-06-01 起施行" if language == "zh-hans" else "in force from 2024-06-01") in html
    assert "O739-34</td>" not in html


def test_a_document_says_whether_it_is_in_force(language):
    document = reference("CAT14").document
    assert [state(document, day) for day in ("2014-09-25", "2014-09-26", "2022-05-01")] == ["pending", "good", "idle"]


def state(document, day):
    return sections([(document, [])], dt.date.fromisoformat(day))[0].tone


def test_references_can_be_filtered_by_day_and_basis(reader):
    html = page(reader.get(reverse("regulation:references"), {"on": "2022-04-30", "basis": "law"}))
    assert 'id="CAT14"' in html
    assert 'id="CAT22"' not in html
    assert 'id="N38-08"' not in html


@pytest.mark.parametrize("query", [{"on": "yesterday"}, {"basis": "rumour"}, {"q": "zzz no such words"}, {"q": "\x00"}])
def test_odd_filters_never_break_the_page(reader, query):
    assert page(reader.get(reverse("regulation:references"), query))
    assert page(reader.get(reverse("regulation:classification"), query))


def test_reference_pages_ask_the_database_only_about_the_reader(reader):
    with CaptureQueriesContext(connection) as few:
        page(reader.get(reverse("regulation:classification"), {"q": "13-07-02"}))
    for name, query in (("classification", {}), ("references", {}), ("codes", {"text": UDI})):
        with CaptureQueriesContext(connection) as many:
            page(reader.get(reverse(f"regulation:{name}"), query))
        assert len(many) <= len(few)
        assert not any("regulation_" in query["sql"] for query in many.captured_queries)


def test_a_citation_key_is_shown_as_the_law_is_cited_with_a_link(language):
    shown = engines["django"].from_string("{% load legal %}{{ key|citation }}").render({"key": "O739-34"})
    assert "/regulation/references/#O739-34" in shown
    assert ("《医疗器械监督管理条例》第三十四条" if language == "zh-hans" else "art. 34") in shown
    unknown = engines["django"].from_string("{% load legal %}{{ key|citation }}").render({"key": "<b>"})
    assert unknown == "&lt;b&gt;"

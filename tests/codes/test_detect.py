"""Recognising the kind; text that is no number; speed and safety with any input."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmo.codes import check_code
from tests.effort import ends

TODAY = dt.date(2026, 11, 22)
SEEDS = [
    "91110000MA00DEM065",
    "国械注准20233130001",
    "国食药监械(准)字2004第3150123号",
    "粤惠械备20230048",
    "苏药监械生产许20230001号",
    "苏苏药监械生产备20230001号",
    "(01)06901234567892(17)271130(10)A1",
    "]d20106901234567892172711301125120110LOT-A1\x1d21SN0001",
    "13-07-02",
    "6901234567892",
]


@pytest.mark.parametrize(
    ("text", "kind", "valid"),
    [
        ("13-07-02", "classification", True),
        ("13-07", "classification", True),
        ("13—07—02", "classification", True),
        ("１３－０７－０２", "classification", True),
        ("13-7-2", "classification", False),
        ("23-01-01", "classification", False),
        ("00-01", "classification", False),
        ("13-00-01", "classification", False),
        ("013-07-02", "classification", False),
        ("13-07-02-01", "unknown", False),
        ("96385074", "gtin", True),
        ("20261121", "gtin", False),
        ("123456789", "unknown", False),
        ("123100001234567888", "uscc", True),
        ("MA.156.M0.123456.11234561", "unknown", False),
        ("苏械经营许20230001号", "unknown", False),
        ("国药准字H20230001", "unknown", False),
        ("", "unknown", False),
        ("  \n", "unknown", False),
        ("hello", "unknown", False),
    ],
)
def test_the_kind_is_recognised(text, kind, valid):
    result = check_code(text, today=TODAY)
    assert (result.kind, result.valid) == (kind, valid)
    assert result.valid == (result.errors == [])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "unknown.empty"),
        ("hello", "unknown.kind"),
        ("123456789", "unknown.digit_count"),
        ("MA.156.M0.123456.11234561", "unknown.ma"),
        ("苏苏食药监械经营许20150001号", "unknown.distribution"),
        ("国药准字H20230001", "unknown.drug"),
        ("x" * 1001, "too_long"),
        ("\x00\x01", "control_character"),
    ],
)
def test_an_unrecognised_text_says_why(text, error):
    assert [message.code for message in check_code(text).errors] == [error]


def test_a_control_character_blocks_but_the_kind_is_still_named():
    result = check_code("国械注准\x002023\x073130001", today=TODAY)
    assert (result.kind, [message.code for message in result.errors]) == ("registration", ["control_character"])
    assert "U+0000" in result.errors[0].zh
    assert "position 5" in result.errors[0].en


def test_a_separator_belongs_to_gs1_data_only():
    result = check_code("国械注准\x1d20233130001", today=TODAY)
    assert (result.kind, [message.code for message in result.errors]) == ("registration", ["separator"])


def test_invisible_characters_are_ignored_with_a_warning():
    result = check_code("\ufeff91110000\u200bMA00DEM065")
    assert result.valid
    assert [message.code for message in result.warnings] == ["invisible_removed"]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_gets_an_answer_in_both_languages(text):
    result = check_code(text, today=TODAY)
    json.dumps(result.as_dict()).encode("ascii")
    for message in [*result.errors, *result.warnings]:
        assert message.zh
        assert message.en
        message.en.encode()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_any_damage_to_a_real_number_gets_an_answer(seed, data):
    place = data.draw(st.integers(0, len(seed)))
    cut = data.draw(st.integers(0, 3))
    result = check_code(seed[:place] + data.draw(st.text(max_size=3)) + seed[place + cut :], today=TODAY)
    assert result.valid == (not result.errors)
    json.dumps(result.as_dict(), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "piece", ["x", "1", "\x00", "械注", "(01)", "-", "\x1d", "\ud800", "国食药监械(", "a:", " ", "９"]
)
@pytest.mark.parametrize("length", [999, 100_000])
def test_garbage_is_answered_without_hanging(piece, length):
    text = (piece * length)[:length]
    with ends():
        result = check_code(text, today=TODAY)
    assert not result.valid


def test_no_sentence_repeats_a_long_input():
    for text in ["国" * 900 + "械注准20233130001", "甲" * 900 + "药监械生产备20230001号", "]d210" + "A" * 900]:
        assert all(len(message.en) < 300 for message in check_code(text).errors)


def test_the_day_is_today_in_china_when_none_is_given():
    year = dt.datetime.now(dt.UTC).year
    assert check_code(f"国械注准{year - 1}3130001").valid
    assert not check_code(f"国械注准{year + 2}3130001").valid


def test_a_sentence_is_given_in_the_language_asked_for():
    message = check_code("hello").errors[0]
    assert message.text("zh-hans") == message.zh
    assert message.text("en") == message.en

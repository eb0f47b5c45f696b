"""Production licence and production filing numbers, with the older prefixes."""

import datetime as dt

import pytest

from cmo.codes import check_code, licence

TODAY = dt.date(2026, 11, 22)


def codes_of(messages):
    return [message.code for message in messages]


@pytest.mark.parametrize(
    ("number", "kind", "legacy"),
    [
        ("苏药监械生产许20230001号", "production_licence", False),
        ("粤食药监械生产许20152639号", "production_licence", True),
        ("苏苏药监械生产备20230001号", "production_filing", False),
        ("粤惠食药监械生产备20230010号", "production_filing", True),
        ("琼药监械生产备20230010号", "production_filing", False),
    ],
)
def test_both_prefixes_pass(number, kind, legacy):
    result = check_code(number, today=TODAY)
    assert (result.kind, result.valid, result.errors, result.warnings) == (kind, True, [], [])
    assert result.fields["number"] == number
    assert result.fields["legacy"] is legacy


@pytest.mark.parametrize(
    ("number", "errors"),
    [
        ("火药监械生产许20230001号", ["production_licence.authority"]),
        ("药监械生产许20230001号", ["production_licence.authority"]),
        ("苏苏药监械生产许20230001号", ["production_licence.authority"]),
        ("苏药监械生产许2023001号", ["production_licence.digit_count"]),
        ("苏药监械生产许202300011号", ["production_licence.digit_count"]),
        ("苏药监械生产许可20230001号", ["production_licence.not_a_digit"]),
        ("苏药监械生产许号", ["production_licence.digit_count"]),
        ("苏械生产许20230001号", ["production_licence.mark"]),
        ("江苏省药品监督管理局苏药监械生产许20230001号", ["production_licence.mark"]),
        ("药监械生产备20230001号", ["production_filing.authority"]),
        ("FJ食药监械生产备20190001号", ["production_filing.authority"]),
        ("苏苏药监械生产备2023001号", ["production_filing.digit_count"]),
        ("苏苏药监械生产备2023OOO1号", ["production_filing.not_a_digit"]),
    ],
)
def test_what_contradicts_the_form_is_an_error(number, errors):
    assert codes_of(check_code(number, today=TODAY).errors) == errors


@pytest.mark.parametrize(
    ("number", "warnings"),
    [
        ("苏药监械生产许20230001", ["production_licence.suffix"]),
        ("苏药监械生产许20990001号", ["production_licence.year_in_future"]),
        ("苏药监械生产许00010001号", ["production_licence.year_too_early"]),
        ("苏药监械生产许20230000号", ["production_licence.zero_serial"]),
        ("定西食药监械生产备20150048号", ["production_filing.place"]),
        ("粤惠药监械生产备202300010号", ["production_filing.long_serial"]),
    ],
)
def test_what_rests_on_examples_only_warns(number, warnings):
    result = check_code(number, today=TODAY)
    assert result.valid
    assert codes_of(result.warnings) == warnings


def test_a_missing_closing_character_is_added_to_the_number():
    assert check_code("苏药监械生产许20230001", today=TODAY).fields["number"] == "苏药监械生产许20230001号"


def test_the_parser_refuses_other_texts():
    with pytest.raises(ValueError, match="neither"):
        licence.parse("国械注准20233130001", today=TODAY)

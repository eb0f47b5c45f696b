"""GTINs and element strings: own check digits and dates, FNC1, brackets, scanner prefixes, lost separators."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmo.codes import check_code, gs1

TODAY = dt.date(2026, 11, 22)
SCAN = "0106901234567892172711301125120110LOT-A1\x1d21SN0001"


def codes_of(messages):
    return [message.code for message in messages]


@pytest.mark.parametrize(
    ("gtin", "wide"),
    [
        ("6901234567892", "06901234567892"),
        ("06901234567892", "06901234567892"),
        ("16901234567899", "16901234567899"),
        ("6948710400007", "06948710400007"),
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        (
            "11251201010008",
            "11251201010008",
        ),  # begins like a production date, but bare digits of this length are a GTIN
    ],
)
def test_a_gtin_of_every_length_passes(gtin, wide):
    result = check_code(gtin)
    assert (result.kind, result.valid) == ("gtin", True)
    assert result.fields["gtin14"] == wide


def test_the_chinese_prefix_and_company_are_named():
    fields = check_code("6901234567892").fields
    assert (fields["prefix"], fields["prefix_usage"], fields["company_prefix"]) == ("690", "GS1 China", "6901234")


@settings(deadline=None)
@given(st.text("0123456789", min_size=7, max_size=13).filter(lambda t: len(t) + 1 in gs1.GTIN_LENGTHS and t.strip("0")))
def test_exactly_one_check_digit_is_right(payload):
    right = [digit for digit in "0123456789" if check_code(payload + digit).valid]
    assert right == [gs1.check_digit(payload)]


def test_a_wrong_check_digit_blocks_and_names_the_right_one():
    result = check_code("6901234567890")
    assert codes_of(result.errors) == ["gtin.check_digit"]
    assert "应为 2" in result.errors[0].zh


def test_zeros_alone_are_no_gtin():
    assert codes_of(check_code("00000000000000").errors) == ["gtin.all_zero"]


@pytest.mark.parametrize(
    ("gtin", "warning"), [("2012345678903", "gtin.restricted"), ("96901234567895", "gtin.variable_measure")]
)
def test_codes_that_no_device_carries_warn(gtin, warning):
    result = check_code(gtin)
    assert result.valid
    assert codes_of(result.warnings) == [warning]


@pytest.mark.parametrize(
    "text",
    [
        SCAN,
        "]d2" + SCAN,
        "]C1" + SCAN,
        "]Q3" + SCAN,
        "\x1d" + SCAN + "\x1d",
        SCAN.replace("\x1d", "<GS>"),
        SCAN.replace("\x1d", "{GS}"),
        SCAN.replace("\x1d", "␝"),
        SCAN + "\r\n",
        "(01)06901234567892(17)271130(11)251201(10)LOT-A1(21)SN0001",
        "（01）0690 1234 5678 92 （17）271130（11）251201（10）LOT-A1（21）SN0001",
        "UDI：(01)06901234567892(17)271130(11)251201(10)LOT-A1(21)SN0001",
    ],
)
def test_every_way_to_write_one_udi_gives_the_same_parts(text):
    result = check_code(text, today=TODAY)
    assert (result.kind, result.valid, result.warnings) == ("gs1", True, [])
    fields = result.fields
    assert (fields["gtin"], fields["lot"], fields["serial"]) == ("06901234567892", "LOT-A1", "SN0001")
    assert (fields["production_date"], fields["expiry_date"]) == ("2025-12-01", "2027-11-30")
    assert fields["hri"] == "(01)06901234567892(17)271130(11)251201(10)LOT-A1(21)SN0001"


def test_lot_numbers_keep_their_case_and_their_brackets():
    assert check_code("(01)06901234567892(10)ab(C)d", today=TODAY).fields["lot"] == "ab(C)d"
    assert check_code("010690123456789210aB-c", today=TODAY).fields["lot"] == "aB-c"


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("(01)06901234567890(17)271130", ["gs1.check_digit"]),
        ("0106901234567890", ["gs1.check_digit"]),
        ("(01)0690123456789(17)271130", ["gs1.value"]),
        ("010690123456789", ["gs1.value"]),
        ("(01)06901234567892(17)271330", ["gs1.date"]),
        ("010690123456789217271330", ["gs1.date"]),
        ("(01)06901234567892(17)270230", ["gs1.date"]),
        ("(01)06901234567892(17)27113", ["gs1.value"]),
        ("(01)06901234567892(05)1", ["gs1.identifier"]),
        ("(01)06901234567892(999)1", ["gs1.identifier"]),
        ("(01)06901234567892(10)", ["gs1.value"]),
        ("(01)06901234567892(10)" + "A" * 21, ["gs1.value"]),
        ("010690123456789210" + "A" * 21, ["gs1.too_long"]),
        ("(01)06901234567892(10)批号1", ["gs1.character"]),
        ("0106901234567892 10A1 21B2", ["gs1.character"]),
        ("(01)06901234567892(10)A(10)B", ["gs1.repeated"]),
        ("(01)06901234567892(11)251201(17)241130", ["gs1.expires_before_production"]),
        ("(00)123456789012345670", ["gs1.check_digit"]),
        ("(01)٠٦٩٠١٢٣٤٥٦٧٨٩٢", ["gs1.character"]),
        ("]d2", ["gs1.empty"]),
        ("]d2]", ["gs1.identifier"]),
    ],
)
def test_every_fault_has_its_own_sentence(text, errors):
    result = check_code(text, today=TODAY)
    assert result.kind == "gs1"
    assert codes_of(result.errors) == errors


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("(10)A1(17)271130", ["gs1.no_gtin"]),
        ("1727113010LOT1", ["gs1.no_gtin"]),
        ("(01)06901234567892(11)261123", ["gs1.production_in_future"]),
        ("(01)06901234567892(17)261121", ["gs1.expired"]),
        ("(01)06901234567892(17)261122", []),
        ("(01)06901234567892(11)261122", []),
        ("010690123456789210LOT1" + "17271130", ["gs1.separator_lost"]),
        ("]d1" + SCAN, ["gs1.plain_symbol"]),
        ("(00)123456789012345675", ["gs1.no_gtin"]),
    ],
)
def test_doubts_warn(text, warnings):
    result = check_code(text, today=TODAY)
    assert result.valid, result.errors
    assert codes_of(result.warnings) == warnings


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("271130", dt.date(2027, 11, 30)),
        ("271100", dt.date(2027, 11, 30)),
        ("280200", dt.date(2028, 2, 29)),
        ("270200", dt.date(2027, 2, 28)),
        ("760101", dt.date(2076, 1, 1)),
        ("770101", dt.date(1977, 1, 1)),
        ("270229", None),
        ("271301", None),
        ("270001", None),
    ],
)
def test_dates_follow_the_gs1_rules_on_month_end_and_century(digits, day):
    assert gs1.read_date(digits, TODAY) == day


def test_an_ean_scan_with_its_prefix_is_a_gtin():
    result = check_code("]E06901234567892")
    assert (result.kind, result.valid, result.fields["symbology"]) == ("gtin", True, "]E0")


def test_a_plain_qr_code_may_carry_any_number():
    result = check_code("]Q1国械注准20233130001", today=TODAY)
    assert (result.kind, result.valid) == ("registration", True)


@settings(deadline=None)
@given(
    st.text("0123456789", min_size=13, max_size=13).filter(lambda t: t.strip("0")),
    st.text("ABCxyz019-/.", min_size=1, max_size=20),
)
def test_what_was_written_is_read_back(payload, lot):
    gtin = payload + gs1.check_digit(payload)
    result = check_code(f"(01){gtin}(10){lot}(21)S1", today=TODAY)
    assert result.valid
    assert (result.fields["gtin"], result.fields["lot"], result.fields["serial"]) == (gtin, lot, "S1")
    scanned = check_code(f"]d201{gtin}10{lot}\x1d21S1", today=TODAY)
    assert scanned.fields["hri"] == result.fields["hri"]

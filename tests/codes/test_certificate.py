"""Registration and class I filing numbers: parts, agreement inside the number, comparison with the catalogue."""

import datetime as dt

import pytest

from cmo.codes import check_code, compare_with_sub_catalogue
from cmo.codes.provinces import PROVINCES, by_division, by_short_name

TODAY = dt.date(2026, 11, 22)


def codes_of(messages):
    return [message.code for message in messages]


@pytest.mark.parametrize(
    ("number", "origin", "management_class", "category"),
    [
        ("国械注准20233130001", "domestic", 3, "13"),
        ("苏械注准20242140001", "domestic", 2, "14"),
        ("国械注进20212120001", "imported", 2, "12"),
        ("国械注进20213120001", "imported", 3, "12"),
        ("国械注许20223060001", "hk_mo_tw", 3, "06"),
        ("国械注准20233400123", "domestic", 3, "40"),
        ("黔械注准20252140234", "domestic", 2, "14"),
    ],
)
def test_a_consistent_number_passes(number, origin, management_class, category):
    result = check_code(number, today=TODAY)
    assert (result.kind, result.valid, result.warnings) == ("registration", True, [])
    fields = result.fields
    assert (fields["origin"], fields["management_class"], fields["category_code"]) == (
        origin,
        management_class,
        category,
    )


@pytest.mark.parametrize(
    ("number", "errors"),
    [
        ("国械注准20232130001", ["registration.national_class"]),
        ("苏械注准20243140001", ["registration.provincial_class"]),
        ("苏械注进20212120001", ["registration.import_authority"]),
        ("苏械注许20213120001", ["registration.import_authority"]),
        ("国械注准20231130001", ["registration.class"]),
        ("国械注准20239130001", ["registration.class"]),
        ("火械注准20232130001", ["registration.authority"]),
        ("械注准20232130001", ["registration.authority"]),
        ("江苏械注准20232130001", ["registration.authority"]),
        ("国械注20233130001", ["registration.form"]),
        ("国械注批20233130001", ["registration.form", "registration.not_a_digit"]),
        ("国械注准2023313001", ["registration.digit_count"]),
        ("国械注准202331300011", ["registration.digit_count"]),
        ("国械注准2O233130001", ["registration.not_a_digit"]),
        ("国械注准20273130001", ["registration.year_in_future"]),
        ("国械注准18993130001", ["registration.year_too_early"]),
        ("国械注准20233230001", ["registration.category"]),
        ("国械注准20233000001", ["registration.category"]),
        ("国械注准20153000001", ["registration.category"]),
        ("国械注准20193770001", ["registration.category"]),
        ("国械注准٢٠٢٣3130001", ["registration.not_a_digit"]),
    ],
)
def test_what_contradicts_the_form_is_an_error(number, errors):
    result = check_code(number, today=TODAY)
    assert result.kind == "registration"
    assert codes_of(result.errors) == errors
    assert not result.valid


@pytest.mark.parametrize(
    ("number", "warnings"),
    [
        ("国械注准20183770001", ["registration.older_category"]),
        ("国械注准20133130001", ["registration.year_before_form"]),
        ("国械注准20233130000", ["registration.zero_serial"]),
        ("国械注准20233130001号", ["registration.suffix"]),
    ],
)
def test_what_is_only_doubtful_warns(number, warnings):
    result = check_code(number, today=TODAY)
    assert result.valid
    assert codes_of(result.warnings) == warnings


def test_the_year_boundary_moves_with_the_day():
    assert check_code("国械注准20273130001", today=dt.date(2027, 1, 1)).valid
    assert not check_code("国械注准20273130001", today=dt.date(2026, 12, 31)).valid


@pytest.mark.parametrize(
    "text",
    [
        "国械注准 2023 3 13 0001",
        "国械注准２０２３３１３０００１",
        "注册证编号：国械注准20233130001",
        "\t国械注准20233130001\n",
    ],
)
def test_blanks_width_and_a_label_do_not_matter(text):
    assert check_code(text, today=TODAY).fields["number"] == "国械注准20233130001"


@pytest.mark.parametrize(
    ("number", "year", "category"),
    [
        ("国食药监械(准)字2004第3150123号", 2004, "15"),
        ("国药监械（进）字2003第2210001号", 2003, "21"),
        ("苏食药监械(准)字2013第2640123号", 2013, "64"),
        ("京朝药监械(准)字2012第1210123号", 2012, "21"),
    ],
)
def test_the_form_before_october_2014_is_read_with_a_warning(number, year, category):
    result = check_code(number, today=TODAY)
    assert (result.kind, result.valid) == ("registration", True)
    assert codes_of(result.warnings) == ["registration.legacy"]
    assert (result.fields["first_registration_year"], result.fields["category_code"]) == (year, category)
    assert result.fields["legacy"] is True


@pytest.mark.parametrize(
    ("number", "errors"),
    [
        ("国食药监械(准)字2004第315号", ["registration.legacy_shape"]),
        ("火食药监械(准)字2004第2150123号", ["registration.authority"]),
        ("国食药监械(准)字2004第4150123号", ["registration.class"]),
        ("国食药监械(批)字2004第3150123号", ["registration.form"]),
    ],
)
def test_a_broken_older_form_is_refused(number, errors):
    assert codes_of(check_code(number, today=TODAY).errors) == errors


@pytest.mark.parametrize(
    ("number", "sub_catalogue", "errors", "warnings"),
    [
        ("国械注准20233130001", "13", [], []),
        ("国械注准20233130001", "13-07-02", [], []),
        ("国械注准20193130001", "14", ["registration.sub_catalogue"], []),
        ("国械注准20183130001", "14", [], ["registration.sub_catalogue_before_2019"]),
        ("国械注准20233400001", "IVD", [], []),
        ("国械注准20233400001", "22", ["registration.sub_catalogue"], []),
        ("国械注准20233220001", "ivd", ["registration.sub_catalogue"], []),
        (
            "国食药监械(准)字2004第3150123号",
            "13",
            [],
            ["registration.legacy", "registration.sub_catalogue_before_2019"],
        ),
    ],
)
def test_the_category_code_is_compared_with_the_product_from_2019_on(number, sub_catalogue, errors, warnings):
    result = compare_with_sub_catalogue(check_code(number, today=TODAY), sub_catalogue)
    assert codes_of(result.errors) == errors
    assert codes_of(result.warnings) == warnings


def test_other_numbers_have_no_category_to_compare():
    filing = check_code("国械备20150001", today=TODAY)
    assert compare_with_sub_catalogue(filing, "13") is filing
    broken = check_code("国械注准2023", today=TODAY)
    assert compare_with_sub_catalogue(broken, "13") is broken


@pytest.mark.parametrize("sub_catalogue", ["", "23", "00", "6877", "implants"])
def test_comparing_with_no_sub_catalogue_is_a_fault_of_the_caller(sub_catalogue):
    with pytest.raises(ValueError, match="not a sub-catalogue"):
        compare_with_sub_catalogue(check_code("国械注准20233130001"), sub_catalogue)


@pytest.mark.parametrize(
    ("number", "origin", "province"),
    [
        ("国械备20150001号", "imported", None),
        ("国械备20150001", "imported", None),
        ("粤惠械备20230048", "domestic", "粤"),
        ("苏苏械备20140001号", "domestic", "苏"),
        ("琼械备20200001", "domestic", "琼"),
    ],
)
def test_a_filing_number_passes_with_and_without_the_closing_character(number, origin, province):
    result = check_code(number, today=TODAY)
    assert (result.kind, result.valid, result.warnings) == ("filing", True, [])
    assert result.fields["origin"] == origin
    assert result.fields.get("province") == province
    assert result.fields["number"] == number.removesuffix("号")


@pytest.mark.parametrize(
    ("number", "errors"),
    [
        ("械备20230048", ["filing.authority"]),
        ("国苏械备20230048", ["filing.authority"]),
        ("火惠械备20230048", ["filing.authority"]),
        ("粤惠州市区械备20230048", ["filing.authority"]),
        ("粤惠械备2023048", ["filing.digit_count"]),
        ("粤惠械备202300481", ["filing.digit_count"]),
        ("粤惠械备准20230048", ["filing.not_a_digit"]),
        ("粤惠械备20270048", ["filing.year_in_future"]),
    ],
)
def test_what_contradicts_the_filing_form_is_an_error(number, errors):
    result = check_code(number, today=TODAY)
    assert result.kind == "filing"
    assert codes_of(result.errors) == errors


def test_every_province_may_issue_a_class_ii_certificate():
    assert len(PROVINCES) == 31
    for province in PROVINCES:
        for short in province.short + province.also:
            assert check_code(f"{short}械注准20232130001", today=TODAY).fields["authority_zh"] == province.zh
            assert by_short_name(short) is province
        assert by_division(province.gb + "0100") is province
    assert len({province.gb for province in PROVINCES}) == 31

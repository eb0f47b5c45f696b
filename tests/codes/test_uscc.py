"""The unified social credit code: both check characters, look-alike letters, what only warns."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmo.codes import check_code, uscc

VALID = "91110000MA00DEM065"


def make(first_16: str) -> str:
    """A code with both check characters computed."""
    inner = uscc.inner_check_character(first_16[8:])
    return first_16 + inner + uscc.check_character(first_16 + inner)


#: Position 17 computed by GB 11714 may be any digit or X; all are in the alphabet.
codes = st.builds(
    lambda division, subject: make("91" + division + subject),
    st.sampled_from(["110000", "310115", "320594", "440300", "650100"]),
    st.text(uscc.ALPHABET, min_size=8, max_size=8),
)


@pytest.mark.parametrize("code", [VALID, "123100001234567888"])
def test_a_valid_code_passes_without_a_word(code):
    result = check_code(code)
    assert (result.kind, result.valid, result.errors, result.warnings) == ("uscc", True, [], [])


def test_parts_of_the_code_are_named():
    fields = check_code(VALID).fields
    assert fields["organisation_code"] == "MA00DEM0-6"
    assert (fields["division"], fields["province"], fields["province_en"]) == ("110000", "京", "Beijing")


@pytest.mark.parametrize(
    "text",
    [
        "91110000ma00dem065",
        "９１１１００００ＭＡ００ＤＥＭ０６５",
        " 91110000 MA00DEM065\r\n",
        "统一社会信用代码：91110000MA00DEM065",
    ],
)
def test_case_width_blanks_and_a_label_do_not_matter(text):
    assert check_code(text).fields["code"] == VALID
    assert check_code(text).valid


def test_a_wrong_last_character_blocks_and_names_the_right_one():
    result = check_code(VALID[:-1] + "6")
    assert not result.valid
    assert [error.code for error in result.errors] == ["uscc.check_character"]
    assert "「5」" in result.errors[0].zh
    assert "“5”" in result.errors[0].en


def test_a_wrong_inner_check_only_warns():
    first_17 = VALID[:16] + "7"
    result = check_code(first_17 + uscc.check_character(first_17))
    assert result.valid
    assert [warning.code for warning in result.warnings] == ["uscc.inner_check"]


def test_the_letter_o_for_a_zero_is_named_with_its_place():
    result = check_code("9111000OMA00DEM065")
    assert [error.code for error in result.errors] == ["uscc.character"]
    assert "第 8 位" in result.errors[0].zh
    assert "Is it “0”?" in result.errors[0].en


@pytest.mark.parametrize("code", [VALID[:-1], VALID + "1"])
def test_one_character_too_few_or_too_many_is_still_read_as_a_credit_code(code):
    result = check_code(code)
    assert result.kind == "uscc"
    assert [error.code for error in result.errors] == ["uscc.length"]


def test_zeros_alone_are_no_code_although_the_check_character_computes():
    assert uscc.check_character("0" * 17) == "0"
    assert [error.code for error in check_code("0" * 18).errors] == ["uscc.all_zero"]


def test_an_unknown_department_or_division_only_warns():
    code = make("71990000MA00DEM0")
    result = check_code(code)
    assert result.valid
    assert [warning.code for warning in result.warnings] == ["uscc.department", "uscc.division"]


@settings(deadline=None)
@given(codes)
def test_every_computed_code_is_valid(code):
    assert check_code(code).valid
    assert check_code(code).warnings == []


@settings(deadline=None)
@given(codes, st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_every_change_of_one_character_is_found(code, place, sign):
    changed = code[:place] + sign + code[place + 1 :]
    assert check_code(changed).valid == (changed == code)


@settings(deadline=None)
@given(codes, st.integers(0, 16))
def test_every_swap_of_neighbours_is_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert check_code(swapped).valid == (swapped == code)

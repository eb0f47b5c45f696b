"""Screening: every entry and exclusion of both editions, boundary days, and what is missing."""

from __future__ import annotations

from datetime import date

import pytest

from cmo.catalogue.facts_vocabulary import BadFacts, ScreeningFacts, clean_code
from cmo.catalogue.known_codes import known_codes
from cmo.catalogue.rules import Catalogue, questions, screen

from .known import CATALOGUE, IN_2014, IN_2022, PLAIN_IMPLANT, judge

ANIMAL = {"implantable": "yes", "contains_animal_derived": "yes", "contains_allogeneic": "no"}
PURIFIED = {**ANIMAL, "directly_from_animal_tissue": "no"}
TISSUE = {**ANIMAL, "directly_from_animal_tissue": "yes"}
ALLOGENEIC = {**PLAIN_IMPLANT, "contains_allogeneic": "yes"}

LISTED_2022 = [
    ("12-01-01", "2022-I-1"),
    ("12-04-01", "2022-I-2"),
    ("12-04-02", "2022-I-3"),
    ("13-06-06", "2022-II-2"),
    ("13-06-11", "2022-II-3"),
    ("13-07-04", "2022-II-4"),
    ("13-07-05", "2022-II-4"),
    ("13-07-06", "2022-II-4"),
    ("13-07-07", "2022-II-4"),
    ("13-09-01", "2022-II-5"),
    ("13-09-02", "2022-II-6"),
    ("13-09-03", "2022-II-7"),
]
NEIGHBOURS_2022 = ["12-01-02", "12-04-03", "13-06-05", "13-06-07", "13-09-04", "14-08-01", "13-04-01", "13-05-01"]


@pytest.mark.parametrize(("code", "entry"), LISTED_2022)
def test_an_entry_without_a_fitting_exclusion_prohibits_whatever_the_facts_are(code: str, entry: str) -> None:
    for facts in ({}, PLAIN_IMPLANT, {"implantable": "no"}, {**PLAIN_IMPLANT, "vascular_site": "peripheral"}):
        result = judge(code, **facts)
        assert (result.outcome, result.edition, result.entry) == ("prohibited", "2022", entry)
        assert result.missing_facts == ()


@pytest.mark.parametrize("code", NEIGHBOURS_2022)
def test_a_neighbouring_code_is_allowed_for_a_plain_implant(code: str) -> None:
    result = judge(code, **PLAIN_IMPLANT)
    assert (result.outcome, result.entry) == ("allowed", None)


@pytest.mark.parametrize(
    ("code", "facts", "outcome", "entry"),
    [
        # 2022-II-1 and II-9: free only when known to contain nothing of animal origin
        ("13-06-04", PLAIN_IMPLANT, "allowed", "2022-II-1"),
        ("13-06-04", PURIFIED, "prohibited", "2022-II-1"),
        ("13-06-04", {**PLAIN_IMPLANT, "contains_animal_derived": "unknown"}, "undetermined", "2022-II-1"),
        ("14-08-02", PLAIN_IMPLANT, "allowed", "2022-II-9"),
        ("14-08-02", PURIFIED, "prohibited", "2022-II-9"),
        ("14-08-02", {**PLAIN_IMPLANT, "contains_animal_derived": "unknown"}, "undetermined", "2022-II-9"),
        # 2022-II-8: free only when known to contain neither
        ("13-10-03", PLAIN_IMPLANT, "allowed", "2022-II-8"),
        ("13-10-03", PURIFIED, "prohibited", "2022-II-8"),
        ("13-10-03", ALLOGENEIC, "prohibited", "2022-II-8"),
        ("13-10-03", {**PLAIN_IMPLANT, "contains_allogeneic": "unknown"}, "undetermined", "2022-II-8"),
        # 2022-II-4: peripheral stents, filters and embolisation devices
        ("13-07-02", {**PLAIN_IMPLANT, "vascular_site": "peripheral"}, "allowed", "2022-II-4"),
        ("13-07-02", {**PLAIN_IMPLANT, "vascular_site": "coronary"}, "prohibited", "2022-II-4"),
        ("13-07-02", {**PLAIN_IMPLANT, "vascular_site": "intracranial"}, "prohibited", "2022-II-4"),
        ("13-07-02", {**PLAIN_IMPLANT, "vascular_site": "other"}, "prohibited", "2022-II-4"),
        ("13-07-02", {**PLAIN_IMPLANT, "vascular_site": "aortic"}, "undetermined", "2022-II-4"),
        ("13-07-02", PLAIN_IMPLANT, "undetermined", "2022-II-4"),
        ("13-07-02", {**ALLOGENEIC, "vascular_site": "peripheral"}, "prohibited", "2022-III-1"),
        ("13-07-03", PLAIN_IMPLANT, "allowed", "2022-II-4"),
        ("13-07-08", PLAIN_IMPLANT, "allowed", "2022-II-4"),
        ("13-07-03", TISSUE, "prohibited", "2022-III-2"),
        # stent grafts are never cleared by rule, but one that is certainly not peripheral is prohibited
        ("13-07-01", {**PLAIN_IMPLANT, "vascular_site": "peripheral"}, "undetermined", "2022-II-4"),
        ("13-07-01", {**PLAIN_IMPLANT, "vascular_site": "aortic"}, "undetermined", "2022-II-4"),
        ("13-07-01", PLAIN_IMPLANT, "undetermined", "2022-II-4"),
        ("13-07-01", {**PLAIN_IMPLANT, "vascular_site": "coronary"}, "prohibited", "2022-II-4"),
        # the material rules reach every code, and implantables only
        ("13-05-03", ALLOGENEIC, "prohibited", "2022-III-1"),
        ("13-02-02", ALLOGENEIC, "prohibited", "2022-III-1"),
        ("16-07-10", TISSUE, "prohibited", "2022-III-2"),
        ("16-07-10", PURIFIED, "allowed", None),
        ("13-04-01", ALLOGENEIC, "prohibited", "2022-III-1"),
        ("13-04-01", TISSUE, "prohibited", "2022-III-2"),
        ("13-04-01", {**ALLOGENEIC, "implantable": "no"}, "allowed", None),
        ("13-04-01", {**TISSUE, "implantable": "no"}, "allowed", None),
        ("02-01-01", {"implantable": "no"}, "allowed", None),
        ("02-01-01", {}, "undetermined", "2022-III-1"),
        ("IVD", {"implantable": "no"}, "allowed", None),
    ],
)
def test_the_edition_of_2022(code: str, facts: dict[str, str], outcome: str, entry: str | None) -> None:
    result = judge(code, **facts)
    assert (result.outcome, result.edition, result.entry) == (outcome, "2022", entry)


NAMES_2014 = [
    ("心脏封堵器", "2014-I-2"),
    ("心脏封堵器系统", "2014-I-2"),
    ("人工心脏瓣膜", "2014-I-3"),
    ("整形植入物(剂)", "2014-I-4"),
    ("整形植入物（剂）", "2014-I-4"),
    ("整形植入剂", "2014-I-4"),
    ("心脏起搏器", "2014-IV-1"),
    ("植入式血泵", "2014-IV-2"),
    (" 植入式 胰岛素泵 ", "2014-IV-3"),
]
ANIMAL_NAMES_2014 = [
    ("心脏、神经、硬脑脊膜修补材料", "2014-III-1"),
    ("硬脑脊膜修补材料", "2014-III-1"),
    ("神经修补材料", "2014-III-1"),
    ("人工皮肤", "2014-III-2"),
    ("体内用止血、防粘连材料", "2014-III-3"),
    ("体内用防粘连材料", "2014-III-3"),
    ("骨修复材料", "2014-III-4"),
]


@pytest.mark.parametrize(("name", "entry"), NAMES_2014)
@pytest.mark.parametrize("code", [None, "13-04-01", "99-99-99"])
def test_an_exactly_listed_name_prohibits_in_2014(name: str, entry: str, code: str | None) -> None:
    result = judge(code, IN_2014, name=name, **PLAIN_IMPLANT)
    assert (result.outcome, result.edition, result.entry) == ("prohibited", "2014", entry)


@pytest.mark.parametrize(("name", "entry"), ANIMAL_NAMES_2014)
def test_the_animal_names_of_2014_prohibit_only_what_contains_animal_material(name: str, entry: str) -> None:
    assert judge("13-05-02", IN_2014, name=name, **PURIFIED).entry == entry
    assert judge("13-05-02", IN_2014, name=name, **PURIFIED).outcome == "prohibited"
    assert judge("13-05-02", IN_2014, name=name, **PLAIN_IMPLANT).outcome == "allowed"
    unknown = judge("13-05-02", IN_2014, name=name, **{**PLAIN_IMPLANT, "contains_animal_derived": "unknown"})
    assert (unknown.outcome, "contains_animal_derived" in unknown.missing_facts) == ("undetermined", True)


@pytest.mark.parametrize(
    ("code", "facts", "outcome", "entry"),
    [
        ("13-07-02", {"name": "血管支架", **PLAIN_IMPLANT, "vascular_site": "coronary"}, "prohibited", "2014-I-1"),
        ("13-07-02", {"name": "血管支架系统", **PLAIN_IMPLANT, "vascular_site": "peripheral"}, "allowed", "2014-I-1"),
        ("13-07-02", {"name": "血管支架", **PLAIN_IMPLANT, "vascular_site": "aortic"}, "undetermined", "2014-I-1"),
        ("13-07-02", {"name": "血管支架", **PLAIN_IMPLANT}, "undetermined", "2014-I-1"),
        # the exclusion needs the code it is bound to
        (None, {"name": "血管支架", **PLAIN_IMPLANT, "vascular_site": "peripheral"}, "undetermined", "2014-I-1"),
        ("13-06-06", {"name": "血管支架", **PLAIN_IMPLANT, "vascular_site": "peripheral"}, "prohibited", "2014-I-1"),
        # a code alone only hints
        ("13-07-02", {**PLAIN_IMPLANT, "vascular_site": "coronary"}, "undetermined", "2014-I-1"),
        ("13-07-06", PLAIN_IMPLANT, "undetermined", "2014-I-3"),
        ("13-07-07", PLAIN_IMPLANT, "undetermined", "2014-I-2"),
        ("13-09-03", PLAIN_IMPLANT, "undetermined", "2014-I-4"),
        ("12-01-01", {"name": "植入式心脏起搏器", **PLAIN_IMPLANT}, "undetermined", "2014-IV-1"),
        ("12-04-02", PLAIN_IMPLANT, "undetermined", "2014-IV-2"),
        ("12-04-03", PLAIN_IMPLANT, "undetermined", "2014-IV-3"),
        ("13-06-04", PURIFIED, "undetermined", "2014-III-1"),
        ("13-06-04", PLAIN_IMPLANT, "allowed", "2014-III-1"),
        ("13-10-02", PURIFIED, "undetermined", "2014-III-2"),
        ("14-08-01", PURIFIED, "undetermined", "2014-III-3"),
        ("13-05-03", PURIFIED, "undetermined", "2014-III-4"),
        # the material rules; allogeneic ones are not limited to implants
        ("02-01-01", {"contains_allogeneic": "yes", "implantable": "no"}, "prohibited", "2014-II"),
        ("02-01-01", {"contains_allogeneic": "no", "implantable": "no"}, "allowed", None),
        ("02-01-01", {"implantable": "no"}, "undetermined", "2014-II"),
        ("16-07-10", TISSUE, "prohibited", "2014-III-5"),
        ("16-07-10", {**TISSUE, "implantable": "no"}, "allowed", None),
        ("13-04-01", PLAIN_IMPLANT, "allowed", None),
        # what only the later edition lists
        ("13-07-04", PLAIN_IMPLANT, "allowed", None),
        ("13-06-11", PLAIN_IMPLANT, "allowed", None),
    ],
)
def test_the_edition_of_2014(code: str | None, facts: dict[str, str], outcome: str, entry: str | None) -> None:
    result = judge(code, IN_2014, **facts)
    assert (result.outcome, result.edition, result.entry) == (outcome, "2014", entry)


@pytest.mark.parametrize(
    ("on", "edition", "outcome"),
    [
        (date(2014, 9, 25), None, "undetermined"),
        (date(2014, 9, 26), "2014", "undetermined"),
        (date(2022, 4, 30), "2014", "undetermined"),
        (date(2022, 5, 1), "2022", "prohibited"),
    ],
)
def test_the_date_of_the_act_picks_the_edition_to_the_day(on: date, edition: str | None, outcome: str) -> None:
    result = judge("12-01-01", on)
    assert (result.edition, result.outcome) == (edition, outcome)


def test_before_the_first_edition_held_not_even_a_known_ban_is_claimed() -> None:
    result = judge("13-07-06", date(2014, 9, 25), name="人工心脏瓣膜", **TISSUE)
    assert (result.outcome, result.entry, result.missing_facts) == ("undetermined", None, ())
    assert "未收录" in result.reasons[0].zh
    assert "not held" in result.reasons[0].en


@pytest.mark.parametrize("code", [None, "14-02-01", "99-99-99", "14-02", "13-10-77", "13-04-99"])
@pytest.mark.parametrize("on", [IN_2014, IN_2022])
def test_a_missing_or_unknown_code_never_means_allowed(code: str | None, on: date) -> None:
    result = judge(code, on, **PLAIN_IMPLANT)
    assert result.outcome == "undetermined"
    assert "code" in result.missing_facts
    assert any("绝不表示允许" in reason.zh for reason in result.reasons)


def test_a_material_rule_prohibits_even_without_a_code() -> None:
    assert judge(None, **ALLOGENEIC).entry == "2022-III-1"
    assert judge("99-99-99", **TISSUE).outcome == "prohibited"


def test_an_unknown_code_within_a_listed_group_stays_prohibited() -> None:
    assert judge("13-07-99", **PLAIN_IMPLANT).outcome == "prohibited"


def test_a_group_is_judged_by_all_its_members() -> None:
    assert judge("13-07", **PLAIN_IMPLANT, vascular_site="coronary").outcome == "undetermined"
    assert "code" in judge("13-07", **PLAIN_IMPLANT, vascular_site="coronary").missing_facts
    assert judge("13-10", **PURIFIED).outcome == "prohibited"
    assert judge("13-04", **PLAIN_IMPLANT).outcome == "allowed"
    assert judge("12-01", **PLAIN_IMPLANT).outcome == "undetermined"


def test_a_listed_name_under_another_code_needs_a_person() -> None:
    result = judge("02-01-01", name="植入式心脏起搏器", implantable="no")
    assert (result.outcome, result.entry) == ("undetermined", "2022-I-1")


@pytest.mark.parametrize(
    ("code", "on", "facts", "missing"),
    [
        (
            "13-07-02",
            IN_2022,
            {},
            ("vascular_site", "implantable", "contains_allogeneic", "directly_from_animal_tissue"),
        ),
        ("13-06-04", IN_2022, {}, ("contains_animal_derived", "implantable", "contains_allogeneic")),
        ("13-06-04", IN_2022, {"implantable": "no"}, ("contains_animal_derived",)),
        ("13-04-01", IN_2022, {}, ("implantable", "contains_allogeneic", "directly_from_animal_tissue")),
        ("13-04-01", IN_2022, {"contains_animal_derived": "no"}, ("implantable", "contains_allogeneic")),
        ("13-04-01", IN_2022, {"implantable": "no"}, ()),
        ("12-01-01", IN_2022, {}, ()),
        ("13-07-03", IN_2022, PLAIN_IMPLANT, ()),
        ("13-07-02", IN_2022, {**PLAIN_IMPLANT, "vascular_site": "aortic"}, ()),
        ("02-01-01", IN_2014, {}, ("implantable", "contains_allogeneic", "directly_from_animal_tissue")),
        ("02-01-01", IN_2014, {"implantable": "no"}, ("contains_allogeneic",)),
        ("13-07-06", IN_2014, PLAIN_IMPLANT, ("name",)),
        ("13-07-06", IN_2014, {**PLAIN_IMPLANT, "name": "经导管主动脉瓣膜"}, ()),
    ],
)
def test_only_the_facts_that_matter_are_missing(
    code: str, on: date, facts: dict[str, str], missing: tuple[str, ...]
) -> None:
    assert judge(code, on, **facts).missing_facts == missing


def test_only_the_questions_that_matter_are_asked() -> None:
    assert questions("12-01-01", "", CATALOGUE, IN_2022) == ()
    assert questions("13-07-02", "", CATALOGUE, IN_2022)[0] == "vascular_site"
    assert "vascular_site" not in questions("13-06-04", "", CATALOGUE, IN_2022)


def test_what_is_logically_certain_is_used() -> None:
    direct = judge("13-06-04", directly_from_animal_tissue="yes")
    assert (direct.outcome, direct.entry) == ("prohibited", "2022-II-1")
    none = judge("16-07-10", implantable="yes", contains_allogeneic="no", contains_animal_derived="no")
    assert none.outcome == "allowed"


def test_contradicting_facts_and_unknown_values_are_bad_input() -> None:
    with pytest.raises(BadFacts, match="contradict"):
        ScreeningFacts(contains_animal_derived="no", directly_from_animal_tissue="yes")
    with pytest.raises(BadFacts, match="maybe"):
        ScreeningFacts(implantable="maybe")
    with pytest.raises(BadFacts, match="coronary, peripheral"):
        ScreeningFacts(vascular_site="heart")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("13-07-02", "13-07-02"),
        (" 13－07－02 ", "13-07-02"),
        ("１３—０７", "13-07"),
        ("ivd", "IVD"),
        ("", None),
        (None, None),
    ],
)
def test_a_code_is_read_however_it_was_typed(typed: str | None, code: str | None) -> None:
    assert clean_code(typed) == code


@pytest.mark.parametrize("typed", ["stent", "13", "13-7-2", "13-07-02-01", "130702"])
def test_what_is_no_code_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(BadFacts, match="not a classification code"):
        clean_code(typed)


def test_reasons_are_whole_sentences_in_both_languages_with_their_citation() -> None:
    cases = [
        judge(code, on, **facts)
        for code in (None, "02-01-01", "12-01-01", "13-06-04", "13-07", "13-07-01", "13-07-02", "13-10-01", "13-07-03")
        for on in (date(2010, 1, 1), IN_2014, IN_2022)
        for facts in ({}, PLAIN_IMPLANT, TISSUE, ALLOGENEIC, {**PLAIN_IMPLANT, "vascular_site": "aortic"})
    ]
    for result in cases:
        assert result.reasons
        for reason in result.reasons:
            assert reason.zh.endswith("。")
            assert reason.en.endswith(".")
            assert reason.citation
            assert "None" not in reason.zh + reason.en


def test_the_reason_names_the_entry_as_printed_and_the_exclusion_that_fails() -> None:
    result = judge("13-07-02", vascular_site="coronary")
    assert result.entry_zh == "13-07 心血管植入物"
    assert result.exclusion_zh == "外周血管支架除外"
    assert "用于冠状动脉" in result.reasons[0].zh
    assert "coronary" in result.reasons[0].en
    assert result.reasons[0].citation == "国家药监局通告2022年第17号 2022-II-4"


def test_a_judgement_is_the_same_with_and_without_what_was_judged_before() -> None:
    fresh = Catalogue(CATALOGUE.editions, known_codes())
    facts = ScreeningFacts(code="13-06-04", **PURIFIED)
    assert screen(facts, fresh, IN_2022) == screen(facts, CATALOGUE, IN_2022)

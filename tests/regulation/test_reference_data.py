"""The data files and their loaders: complete, consistent, and every fault named with its place."""

import datetime as dt
import re
from itertools import pairwise

import pytest
import yaml

from cmo.regulation import classification as catalogue
from cmo.regulation import reference_file, references
from cmo.regulation.check import check_all
from cmo.regulation.loading import LoadError, read_csv, read_yaml


def faults_of(error):
    return [(fault.row, fault.column) for fault in error.value.faults]


# ── legal references ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "keys",
    [
        [f"N38-{number:02d}" for number in range(1, 40)],
        [f"QA-{number:02d}" for number in range(1, 50)],
        [f"E{number}" for number in range(1, 17)],
        [f"C{number}" for number in range(1, 10)],
        [f"B{number}" for number in range(1, 10)],
        [f"GMP25-{number}" for number in range(107, 117)],
        [f"O739-{number}" for number in (20, 21, 22, 31, 32, 34, 35, 36, 38, 39, 62, 66, 67, 86)],
        [f"O53-{number}" for number in (4, 13, 14, 15, 16, 17, 18, 22, 23, 32, 33, 34, 42, 43, 44, 45, 60, 67, 68, 79)],
        [f"ESL-{number}" for number in (3, 4, 5, 6, 7, 8, 13, 14, 16)],
        ["CAT22", "CAT14", "GUIDE20-II4-6", "UDI-B1", "UDI-B2", "UDI-B3", "UDI-B4", "UDI-B5", "UDI-EXEMPT", "O1-22"],
        ["DUTY-MARKET-RELEASE", "DUTY-AE", "DUTY-RECALL", "DUTY-REGISTRATION-CHANGE", "DUTY-UDI", "DUTY-QUALITY"],
        ["DUTY-STATUTORY", "DUTY-PRODUCTION", "DUTY-SUBENTRUST"],
    ],
)
def test_every_requirement_can_be_cited(keys):
    for key in keys:
        assert references.reference(key).zh
        assert references.reference(key).en


def test_a_reference_is_labelled_as_the_law_is_cited():
    found = references.reference("O739-34")
    assert found.label_zh == "《医疗器械监督管理条例》第三十四条"
    assert found.label_en.endswith("art. 34")
    assert references.reference("O739-22-2").label_zh.endswith("第二十二条第二款")
    assert references.reference("O739-86-5").label_zh.endswith("第八十六条第（五）项")
    assert references.reference("GMP25-60").label_zh.endswith("第六十条至第六十三条")


@pytest.mark.parametrize(
    ("key", "day", "in_force"),
    [
        ("CAT14", "2014-09-25", False),
        ("CAT14", "2014-09-26", True),
        ("CAT14", "2022-04-30", True),
        ("CAT14", "2022-05-01", False),
        ("CAT22", "2022-04-30", False),
        ("CAT22", "2022-05-01", True),
        ("GMP25-113", "2026-10-31", False),
        ("GMP25-113", "2026-11-01", True),
        ("GMP14-60", "2026-10-31", True),
        ("GMP14-60", "2026-11-01", False),
        ("N38-08", "2024-05-31", False),
        ("N38-08", "2024-06-01", True),
    ],
)
def test_the_day_decides_whether_a_reference_was_in_force(key, day, in_force):
    on = dt.date.fromisoformat(day)
    assert references.reference(key).in_force(on) is in_force
    if in_force:
        assert references.reference(key, on).key == key
    else:
        with pytest.raises(references.NotInForce):
            references.reference(key, on)


def test_an_unknown_key_is_a_fault_of_the_caller():
    with pytest.raises(references.UnknownReference, match="NOPE-1"):
        references.reference("NOPE-1")


def test_every_document_is_listed_once():
    keys = [document.key for document in references.documents()]
    assert len(keys) == len(set(keys))
    assert {"O739", "O53", "N38", "GMP25", "GUIDE20", "CAT22", "CAT14", "ESL", "UDI"} <= set(keys)


def test_a_document_can_be_cited_as_a_whole():
    assert references.reference("N38").whole
    assert references.reference("N38").zh == "国家药监局公告2024年第38号"
    assert not references.reference("CAT22").whole


def test_texts_are_in_their_language_and_never_carry_the_other():
    for item in references.all_references():
        assert not re.search(
            r"[\u4e00-\u9fff]",
            item.en.replace("(委托生产)", "")
            .replace("号", "")
            .replace("国", "")
            .replace("械注", "")
            .replace("械备", ""),
        ), item.key
        assert re.search(r"[\u4e00-\u9fff0-9]", item.zh), item.key
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]", item.zh), item.key


def test_what_was_not_confirmed_in_a_source_says_so():
    assert references.reference("ESL-2").recalled
    assert references.reference("A11-9").recalled
    assert not references.reference("O739-34").recalled


@pytest.mark.parametrize("text", ["739 34", "N38-08", "派驻 植入", "implantables stationed", "Ｎ３８-０８", "n38-08"])
def test_references_are_found_by_key_number_or_text_in_either_language(text):
    found = references.find(text)
    assert found
    keys = {item.key for _, items in found for item in items}
    assert keys & {"O739-34", "N38-08"}


def test_the_filter_by_day_and_basis_leaves_out_the_others():
    day = dt.date(2022, 4, 30)
    assert all(document.in_force(day) for document, _ in references.find(on=day))
    assert {item.basis for _, items in references.find(basis="policy") for item in items} == {"policy"}
    assert references.find("no such words anywhere") == []


GOOD = {
    "documents": [
        {
            "key": "L1",
            "title": {"zh": "法", "en": "Law"},
            "number": {"zh": "一号", "en": "No. 1"},
            "basis": "law",
            "in_force_from": dt.date(2020, 1, 1),
            "sources": [],
            "citations": [{"key": "L1-1", "article": 1, "zh": "甲", "en": "a"}],
        }
    ]
}


class Plain(yaml.SafeDumper):
    """Writes repeated parts out instead of pointing at them."""

    def ignore_aliases(self, data):
        return True


def written(tmp_path, content):
    path = tmp_path / "legal.yaml"
    path.write_text(yaml.dump(content, Dumper=Plain, allow_unicode=True), encoding="utf-8")
    return path


def changed(**changes):
    document = GOOD["documents"][0]
    return {"documents": [{**document, **changes}]}


def with_citation(**changes):
    return changed(citations=[{**GOOD["documents"][0]["citations"][0], **changes}])


def test_a_sound_file_is_read(tmp_path):
    assert list(reference_file.load(written(tmp_path, GOOD))) == ["L1", "L1-1"]


@pytest.mark.parametrize(
    ("content", "column"),
    [
        ({}, "documents"),
        ([], "documents"),
        ({"documents": "x"}, "documents"),
        ({"documents": ["x"]}, "documents"),
        ({"documents": [GOOD["documents"][0], GOOD["documents"][0]]}, "key"),
        (changed(key=""), "key"),
        (changed(title={"zh": "法"}), "title"),
        (changed(number=None), "number"),
        (changed(basis="rumour"), "basis"),
        (changed(in_force_from="2020-13-01"), "in_force_from"),
        (changed(in_force_to=dt.date(2019, 1, 1)), "in_force_to"),
        (changed(sources="https://example.org"), "sources"),
        (changed(surprise=1), "surprise"),
        (changed(citations="x"), "citations"),
        (with_citation(zh=""), "zh"),
        (with_citation(en=None), "en"),
        (with_citation(basis="agreement"), "basis"),
        (with_citation(article="one"), "article"),
        (with_citation(article=[1, 2, 3]), "article"),
        (with_citation(article=0), "article"),
        (with_citation(clause="x", article=None), "article"),
        (with_citation(see=["L9"]), "L1-1"),
        (with_citation(remark="x"), "remark"),
    ],
)
def test_every_fault_of_the_references_names_its_column(tmp_path, content, column):
    with pytest.raises(LoadError) as error:
        reference_file.load(written(tmp_path, content))
    assert column in [fault.column for fault in error.value.faults]
    for fault in error.value.faults:
        assert fault.file == "legal.yaml"
        assert fault.text("zh-hans").startswith("legal.yaml")
        assert fault.text("en").startswith("legal.yaml")


def test_all_faults_are_reported_together_with_their_lines(tmp_path):
    path = tmp_path / "legal.yaml"
    path.write_text(
        "documents:\n"
        "  - key: L1\n"
        "    title: {zh: 法, en: Law}\n"
        "    number: {zh: 一, en: one}\n"
        "    basis: rumour\n"
        "    in_force_from: 2020-01-01\n"
        "    citations:\n"
        "      - {key: L1-1, article: 1, zh: 甲, en: a}\n"
        "      - {key: L1-1, article: 2, zh: 乙}\n",
        encoding="utf-8",
    )
    with pytest.raises(LoadError) as error:
        reference_file.load(path)
    assert faults_of(error) == [(2, "basis"), (9, "en"), (9, "key")]
    assert "legal.yaml, line 9, en: is missing" in str(error.value)


@pytest.mark.parametrize(
    ("text", "row"), [("a: [1", 1), ("a: 1\na: 2\n", 2), ("\x00", 0), ("1: x\n", 1), ("!!python/object:os.x {}", 1)]
)
def test_yaml_that_cannot_be_read_names_its_line(tmp_path, text, row):
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LoadError) as error:
        read_yaml(path)
    assert error.value.faults[0].row == row


def test_a_missing_or_wrongly_encoded_file_is_reported(tmp_path):
    with pytest.raises(LoadError, match="does not exist"):
        read_yaml(tmp_path / "none.yaml")
    (tmp_path / "gbk.csv").write_bytes("编码".encode("gbk"))
    with pytest.raises(LoadError, match="cannot be read"):
        read_csv(tmp_path / "gbk.csv", ("a",))


# ── classification ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_files_that_ship_are_sound():
    counts = check_all()
    assert counts["sub_catalogues.csv"] == 23
    assert counts["classification_2017.csv"] == 1133
    assert counts["legal_references.yaml"] > 350


def test_codes_are_in_order_and_unique():
    codes = [item.code for item in catalogue.classifications()]
    assert all(first < second for first, second in pairwise(codes))
    assert catalogue.known_codes() == set(codes)


def test_a_category_has_its_names_and_its_default():
    item = catalogue.classification("13-06-06")
    assert (item.name_zh, item.sub_catalogue, item.group) == ("颅内支架系统", "13", "13-06")
    assert (item.implantable_default, item.verified) == ("yes", True)
    assert item.note_zh
    assert item.note_en


@pytest.mark.parametrize("code", ["14-02-01", "13-99-99", "13-07", "", "13-07-02 "])
def test_a_code_we_do_not_hold_is_unknown(code):
    assert catalogue.classification(code) is None


def test_a_group_lists_its_members():
    assert [item.code for item in catalogue.group("13-07")] == [f"13-07-0{number}" for number in range(1, 9)]
    assert catalogue.group("14-02") == []


def test_the_22_sub_catalogues_and_ivd_are_there():
    numbers = [item.number for item in catalogue.sub_catalogues()]
    assert numbers == [*(f"{number:02d}" for number in range(1, 23)), "IVD"]
    assert catalogue.sub_catalogue("13").name_zh == "无源植入器械"
    assert catalogue.sub_catalogue("23") is None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("13-07-02", "13-07-02"),
        ("１３－０７－０２", "13-07-02"),
        ("13–07–02", "13-07-02"),
        ("血管支架", "13-07-02"),
        ("VASCULAR stent", "13-07-02"),
        ("ｖａｓｃｕｌａｒ　ｓｔｅｎｔ", "13-07-02"),
        ("13-07", "13-07-01"),
        ("颅内支架系统", "13-06-06"),
        ("stent intracranial", "13-06-06"),
    ],
)
def test_search_finds_by_code_or_name_whatever_the_width_and_case(text, first):
    assert catalogue.search(text)[0].code == first


def test_search_is_bounded_and_narrowed():
    assert len(catalogue.search("", 7)) == 7
    assert len(catalogue.search("", None)) == 1133
    assert {item.sub_catalogue for item in catalogue.search("", None, sub_catalogue="13")} == {"13"}
    assert catalogue.search("支架", sub_catalogue="22") == []
    assert catalogue.search("no such thing at all") == []


HEADER = "code,name_zh,name_en,sub_catalogue,group,implantable_default,verified,note_zh,note_en\n"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("13-7-02,甲,a,13,13-07,no,no,,", "code"),
        ("13-07-02,,a,13,13-07,no,no,,", "name_zh"),
        ("13-07-02,甲,,13,13-07,no,no,,", "name_en"),
        ("13-07-02,甲,a,14,13-07,no,no,,", "sub_catalogue"),
        ("99-07-02,甲,a,99,99-07,no,no,,", "sub_catalogue"),
        ("13-07-02,甲,a,13,13-08,no,no,,", "group"),
        ("13-07-02,甲,a,13,13-07,maybe,no,,", "implantable_default"),
        ("13-07-02,甲,a,13,13-07,no,perhaps,,", "verified"),
        ("13-07-02,甲,a,13,13-07,no,no,", ""),
        ("13-07-01,甲,a,13,13-07,no,no,,", "code"),
    ],
)
def test_every_fault_of_the_classification_names_row_and_column(tmp_path, line, column):
    path = tmp_path / "classification.csv"
    path.write_text(HEADER + "13-07-01,甲,a,13,13-07,no,no,,\n" + line + "\n", encoding="utf-8")
    with pytest.raises(LoadError) as error:
        catalogue.load(path, {item.number: item for item in catalogue.sub_catalogues()})
    assert (3, column) in faults_of(error)


def test_another_header_or_an_empty_table_is_refused(tmp_path):
    path = tmp_path / "classification.csv"
    path.write_text("code,name\n", encoding="utf-8")
    with pytest.raises(LoadError, match="the header must be code,name_zh"):
        catalogue.load(path, {})
    path.write_text(HEADER, encoding="utf-8")
    with pytest.raises(LoadError, match="there is no entry"):
        catalogue.load(path, {})


def test_sub_catalogues_must_be_complete(tmp_path):
    path = tmp_path / "sub.csv"
    lines = [f"{number:02d},名,name" for number in range(1, 22)]
    path.write_text("\n".join(["number,name_zh,name_en", *lines, "01,名,name", "23,名,name"]), encoding="utf-8")
    with pytest.raises(LoadError) as error:
        catalogue.load_sub_catalogues(path)
    sentences = [fault.en for fault in error.value.faults]
    assert sentences == [
        "“01” is given twice",
        "sub-catalogue 22 is missing",
        "there is no sub-catalogue “23”",
        "sub-catalogue IVD is missing",
    ]

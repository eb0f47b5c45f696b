"""A company's own checklists: read precisely, proved to decide every case, kept whole, never rewritten."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from itertools import product
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.templates_data import TemplateError
from audits import actions
from audits.bounds import NoBound, read_bound, write_bound
from audits.checklist_files.reading import faults_of, read_checklist
from audits.checklist_files.writing import EXAMPLE, write_workbook, write_yaml
from audits.comparing import difference
from audits.facts import template_of
from audits.facts.checklists import checklists_offered
from audits.models import TemplateVersion
from audits.rules.coverage import faults_of as table_faults
from audits.rules.scoring import Tally, applies
from audits.template_choices import annual_choices, template_choices
from audits.template_reading import MOST_ITEMS, MOST_ROWS
from audits.template_shape import COUNT, PERCENT, SEVERITIES, Bound, JudgementTable, Outcome, Row
from audits.templates_data import (
    AuditTemplateError,
    annual_template,
    audit_templates,
    content_of,
    read_content,
    template_contents,
)
from cmo import clock
from cmo.errors import Refused
from cmo.trail.models import Entry
from tests import make
from tests.audits import build

TODAY = make.TODAY


def changed(**parts: Any) -> dict[str, Any]:
    return deepcopy(EXAMPLE) | parts


def kept(relation: make.Relation, content: dict[str, Any] | None = None, **more: Any) -> TemplateVersion:
    given_values = {
        "key": "ours",
        "effective_from": TODAY,
        "by": relation.registrant.actor("quality_manager"),
        "at": make.AT,
    }
    organisation = relation.registrant.organisation
    return actions.keep_checklist(organisation=organisation, content=content or EXAMPLE, **{**given_values, **more})


def codes(refusal: Any) -> list[str]:
    return [found.code for found in refusal.value.findings]


def edited(edit: Callable[[Any], Any], chinese: bool = True) -> bytes:
    """The example as a workbook after somebody worked on it."""
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(EXAMPLE, chinese=chinese)))
    edit(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def told(name: str, content: bytes) -> list[tuple[str, str, str]]:
    with pytest.raises((TemplateError, Refused)) as error:
        read_checklist(name, content)
    return [(fault.place, fault.zh, fault.en) for fault in faults_of(error.value)]


# bounds


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("0", Bound(COUNT, 0, True, 0, True)),
        ("0%", Bound(PERCENT, 0, True, 0, True)),
        ("1–2", Bound(COUNT, 1, True, 2, True)),
        ("1 至 2", Bound(COUNT, 1, True, 2, True)),
        ("10%~30％", Bound(PERCENT, 10, True, 30, True)),
        (">=3", Bound(COUNT, 3, True, None, False)),
        ("＞20%，＜30%", Bound(PERCENT, 20, False, 30, False)),
        ("> 20% < 30%", Bound(PERCENT, 20, False, 30, False)),
        ("<43", Bound(COUNT, 0, True, 43, False)),
        ("不限", Bound(COUNT, 0, True, None, False)),
    ],
)
def test_a_bound_is_read_as_people_write_it(text: str, bound: Bound) -> None:
    assert read_bound(text) == bound


@pytest.mark.parametrize("text", ["", "many", "3–1", ">3, <3", "≥1, ≤20%", "1.5", "0x1", "-1", "≥", "<0", "1–2–3"])
def test_what_is_no_bound_or_can_never_hold_is_refused(text: str) -> None:
    with pytest.raises(NoBound):
        read_bound(text)


BOUNDS = st.builds(
    lambda unit, least, low, width, high: (
        Bound(unit, least, low, None if width is None else least + width, high)
        if width is not None
        else Bound(unit, least, low, None, False)
    ),
    st.sampled_from([COUNT, PERCENT]),
    st.integers(0, 60),
    st.booleans(),
    st.none() | st.integers(1, 40),
    st.booleans(),
)


@given(BOUNDS)
def test_a_written_bound_reads_back_as_itself(bound: Bound) -> None:
    assert read_bound(write_bound(bound)) == bound


# judgement tables

SMALL = st.builds(
    lambda unit, least, low, width, high: Bound(unit, least, low, None if width is None else least + width, high),
    st.sampled_from([COUNT, PERCENT]),
    st.sampled_from([0, 1, 2, 50, 100]),
    st.booleans(),
    st.none() | st.sampled_from([0, 1, 49, 50]),
    st.booleans(),
)
ROW = st.builds(lambda *bounds: dict(zip(SEVERITIES, bounds, strict=True)), SMALL, SMALL, SMALL)


def table_of(rows: list[dict[str, Bound]]) -> JudgementTable:
    made = tuple(Row(number, bounds, {}, "x") for number, bounds in enumerate(rows, start=1))
    return JudgementTable("t", "表", "Table", "", "", (Outcome("x", "结论", "Outcome"),), made, (), ())


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=4))
def test_the_proof_finds_a_faulty_table_exactly_when_counting_every_case_does(rows: list[dict[str, Bound]]) -> None:
    table, items = table_of(rows), 3
    cases = [Tally(judged, judged - bad, bad, 0) for judged in range(items + 1) for bad in range(judged + 1)]
    wrong = {
        tuple(row.number for row in table.rows if applies(row, dict(zip(SEVERITIES, case, strict=True))))
        for case in product(cases, repeat=3)
    }
    expected = {numbers for numbers in wrong if len(numbers) != 1}
    found = {fault.rows for fault in table_faults(table, items)}
    assert found <= expected
    assert bool(found) == bool(expected)


@pytest.mark.parametrize("template", audit_templates(), ids=lambda template: template.key)
def test_every_table_of_the_product_decides_every_case(template: Any) -> None:
    for table in template.tables:
        assert table_faults(table, len(template.items)) == []


def test_the_proof_of_the_largest_table_asks_each_row_once_for_each_distinct_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0
    holds = Bound.holds

    def counting(self: Bound, count: int, percent: Any) -> bool:
        nonlocal asked
        asked += 1
        return holds(self, count, percent)

    everything = Bound(COUNT, 0, True, None, False)
    ends = [None if n == MOST_ROWS - 1 else n + 1 for n in range(MOST_ROWS)]
    shares = [Bound(PERCENT, n, True, end, False) for n, end in enumerate(ends)]
    table = table_of([{"critical": everything, "major": everything, "general": share} for share in shares])
    monkeypatch.setattr(Bound, "holds", counting)
    assert table_faults(table, MOST_ITEMS) == []
    assert asked <= 3 * MOST_ROWS * max(MOST_ITEMS + 1, 201)


@pytest.mark.parametrize(
    ("rows", "cases"),
    [(("<50%", ">50%"), "1/2"), (("≤33%", "≥34%"), "1/3"), (("<100%", "≥101%"), "1/1"), (("≥1%", "<0%"), "0/0")],
)
def test_a_gap_between_two_shares_is_found_at_the_first_case_that_falls_into_it(
    rows: tuple[str, str], cases: str
) -> None:
    parts = {"<0%": Bound(PERCENT, 0, False, 0, False)}
    shares = [parts.get(text) or read_bound(text) for text in rows]
    everything = Bound(COUNT, 0, True, None, False)
    table = table_of([{"critical": everything, "major": everything, "general": share} for share in shares])
    (fault,) = table_faults(table, 3)
    assert (fault.rows, f"{fault.cases[2].defects}/{fault.cases[2].judged}") == ((), cases)


def with_rows(*rows: tuple[str, str, str, str]) -> dict[str, Any]:
    content = changed()
    content["tables"][0]["rows"] = [
        {"critical": critical, "major": major, "general": general, "outcome": outcome}
        for critical, major, general, outcome in rows
    ]
    return content


@pytest.mark.django_db
def test_a_gap_and_an_overlap_are_told_with_a_case_in_both_languages() -> None:
    relation = make.pair()
    gap = with_rows(("0", "0", "<20%", "effective"), ("0", "0", ">20%", "correct"), ("0", "≥1", "-", "correct"))
    with pytest.raises(Refused) as refusal:
        kept(relation, gap)
    assert set(codes(refusal)) == {"checklist_gap"}
    first = refusal.value.findings[0]
    assert "审核结论" in first.zh
    assert "general 0/" in first.en or "general" in first.facts["case_en"]
    overlap = with_rows(("0", "-", "-", "effective"), ("-", "≥1", "-", "correct"), ("≥1", "0", "-", "stop"))
    with pytest.raises(Refused) as refusal:
        kept(relation, overlap)
    assert codes(refusal) == ["checklist_overlap"]
    assert refusal.value.findings[0].facts["rows"] == "1, 2"


# files


@pytest.mark.parametrize(
    "content", [EXAMPLE, *(content_of(t) for t in audit_templates())], ids=lambda c: c["title_en"][:20]
)
def test_a_file_gives_back_the_content_it_was_written_from(content: dict[str, Any]) -> None:
    assert read_checklist("a.yaml", write_yaml(content).encode()) == content
    for chinese in (True, False):
        assert read_checklist("a.XLSX", write_workbook(content, chinese=chinese)) == content


def test_every_fault_of_a_workbook_is_told_at_its_cell_at_once() -> None:
    def spoil(book: Any) -> None:
        items, rows = book["检查项目"], book["判定规则"]
        items["C3"], items["E4"], items["G2"], items["B3"] = "特别", None, "一条", 1.1
        rows["C3"], rows["B4"] = "many", None
        book["章节"]["C2"], book["检查表"]["B2"], book["判定结论"]["A2"] = "=1+1", None, "nowhere"
        book["检查项目"]["A4"] = 7

    found = {place: en for place, _zh, en in told("a.xlsx", edited(spoil))}
    assert found == {
        "章节!C2": "is a formula; enter its value",
        "检查项目!B3": "is a number; format the cell as text and enter it again",
        "判定结论!A2": "there is no judgement table 'nowhere'",
        "检查项目!H2": "there must be as many checks in Chinese as in English, not 1 and 2",
        "检查项目!C3": "'特别' is no severity (critical, major, general)",
        "检查项目!A4": "serials count from 1 without a gap; here it must be 3",
        "检查项目!E4": "is missing",
        "判定规则!C3": found["判定规则!C3"],
        "判定规则!B4": "is missing",
        "判定规则!E2": "'effective' is no outcome of its table",
        "检查表!B2": "is missing",
    }
    assert "'many' is no bound" in found["判定规则!C3"]


@pytest.mark.parametrize(
    ("edit", "place", "sentence"),
    [
        (lambda book: book.remove(book["Items"]), "检查项目 Items", "this sheet is missing"),
        (lambda book: book.create_sheet("Prices"), "Prices", "is a sheet that nobody knows"),
        (lambda book: book["Items"].delete_rows(2, 9), "检查项目 Items", "has no row"),
        (lambda book: book["Items"].delete_cols(3), "Items!1", "column “Severity” is missing"),
        (lambda book: book["Items"].__setitem__("J1", "Colour"), "Items!J1", "column “Colour” is not known"),
        (lambda book: book["Items"].__setitem__("I1", "No."), "Items!I1", "column “No.” stands twice"),
        (lambda book: book["Checklist"].__setitem__("A3", "Heading"), "Checklist!A3", "field “Heading” is not known"),
        (lambda book: book["Items"].__setitem__("A2001", "1"), "Items", "has more than 2000 rows"),
    ],
)
def test_a_workbook_with_wrong_sheets_or_columns_says_which(edit: Any, place: str, sentence: str) -> None:
    found = told("a.xlsx", edited(edit, chinese=False))
    assert any(where == place and sentence in en for where, _zh, en in found), found


@pytest.mark.parametrize(
    ("path", "value", "place", "sentence"),
    [
        (("items", 1, "title_en"), "", "items[1].title_en", "is missing"),
        (("items", 1, "clause"), 1.1, "items[1].clause", "put numbers and dates into quotes"),
        (("items", 0, "checks_zh"), "one", "items[0].checks_zh", "must be a list"),
        (("items", 0, "colour"), "red", "items[0].colour", "is not a known key"),
        (("items", 2, "citation"), "x" * 61, "items[2].citation", "more than 60 characters"),
        (("items", 2, "title_zh"), "a\x07b", "items[2].title_zh", "control character"),
        (("items",), [], "items", "at least one"),
        (("items",), [1], "items", "at least one"),
        (("sections", 1, "key"), "people", "sections[1].key", "stands twice"),
        (("sections", 1, "key"), "Leute!", "sections[1].key", "lower-case letters"),
        (("tables", 0, "rows", 1, "row"), 5, "tables[0].rows[1].row", "must be row 2"),
        (("tables", 0, "rows", 0, "as_printed"), 5, "tables[0].rows[0].as_printed", "must be a mapping"),
        (("tables", 0, "rows", 0, "major"), {"unit": "kg"}, "tables[0].rows[0].major.unit", "is no unit"),
        (("applies_to",), "all", "applies_to", "must have zh and en"),
        (("surprise",), 1, "surprise", "is not a known key"),
    ],
)
def test_a_fault_of_a_yaml_file_is_told_with_its_path(path: Any, value: Any, place: str, sentence: str) -> None:
    content = changed()
    inner: Any = content
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    found = [(where, en) for where, _zh, en in told("a.yml", json.dumps(content).encode())]
    assert len(found) == len({*found})
    assert any(where == place and sentence in en for where, en in found), found


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"a", "only XLSX and YAML"),
        ("a", b"a", "only XLSX and YAML"),
        ("a.yaml", b"a: [", "not valid YAML"),
        ("a.yaml", b"\xff\xfe", "not UTF-8"),
        ("a.yaml", b"a: &x [1]\nb: *x", "aliases"),
        ("a.yaml", b"- a", "must be a mapping"),
        ("a.yaml", b"title_zh: !!python/object/apply:os.system [ls]", "not valid YAML"),
        ("a.yaml", b"[" * 100_000, "cannot be read"),
        ("a.yaml", b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
        ("a.xlsx", b"hello", "content"),
        ("a.xlsx", b"PK\x03\x04nonsense", "damaged"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0rest", "password"),
    ],
)
def test_a_hostile_or_wrong_file_is_refused_with_one_sentence(name: str, content: bytes, sentence: str) -> None:
    ((_place, zh, en),) = told(name, content)
    assert sentence in en
    assert zh


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    target = io.BytesIO(write_workbook(EXAMPLE, chinese=True))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros", b"\0" * (41 * 1024 * 1024))
    ((_place, _zh, en),) = told("a.xlsx", target.getvalue())
    assert "unpacks to too much" in en


def test_hundreds_of_faults_are_told_up_to_a_number() -> None:
    content = changed(items=[{"serial": 1} for _number in range(300)])
    found = told("a.yaml", json.dumps(content).encode())
    assert len(found) == 201
    assert "more faults" in found[-1][2]


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(EXAMPLE)), inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from(list(EXAMPLE)),
)
def test_no_content_whatever_breaks_the_reader(value: Any, key: str) -> None:
    try:
        found = read_content(changed(**{key: value}) | {"key": "x"}, own=True)
    except AuditTemplateError:
        return
    assert read_content(content_of(found) | {"key": "x"}, own=True) == found


# comparing


def test_an_item_put_in_at_the_top_is_the_only_change() -> None:
    before = read_content(EXAMPLE)
    content = changed()
    new = {**content["items"][0], "title_zh": "新项", "title_en": "New", "clause": "0.1"}
    content["items"] = [{**item, "serial": n} for n, item in enumerate([new, *content["items"]], start=1)]
    found = difference(before, read_content(content))
    assert [(c.part, c.kind, c.number) for c in found.changes] == [("item", "added", 1)]
    assert found.same_items == 3


def test_changed_words_weights_sections_and_rules_are_all_shown() -> None:
    content = changed(title_en="Another title")
    content["items"][1] |= {"severity": "critical", "checks_en": ["Other words"]}
    content["items"][2]["title_zh"] = "记录"
    content["sections"][0]["title_zh"] = "全体人员"
    content["sections"].append({"key": "rooms", "title_zh": "厂房", "title_en": "Rooms"})
    content["tables"][0]["rows"][0]["general"] = "≤10%"
    found = difference(read_content(EXAMPLE), read_content(content))
    shown = [(c.part, c.kind, [text.name for text in c.texts]) for c in found.changes]
    assert shown == [
        ("text", "changed", ["title"]),
        ("section", "added", []),
        ("section", "changed", ["title"]),
        ("item", "changed", ["checks", "severity"]),
        ("item", "changed", ["title"]),
        ("table", "changed", ["rows"]),
    ]
    assert found.same_items == 1


# actions


@pytest.mark.django_db
def test_a_checklist_is_kept_with_its_hash_and_an_entry_on_the_organisations_trail() -> None:
    relation = make.pair()
    row = kept(relation)
    assert (row.version, len(row.body_hash)) == (1, 64)
    assert template_of(row) == read_content(EXAMPLE | {"key": "ours"}, own=True)
    entry = Entry.objects.filter(stream=relation.registrant.stream, verb="checklist.kept").get()
    assert entry.content["data"]["body_hash"] == row.body_hash


@pytest.mark.django_db
def test_the_same_key_again_makes_the_next_version_which_is_offered_from_its_day_on() -> None:
    relation = make.pair()
    kept(relation)
    kept(relation, changed(title_en="Second"), effective_from=TODAY + timedelta(days=30))
    offered = {
        days: [row.version for row in checklists_offered(relation.registrant.pk, TODAY + timedelta(days=days))]
        for days in (-1, 0, 29, 30)
    }
    assert offered == {-1: [], 0: [1], 29: [1], 30: [2]}


@pytest.mark.django_db
def test_everything_wrong_with_a_checklist_is_told_together() -> None:
    relation = make.pair()
    kept(relation)
    with pytest.raises(Refused) as refusal:
        kept(relation, effective_from=TODAY - timedelta(days=1))
    assert codes(refusal) == ["checklist_in_past", "checklist_unchanged"]
    content = changed()
    content["items"][0]["severity"] = "grave"
    content["items"][1]["title_en"] = ""
    with pytest.raises(Refused) as refusal:
        kept(relation, content)
    assert [found.facts["place"] for found in refusal.value.findings] == ["items[0].severity", "items[1].title_en"]


@pytest.mark.django_db
def test_a_withdrawn_version_is_offered_no_more_and_stays_readable() -> None:
    relation = make.pair()
    row = kept(relation)
    by = relation.registrant.actor("management_representative")
    actions.withdraw_checklist(checklist=row, reason="改用新版", by=by, at=make.AT)
    assert checklists_offered(relation.registrant.pk, TODAY) == []
    assert template_of(row).items
    with pytest.raises(Refused) as refusal:
        actions.withdraw_checklist(checklist=row, reason=" ", by=by, at=make.AT)
    assert codes(refusal) == ["checklist_withdrawn_already", "checklist_reason_needed"]


@pytest.mark.django_db
def test_withdrawing_a_version_does_not_offer_an_earlier_one_again_and_one_to_come_takes_nothing_away() -> None:
    relation = make.pair()
    kept(relation)
    second = kept(relation, changed(title_en="Second"))
    third = kept(relation, changed(title_en="Third"), effective_from=TODAY + timedelta(days=30))
    by = relation.registrant.actor("quality_manager")
    actions.withdraw_checklist(checklist=third, reason="改用新版", by=by, at=make.AT)
    assert checklists_offered(relation.registrant.pk, TODAY) == [second]
    actions.withdraw_checklist(checklist=second, reason="有误", by=by, at=make.AT)
    assert checklists_offered(relation.registrant.pk, TODAY) == []
    again = kept(relation, EXAMPLE)
    assert [row.version for row in checklists_offered(relation.registrant.pk, TODAY)] == [again.version]


@pytest.mark.django_db
def test_an_audit_is_planned_with_the_version_that_is_offered_and_with_no_other() -> None:
    built = build.world()
    first = kept(built.relation)
    assert build.planned(built, template=first).template == first
    second = kept(built.relation, changed(title_en="Second"))
    later = kept(built.relation, changed(title_en="Third"), effective_from=TODAY + timedelta(days=1))
    strange = kept(make.pair())
    for row in (first, later, strange):
        with pytest.raises(Refused) as refusal:
            build.planned(built, template=row)
        assert codes(refusal) == ["checklist_not_offered"]
    stale = TemplateVersion.objects.select_related("end").get(pk=second.pk)
    actions.withdraw_checklist(checklist=second, reason="有误", by=built.by(), at=make.AT)
    for row in (stale, first):
        with pytest.raises(Refused) as refusal:
            build.planned(built, template=row)
        assert codes(refusal) == ["checklist_not_offered"]


def whole(**parts: Any) -> dict[str, Any]:
    """An own checklist of the yearly audit: one item of each part of the product's."""
    model = annual_template()
    first = [model.items_of(section.key)[0] for section in model.sections]
    items = [content_of(model)["items"][item.serial - 1] for item in first]
    return content_of(model) | {"items": [{**item, "serial": n} for n, item in enumerate(items, start=1)]} | parts


@pytest.mark.django_db
def test_an_annual_checklist_touches_every_part_of_the_products() -> None:
    relation = make.pair()
    content = whole()
    missing = [{**item, "serial": n} for n, item in enumerate(content["items"][1:-1], start=1)]
    with pytest.raises(Refused) as refusal:
        kept(relation, content | {"items": missing})
    assert codes(refusal) == ["checklist_not_whole"]
    sections = annual_template().sections
    assert refusal.value.findings[0].facts["parts_zh"] == f"{sections[0].title_zh}、{sections[-1].title_zh}"
    assert template_of(kept(relation, content | {"items": missing, "use": "topic"})).use == "topic"
    assert template_of(kept(relation, content)).use == "annual_audit"


@pytest.mark.django_db
def test_only_a_checklist_of_the_annual_audit_makes_one_and_a_programme_offers_no_other() -> None:
    built = build.world()
    topic, annual = kept(built.relation), kept(built.relation, whole(), key="yearly")
    for template in (topic, "gsp_ivd_2017", "stent_vbp_2020"):
        with pytest.raises(Refused) as refusal:
            build.planned(built, kind="annual", template=template)
        assert codes(refusal) == ["checklist_not_annual"]
        assert build.planned(built, kind="for_cause", cause="投诉", template=template)
    assert build.planned(built, kind="annual", template=annual)
    offered = [key for key, _label in annual_choices(built.relation.registrant.pk, TODAY)]
    assert offered == [f"own:{annual.pk}", "contractor_annual_2026"]
    assert len(template_choices(built.pair, TODAY)) == 5


def test_every_template_of_the_product_says_what_it_is_made_for() -> None:
    uses = {key: content["use"] for key, content in template_contents().items()}
    assert uses == {
        "contractor_annual_2026": "annual_audit",
        "gsp_ivd_2017": "benchmark",
        "stent_vbp_2020": "self_assessment",
    }
    with pytest.raises(AuditTemplateError, match="is no use of a checklist"):
        read_content(changed(use="yearly"), own=True)


@pytest.mark.django_db
def test_a_key_of_the_product_is_not_taken_for_an_own_checklist() -> None:
    with pytest.raises(Refused) as refusal:
        kept(make.pair(), key="contractor_annual_2026")
    assert codes(refusal) == ["checklist_key_of_product"]


@pytest.mark.django_db
@pytest.mark.parametrize(("firm", "role"), [("registrant", "auditor"), ("contractor", "quality_manager")])
def test_only_quality_of_the_own_registrant_keeps_and_withdraws(firm: str, role: str) -> None:
    relation = make.pair()
    row, actor = kept(relation), getattr(relation, firm).actor(role)
    with pytest.raises(PermissionDenied):
        kept(relation, by=actor)
    with pytest.raises(PermissionDenied):
        actions.withdraw_checklist(checklist=row, reason="停用", by=actor, at=make.AT)


@pytest.mark.django_db
def test_the_products_checklist_is_nobodys_to_withdraw() -> None:
    relation = make.pair()
    by = relation.registrant.actor("quality_manager")
    row = TemplateVersion(pk=0, organisation=None, key="gsp", version=1)
    with pytest.raises(PermissionDenied):
        actions.withdraw_checklist(checklist=row, reason="停用", by=by, at=make.AT)


# pages


def uploaded(content: bytes, name: str = "checklist.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def typed(relation: make.Relation, **more: Any) -> dict[str, Any]:
    later = (clock.today() + timedelta(days=400)).isoformat()
    return {"organisation": relation.registrant.pk, "key": "Ours", "effective_from": later, **more}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_quality_uploads_looks_keeps_changes_takes_and_withdraws_on_the_pages(language: str, client: Client) -> None:
    relation = make.pair()
    client.force_login(relation.registrant.user("quality_manager"))
    client.cookies["django_language"] = language
    chinese = language == "zh-hans"
    for content, version in ((EXAMPLE, 1), (changed(title_en="Second edition"), 2)):
        upload = uploaded(write_workbook(content, chinese=chinese))
        page = client.post(reverse("audits:import_checklist"), typed(relation, upload=upload))
        assert page.context["blockers"] == []
        assert not TemplateVersion.objects.filter(version=version).exists()
        hidden = {field.name: field.value() for field in page.context["again"]}
        answer = client.post(reverse("audits:keep_checklist"), hidden)
        row = TemplateVersion.objects.get(version=version)
        assert answer.url == reverse("audits:checklist", args=[row.pk])
    assert row.key == "ours"
    shown = client.get(answer.url).content.decode()
    assert ("尚未施行" if chinese else "not in force yet") in shown
    assert ("与第1版相比的变化" if chinese else "Changes against version 1") in shown
    assert "Second" in shown
    for kind in ("yaml", "xlsx"):
        file = client.get(reverse("audits:checklist_file", args=[row.pk, kind]))
        assert read_checklist(f"a.{kind}", file.content) == content
    client.post(reverse("audits:withdraw_checklist", args=[row.pk]), {"reason": "不再使用"})
    assert ("已停用" if chinese else "no longer offered") in client.get(reverse("audits:templates")).content.decode()


@pytest.mark.django_db
def test_faults_are_shown_with_their_places_and_what_was_typed_stays(client: Client) -> None:
    relation = make.pair()
    client.force_login(relation.registrant.user("quality_manager"))
    client.cookies["django_language"] = "en"
    spoilt = edited(lambda book: book["Items"].__setitem__("C3", "grave"), chinese=False)
    page = client.post(reverse("audits:import_checklist"), typed(relation, upload=uploaded(spoilt))).content.decode()
    assert "Items!C3" in page
    assert "&#x27;grave&#x27; is no severity" in page
    assert 'value="Ours"' in page


@pytest.mark.django_db
def test_a_table_with_a_gap_is_shown_in_the_preview_and_not_kept(client: Client) -> None:
    relation = make.pair()
    client.force_login(relation.registrant.user("quality_manager"))
    content = with_rows(("0", "0", "0", "effective"))
    upload = uploaded(write_yaml(content).encode(), "a.yaml")
    page = client.post(reverse("audits:import_checklist"), typed(relation, upload=upload))
    assert {found.code for found in page.context["blockers"]} == {"checklist_gap"}
    hidden = {field.name: field.value() for field in page.context["again"]}
    refused = client.post(reverse("audits:keep_checklist"), hidden)
    assert {found.code for found in refused.context["findings"]} == {"checklist_gap"}
    assert not TemplateVersion.objects.exists()
    assert client.post(reverse("audits:keep_checklist"), hidden | {"content": "{"}).status_code == 302
    assert client.post(reverse("audits:keep_checklist"), hidden | {"content": "[]"}).status_code == 302


@pytest.mark.django_db
def test_another_organisations_checklist_is_not_to_be_found(client: Client) -> None:
    row = kept(make.pair())
    client.force_login(make.pair().registrant.user("quality_manager"))
    for address in (
        reverse("audits:checklist", args=[row.pk]),
        reverse("audits:checklist_file", args=[row.pk, "yaml"]),
        reverse("audits:withdraw_checklist", args=[row.pk]),
    ):
        assert client.get(address).status_code == 404
    assert str(row.title_zh) not in client.get(reverse("audits:templates")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_the_example_and_every_template_are_taken_as_a_file_that_can_be_imported(client: Client, kind: str) -> None:
    client.force_login(make.pair().contractor.user("viewer"))
    found = client.get(reverse("audits:checklist_example", args=[kind])).content
    assert read_checklist(f"a.{kind}", found) == EXAMPLE
    for template in audit_templates():
        file = client.get(reverse("audits:template_file", args=[template.key, kind]))
        assert read_checklist(f"a.{kind}", file.content) == content_of(template)
    assert client.get(reverse("audits:checklist_example", args=["pdf"])).status_code == 404
    assert client.get(reverse("audits:template_file", args=["nothing", kind])).status_code == 404


@pytest.mark.django_db
def test_the_list_asks_as_many_questions_for_two_hundred_versions_as_for_two(client: Client) -> None:
    relation = make.pair()
    client.force_login(relation.registrant.user("quality_manager"))
    client.get(reverse("audits:templates"))
    asked, numbers = [], iter(range(1000))
    for more in (2, 198):
        for _one in range(more):
            kept(relation, changed(title_en=f"Edition {next(numbers)}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("audits:templates")).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]

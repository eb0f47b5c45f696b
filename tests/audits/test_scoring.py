"""The judgement tables: exactly one row applies to every possible result, and the outcome is the printed one."""

from __future__ import annotations

import json
from fractions import Fraction
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.scoring import Tally, UnknownAnswers, applies, judge, score
from audits.templates_data import (
    DATA,
    AuditTemplate,
    AuditTemplateError,
    audit_template,
    audit_templates,
    read_template,
)
from cmo.regulation.references import reference
from tests import make

SEVERITIES = ("critical", "major", "general")


def gsp() -> AuditTemplate:
    found = audit_template("gsp_ivd_2017")
    assert found is not None
    return found


CERTIFICATION, SUPERVISION = gsp().tables


def test_every_item_of_our_own_audit_cites_a_legal_reference() -> None:
    ours = audit_template("contractor_annual_2026")
    assert ours is not None
    assert all(reference(item.citation).label_zh for item in ours.items)
    assert {section.key for section in ours.sections} == {item.section for item in ours.items}


def test_exactly_one_row_of_our_own_table_applies() -> None:
    ours = audit_template("contractor_annual_2026")
    assert ours is not None
    totals = [ours.count(severity) for severity in SEVERITIES]
    for defects in product(*(range(total + 1) for total in totals)):
        rows = zip(SEVERITIES, totals, defects, strict=True)
        found = {name: Tally(total, total - bad, bad, 0) for name, total, bad in rows}
        assert sum(applies(row, found) for row in ours.tables[0].rows) == 1, defects


TOTAL = {severity: gsp().count(severity) for severity in SEVERITIES}


def tallies(critical: int, major: int, general: int, na: tuple[int, int, int] = (0, 0, 0)) -> dict[str, Tally]:
    defects = dict(zip(SEVERITIES, (critical, major, general), strict=True))
    left_out = dict(zip(SEVERITIES, na, strict=True))
    return {
        name: Tally(TOTAL[name], TOTAL[name] - defects[name] - left_out[name], defects[name], left_out[name])
        for name in SEVERITIES
    }


def answers(critical: int, major: int, general: int, na: tuple[int, int, int] = (0, 0, 0)) -> dict[int, str]:
    found: dict[int, str] = {}
    for name, bad, out in zip(SEVERITIES, (critical, major, general), na, strict=True):
        serials = [item.serial for item in gsp().items if item.severity == name]
        found |= dict.fromkeys(serials[:bad], "defect") | dict.fromkeys(serials[bad : bad + out], "na")
    return found


def test_the_printed_marks_are_kept_and_the_anomaly_is_explained() -> None:
    assert TOTAL == {"critical": 9, "major": 70, "general": 106}
    assert len(gsp().items) == 185
    note = next(note for note in gsp().notes if note.key == "severity_counts")
    assert "68" in note.note_en and "108" in note.note_zh  # noqa: PT018 - one note in two languages


@pytest.mark.parametrize("table", [CERTIFICATION, SUPERVISION], ids=lambda table: table.key)
def test_exactly_one_row_applies_to_every_combination_of_defects(table: Any) -> None:
    for critical in range(3):
        for major in range(TOTAL["major"] + 1):
            for general in range(TOTAL["general"] + 1):
                found = tallies(critical, major, general)
                assert sum(applies(row, found) for row in table.rows) == 1, (critical, major, general)


@pytest.mark.parametrize("na", [(0, 0, 0), (9, 0, 0), (0, 10, 6), (0, 20, 6), (0, 69, 105), (0, 70, 106), (3, 37, 53)])
def test_exactly_one_row_applies_whatever_is_not_applicable(na: tuple[int, int, int]) -> None:
    for critical in range(min(2, TOTAL["critical"] - na[0]) + 1):
        for major in range(TOTAL["major"] - na[1] + 1):
            for general in range(TOTAL["general"] - na[2] + 1):
                found = tallies(critical, major, general, na)
                for table in (CERTIFICATION, SUPERVISION):
                    assert sum(applies(row, found) for row in table.rows) == 1, (table.key, critical, major, general)


#: (critical, major, general) of 9, 70, 106 → outcome by the printed text, worked out by hand.
BY_HAND = [
    ((0, 0, 0), "pass"),
    ((0, 0, 21), "pass"),  # 19.8 %
    ((0, 0, 22), "rectify_and_reinspect"),  # 20.75 %
    ((0, 0, 31), "rectify_and_reinspect"),  # 29.2 %
    ((0, 0, 32), "fail"),  # 30.2 %, though 29.6 % of the stated 108
    ((0, 1, 0), "rectify_and_reinspect"),
    ((0, 6, 21), "rectify_and_reinspect"),  # 8.6 %
    ((0, 6, 22), "fail"),
    ((0, 7, 0), "fail"),  # exactly 10 %
    ((1, 0, 0), "fail"),
]


@pytest.mark.parametrize(("defects", "outcome"), BY_HAND)
def test_certification_is_judged_as_printed(defects: tuple[int, int, int], outcome: str) -> None:
    assert judge(CERTIFICATION, tallies(*defects)).outcome.key == outcome


@pytest.mark.parametrize(
    ("defects", "na", "outcome"),
    [
        ((0, 0, 20), (0, 0, 6), "pass"),  # exactly 20 of 100
        ((0, 0, 30), (0, 0, 6), "fail"),  # exactly 30 of 100
        ((0, 1, 20), (0, 0, 6), "fail"),  # exactly 20 % with a major
        ((0, 6, 0), (0, 10, 0), "fail"),  # exactly 10 of 60
        ((0, 5, 0), (0, 10, 0), "rectify_and_reinspect"),
    ],
)
def test_reasonable_gaps_shrink_the_denominator(
    defects: tuple[int, int, int], na: tuple[int, int, int], outcome: str
) -> None:
    found = score(gsp(), answers(*defects, na))
    assert found.judgements[0].outcome.key == outcome


@pytest.mark.parametrize(
    ("defects", "outcome"),
    [
        ((0, 0, 0), "conforming"),
        ((0, 0, 1), "violation_rectify"),
        ((0, 0, 42), "violation_rectify"),
        ((0, 0, 43), "serious_violation_revoke"),
        ((0, 1, 28), "violation_rectify"),
        ((0, 1, 29), "serious_violation_revoke"),
        ((0, 9, 28), "violation_rectify"),
        ((0, 10, 0), "serious_violation_revoke"),
        ((1, 0, 0), "serious_violation_revoke"),
    ],
)
def test_supervision_is_judged_on_counts(defects: tuple[int, int, int], outcome: str) -> None:
    assert judge(SUPERVISION, tallies(*defects)).outcome.key == outcome


@given(st.dictionaries(st.integers(1, 185), st.sampled_from(["ok", "defect", "na"])))
def test_counts_add_up_and_ratios_are_exact(given_answers: dict[int, str]) -> None:
    found = score(gsp(), given_answers)
    for name in SEVERITIES:
        tally = found.tallies[name]
        assert tally.ok + tally.defect + tally.na == tally.total == TOTAL[name]
        if tally.judged:
            assert tally.percent * tally.judged == Fraction(100 * tally.defect)
    assert [judgement.table.key for judgement in found.judgements] == ["certification", "supervision"]


def test_a_graver_weight_counts_as_a_whole_a_lighter_one_moves_nothing_and_a_benchmark_is_judged_as_printed() -> None:
    ours = audit_template("contractor_annual_2026")
    assert ours is not None
    heavy, light = ours.items[7].serial, ours.items[0].serial
    assert (ours.items[7].severity, ours.items[0].severity) == ("general", "critical")
    found = score(ours, {heavy: "defect", light: "defect"}, {heavy: "critical", light: "general"})
    plain = score(ours, {heavy: "defect", light: "defect"})
    assert found.tallies["critical"].total == plain.tallies["critical"].total + 1
    assert found.tallies["critical"].defect == 2
    assert found.tallies["general"].defect == 0
    serials = {item.severity: item.serial for item in gsp().items}
    weighed = {serials["general"]: "critical", serials["critical"]: "general"}
    wrong = dict.fromkeys(weighed, "defect")
    assert score(gsp(), wrong, weighed) == score(gsp(), wrong)


@pytest.mark.parametrize("wrong", [{0: "ok"}, {186: "ok"}, {1: "maybe"}, {1: None}, {1: ["ok"]}])
def test_an_answer_that_fits_no_item_is_named(wrong: dict[int, Any]) -> None:
    with pytest.raises(UnknownAnswers) as caught:
        score(gsp(), wrong)
    assert caught.value.serials == list(wrong)


def run(tmp_path: Path, content: str, template: str = "gsp_ivd_2017", *, as_json: bool = True) -> str:
    path, out = tmp_path / "answers.json", StringIO()
    path.write_text(content, encoding="utf-8")
    call_command("score_audit", template, answers=path, json=as_json, stdout=out)
    return out.getvalue()


def test_the_command_prints_counts_ratios_and_outcomes(tmp_path: Path) -> None:
    found = json.loads(run(tmp_path, json.dumps(answers(0, 7, 22, (0, 0, 6)))))
    assert found["counts"]["general"] == {"total": 106, "ok": 78, "defect": 22, "na": 6, "judged": 100}
    assert found["ratios"]["general"] == {"percent": 22.0, "fraction": "22/100"}
    assert found["outcomes"]["certification"]["outcome"] == "fail"
    assert found["outcomes"]["certification"]["sentence_zh"] == "不通过检查"
    assert found["outcomes"]["supervision"]["outcome"] == "violation_rectify"
    assert "row 5" in run(tmp_path, json.dumps(answers(0, 7, 22)), as_json=False)


def test_a_checklist_without_a_judgement_table_has_counts_and_no_outcome(tmp_path: Path) -> None:
    found = json.loads(run(tmp_path, '{"1": "defect"}', "stent_vbp_2020"))
    assert found["counts"]["major"]["defect"] == 1
    assert found["outcomes"] == {}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[1]", "must hold a JSON object"),
        ("{", "is not a JSON object"),
        ('{"1": "ok", "1": "defect"}', "answered twice"),
        ('{"one": "ok"}', "no item serial"),
        ('{"01": "ok"}', "no item serial"),
        ('{"-1": "ok"}', "no item serial"),
        ('{"999": "ok"}', "item 999"),
        ('{"1": "yes"}', "item 1"),
    ],
)
def test_a_file_that_holds_no_answers_is_refused_with_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(tmp_path, content)


def test_unknown_templates_and_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no template 'nothing'"):
        run(tmp_path, "{}", "nothing")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("score_audit", "gsp_ivd_2017", answers=tmp_path / "none.json")


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("severity: critical\n    section", "severity: grave\n    section", "is no severity"),
        (
            "section: general_provisions\n    title_zh: 经营",
            "section: nowhere\n    title_zh: 经营",
            "no section 'nowhere'",
        ),
        ("- serial: 2\n", "- serial: 3\n", "count from 1 without a gap"),
        ("outcome: pass\n", "outcome: passed\n", "is no outcome of its table"),
        ("unit: count, min: 0", "unit: pieces, min: 0", "is no unit"),
        ("      - 追溯系统已按国家要求建成，产品来去可查\n", "", "as many checks"),
    ],
)
def test_a_faulty_template_file_is_refused(before: str, after: str, sentence: str) -> None:
    text = (DATA / "gsp_ivd_2017.yaml").read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(AuditTemplateError, match=sentence):
        read_template(text.replace(before, after, 1))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("template", audit_templates(), ids=lambda template: template.key)
def test_every_template_is_read_on_its_page(client: Client, template: AuditTemplate, language: str) -> None:
    client.force_login(make.pair().registrant.user("viewer"))
    client.cookies["django_language"] = language
    page = client.get(reverse("audits:template", args=[template.key]))
    words = "title_zh" if language == "zh-hans" else "title_en"
    texts = page.content.decode().replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
    assert all(getattr(item, words) in texts for item in template.items)
    only = client.get(reverse("audits:template", args=[template.key]), {"severity": "critical"})
    assert only.context["shown"] == template.count("critical")
    assert client.get(reverse("audits:template", args=["nothing"])).status_code == 404

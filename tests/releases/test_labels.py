"""Label texts compared with what the law demands: the comparison at its edges, the act, its trail and its refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cmo.errors import Refused
from cmo.regulation.references import reference
from cmo.trail.models import Entry
from releases import actions
from releases.facts.labels import load_label_checks, load_label_facts
from releases.labels import (
    IFU,
    ITEMS,
    LABEL,
    SMALL_LABEL,
    LabelFacts,
    demanded,
    entered_in,
    expected_for,
    find_items,
    missing_items,
)
from releases.models import LabelCheck
from tests import make
from tests.catalogue import build as devices

from . import build
from .build_labels import checked, label_text

FACTS = LabelFacts(
    product_name="外周血管支架系统",
    models=("PS-6-40", "PS-8-60"),
    certificate="国械注准20233130001",
    registrant="甲医疗科技有限公司",
    registrant_address="浙江省杭州市示例区一号路 1 号",
    registrant_contact="电话 0571-88880000",
    contractor="乙医疗制造有限公司",
    contractor_address="浙江省杭州市示例区三号路 3 号",
    contractor_contact="",
    production_address="浙江省杭州市示例区二号路 2 号",
    licence="浙药监械生产许20230001号",
)


def keys(kind: str) -> list[str]:
    return [item.key for item in demanded(kind)]


def found(text: str, value: str) -> bool:
    return not missing_items(text, {"key": [value]})


# ── what is demanded ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_label_names_both_parties_and_a_small_one_only_the_minimum() -> None:
    assert {"contractor", "contractor_address", "production_address", "licence", "entrusted"} <= set(keys(LABEL))
    assert keys(SMALL_LABEL) == ["product_name", "model", "made_on", "use_by", "see_ifu"]
    assert "technical_requirements" in keys(IFU)
    assert "lot" not in keys(IFU)


def test_instructions_cite_the_article_about_instructions() -> None:
    cited = {item.key: item.citation for item in demanded(IFU)}
    assert cited["contractor"] == "O6-10"
    assert {item.key: item.citation for item in demanded(LABEL)}["contractor"] == "O6-13"


@pytest.mark.parametrize("kind", [LABEL, SMALL_LABEL, IFU])
def test_every_citation_is_a_legal_reference_held(kind: str) -> None:
    for item in demanded(kind):
        assert reference(item.citation), item.key


def test_udi_is_demanded_only_once_the_product_is_due() -> None:
    assert "udi" in expected_for(LABEL, FACTS)
    assert "udi" not in expected_for(LABEL, LabelFacts(udi_due=False))


def test_what_is_not_on_record_is_missing_and_never_guessed() -> None:
    expected = expected_for(LABEL, LabelFacts(udi_due=False))
    assert expected["licence"] == []
    assert expected["model"] == []
    assert "licence" in missing_items("生产许可证编号：浙药监械生产许20230001号", expected)


def test_a_contact_not_on_record_is_missing_whatever_telephone_the_label_names() -> None:
    expected = expected_for(LABEL, FACTS)
    assert expected["registrant_contact"] == ["电话 0571-88880000", "0571-88880000"]
    assert expected["contractor_contact"] == []
    asked = {key: expected[key] for key in ("registrant_contact", "contractor_contact")}
    assert missing_items("联系电话：0571-88880000\n联系方式：见包装", asked) == ["contractor_contact"]
    both = expected_for(LABEL, replace(FACTS, contractor_contact="0571-66660000"))
    asked = {key: both[key] for key in asked}
    assert missing_items("注册人电话：0571-88880000", asked) == ["contractor_contact"]
    assert missing_items("电话：0571-88880000\n受托企业电话：0571 6666 0000", asked) == []


def test_where_a_fact_is_entered_is_told_once_per_place() -> None:
    keys_of_all = ["contractor_contact", "contractor", "registrant_contact", "licence", "production_address", "model"]
    chinese, english = entered_in(keys_of_all)
    assert chinese == "受托方的单位信息、注册人的单位信息、受托方的生产许可（备案）、受托方的生产地址信息、产品信息"
    assert english.split(", ")[0] == "the contractor's organisation data"
    assert len(english.split(", ")) == 5


# ── the comparison ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("生产许可证：浙药监械生产许 20230001 号", "浙药监械生产许20230001号"),
        ("ＰＳ－６－４０", "PS-6-40"),
        ("ps 6 40", "PS-6-40"),
        ("甲医疗科技\n有限公司", "甲医疗科技有限公司"),
        ("甲医疗科技（示例）有限公司", "甲医疗科技(示例)有限公司"),
        ("规格 2.75 * 18", "2.75×18"),
        ("规格：5ml。", "5 ml"),
        ("电话：0571 8888 0000", "0571-88880000"),
    ],
)
def test_width_blanks_case_and_punctuation_are_overlooked(text: str, value: str) -> None:
    assert found(text, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("浙药监械生产许20230011号", "浙药监械生产许20230001号"),
        ("规格 15ml", "5 ml"),
        ("PS-6-400", "PS-6-40"),
        ("AUDIT", "UDI"),
        ("规格 275×18", "2.75×18"),
        ("11", "11#"),
        ("", "甲"),
        ("甲", ""),
    ],
)
def test_no_digit_and_no_letter_is_overlooked(text: str, value: str) -> None:
    assert not found(text, value)


def test_a_later_place_counts_when_the_first_goes_on() -> None:
    place = find_items("规格 15ml\n规格 5ml", {"model": ["5 ml"]})["model"]
    assert place is not None
    assert (place.line, place.excerpt) == (2, "规格 5ml")


def test_the_place_found_is_told_by_line_and_words() -> None:
    places = find_items("一\n产品名称：外周血管支架系统\n三", expected_for(LABEL, FACTS))
    assert places["product_name"] is not None
    assert places["product_name"].line == 2
    assert places["licence"] is None


# ── the act ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def w() -> build.World:
    return build.world()


def refusal(act: Any) -> list[str]:
    with pytest.raises(Refused) as refused, transaction.atomic():
        act()
    return refused.value.codes


@pytest.mark.django_db
def test_a_complete_text_is_kept_with_what_was_looked_for(w: build.World) -> None:
    row = checked(w)
    assert row.complete
    assert row.expected["contractor"] == [w.contractor.data.name_zh]
    assert row.expected["certificate"][0].startswith("国械注准")
    told = Entry.objects.filter(verb="label.checked").latest("id")
    assert told.stream == w.pair.stream
    assert told.content["data"]["missing"] == []
    assert told.content["data"]["label"] == w.label.pk


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["contractor", "licence", "production_address", "use_by"])
def test_what_a_text_lacks_is_named(w: build.World, key: str) -> None:
    text = label_text(w.entrustment, "label", make.TODAY, without=(key,))
    assert checked(w, text=text).missing == [key]


@pytest.mark.django_db
def test_the_latest_check_counts(w: build.World) -> None:
    checked(w, text="外周血管支架系统")
    assert not load_label_checks([w.entrustment], make.TODAY)[w.entrustment.pk, w.label.pk].complete
    checked(w, at=build.AT + timedelta(hours=1))
    latest = load_label_checks([w.entrustment], make.TODAY)[w.entrustment.pk, w.label.pk]
    assert latest.complete
    before = load_label_checks([w.entrustment], make.TODAY, known_at=build.AT + timedelta(minutes=1))
    assert not before[w.entrustment.pk, w.label.pk].complete


@pytest.mark.django_db
def test_a_small_label_needs_the_minimum_and_the_pointer(w: build.World) -> None:
    text = "外周血管支架系统 PS-6-40\n生产日期 失效日期\n其他内容详见说明书"
    row = checked(w, text=text, small=True)
    assert row.complete
    assert list(row.expected) == ["product_name", "model", "made_on", "use_by", "see_ifu"]
    assert checked(w, text=text).missing


@pytest.mark.django_db
def test_a_check_needs_a_text_of_a_version_of_the_entrusted_device(w: build.World) -> None:
    before = LabelCheck.objects.count()
    before = LabelCheck.objects.count()
    assert refusal(lambda: checked(w, text="  ")) == ["label_text_missing"]
    other = build.label(w.registrant, devices.device(w.registrant).device)
    assert refusal(lambda: checked(w, other, text="文字")) == ["label_of_another_device"]
    assert refusal(lambda: checked(w, w.ifu, small=True, text="文字")) == ["ifu_is_not_small"]
    assert refusal(lambda: checked(w, text="长" * 200_001)) == ["label_text_too_long"]
    assert LabelCheck.objects.count() == before


@pytest.mark.django_db
def test_quality_of_either_side_checks_and_nobody_else(w: build.World) -> None:
    assert checked(w, side="contractor").recorded_by_name == w.contractor.actor("quality_manager").name
    for firm, role in ((w.registrant, "market_releaser"), (w.contractor, "production_planner")):
        with pytest.raises(PermissionDenied):
            actions.check_label(entrustment=w.entrustment, label=w.label, text="文字", by=firm.actor(role), at=build.AT)


@pytest.mark.django_db
def test_facts_of_a_day_are_those_confirmed_by_then(w: build.World) -> None:
    day = make.TODAY
    assert load_label_facts(w.entrustment, day).licence.startswith("浙药监械生产许")
    before = load_label_facts(w.entrustment, day, known_at=build.BEGAN - timedelta(days=1))
    assert (before.product_name, before.licence, before.production_address) == ("", "", "")


def test_every_item_has_words_in_both_languages() -> None:
    assert all(item.zh and item.en for item in ITEMS.values())


def test_naming_the_contractor_as_such_marks_entrusted_production() -> None:
    expected = {"entrusted": expected_for(LABEL, FACTS)["entrusted"]}
    assert missing_items("受托生产企业：乙医疗制造有限公司", expected) == []
    assert missing_items("(委托生产)", expected) == []
    assert missing_items("生产企业：乙医疗制造有限公司", expected) == ["entrusted"]

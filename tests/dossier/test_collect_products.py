"""The dossier says what is known of each device: certificate, screenings, labels, identifiers, technical documents."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.catalogue.models import Determination, Screening
from cmo.dossier.collecting import products
from cmo.dossier.sheets import Facts
from cmo.dossier.snapshot import Row, Snapshot
from cmo.errors import Refused
from cmo.signing.actions import record_hash
from tests import make
from tests.agreements import build

from . import known

FACTS = {"code": "13-07-02", "name": "支架", "implantable": "yes", "vascular_site": "peripheral", "novel": "新事实"}


def shared(*devices: int) -> list[Row]:
    return [known.row("catalogue.deviceshare", pk, pair_id=7, device_id=pk, recorded_by_name="甲") for pk in devices]


def screening(pk: int = 1, outcome: str = "allowed", **values: object) -> Row:
    result = {"missing_facts": ["code"], "reasons": [{"zh": "理由一", "en": "reason one", "citation": "通告17号"}]}
    given = {"device_id": 5, "version_id": 51, "facts": FACTS, "result": result, "edition_key": "2022"}
    return known.row("catalogue.screening", pk, outcome=outcome, **{**given, **values})


def test_a_pair_without_devices_says_so() -> None:
    found = products.sections(known.snapshot([]), known.pin())
    known.assert_well_formed(found)
    assert "没有向受托方公开或者委托生产的产品" in known.said(found)


def test_a_device_with_nothing_on_it_says_what_was_looked_for() -> None:
    found = products.sections(known.snapshot([*shared(5), *known.device(5, 51)]), known.pin())
    known.assert_well_formed(found)
    text = known.said(found)
    for one in ("未记录本产品的筛查", "未记录本产品的标签", "未登记本产品的产品标识", "未列出本产品的技术文件"):
        assert one in text


def test_an_entrusted_device_is_shown_although_its_share_is_gone() -> None:
    entrusted = known.row("agreements.entrustment", 3, pair_id=7, device_id=5, site_id=1, number="ET-1")
    found = known.every(products.sections(known.snapshot([entrusted, *known.device(5, 51)]), known.pin()))
    assert found["products.5"].title.zh == "髋关节假体 国械注准51"
    assert known.table(found["products.5"], "shares").rows == ()


def test_a_screening_keeps_facts_edition_outcome_and_reasons() -> None:
    found = products.sections(known.snapshot([*shared(5), *known.device(5, 51), screening()]), known.pin())
    one = known.every(found)["products.5.screening-1"]
    assert one.title.zh == "2026-06-01 筛查：允许"
    told = {item.term.zh: item.value.zh for block in one.blocks if isinstance(block, Facts) for item in block.items}
    assert told["目录版本"] == "2022"
    assert told["血管部位"] == "外周血管"
    assert told["是否为植入性医疗器械"] == "是"
    assert told["novel"] == "新事实"
    assert told["缺少的事实"] == "分类编码"
    assert [cell.en for cell in known.table(one, "reasons").rows[0]] == ["reason one", "通告17号"]


def test_an_undetermined_screening_without_a_determination_is_named_as_such() -> None:
    open_one = [*shared(5), *known.device(5, 51), screening(outcome="undetermined")]
    assert "也没有人工判定" in known.said(products.sections(known.snapshot(open_one), known.pin()))


@pytest.mark.parametrize(("reason", "void"), [("经查阅目录", False), ("后来改写", True)])
def test_the_signature_under_a_determination_is_checked_against_the_record(reason: str, void: bool) -> None:
    base = screening(outcome="undetermined")
    signed = {"id": 8, "screening_id": 1, "outcome": "allowed", "reason": "经查阅目录", "evidence": ["批件"]}
    record = Determination(**signed)
    record.screening = Screening(**base.values)
    kept = known.row("catalogue.determination", 8, **{**signed, "id": 8, "reason": reason})
    signature = known.signature(kept, 2, record_hash(record), meaning="determines")
    found = products.sections(known.snapshot([*shared(5), *known.device(5, 51), base, kept, signature]), known.pin())
    cells = known.table(known.every(found)["products.5.screening-1"], "signatures").rows[0]
    assert cells[-1].zh == ("不一致，签名无效" if void else "一致，签名有效")
    assert len(known.cautions(found)) == int(void)
    assert reason in known.said(found)


def test_labels_identifiers_and_documents_come_with_their_events() -> None:
    hung = [
        known.row("catalogue.labelversion", 1, device_id=5, kind="ifu", version="B/2", effective_from=known.DAY),
        known.row("catalogue.labelwithdrawal", 1, label_id=1, last_used_on=date(2026, 7, 1), reason="改版"),
        known.row("catalogue.deviceidentifier", 1, device_id=5, level="carton", agency="gs1", code="069012341"),
        known.row(
            "catalogue.deviceidentifier",
            2,
            device_id=5,
            level="carton",
            agency="gs1",
            code="069012342",
            replaces_id=1,
            new_because="agency",
            contains_id=1,
            contained_quantity=12,
        ),
        known.row("catalogue.identifierevent", 1, identifier_id=2, kind="retired", reference="停产"),
        known.row(
            "catalogue.technicaldocument", 1, device_id=5, kind="process", reference="GY-01", title_zh="工艺规程"
        ),
    ]
    found = known.every(products.sections(known.snapshot([*shared(5), *known.device(5, 51), *hung]), known.pin()))
    assert [cell.zh for cell in known.table(found["products.5.labels"], "labels").rows[0]][4:] == [
        "2026-07-01",
        "\n2026-06-01 09:00",
        "改版",
    ]
    second = known.table(found["products.5.identifiers"], "identifiers").rows[1]
    assert second[3].zh == "069012341\n× 12"
    assert second[4].zh.startswith("069012341\n")
    event = known.table(found["products.5.identifiers"], "events").rows[0]
    assert (event[0].zh, event[3].zh) == ("069012342", "停产")
    assert known.table(found["products.5.documents"], "documents").rows[0][3].zh == "工艺规程"


def test_a_dossier_of_one_device_says_how_many_it_leaves_out() -> None:
    snapshot = known.snapshot([*shared(5, 6), *known.device(5, 51), *known.device(6, 61)])
    for key in ("5", "国械注准51"):
        found = products.sections(snapshot, known.pin("device", key))
        assert [child.key for child in found[0].children] == ["products.5"]
        assert "另有产品 1 条不在范围内" in known.said(found)
        assert "devices (1)" in known.said(found, "en")


def test_a_scope_that_names_nothing_of_the_pair_is_no_scope() -> None:
    snapshot = known.snapshot([*shared(5), *known.device(5, 51)])
    for kind in ("device", "lot", "agreement"):
        with pytest.raises(Refused):
            products.sections(snapshot, known.pin(kind, "999"))
    with pytest.raises(Refused):
        products.sections(snapshot, known.pin("period", "2026"))


@pytest.mark.django_db
def test_the_devices_of_a_real_pair_are_collected_without_a_further_query() -> None:
    world = build.world()
    snapshot = Snapshot(world.pair, make.AT + timedelta(days=1))
    with CaptureQueriesContext(connection) as asked:
        found = products.sections(snapshot, known.pin())
    assert len(asked) == 0
    known.assert_well_formed(found)
    assert known.cautions(found) == []
    assert f"products.{world.device.device_id}.screening-" in " ".join(known.every(found))
    assert world.device.number_printed in known.said(found)

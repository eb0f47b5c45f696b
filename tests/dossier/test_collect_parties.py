"""The dossier says who the parties are: every version, who confirmed it, and which one counted at the pin."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.dossier.collecting import parties
from cmo.dossier.snapshot import Row, Snapshot
from cmo.trail.canonical import canonical, sha256
from tests import make
from tests.agreements import build

from . import known


def both() -> list[Row]:
    registrant = known.organisation(1, 11, name_zh="甲公司", name_en="Alpha", uscc="91A")
    return [*registrant, *known.organisation(2, 12, name_zh="乙公司", name_en="Beta", uscc="91B")]


def test_without_any_record_every_chapter_says_what_was_looked_for() -> None:
    found = parties.sections(known.snapshot([]), known.pin())
    known.assert_well_formed(found)
    assert [section.key for section in found] == ["parties", "licences", "people", "grants"]
    text = known.said(found)
    assert "未登记受托方的医疗器械生产许可证" in text
    assert "未登记生产场地" in text
    assert "未登记受控岗位的任命" in text
    assert "未授予任何人" in text


def test_a_party_is_named_by_its_latest_confirmed_version() -> None:
    later = known.organisation(1, 13, 2, name_zh="甲新公司", name_en="Alpha New")
    found = parties.sections(known.snapshot([*both(), *later]), known.pin())
    registrant = known.every(found)["parties.registrant"]
    assert registrant.title.zh.endswith("：甲新公司")
    assert registrant.title.en == "Registrant: Alpha New"
    states = [(cells[0].zh, cells[1].zh) for cells in known.table(registrant, "versions").rows]
    assert states == [("1", "已确认，后被取代"), ("2", "本档案时点的现行版本")]
    assert [child.key for child in registrant.children][:2] == [f"parties.registrant.v{n}" for n in (2, 1)]


def test_a_province_is_named_in_full_and_first_data_give_no_reason_in_another_language() -> None:
    first, decision = known.organisation(1, 11, name_zh="甲公司", province="苏")
    rows = [Row(first.label, first.pk, {**first.values, "reason": "首次登记 · first entry"}), decision]
    found = known.every(parties.sections(known.snapshot(rows), known.pin()))
    assert "江苏省" in known.told(found["parties.registrant.v1"]).values()
    (cells,) = known.table(found["parties.registrant"], "versions").rows
    assert (cells[3].zh, cells[3].en) == ("首次登记", "first entry")


def test_content_that_was_changed_after_its_proposal_is_called_out() -> None:
    changed = [
        Row(one.label, one.pk, {**one.values, "name_zh": "改名公司"})
        if one.key == "parties.organisationversion:11"
        else one
        for one in both()
    ]
    assert known.cautions(parties.sections(known.snapshot(both()), known.pin())) == []
    (caution,) = known.cautions(parties.sections(known.snapshot(changed), known.pin()))
    assert "parties.organisationversion:11" in caution


def test_a_signature_under_a_version_is_void_once_the_content_differs() -> None:
    signed = both()[0]
    stands = known.signature(signed, 5, signed["content_hash"], meaning="confirms_base_data")
    void = known.signature(signed, 5, sha256(canonical({"type": "other"})), meaning="confirms_base_data")
    for one, word, count in ((stands, "已签名，与现记录一致", 0), (void, "签名与现记录不一致，无效", 1)):
        found = parties.sections(known.snapshot([*both(), one]), known.pin())
        cells = known.table(known.every(found)["parties.registrant"], "versions").rows[0]
        assert cells[-1].zh == f"{word}\n丙 第5号"
        assert len(known.cautions(found)) == count


def licence(**values: object) -> list[Row]:
    given = {"number_printed": "浙药监械生产许20230118号", "first_day": date(2024, 1, 1), "last_day": date(2026, 5, 31)}
    made = known.version(
        "parties.licenceversion", "parties.licencedecision", 41, 1, licence_id=4, scope=["13"], **{**given, **values}
    )
    return [known.row("parties.licence", 4, organisation_id=2, kind="licence"), *made]


@pytest.mark.parametrize(
    ("values", "tone"),
    [
        ({}, "bad"),
        ({"last_day": known.DAY}, "good"),
        ({"deemed_renewed": True}, "pending"),
        ({"last_day": None}, "good"),
        ({"last_day": date(2030, 1, 1), "standing": "suspended"}, "bad"),
        ({"last_day": date(2030, 1, 1), "first_day": known.DAY + timedelta(days=1)}, "pending"),
    ],
)
def test_the_validity_of_a_licence_is_drawn_with_what_it_is_worth_at_the_pin(
    values: dict[str, object], tone: str
) -> None:
    chapter = known.every(parties.sections(known.snapshot(licence(**values)), known.pin()))["licences"]
    (lane,) = chapter.blocks[0].lanes  # type: ignore[union-attr]
    assert [span.tone for span in lane.spans] == [tone]


def test_the_acceptance_of_a_licence_names_version_person_and_moment() -> None:
    accepted = known.row(
        "parties.licenceacceptance", 9, pair_id=7, version_id=41, accepted_by_name="丁", accepted_at=known.AT
    )
    shown = known.every(parties.sections(known.snapshot([*licence(), accepted]), known.pin()))["licences.4"]
    cells = known.table(shown, "acceptances").rows[0]
    assert [cell.zh for cell in cells] == ["1", "浙药监械生产许20230118号", "丁 2026-06-01 09:00"]


def post(pk: int, role: str, **values: object) -> list[Row]:
    given = {"organisation_id": 1, "side": "registrant", "user_id": 30 + pk, "starts_on": date(2026, 1, 1)}
    made = known.row("parties.post", pk, role=role, authorisation_reference=f"授权{pk}", **{**given, **values})
    return [made, known.row("parties.postdecision", pk, post_id=pk, outcome="confirmed", decided_by_name="乙")]


def test_posts_show_authorisation_and_state_and_count_those_who_only_read() -> None:
    ended = known.row("parties.postend", 1, post_id=2, ended_on=known.DAY, reason="离职", ended_by_name="戊")
    every = [
        *post(1, "quality_manager"),
        *post(2, "signatory"),
        ended,
        *post(3, "viewer"),
        *post(4, "auditor", side="contractor"),
    ]
    people = known.every(parties.sections(known.snapshot(every, {31: "林知夏"}), known.pin()))["people.registrant"]
    held = {cells[0].zh: (cells[3].zh, cells[6].zh) for cells in known.table(people, "posts").rows}
    assert held == {"林知夏": ("2026-06-01\n授权1", "在任"), "第32号": ("2026-06-01\n授权2", "已结束")}
    assert "另有 1 项仅供查阅的任命" in known.said([people])
    assert "2026-06-01\n离职" in known.said([people])


def test_a_revoked_grant_keeps_both_reasons() -> None:
    granted = known.row(
        "parties.grant", 1, pair_id=7, user_id=50, permission="read_pair", reason="检查", ends_on=known.DAY
    )
    revoked = known.row("parties.grantrevocation", 1, grant_id=1, reason="检查结束", revoked_by_name="己")
    text = known.said(parties.sections(known.snapshot([granted, revoked], {50: "钟检查"}), known.pin()))
    assert all(one in text for one in ("钟检查", "检查结束", "己\n2026-06-01 09:00"))


def test_a_limited_dossier_says_that_the_parties_are_complete() -> None:
    found = parties.sections(known.snapshot(both()), known.pin("period", "2026-01-01/2026-01-31"))
    assert "不受档案范围的限制" in known.said(found)
    assert "不受档案范围的限制" not in known.said(parties.sections(known.snapshot(both()), known.pin()))


@pytest.mark.django_db
def test_the_records_of_a_real_pair_are_collected_without_a_further_query() -> None:
    world = build.world()
    snapshot = Snapshot(world.pair, make.AT + timedelta(days=1))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = parties.sections(snapshot, known.pin())
    assert len(asked) == 0
    known.assert_well_formed(found)
    assert known.cautions(found) == []
    text = known.said(found)
    assert world.licence.number_printed in text
    assert world.relation.contractor.uscc in text
    assert found == parties.sections(snapshot, known.pin())

"""The verbs of lots: what they write, what they leave on the trail, and what they refuse with which code."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements import actions as agreement_actions
from cmo.clock import day_of
from cmo.errors import Refused
from cmo.parties import actions as parties_actions
from cmo.signing.actions import Proof
from cmo.signing.facts import signatures_under
from cmo.trail.canonical import canonical
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from releases import actions
from releases.deciding import judgement
from releases.facts import MARKET, PRODUCTION, load_lot_facts
from releases.models import DocumentReview, Lot, LotHold, MarketRelease, ProductionRelease
from tests import make
from tests.releases import build

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def ready(w: build.World) -> Lot:
    """A lot that both sides may release."""
    return build.filed(w, build.lot(w))


def codes(call: Any) -> set[str]:
    """The codes of everything a refused call is refused for."""
    with pytest.raises(Refused) as refused:
        call()
    return {finding.code for finding in refused.value.findings if finding.blocks}


def verbs(row: Any) -> list[str]:
    """What the trail says about a record, oldest first."""
    return list(Entry.objects.about(f"{row._meta.label_lower}:{row.pk}").order_by("id").values_list("verb", flat=True))


# ── registering ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lot_is_registered_by_the_contractor_and_stands_on_the_trail(w: build.World) -> None:
    row = build.lot(w, number=" L-1 ")
    assert (row.number, row.contractor_id, row.registrant_id) == ("L-1", w.contractor.pk, w.registrant.pk)
    assert verbs(row) == ["lot.registered"]
    assert verify().ok


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": ""}, "number_missing"),
        ({"model": " "}, "model_missing"),
        ({"quantity": 0}, "quantity_missing"),
        ({"produced_to": build.MADE_FROM - DAY}, "window_reversed"),
        ({"expires_on": build.MADE_TO}, "use_by_date_early"),
        ({"produced_from": day_of(build.BEGAN) - DAY}, "entrustment_not_active"),
        (
            {"produced_from": day_of(build.AT), "produced_to": day_of(build.AT).replace(year=2031), "expires_on": None},
            "site_not_licensed",
        ),
    ],
)
def test_a_lot_that_cannot_be_is_refused_with_its_reason(w: build.World, change: dict, code: str) -> None:
    assert code in codes(lambda: build.lot(w, **change))
    assert not Lot.objects.exists()


def test_all_problems_of_a_lot_are_named_at_once(w: build.World) -> None:
    wrong = {"number": "", "quantity": 0, "produced_from": day_of(build.BEGAN) - DAY}
    assert codes(lambda: build.lot(w, **wrong)) == {"number_missing", "quantity_missing", "entrustment_not_active"}


def test_the_first_day_of_the_entrustment_is_good_for_a_lot(w: build.World) -> None:
    assert build.lot(w, produced_from=day_of(build.BEGAN)).pk


def test_a_number_is_taken_once_per_contractor_and_device(w: build.World) -> None:
    build.lot(w, number="L-1")
    assert codes(lambda: build.lot(w, number="L-1")) == {"number_taken"}
    other = build.world()
    assert build.lot(other, number="L-1").pk, "another contractor's numbers are its own"


def test_labels_of_another_device_do_not_fit(w: build.World) -> None:
    other = build.world()
    assert codes(lambda: build.lot(w, label_version=other.label)) == {"label_of_other_device"}
    assert codes(lambda: build.lot(w, ifu_version=w.label)) == {"ifu_of_other_device"}


def test_the_registrant_registers_no_lots(w: build.World) -> None:
    by = w.registrant.actor("quality_manager")
    with pytest.raises(PermissionDenied):
        actions.register_lot(entrustment=w.entrustment, content=build.lot_content(w), by=by, at=build.AT)


def test_a_lot_in_progress_at_go_live_is_taken_over_and_marked(w: build.World) -> None:
    by = w.contractor.actor("production_planner")
    before = build.lot_content(w, produced_from=day_of(build.BEGAN) - 5 * DAY)
    row = actions.take_over_lot(entrustment=w.entrustment, content=before, note="系统启用前投产", by=by, at=build.AT)
    assert row.taken_over
    assert verbs(row) == ["lot.taken_over"]
    content, note = build.lot_content(w), "系统启用前投产"
    take = {"entrustment": w.entrustment, "by": by, "at": build.AT}
    assert codes(lambda: actions.take_over_lot(content=content, note=note, **take)) == {"not_in_progress_at_go_live"}
    earlier = build.lot_content(w, produced_from=day_of(build.BEGAN) - DAY)
    assert codes(lambda: actions.take_over_lot(content=earlier, note=" ", **take)) == {"note_missing"}


# ── the release file ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_documents_are_reviewed_by_name_for_the_own_side_once(w: build.World) -> None:
    row = build.lot(w)
    planner, quality = w.contractor.actor("production_planner"), w.contractor.actor("quality_manager")
    document = actions.add_document(lot=row, kind="production_record", reference="B-1", by=planner, at=build.AT)
    review = actions.review_document(document=document, by=quality, at=build.AT)
    assert (review.side, review.recorded_by_name) == ("contractor", quality.name)
    assert codes(lambda: actions.review_document(document=document, by=quality, at=build.AT)) == {"listed_already"}
    again = {"lot": row, "kind": "production_record", "reference": "B-1", "by": planner, "at": build.AT}
    assert codes(lambda: actions.add_document(**again)) == {"listed_already"}
    assert verbs(row) == ["lot.registered", "lot.document_added", "lot.document_reviewed"]
    with pytest.raises(PermissionDenied):
        actions.review_document(document=document, by=planner, at=build.AT)


def test_the_registrant_asks_and_the_contractor_answers_before_anything_is_released(w: build.World, ready: Lot) -> None:
    by = w.registrant.actor("market_releaser")
    asked = actions.return_file(lot=ready, question="灭菌记录缺页。", by=by, at=build.AT)
    ask = {"lot": ready, "by": by, "at": build.AT}
    assert codes(lambda: actions.return_file(question="灭菌记录缺页。", **ask)) == {"asked_already"}
    assert codes(lambda: actions.return_file(question=" ", **ask)) == {"question_missing"}
    assert codes(lambda: build.released(w, ready)) == {"returns_answered"}
    answers = w.contractor.actor("quality_manager")
    actions.answer_return(file_return=asked, answer="已补充。", by=answers, at=build.AT)
    again = {"file_return": asked, "answer": "再答。", "by": answers, "at": build.AT}
    assert codes(lambda: actions.answer_return(**again)) == {"answered_already"}
    assert build.released(w, ready).pk


def test_the_file_is_closed_while_a_market_decision_stands(w: build.World, ready: Lot) -> None:
    build.released(w, ready)
    sold = build.marketed(w, ready)
    planner = w.contractor.actor("production_planner")
    add = {"lot": ready, "name": "钛合金", "material_lot": "TI-1", "by": planner, "at": build.AT}
    assert codes(lambda: actions.add_material(**add)) == {"file_closed"}
    ask = {"lot": ready, "question": "为何？", "by": w.registrant.actor("market_releaser"), "at": build.AT}
    assert codes(lambda: actions.return_file(**ask)) == {"file_closed"}
    by = w.registrant.actor("market_releaser")
    actions.withdraw_market(release=sold, reason="数量有误", by=by, at=build.AT)
    assert actions.add_material(**add).pk
    assert codes(lambda: actions.add_material(**add)) == {"material_listed_already"}


# ── holds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_anybody_locks_and_only_quality_of_that_side_unlocks_each_on_its_own(w: build.World, ready: Lot) -> None:
    viewer, supervisor = w.contractor.actor("viewer"), w.registrant.actor("resident_supervisor")
    first = actions.place_lot_hold(lot=ready, reason="包装破损", by=viewer, at=build.AT)
    second = actions.place_lot_hold(lot=ready, reason="原料可疑", by=supervisor, at=build.AT)
    twice = {"lot": ready, "reason": "包装破损", "by": viewer, "at": build.AT}
    assert codes(lambda: actions.place_lot_hold(**twice)) == {"held_already"}
    assert codes(lambda: actions.place_lot_hold(lot=ready, reason=" ", by=viewer, at=build.AT)) == {"reason_missing"}
    theirs, ours = w.registrant.actor("quality_manager"), w.contractor.actor("quality_manager")
    with pytest.raises(PermissionDenied):
        actions.lift_lot_hold(hold=first, reason="已处理", by=viewer, at=build.AT)
    lift = {"hold": first, "reason": "已更换包装", "at": build.AT}
    assert codes(lambda: actions.lift_lot_hold(by=theirs, **lift)) == {"hold_of_other_side"}
    actions.lift_lot_hold(by=ours, **lift)
    assert codes(lambda: actions.lift_lot_hold(by=ours, **lift)) == {"hold_lifted_already"}
    assert codes(lambda: build.released(w, ready)) == {"lot_on_hold"}
    actions.lift_lot_hold(hold=second, reason="检验合格", by=theirs, at=build.AT)
    assert build.released(w, ready).pk


def test_the_management_representative_vetoes_and_nobody_else(w: build.World, ready: Lot) -> None:
    build.released(w, ready)
    by = w.registrant.actor("management_representative")
    veto = actions.veto_lot(lot=ready, reason="不良事件调查中", by=by, at=build.AT)
    assert veto.kind == LotHold.Kind.VETO
    assert codes(lambda: build.marketed(w, ready)) == {"veto"}
    with pytest.raises(PermissionDenied):
        actions.veto_lot(lot=ready, reason="否决", by=w.registrant.actor("quality_manager"), at=build.AT)


# ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_both_releases_are_signed_recorded_and_keep_their_reasons(w: build.World, ready: Lot) -> None:
    made = build.released(w, build.material(w, ready))
    sold = build.marketed(w, ready, quantity=900)
    assert sold.production_release == made
    for row in (made, sold):
        (state,) = signatures_under([row])[f"{row._meta.label_lower}:{row.pk}"]
        assert state.valid
        frozen, facts = json.loads(row.findings), json.loads(row.facts)
        assert canonical(frozen) == row.findings
        assert {gate["state"] for gate in frozen["gates"]} == {"passed"}
        assert facts["lot"]["entrustment"]["licences"][0]["content_hash"]
        assert facts["releaser"]["authorisation_reference"]
    assert verbs(ready)[-2:] == ["lot.production_released", "lot.released_to_market"]
    assert load_lot_facts([ready])[ready.pk].state == "on_market"
    assert verify().ok


def test_a_partial_release_a_release_with_conditions_and_a_rejection(w: build.World) -> None:
    rows = [build.filed(w, build.lot(w)) for _ in range(3)]
    part = build.released(w, rows[0], quantity=400)
    assert codes(lambda: build.marketed(w, rows[0], quantity=401)) == {"quantity"}
    assert build.marketed(w, rows[0], quantity=400).quantity == part.quantity
    tied = build.released(w, rows[1], outcome="conditional", conditions="仅发往甲医院")
    assert tied.conditions == "仅发往甲医院"
    assert codes(lambda: build.released(w, rows[2], outcome="conditional")) == {"conditions_missing"}
    refused = build.released(w, rows[2], outcome="rejected", statement="灭菌不合格")
    assert (refused.quantity, refused.lets_through) == (0, False)
    assert verbs(rows[2])[-1] == "lot.production_rejected"
    assert codes(lambda: build.marketed(w, rows[2])) >= {"production_rejected"}


def test_a_lot_with_faults_can_be_rejected(w: build.World) -> None:
    row = build.lot(w, label_version=None)
    assert build.released(w, row, outcome="rejected", statement="资料不全").outcome == "rejected"


def test_a_decision_is_withdrawn_with_a_reason_and_decided_anew(w: build.World, ready: Lot) -> None:
    first = build.released(w, ready)
    by = w.contractor.actor("production_releaser")
    assert codes(lambda: build.released(w, ready)) == {"decided_already"}
    take_back = {"release": first, "by": by, "at": build.AT}
    assert codes(lambda: actions.withdraw_production(reason=" ", **take_back)) == {"reason_missing"}
    withdrawal = actions.withdraw_production(reason="检验报告更正", **take_back)
    assert codes(lambda: actions.withdraw_production(reason="再次", **take_back)) == {"withdrawn_already"}
    assert codes(lambda: build.marketed(w, ready)) == {"production_release_stands", "quantity"}
    second = build.released(w, ready)
    assert (second.number, second.replaces) == (2, withdrawal)


def test_production_is_not_withdrawn_under_a_lot_on_the_market(w: build.World, ready: Lot) -> None:
    made = build.released(w, ready)
    sold = build.marketed(w, ready)
    by = w.contractor.actor("production_releaser")
    take_back = {"release": made, "reason": "复检不合格", "by": by, "at": build.AT}
    assert codes(lambda: actions.withdraw_production(**take_back)) == {"market_release_stands"}
    actions.withdraw_market(release=sold, reason="召回", by=w.registrant.actor("market_releaser"), at=build.AT)
    assert actions.withdraw_production(**take_back).pk


def test_only_the_releaser_of_the_right_side_decides(w: build.World, ready: Lot) -> None:
    for by in (w.contractor.actor("quality_manager"), w.registrant.actor("market_releaser")):
        with pytest.raises(PermissionDenied):
            build.released(w, ready, by=by)
    build.released(w, ready)
    for by in (w.registrant.actor("quality_manager"), w.contractor.actor("production_releaser")):
        with pytest.raises(PermissionDenied):
            build.marketed(w, ready, by=by)


def test_one_person_with_both_posts_at_one_firm_is_still_refused() -> None:
    firm = make.organisation(sides=("registrant", "contractor"))
    other = make.pair(firm, make.organisation(sides=("contractor",)))
    w = build.world(other)
    ready = build.filed(w, build.lot(w))
    with pytest.raises(PermissionDenied):
        build.released(w, ready, by=firm.actor("production_releaser"))


def test_what_the_page_showed_is_what_is_signed(w: build.World, ready: Lot) -> None:
    by = w.contractor.actor("production_releaser")
    typed = build.review(ready, PRODUCTION, by)
    proof = build.seen(w, ready, PRODUCTION, typed, by)
    planner = w.contractor.actor("production_planner")
    bought = {"name": "钛合金", "material_lot": "TI-1", "supplier": build.SUPPLIER}
    actions.add_material(lot=ready, **bought, by=planner, at=build.AT)
    release = {"lot": ready, "review": typed, "by": by, "at": build.AT}
    assert codes(lambda: actions.release_production(proof=proof, **release)) == {"record_changed"}
    assert not ProductionRelease.objects.exists()
    fresh = build.seen(w, ready, PRODUCTION, typed, by)
    assert actions.release_production(proof=fresh, **release).pk


def test_an_ended_post_a_suspended_entrustment_and_a_revoked_licence_refuse_at_the_click(w: build.World) -> None:
    by = w.contractor.actor("production_releaser")
    ready = build.filed(w, build.lot(w))
    typed = build.review(ready, PRODUCTION, by)
    release = {"lot": ready, "review": typed, "proof": Proof("password"), "by": by, "at": build.AT}
    quality = w.registrant.actor("quality_manager")
    today = day_of(build.AT)
    agreement_actions.suspend_entrustment(
        entrustment=w.entrustment, event_on=today, reason="整改", by=quality, at=build.AT
    )
    assert codes(lambda: actions.release_production(**release)) == {"entrustment_now"}
    agreement_actions.resume_entrustment(
        entrustment=w.entrustment, event_on=today, reason="整改完成", by=quality, at=build.AT
    )
    licence = w.contractor.organisation.licences.get().versions.get()
    make.new_licence_version(licence, w.contractor, standing="revoked", at=build.AT)
    assert "licence_now" in codes(lambda: actions.release_production(**release))
    post = w.contractor.user("production_releaser").posts.get()
    parties_actions.end_post(
        post=post, ended_on=today, reason="离职", by=w.contractor.actor("quality_manager"), at=build.AT
    )
    with pytest.raises(PermissionDenied):
        actions.release_production(**release)
    assert not ProductionRelease.objects.exists()


def test_a_licence_that_lapsed_after_manufacture_warns_with_the_agreements_clause() -> None:
    w = build.world()
    ready = build.material(w, build.filed(w, build.lot(w)))
    build.released(w, ready)
    version = w.contractor.organisation.licences.get().versions.get()
    last = build.MADE_TO
    shortened = make.new_licence_version(version, w.contractor, last_day=last, at=build.AT)
    make.accepted_licence(w.relation, shortened, at=build.AT)
    sold = build.marketed(w, ready)
    said = {f["code"]: f["severity"] for f in json.loads(sold.findings)["findings"]}
    assert said == {"agreement_now_lapsed_since": "warns", "licence_now_lapsed_since": "warns"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_lot_is_released_exactly_when_no_frozen_finding_blocks(w: build.World, data: st.DataObject) -> None:
    """Whatever was done to the lot before: allowed ⇔ nothing blocking in what is frozen with the decision."""
    sides = data.draw(st.sampled_from([(), ("contractor",), ("contractor", "registrant")]))
    label = data.draw(st.sampled_from([None, w.label]))
    quantity = data.draw(st.integers(min_value=1, max_value=1200))
    locked, asked = data.draw(st.booleans()), data.draw(st.booleans())
    row = build.lot(w, label_version=label)
    if data.draw(st.booleans()):
        build.filed(w, row, sides=sides)
    if locked:
        actions.place_lot_hold(lot=row, reason="存疑", by=w.contractor.actor("viewer"), at=build.AT)
    if asked:
        actions.return_file(lot=row, question="请说明。", by=w.registrant.actor("market_releaser"), at=build.AT)
    user = w.contractor.user("production_releaser")
    judged = judgement(load_lot_facts([row])[row.pk], PRODUCTION, day_of(build.AT), user, quantity)
    if judged.blocking:
        assert codes(lambda: build.released(w, row, quantity=quantity)) == {f.code for f in judged.blocking}
    else:
        made = build.released(w, row, quantity=quantity)
        frozen = json.loads(made.findings)["findings"]
        assert [f["code"] for f in frozen if f["severity"] == "blocks"] == []
        assert frozen == [f.as_dict() for f in judged.findings]


# ── known at ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_facts_as_known_earlier_leave_out_what_came_later(w: build.World) -> None:
    row = build.filed(w, build.lot(w))
    later = build.AT + timedelta(hours=1)
    made = build.released(w, row, at=later)
    by = w.contractor.actor("production_releaser")
    actions.withdraw_production(release=made, reason="更正", by=by, at=later + timedelta(hours=1))
    assert load_lot_facts([row], known_at=later)[row.pk].production == ()
    between = load_lot_facts([row], known_at=later + timedelta(minutes=1))[row.pk]
    assert between.standing(PRODUCTION) is not None
    assert load_lot_facts([row])[row.pk].standing(PRODUCTION) is None
    assert load_lot_facts([row], known_at=build.AT)[row.pk].documents == ()


# ── the database refuses by itself ───────────────────────────────────────────────────────────────────────────────────


def refused_by_database(sql: str, values: dict[str, Any]) -> str:
    """What the database says to an insert by raw SQL."""
    columns = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    with pytest.raises((IntegrityError, InternalError)) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {sql} ({columns}) VALUES ({marks})", list(values.values()))
    return str(refused.value)


def copied(row: Any, **changes: Any) -> dict[str, Any]:
    """The columns of a decision with some changed, as raw SQL would insert them."""
    fields = {f.column: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    return fields | changes


def test_the_database_refuses_a_market_release_that_rests_on_nothing(w: build.World) -> None:
    rows = [build.filed(w, build.lot(w)) for _ in range(2)]
    made = [build.released(w, row) for row in rows]
    sold = build.marketed(w, rows[0])
    table = "releases_marketrelease"
    own = {"lot_id": rows[1].pk, "production_release_id": made[1].pk}
    guard = "market_release_rests_on_standing_production_release"
    assert guard in refused_by_database(table, copied(sold, **{**own, "production_release_id": made[0].pk}))
    same = {**own, "recorded_by_id": made[1].recorded_by_id}
    assert guard in refused_by_database(table, copied(sold, **same))
    assert guard in refused_by_database(table, copied(sold, **own, quantity=1001))
    other = {**own, "organisation_id": w.contractor.pk}
    assert "guard: market_release" in refused_by_database(table, copied(sold, **other))
    by = w.contractor.actor("production_releaser")
    actions.withdraw_production(release=made[1], reason="更正", by=by, at=build.AT)
    assert guard in refused_by_database(table, copied(sold, **own))


def test_the_database_refuses_a_second_standing_decision_and_too_much(w: build.World, ready: Lot) -> None:
    made = build.released(w, ready)
    table = "releases_productionrelease"
    assert refused_by_database(table, copied(made))
    assert refused_by_database(table, copied(made, number=2))
    other = build.lot(w)
    too_much = copied(made, lot_id=other.pk, quantity=1001)
    assert "production_quantity_within_lot" in refused_by_database(table, too_much)
    foreign = copied(made, lot_id=other.pk, organisation_id=w.registrant.pk)
    assert "production_release_by_the_contractor" in refused_by_database(table, foreign)
    assert refused_by_database(table, copied(made, lot_id=other.pk, outcome="rejected"))


@pytest.mark.parametrize("model", [Lot, DocumentReview, ProductionRelease, MarketRelease])
def test_the_database_refuses_to_change_or_delete_what_was_recorded(w: build.World, ready: Lot, model: Any) -> None:
    build.released(w, ready)
    build.marketed(w, ready)
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET recorded_by_name = 'x'", f"DELETE FROM {table}"):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_refusal_speaks_the_readers_language(w: build.World) -> None:
    row = build.lot(w)
    for language, word in (("zh-hans", "放行资料不齐"), ("en", "The release file is incomplete")):
        with translation.override(language), pytest.raises(Refused) as refused:
            build.released(w, row)
        assert any(word in text for text in refused.value.messages)


def test_the_market_waits_for_production(w: build.World, ready: Lot) -> None:
    assert "production_release_stands" in codes(lambda: build.marketed(w, ready))
    assert judgement(load_lot_facts([ready])[ready.pk], MARKET, day_of(build.AT)).blocking

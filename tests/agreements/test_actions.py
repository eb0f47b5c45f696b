"""Every verb: what it writes, what it records, and the codes with which it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from agreements import actions
from agreements.facts import agreement_states, load_entrustment_facts, load_revision_facts
from agreements.models import AgreementRevision, DraftClause, EntrustmentEvent, Hold, PairDuty, RevisionSignature
from agreements.rules.hold import a_year_after
from cmo.clock import day_of
from cmo.errors import Refused
from cmo.evidence.facts import files_of
from cmo.parties import actions as parties
from cmo.signing.models import Signature
from cmo.trail.canonical import sha256
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R
from tests.catalogue import build as catalogue

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> build.World:
    return build.world()


def refused(call, *codes: str) -> None:
    with pytest.raises(Refused) as caught:
        call()
    assert sorted(caught.value.codes) == sorted(codes)


def verbs(world: build.World) -> list[str]:
    return list(Entry.objects.filter(stream=world.pair.stream).order_by("seq").values_list("verb", flat=True))


# ── preparation ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_preparation_is_recorded_with_its_file_and_accepted_by_another_quality_manager(world: build.World) -> None:
    row = build.recorded(world, reference="PG-9")
    answer = actions.answer_preparation(preparation=row, accepted=True, by=world.by(nth=1), at=AT)
    assert answer.accepted
    assert verbs(world)[-3:] == ["preparation.recorded", "evidence.attached", "preparation.accepted"]


def test_nobody_accepts_their_own_record_or_one_without_a_file_or_twice(world: build.World) -> None:
    row = build.recorded(world, file=False)
    accept = actions.answer_preparation
    refused(
        lambda: accept(preparation=row, accepted=True, by=world.by(), at=AT),
        "own_preparation",
        "preparation_without_file",
    )
    done = world.preparations["transfer"]
    refused(lambda: accept(preparation=done, accepted=True, by=world.by(nth=1), at=AT), "preparation_answered")


def test_returning_a_preparation_needs_a_reason(world: build.World) -> None:
    row = build.recorded(world)
    give_back = actions.answer_preparation
    refused(lambda: give_back(preparation=row, accepted=False, by=world.by(nth=1), at=AT), "reason_needed")
    give_back(preparation=row, accepted=False, reason="缺少附件", by=world.by(nth=1), at=AT)
    assert verbs(world)[-1] == "preparation.returned"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"event_on": TODAY}, "preparation_in_future"),
        ({"kind": "validation", "device": None}, "preparation_needs_device"),
        ({"kind": "on_site_evaluation", "site": None}, "preparation_needs_site"),
    ],
)
def test_a_preparation_that_says_too_little_is_refused(world: build.World, changes: dict, code: str) -> None:
    refused(lambda: build.recorded(world, **changes), code)


def test_a_last_day_before_the_event_is_refused_by_the_model(world: build.World) -> None:
    with pytest.raises(ValidationError):
        build.recorded(world, expires_on=date(2026, 3, 1))


def test_only_the_registrants_quality_accepts(world: build.World) -> None:
    row = build.recorded(world)
    with pytest.raises(PermissionDenied):
        actions.answer_preparation(preparation=row, accepted=True, by=world.by(C), at=AT)


# ── entrustment ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_opening_freezes_facts_and_findings_as_canonical_text(world: build.World) -> None:
    row = world.entrust(starts_on=TODAY - timedelta(days=1))
    facts, findings = json.loads(row.facts), json.loads(row.findings)
    assert facts["certificate"]["version"] == world.device.pk
    assert facts["licences"][0]["accepted"] is True
    assert [finding["code"] for finding in findings] == ["starts_before_today"]
    assert verbs(world)[-1] == "entrustment.opened"


def test_everything_missing_is_refused_at_once() -> None:
    bare = build.world(prepared=())
    refused(
        bare.entrust,
        "evaluation_missing",
        "credit_statement_missing",
        "contract_missing",
        "transfer_missing",
        "trial_production_missing",
        "validation_missing",
        "product_not_reported",
        "necessity_missing",
    )


def test_the_same_device_is_not_entrusted_twice_to_one_site_until_it_ended(world: build.World) -> None:
    first = world.entrust()
    refused(world.entrust, "entrustment_open_already")
    actions.end_entrustment(entrustment=first, event_on=TODAY, reason="停产", by=world.by(), at=AT)
    assert world.entrust().pk != first.pk


def test_a_coronary_stent_is_refused_by_the_catalogue() -> None:
    stent = build.world(classification_code="13-07-02", vascular_site="coronary")
    refused(stent.entrust, "screening_prohibited")


def test_an_undetermined_device_is_entrusted_once_quality_has_determined_it() -> None:
    patch = catalogue.dural_patch()
    world = build.world(
        **{name: patch[name] for name in ("classification_code", "contains_animal_derived")}
        | {"directly_from_animal_tissue": "unknown"}
    )
    refused(world.entrust, "screening_undetermined")
    screening = world.device.device.screenings.get()
    catalogue.evidence(world.relation.registrant, screening)
    catalogue.determination(world.relation.registrant, screening)
    assert world.entrust().pk


def test_facts_that_changed_since_the_screening_stop_it_until_it_is_screened_again(world: build.World) -> None:
    catalogue.new_version(world.device, world.relation.registrant, name_zh="髋关节假体（新）", at=make.FOUNDED)
    refused(world.entrust, "not_screened")
    catalogue.screening(world.relation.registrant, world.device.device)
    assert world.entrust().pk


def test_the_contractor_opens_nothing(world: build.World) -> None:
    with pytest.raises(PermissionDenied):
        actions.open_entrustment(
            pair=world.pair, device=world.device.device, site=world.site, starts_on=TODAY, by=world.by(C), at=AT
        )


def test_states_follow_each_other_and_never_run_backwards(world: build.World) -> None:
    row = world.entrust()
    by = world.by()
    change = {"entrustment": row, "reason": "检修", "by": by}
    refused(lambda: actions.resume_entrustment(**change, event_on=TODAY, at=AT), "entrustment_not_suspended")
    silent = {**change, "reason": " "}
    refused(lambda: actions.suspend_entrustment(**silent, event_on=TODAY, at=AT), "reason_needed")
    actions.suspend_entrustment(**change, event_on=TODAY, at=AT)
    refused(lambda: actions.suspend_entrustment(**change, event_on=TODAY, at=AT), "entrustment_suspended")
    early = TODAY - timedelta(days=1)
    refused(lambda: actions.resume_entrustment(**change, event_on=early, at=AT), "event_before_last", "resume_in_past")
    late = TODAY + timedelta(days=1)
    refused(lambda: actions.resume_entrustment(**change, event_on=late, at=AT), "event_in_future")
    actions.resume_entrustment(**change, event_on=TODAY, at=AT)
    actions.end_entrustment(**change, event_on=TODAY, at=AT)
    refused(lambda: actions.suspend_entrustment(**change, event_on=TODAY, at=AT), "entrustment_ended")
    assert [state for _day, state in load_entrustment_facts([row])[row.pk].states] == [
        "active",
        "suspended",
        "active",
        "ended",
    ]


def test_a_suspended_entrustment_of_a_device_prohibited_meanwhile_is_not_resumed(world: build.World) -> None:
    row = world.entrust()
    change = {"entrustment": row, "reason": "x", "by": world.by(), "event_on": TODAY, "at": AT}
    actions.suspend_entrustment(**change)
    firm = world.relation.registrant
    catalogue.new_version(world.device, firm, contains_allogeneic="yes", at=make.FOUNDED)
    refused(lambda: actions.resume_entrustment(**change), "resume_while_prohibited")


def test_reports_belong_to_their_side_and_time_and_need_proof(world: build.World) -> None:
    row = world.entrust()

    def report(kind: str, side: str = R, proof: str = "浙药监报2026-1", day: date = TODAY):
        return actions.report_entrustment(
            entrustment=row, kind=kind, event_on=day, proof=proof, by=world.by(side), at=AT
        )

    refused(lambda: report("start_reported", proof=" "), "proof_needed")
    refused(lambda: report("start_reported", side=C), "report_of_other_side")
    refused(lambda: report("start_reported", day=TODAY + timedelta(days=1)), "event_in_future")
    refused(lambda: report("address_removed"), "entrustment_not_ended")
    report("start_reported")
    refused(lambda: report("start_reported"), "reported_already")
    report("change_reported")
    report("change_reported")
    actions.end_entrustment(entrustment=row, event_on=TODAY, reason="停产", by=world.by(), at=AT)
    report("address_removed")
    report("end_reported", side=C)
    assert EntrustmentEvent.objects.filter(entrustment=row).count() == 6


# ── agreement ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_begins_with_the_clauses_its_devices_need(world: build.World) -> None:
    draft = build.agreement(world, [world.entrust()]).draft
    keys = set(draft.clauses.values_list("key", flat=True))
    assert {"resident_supervisor", "sterilisation", "market_release"} <= keys
    assert not keys & {"ivd_materials", "animal_material"}
    assert draft.duties.filter(locked=True).count() == 11


def test_a_stale_editor_is_told_who_changed_the_clause_and_nothing_is_lost(world: build.World) -> None:
    clause = build.clause(build.agreement(world, [world.entrust()]))
    text = {"heading_zh": "范围", "heading_en": "Scope", "text_zh": "甲", "text_en": "a"}
    edit = actions.edit_draft_clause
    edit(clause=clause, seen_edition=1, content=text, by=world.by(), at=AT)
    other = {**text, "text_zh": "乙"}
    with pytest.raises(Refused) as caught:
        edit(clause=clause, seen_edition=1, content=other, by=world.by(C), at=AT)
    assert caught.value.codes == ["edited_meanwhile"]
    assert world.by().name in caught.value.findings[0].zh
    assert DraftClause.objects.get(pk=clause.pk).text_zh == "甲"
    edit(clause=clause, seen_edition=2, content=other, by=world.by(C), at=AT)
    assert DraftClause.objects.get(pk=clause.pk).text_zh == "乙"


def test_a_duty_fixed_by_law_keeps_its_holder_and_its_words(world: build.World) -> None:
    agreement = build.agreement(world, [world.entrust()])
    market = build.duty(agreement, "market_release")

    def edit(row, registrant: str, contractor: str, **words: str):
        content = {"registrant_part": registrant, "contractor_part": contractor, **words}
        return actions.edit_draft_duty(duty=row, seen_edition=row.edition, content=content, by=world.by(), at=AT)

    refused(lambda: edit(market, "I", "R"), "duty_locked")
    kept = edit(market, "R", "C", duty_zh="别的")
    assert (kept.contractor_part, kept.duty_zh) == ("C", market.duty_zh)
    assert edit(build.duty(agreement), "I", "R", duty_zh="标签").duty_zh == "标签"


def test_covering_another_device_later_adds_what_it_needs() -> None:
    world = build.world(
        implantable="no",
        implantable_reason="体外使用",
        sterile=False,
        classification_code="14-01-01",
        sub_catalogue="14",
        number_printed="国械注准20233140001",
        contains_allogeneic="no",
    )
    row = build.agreement(world, [world.entrust()])
    assert not row.draft.clauses.filter(key="resident_supervisor").exists()
    second = world.entrust(device=build.second_device(world))
    draft = row.draft
    actions.set_draft_terms(
        draft=draft,
        seen_edition=1,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        entrustments=[second],
        by=world.by(),
        at=AT,
    )
    assert draft.clauses.filter(key="resident_supervisor").exists()
    assert [c.entrustment_id for c in draft.coverage.all()] == [second.pk]


def test_terms_are_judged_and_stale_pages_refused(world: build.World) -> None:
    entrustment = world.entrust()
    draft = build.agreement(world, [entrustment]).draft
    foreign = build.world().entrust()

    def terms(seen: int, first: date, last: date, rows):
        return actions.set_draft_terms(
            draft=draft, seen_edition=seen, starts_on=first, ends_on=last, entrustments=rows, by=world.by(), at=AT
        )

    refused(lambda: terms(1, TODAY, TODAY - timedelta(days=1), [entrustment]), "term_backwards")
    refused(lambda: terms(1, TODAY, TODAY, [foreign]), "coverage_of_other_pair")
    refused(lambda: terms(9, TODAY, TODAY, [entrustment]), "edited_meanwhile")


def test_an_unknown_template_is_refused(world: build.World) -> None:
    refused(
        lambda: actions.create_agreement(
            pair=world.pair,
            template_key="nothing",
            starts_on=TODAY,
            ends_on=TODAY,
            entrustments=[],
            by=world.by(),
            at=AT,
        ),
        "template_unknown",
    )


def test_an_offered_revision_holds_the_whole_text_in_both_languages(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()])
    body = revision.content
    assert revision.body_hash == sha256(revision.body)
    assert body["parties"]["registrant"]["uscc"] == world.relation.registrant.uscc
    assert body["parties"]["contractor"]["licences"][0]["number"] == world.licence.number_printed
    assert body["coverage"][0]["last_day"] == "2028-05-31"
    assert all(c["text_zh"] and c["text_en"] for c in body["clauses"])
    assert [c["position"] for c in body["clauses"]] == list(range(1, len(body["clauses"]) + 1))
    assert body["template"] == {"key": "quality_agreement", "version": "2026-11"}


def test_an_incomplete_draft_is_refused_with_the_clause_named(world: build.World) -> None:
    agreement = build.agreement(world, [world.entrust()])
    clause = build.clause(agreement, "recall")
    content = {"heading_zh": "召回", "heading_en": "Recall", "text_zh": "召回", "text_en": ""}
    actions.edit_draft_clause(clause=clause, seen_edition=1, content=content, by=world.by(), at=AT)
    offer = lambda: actions.offer_for_signature(agreement=agreement, by=world.by(), at=AT)  # noqa: E731
    refused(offer, "clause_incomplete_en", "element_missing")


def test_one_revision_waits_at_a_time(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()])
    offer = lambda: build.next_revision(world, revision.agreement)  # noqa: E731
    refused(offer, "revision_waiting")
    actions.withdraw_revision(revision=revision, reason="修改期限", by=world.by(), at=AT)
    assert build.next_revision(world, revision.agreement).number == 2


def test_two_signatures_of_two_sides_conclude_it(world: build.World) -> None:
    entrustment = world.entrust()
    revision = build.offered(world, [entrustment])
    build.sign(world, revision, R)
    assert not load_entrustment_facts([entrustment])[entrustment.pk].coverage[0].effective_on(TODAY)
    build.sign(world, revision, C)
    cover = load_entrustment_facts([entrustment])[entrustment.pk].coverage[0]
    assert cover.effective_on(TODAY)
    assert cover.lots_made_in_time_clause == "第36条 期满前已生产批次 / Clause 36 Lots made before the end"
    assert Signature.objects.filter(meaning="agrees").count() == 2


def test_each_side_signs_once_and_only_its_signatory(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()])
    build.sign(world, revision, R)
    refused(lambda: build.sign(world, revision, R), "side_signed_already")
    with pytest.raises(PermissionDenied):
        actions.sign_agreement(revision=revision, proof=make.proof(revision), by=world.by(C), at=AT)


def test_a_signature_for_another_text_than_the_page_showed_is_refused(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()])
    other = build.offered(world, [world.entrust(device=build.second_device(world))])
    by = world.by(R, "signatory")
    refused(lambda: actions.sign_agreement(revision=revision, proof=make.proof(other), by=by, at=AT), "record_changed")
    assert not RevisionSignature.objects.exists()


def test_nothing_is_signed_after_the_term(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()], ends_on=TODAY)
    build.sign(world, revision, R)
    refused(lambda: build.sign(world, revision, C, moment=build.at(1)), "term_over")


def test_an_agreement_counts_from_the_day_both_had_signed(world: build.World) -> None:
    entrustment = world.entrust()
    revision = build.offered(world, [entrustment])
    build.sign(world, revision, R)
    build.sign(world, revision, C, moment=build.at(2))
    cover = load_entrustment_facts([entrustment])[entrustment.pk].coverage[0]
    assert cover.starts_on == TODAY + timedelta(days=2)
    assert not cover.effective_on(TODAY + timedelta(days=1))


def test_a_declined_revision_is_closed_for_both(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()])
    build.sign(world, revision, R)
    by = world.by(C, "signatory")
    actions.decline_revision(revision=revision, reason="召回条款不清", by=by, at=AT)
    refused(lambda: build.sign(world, revision, C), "revision_closed")
    assert load_revision_facts(revision).event == "declined"


def test_a_concluded_revision_is_not_withdrawn_but_terminated(world: build.World) -> None:
    entrustment = world.entrust()
    revision = build.concluded(world, [entrustment])
    withdraw = lambda: actions.withdraw_revision(revision=revision, reason="x", by=world.by(), at=AT)  # noqa: E731
    refused(withdraw, "signed_by_both")
    end = TODAY + timedelta(days=90)
    build.give_notice(world, revision, ended_on=end)
    cover = load_entrustment_facts([entrustment])[entrustment.pk].coverage[0]
    assert cover.effective_on(end - timedelta(days=1))
    assert not cover.effective_on(end)


def test_a_later_revision_supersedes_the_earlier_from_its_own_first_day(world: build.World) -> None:
    entrustment = world.entrust()
    first = build.concluded(world, [entrustment])
    start = TODAY + timedelta(days=30)
    second = build.next_revision(world, first.agreement, starts_on=start)
    for side in (R, C):
        build.sign(world, second, side)
    covers = load_entrustment_facts([entrustment])[entrustment.pk].coverage
    assert [c.superseded_on for c in covers] == [start, None]
    assert [c.effective_on(start - timedelta(days=1)) for c in covers] == [True, False]
    assert [c.effective_on(start) for c in covers] == [False, True]
    assert second.parent_id == first.pk
    assert agreement_states([first.agreement_id], start)[first.agreement_id].effective == second


def test_a_signature_under_a_text_changed_afterwards_no_longer_counts(world: build.World) -> None:
    from cmo.trail import append_only

    entrustment = world.entrust()
    revision = build.concluded(world, [entrustment])
    with append_only.suspended(), connection.cursor() as cursor:
        changed = revision.body.replace("market", "mark3t", 1)
        cursor.execute("UPDATE agreements_agreementrevision SET body = %s WHERE id = %s", [changed, revision.pk])
    cover = load_entrustment_facts([entrustment])[entrustment.pk].coverage[0]
    assert not cover.signed_by_registrant
    assert not cover.effective_on(TODAY)


# ── paper ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_agreement_on_paper_counts_once_quality_of_both_sides_confirmed_it(world: build.World) -> None:
    entrustment = world.entrust()
    revision = build.paper(world, [entrustment])
    build.confirm_paper(world, revision, R)
    assert not load_entrustment_facts([entrustment])[entrustment.pk].coverage[0].effective_on(TODAY)
    build.confirm_paper(world, revision, C)
    cover = load_entrustment_facts([entrustment])[entrustment.pk].coverage[0]
    assert cover.effective_on(date(2025, 1, 1))
    assert cover.lots_made_in_time_clause == "第十八条"
    assert revision.paper.scan_sha256 == revision.content["paper"]["scan_sha256"]


def test_paper_without_seals_signatories_or_coverage_is_refused(world: build.World) -> None:
    entrustment = world.entrust()
    refused(lambda: build.paper(world, [entrustment], sealed_by_contractor=False), "seal_missing")
    refused(lambda: build.paper(world, [entrustment], registrant_signatory=" "), "signatory_missing")
    refused(lambda: build.paper(world, []), "nothing_covered")
    assert not AgreementRevision.objects.exists()


def test_paper_is_confirmed_not_signed_and_the_other_way_round(world: build.World) -> None:
    entrustment = world.entrust()
    paper, electronic = build.paper(world, [entrustment]), build.offered(world, [entrustment])
    refused(lambda: build.sign(world, paper, R), "signed_on_paper")
    refused(lambda: build.confirm_paper(world, electronic, R), "not_on_paper")


def test_quality_declines_a_paper_it_does_not_know(world: build.World) -> None:
    paper = build.paper(world, [world.entrust()])
    actions.decline_revision(revision=paper, reason="扫描件不是该协议", by=world.by(C), at=AT)
    refused(lambda: build.confirm_paper(world, paper, C), "revision_closed")


# ── holds, vetoes, yearly duties ────────────────────────────────────────────────────────────────────────────────────


def test_anybody_places_a_hold_and_quality_of_that_side_lifts_each(world: build.World) -> None:
    entrustment = world.entrust()
    pair_hold, own = build.hold(world), build.hold(world, entrustment=entrustment, side=R)
    facts = load_entrustment_facts([entrustment])[entrustment.pk]
    assert [(h.scope, h.side) for h in facts.holds] == [("pair", C), ("entrustment", R)]
    lift = actions.lift_hold
    refused(lambda: lift(hold=pair_hold, reason="已查明", by=world.by(R), at=AT), "hold_of_other_side")
    refused(lambda: lift(hold=pair_hold, reason=" ", by=world.by(C), at=AT), "reason_needed")
    lift(hold=pair_hold, reason="已查明", by=world.by(C), at=AT)
    refused(lambda: lift(hold=pair_hold, reason="已查明", by=world.by(C), at=AT), "hold_lifted_already")
    facts = load_entrustment_facts([entrustment])[entrustment.pk]
    assert [h.hold_id for h in facts.holds] == [own.pk]


def test_a_viewer_lifts_nothing(world: build.World) -> None:
    hold = build.hold(world)
    with pytest.raises(PermissionDenied):
        actions.lift_hold(hold=hold, reason="x", by=world.by(C, "viewer"), at=AT)


def test_a_hold_reaches_only_its_scope(world: build.World) -> None:
    first = world.entrust()
    second = world.entrust(device=build.second_device(world))
    build.hold(world, entrustment=first)
    build.hold(world, site=make.site(world.relation.contractor))
    facts = load_entrustment_facts([first, second])
    assert [len(facts[row.pk].holds) for row in (first, second)] == [1, 0]
    foreign = build.world()
    refused(lambda: build.hold(world, site=foreign.site), "hold_outside_pair")
    refused(lambda: build.hold(world, reason=""), "reason_needed")


def test_only_the_management_representative_vetoes(world: build.World) -> None:
    with pytest.raises(PermissionDenied):
        actions.veto(pair=world.pair, reason="x", by=world.by(), at=AT)
    by = world.by(R, "management_representative")
    row = actions.veto(pair=world.pair, reason="趋势异常", by=by, at=AT)
    assert row.kind == Hold.Kind.VETO
    assert verbs(world)[-1] == "hold.vetoed"
    with pytest.raises(ValueError):
        actions.place_hold(pair=world.pair, reason="x", kind=Hold.Kind.VETO, by=by, at=AT)


def test_an_earlier_yearly_duty_is_carried_over_with_its_file_and_says_when_it_is_due_next(world: build.World) -> None:
    entrustment = world.entrust()
    taken_in = day_of(world.pair.created_at)
    done, due = taken_in - timedelta(days=1), a_year_after(taken_in - timedelta(days=1))
    given = {"pair": world.pair, "kind": PairDuty.Kind.AUDIT, "reference": "SH-2026-1", "by": world.by(), "at": AT}

    def carry(done_on: date, next_due_on: date, upload: Any) -> Callable[[], Any]:
        more = {"done_on": done_on, "next_due_on": next_due_on, "upload": upload}
        return lambda: actions.record_pair_duty(**given | more)

    refused(carry(done, due, None), "duty_file_needed")
    refused(carry(done, due + timedelta(days=1), build.upload()), "duty_due_backwards")
    refused(carry(taken_in, due, build.upload()), "duty_not_history")
    assert not PairDuty.objects.exists()
    row = carry(done, due, build.upload())()
    assert [file.title for file in files_of([row])[f"agreements.pairduty:{row.pk}"]] == ["SH-2026-1"]
    assert load_entrustment_facts([entrustment])[entrustment.pk].audit_due_on == due


def test_the_registrant_alone_never_records_a_review_made_here(world: build.World) -> None:
    given = {"kind": PairDuty.Kind.REVIEW, "reference": "PS-1", "upload": build.upload(), "by": world.by(), "at": AT}
    for done_on in (day_of(world.pair.created_at), TODAY):
        days = {"done_on": done_on, "next_due_on": a_year_after(done_on)}
        refused(lambda days=days: actions.record_pair_duty(pair=world.pair, **days, **given), "duty_not_history")


def test_after_the_end_of_the_pair_nothing_new_begins(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()])
    parties.end_pair(pair=world.pair, ended_on=TODAY, reason="合作终止", by=world.by(), at=AT)
    second = world.relation
    assert second.pair == world.pair
    refused(lambda: build.sign(world, revision, R), "pair_ended")
    refused(lambda: build.recorded(world), "pair_ended")

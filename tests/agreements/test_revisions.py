"""Revisions of an agreement: what each one is, what it follows, and how it begins, ends and is signed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from agreements import actions
from agreements.actions.ending import notice_of
from agreements.duties import waiting_on
from agreements.facts import agreement_states, authorisations_given, frame, load_entrustment_facts, load_revision_facts
from agreements.models import DraftObligation, RevisionEvent
from agreements.termination import proposed
from cmo.duty import Kind
from cmo.errors import Refused
from cmo.parties.access import scope_of
from cmo.signing.facts import signatures_under
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> build.World:
    return build.world()


def refused(call, *codes: str) -> None:
    with pytest.raises(Refused) as caught:
        call()
    assert sorted(caught.value.codes) == sorted(codes)


def obliged(row, **changes) -> DraftObligation:
    """An obligation of the agreement's draft."""
    content = {
        "key": "own_meeting",
        "position": 99,
        "clause_key": "scope",
        "what_zh": "召开质量例会",
        "what_en": "Hold the quality meeting",
        "side": C,
        "frequency": "quarterly",
        "days_allowed": 15,
        "proof_zh": "会议纪要",
        "proof_en": "Minutes",
        "edited_by_name": "",
        "edited_at": AT,
        **changes,
    }
    return DraftObligation.objects.create(draft=row.draft, **content)


# ── kind and parent ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_body_freezes_kind_order_and_obligations(world: build.World) -> None:
    row = build.agreement(world, [world.entrust()])
    obliged(row)
    row.draft.signing_order = "contractor_first"
    row.draft.save()
    revision = actions.offer_for_signature(agreement=row, by=world.by(), at=AT)
    body = revision.content
    assert body["schema"] == 2
    assert (body["kind"], revision.kind) == ("agreement", "agreement")
    assert (body["signing_order"], revision.signing_order) == ("contractor_first", "contractor_first")
    assert body["obligations"][-1] == {
        "key": "own_meeting",
        "position": len(body["obligations"]),
        "clause": "scope",
        "what_zh": "召开质量例会",
        "what_en": "Hold the quality meeting",
        "side": C,
        "frequency": "quarterly",
        "days_allowed": 15,
        "proof_zh": "会议纪要",
        "proof_en": "Minutes",
    }


def test_the_same_text_for_another_term_is_a_renewal_and_anything_else_an_amendment(world: build.World) -> None:
    first = build.concluded(world, [world.entrust()])
    renewal = build.next_revision(world, first.agreement, ends_on=date(2028, 4, 30))
    assert (renewal.kind, renewal.parent) == ("renewal", first)
    for side in (build.R, C):
        build.sign(world, renewal, side)
    obliged(first.agreement)
    amendment = build.next_revision(world, first.agreement)
    assert (amendment.kind, amendment.parent, amendment.content["parent"]) == ("amendment", renewal, 2)


def test_a_declined_or_withdrawn_revision_is_nobodys_parent(world: build.World) -> None:
    first = build.offered(world, [world.entrust()])
    actions.withdraw_revision(revision=first, reason="改期", by=world.by(), at=AT)
    second = build.next_revision(world, first.agreement)
    assert (second.number, second.kind, second.parent, second.content["parent"]) == (2, "agreement", None, None)
    actions.decline_revision(revision=second, reason="不同意", by=world.by(C, "signatory"), at=AT)
    third = build.next_revision(world, first.agreement)
    assert (third.number, third.kind, third.parent) == (3, "agreement", None)


# ── renewing and amending ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_renewal_begins_with_the_text_in_force_and_keeps_what_the_draft_said(world: build.World) -> None:
    entrustment = world.entrust()
    first = build.concluded(world, [entrustment])
    row, draft = first.agreement, first.agreement.draft
    clause = build.clause(row)
    text = {"heading_zh": "改", "heading_en": "x", "text_zh": "甲", "text_en": "a"}
    actions.edit_draft_clause(clause=clause, seen_edition=1, content=text, by=world.by(), at=AT)
    obliged(row)
    draft.duties.filter(locked=False).first().delete()
    start, end = first.ends_on + timedelta(days=1), date(2029, 5, 31)
    actions.begin_renewal(agreement=row, starts_on=start, ends_on=end, entrustments=[entrustment], by=world.by(), at=AT)
    draft.refresh_from_db()
    assert (draft.starts_on, draft.ends_on) == (start, end)
    assert frame.draft_text(draft) == {name: first.content[name] for name in ("clauses", "duties", "obligations")}
    entry = Entry.objects.filter(verb="agreement.renewal_begun").get().content["data"]
    assert entry["revision"] == 1
    assert {c["key"]: c["text_en"] for c in entry["replaced"]["clauses"]}["scope"] == "a"
    assert "own_meeting" in {o["key"] for o in entry["replaced"]["obligations"]}
    clause.refresh_from_db()
    assert clause.edition == 3  # whoever still edits the replaced clause is told


def test_what_is_renewed_is_offered_as_a_renewal_of_the_revision_in_force(world: build.World) -> None:
    entrustment = world.entrust()
    first = build.concluded(world, [entrustment], ends_on=date(2027, 5, 31))
    actions.begin_renewal(
        agreement=first.agreement,
        starts_on=date(2027, 6, 1),
        ends_on=date(2028, 5, 31),
        entrustments=[entrustment],
        by=world.by(),
        at=AT,
    )
    second = actions.offer_for_signature(agreement=first.agreement, by=world.by(), at=AT)
    assert (second.kind, second.parent) == ("renewal", first)


def test_renewing_is_refused_where_nothing_was_concluded_or_the_term_runs_backwards(world: build.World) -> None:
    entrustment, foreign = world.entrust(), build.world().entrust()
    revision = build.offered(world, [entrustment])

    def renew(first: date, last: date, rows: list) -> None:
        actions.begin_renewal(
            agreement=revision.agreement, starts_on=first, ends_on=last, entrustments=rows, by=world.by(), at=AT
        )

    refused(lambda: renew(TODAY, TODAY, [entrustment]), "nothing_concluded")
    for side in (R, C):
        build.sign(world, revision, side)
    refused(lambda: renew(TODAY, TODAY - timedelta(days=1), [entrustment]), "term_backwards")
    refused(lambda: renew(TODAY, TODAY, [foreign]), "coverage_of_other_pair")
    with pytest.raises(PermissionDenied):
        actions.begin_renewal(
            agreement=revision.agreement,
            starts_on=TODAY,
            ends_on=TODAY,
            entrustments=[],
            by=world.by(C, "viewer"),
            at=AT,
        )


def test_an_agreement_on_paper_is_renewed_with_the_text_of_its_own_draft(world: build.World) -> None:
    entrustment = world.entrust()
    paper = build.paper(world, [entrustment])
    for side in (R, C):
        build.confirm_paper(world, paper, side)
    before = frame.draft_text(paper.agreement.draft)
    actions.begin_renewal(
        agreement=paper.agreement,
        starts_on=date(2028, 1, 1),
        ends_on=date(2028, 12, 31),
        entrustments=[entrustment],
        by=world.by(),
        at=AT,
    )
    assert before["clauses"]
    assert frame.draft_text(paper.agreement.draft) == before
    refused(
        lambda: actions.restore_draft(agreement=paper.agreement, revision=paper, by=world.by(), at=AT),
        "paper_has_no_text",
    )


def test_the_draft_is_set_back_to_any_concluded_text_and_its_term_stays(world: build.World) -> None:
    first = build.concluded(world, [world.entrust()])
    row = first.agreement
    text = {"heading_zh": "改", "heading_en": "x", "text_zh": "甲", "text_en": "a"}
    actions.edit_draft_clause(clause=build.clause(row), seen_edition=1, content=text, by=world.by(), at=AT)
    second = build.next_revision(world, row, ends_on=date(2027, 12, 31))
    restore = lambda revision: actions.restore_draft(agreement=row, revision=revision, by=world.by(), at=AT)  # noqa: E731
    refused(lambda: restore(second), "not_concluded")
    draft = restore(first)
    assert frame.draft_text(draft)["clauses"] == first.content["clauses"]
    assert draft.ends_on == date(2027, 12, 31)
    assert Entry.objects.filter(verb="agreement.draft_restored").get().content["data"]["body_hash"] == first.body_hash
    with pytest.raises(PermissionDenied):
        actions.restore_draft(agreement=row, revision=first, by=world.by(R, "signatory"), at=AT)


# ── ending together ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_end_signed_by_both_stops_the_cover_from_its_day_on(world: build.World) -> None:
    entrustment = world.entrust()
    first = build.concluded(world, [entrustment])
    end = TODAY + timedelta(days=30)
    last = build.termination(world, first.agreement, end, signed=False)
    assert (last.kind, last.parent, last.starts_on, last.ends_on) == ("termination", first, end, end)
    assert not last.coverage.exists()
    assert [c["key"] for c in last.content["clauses"]] == [row.key for row in proposed()[1]]
    build.sign(world, last, R)
    cover = lambda: load_entrustment_facts([entrustment])[entrustment.pk].coverage  # noqa: E731
    assert [c.effective_on(end) for c in cover()] == [True]
    build.sign(world, last, C)
    assert [c.effective_on(end - timedelta(days=1)) for c in cover()] == [True]
    assert [c.effective_on(end) for c in cover()] == [False]
    for day, key in (
        (end - timedelta(days=1), "in_force"),
        (end, "terminated"),
        (end + timedelta(days=1), "terminated"),
    ):
        state = agreement_states([first.agreement_id], day)[first.agreement_id]
        assert (state.key, state.terminated_on, state.last) == (key, end, first)


def test_after_the_end_nothing_follows_under_the_same_number(world: build.World) -> None:
    entrustment = world.entrust()
    first = build.concluded(world, [entrustment])
    build.termination(world, first.agreement, TODAY + timedelta(days=30))
    refused(lambda: build.next_revision(world, first.agreement), "agreement_terminated")
    refused(lambda: build.termination(world, first.agreement, TODAY), "agreement_terminated")
    refused(
        lambda: actions.restore_draft(agreement=first.agreement, revision=first, by=world.by(), at=AT),
        "agreement_terminated",
    )


def test_an_end_that_also_supersedes_a_renewal_concluded_ahead(world: build.World) -> None:
    entrustment = world.entrust()
    first = build.concluded(world, [entrustment], ends_on=date(2027, 5, 31))
    second = build.next_revision(world, first.agreement, starts_on=date(2027, 6, 1), ends_on=date(2028, 5, 31))
    for side in (R, C):
        build.sign(world, second, side)
    build.termination(world, first.agreement, date(2027, 1, 1))
    covers = load_entrustment_facts([entrustment])[entrustment.pk].coverage
    for day, effective in ((date(2026, 12, 31), True), (date(2027, 1, 1), False), (date(2027, 6, 1), False)):
        assert any(cover.effective_on(day) for cover in covers) is effective


def test_an_end_signed_late_counts_from_the_day_both_had_signed_and_not_after_its_day(world: build.World) -> None:
    first = build.concluded(world, [world.entrust()])
    end = TODAY + timedelta(days=2)
    last = build.termination(world, first.agreement, end, signed=False)
    build.sign(world, last, R)
    refused(lambda: build.sign(world, last, C, moment=build.at(3)), "termination_day_over")
    build.sign(world, last, C, moment=build.at(2))
    assert agreement_states([first.agreement_id], end)[first.agreement_id].key == "terminated"


def test_only_quality_offers_an_end_and_only_of_what_was_concluded(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()])
    refused(lambda: build.termination(world, revision.agreement, TODAY), "nothing_concluded", "revision_waiting")
    with pytest.raises(PermissionDenied):
        actions.offer_termination(
            agreement=revision.agreement,
            ended_on=TODAY,
            arrangements=proposed()[1],
            by=world.by(R, "signatory"),
            at=AT,
        )


# ── notice by one side ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_notice_is_signed_and_its_signature_shows_any_later_change(world: build.World) -> None:
    revision = build.concluded(world, [world.entrust()])
    event = build.give_notice(world, revision, C, ended_on=TODAY + timedelta(days=9))
    ((state,),) = signatures_under([event]).values()
    assert (state.signature.meaning, state.signature.side, state.valid) == ("terminates", C, True)
    data = Entry.objects.filter(verb="agreement.terminated").get().content["data"]
    assert data["signature"] == state.signature.pk
    assert data["authorisation"] == {"reference": "RM-2026-01", "authorised_on": "2026-05-02"}
    event.post_market = "别的"
    ((changed,),) = signatures_under([event]).values()
    assert changed.void


def test_a_notice_without_its_arrangements_or_other_than_shown_is_refused(world: build.World) -> None:
    revision = build.concluded(world, [world.entrust()])
    refused(lambda: build.give_notice(world, revision, post_market=" "), "post_market_needed")
    refused(lambda: build.give_notice(world, revision, documents_return=""), "documents_return_needed")
    other = make.proof(notice_of(revision=revision, ended_on=TODAY, **build.NOTICE | {"reason": "另一原因"}))
    by = world.by(R, "signatory")
    refused(
        lambda: actions.terminate_revision(
            revision=revision, ended_on=TODAY, **build.NOTICE, proof=other, by=by, at=AT
        ),
        "record_changed",
    )
    assert not RevisionEvent.objects.exists()
    build.give_notice(world, revision)
    refused(lambda: build.give_notice(world, revision, C), "revision_closed")
    with pytest.raises(PermissionDenied):
        actions.terminate_revision(revision=revision, ended_on=TODAY, **build.NOTICE, proof=other, by=world.by(), at=AT)


# ── order and authorisation ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_agreed_order_is_kept_and_only_whose_turn_it_is_has_it_waiting(world: build.World) -> None:
    row = build.agreement(world, [world.entrust()])
    row.draft.signing_order = "contractor_first"
    row.draft.save()
    revision = actions.offer_for_signature(agreement=row, by=world.by(), at=AT)
    waits = lambda side: [d.about for d in waiting_on(scope(world, side), TODAY) if d.kind == Kind.SIGN]  # noqa: E731
    assert (waits(R), waits(C)) == ([], [str(revision)])
    refused(lambda: build.sign(world, revision, R), "not_your_turn")
    build.sign(world, revision, C)
    assert (waits(R), waits(C)) == ([str(revision)], [])
    build.sign(world, revision, R)
    assert load_revision_facts(revision).complete


def scope(world: build.World, side: str):
    firm = world.relation.registrant if side == R else world.relation.contractor
    return scope_of(firm.user("signatory", side), TODAY)


def test_a_signatory_without_a_written_authorisation_on_record_signs_nothing() -> None:
    world = build.world()
    firm = world.relation.registrant
    bare = make.post(firm, "signatory", R, authorisation_reference=" ")
    revision = build.offered(world, [world.entrust()])
    proof = make.proof(revision)
    by = world.by(R, "signatory", 1)
    assert by.user_id == bare.pk
    refused(lambda: actions.sign_agreement(revision=revision, proof=proof, by=by, at=AT), "signatory_not_authorised")
    build.sign(world, revision, R)


def test_the_authorisation_is_frozen_with_the_signature_whatever_posts_say_later(world: build.World) -> None:
    revision = build.concluded(world, [world.entrust()])
    found = authorisations_given(revision)
    assert sorted(found) == sorted(revision.signatures.values_list("signature_id", flat=True))
    assert {one.reference for one in found.values()} == {"RM-2026-01"}


# ── documents ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_taking_a_document_is_recorded_with_the_taker_alone(world: build.World) -> None:
    revision = build.concluded(world, [world.entrust()])
    by = world.by(C, "viewer")
    actions.take_document(revision=revision, name="a.pdf", sha256="0" * 64, by=by, at=AT)
    entry = Entry.objects.get(verb="agreement.document_taken")
    assert (entry.stream, entry.content["label"]) == (f"user:{by.user_id}", "a.pdf")
    assert not Entry.objects.about(f"agreements.agreementrevision:{revision.pk}").filter(pk=entry.pk).exists()
    stranger = build.world().by()
    with pytest.raises(PermissionDenied):
        actions.take_document(revision=revision, name="a.pdf", sha256="0" * 64, by=stranger, at=AT)

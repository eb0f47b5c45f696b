"""Expectations for the addresses of the agreements app."""

from __future__ import annotations

from typing import Any

from agreements import actions
from agreements.facts.obligations import load_obligations
from agreements.facts.templates import content_of
from agreements.models import AgreementRevision, ObligationRecord
from agreements.rules.obligations import due_days
from agreements.templates_data import templates
from tests.agreements import build as build_agreements
from tests.agreements import build_reviews, build_supervision, build_word
from tests.agreements import word_as_word as build_returned

from . import ANYBODY, DOES_AT_HOME, DOES_FOR_OWN, DOES_IN_PAIR, SEES_OWN, SEES_PAIR, Page, World, row

_CONTRACTOR = ("contractor", "quality_manager")
_VIEWER_C = ("contractor", "viewer")


def build(world: World) -> None:
    """An entrustment with an agreement waiting for signatures, one concluded, one on paper, and two holds."""
    built = build_agreements.world(world.relation)
    entrustment = built.entrust()
    ended = built.entrust(device=build_agreements.second_device(built))
    at = build_agreements.AT
    actions.end_entrustment(entrustment=ended, event_on=at.date(), reason="停产", by=built.by(), at=at)
    suspended = built.entrust(device=build_agreements.second_device(built))
    actions.suspend_entrustment(entrustment=suspended, event_on=at.date(), reason="检修", by=built.by(), at=at)
    concluded = build_agreements.concluded(built, [entrustment])
    reviewed = build_agreements.concluded(built, [suspended]).agreement
    acted = build_reviews.concluded(world.relation, reviewed, at=at)
    posting = build_supervision.posted(world.relation, built.site)
    world.things |= {
        "preparation": build_agreements.recorded(built, reference="PG-2"),
        "entrustment": entrustment,
        "ended": ended,
        "suspended": suspended,
        "concluded": concluded,
        "agreement": concluded.agreement,
        "waiting": build_agreements.offered(built, [entrustment]),
        "paper": build_agreements.paper(built, [entrustment]),
        "posting": posting,
        "presence": build_supervision.entered(posting, "in", at),
        "supplier": build_supervision.supplier(world.relation),
        "agreement hold": build_agreements.hold(built, side="registrant"),
        "own template": actions.keep_template(
            organisation=world.relation.registrant.organisation,
            key="standard",
            content=content_of(templates()[0]),
            effective_from=at.date(),
            by=built.by(),
            at=at,
        ),
        "Word template": build_word.kept(world.relation.registrant),
        "clause": concluded.agreement.draft.clauses.first(),
        "duty": concluded.agreement.draft.duties.filter(locked=False).first(),
        "draft obligation": concluded.agreement.draft.obligations.first(),
        "performance": _performance(built, concluded),
        "review": build_reviews.offered(world.relation, concluded.agreement, at=at),
        "review action": acted.actions.get(side="contractor"),
        "reviewed": reviewed,
        **_negotiated(built, concluded),
        "returned file": build_returned.uploaded(built, concluded.agreement, side="registrant"),
    }


def _pair(world: World) -> dict[str, Any]:
    return {"pk": world.pair.pk}


def _obligation(world: World) -> dict[str, Any]:
    (first, *_others) = world.things["concluded"].content["obligations"]
    return {"pk": world.things["agreement"].pk, "key": first["key"]}


def _performance(built: build_agreements.World, concluded: AgreementRevision) -> ObligationRecord:
    """The first occurrence of the first obligation, recorded by its side."""
    at = build_agreements.AT
    (facts,) = load_obligations([concluded.agreement_id], at.date()).values()
    first = facts.obligations[0]
    due_on = next(due_days(first.since, first.frequency, first.days_allowed, facts.until))
    return actions.record_obligation(
        agreement=concluded.agreement,
        key=first.key,
        due_on=due_on,
        done_on=at.date(),
        reference="QS-1",
        by=built.by(first.side),
        at=at,
    )


def _negotiated(built: build_agreements.World, concluded: AgreementRevision) -> dict[str, Any]:
    """An agreement in its third round, the contractor's turn, with an open proposal of each side."""
    at, covered = build_agreements.AT, [row.entrustment for row in concluded.coverage.all()]
    row = build_agreements.agreement(built, covered)
    proposals = {}
    for side, key in ((None, ""), (_CONTRACTOR[0], "scope"), ("registrant", "definitions")):
        if side is not None:
            proposals[side] = actions.propose_change(
                agreement=row,
                kind="clause",
                act="change",
                row_key=key,
                seen_edition=1,
                after={"text_zh": "另一文本", "text_en": "Another text"},
                by=built.by(side),
                at=at,
            )
        actions.hand_over(agreement=row, by=built.by(side or "registrant"), at=at)
    return {"negotiated": row, "own change": proposals["contractor"], "their change": proposals["registrant"]}


def _place(kind: str, slug: str) -> Any:
    return lambda world: {"pk": world.things["negotiated"].pk, "kind": kind, "slug": slug}


def _thing(name: str) -> Any:
    return lambda world: {"pk": world.things[name].pk}


_ACTS_IN_PAIR = {**DOES_IN_PAIR, "right": 302}
#: An empty row is answered with its reasons.
_KEEPS = {**DOES_IN_PAIR, "right": 422}
#: Everybody in the pair may place a hold; outsiders who only read may not.
_ANY_POST = {**DOES_IN_PAIR, "wrong": 200}
_SIGNS = {"right": ("contractor", "signatory"), "wrong": _CONTRACTOR}
_QUALITY_C = {"right": _CONTRACTOR, "wrong": _VIEWER_C}
_RESIDENT = {"right": ("registrant", "resident_supervisor"), "wrong": ("registrant", "quality_manager")}

#: It is the contractor's turn; whoever signs may remark, and only quality proposes and answers.
_NEGOTIATES = {"right": _CONTRACTOR, "wrong": ("contractor", "signatory")}
_REMARKS = {"right": ("contractor", "signatory"), "wrong": _VIEWER_C}

#: A record of the registrant alone: the contractor does not find it.
_OF_REGISTRANT = row(right=200, wrong=404, foreign=404, granted=404, expired=404, administrator=404)

PAGES = {
    "agreements:entrustments": Page(get=ANYBODY),
    "agreements:open_entrustment": Page(get=DOES_AT_HOME, post=DOES_AT_HOME, wrong=_CONTRACTOR),
    "agreements:entrustment": Page(get=SEES_PAIR, kwargs=_thing("entrustment")),
    "agreements:suspend": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("entrustment"), wrong=_CONTRACTOR),
    "agreements:resume": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("suspended"), wrong=_CONTRACTOR),
    "agreements:end": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("entrustment"), wrong=_CONTRACTOR),
    "agreements:report": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("ended"), **_QUALITY_C),
    "agreements:pair_entrustments": Page(get=SEES_PAIR, kwargs=_pair),
    "agreements:pair_reviews": Page(get=SEES_PAIR, kwargs=_pair),
    "agreements:begin_review": Page(post=_ACTS_IN_PAIR, kwargs=_thing("reviewed"), wrong=_CONTRACTOR),
    "agreements:review_draft": Page(get=SEES_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement"), wrong=_CONTRACTOR),
    "agreements:review": Page(get=SEES_PAIR, kwargs=_thing("review")),
    "agreements:sign_review": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("review"), **_QUALITY_C),
    "agreements:return_review": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("review"), **_QUALITY_C),
    "agreements:perform_review_action": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("review action"), **_QUALITY_C
    ),
    "agreements:figure": Page(get=SEES_PAIR, kwargs=lambda world: {"pk": world.pair.pk, "key": "coverage_gaps"}),
    "agreements:preparations": Page(get=SEES_PAIR, kwargs=_pair),
    "agreements:record_preparation": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair, **_QUALITY_C),
    "agreements:preparation": Page(get=SEES_PAIR, kwargs=_thing("preparation")),
    "agreements:accept_preparation": Page(post=_ACTS_IN_PAIR, kwargs=_thing("preparation"), wrong=_CONTRACTOR),
    "agreements:return_preparation": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("preparation"), wrong=_CONTRACTOR
    ),
    "agreements:agreements": Page(get=ANYBODY),
    "agreements:agreement": Page(get=SEES_PAIR, kwargs=_thing("agreement")),
    "agreements:draft": Page(get=SEES_PAIR, kwargs=_thing("agreement")),
    "agreements:draft_terms": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement"), **_QUALITY_C),
    "agreements:negotiation": Page(get=SEES_PAIR, kwargs=_thing("negotiated")),
    "agreements:negotiation_rounds": Page(get=SEES_PAIR, kwargs=_thing("negotiated")),
    "agreements:negotiated_row": Page(get=SEES_PAIR, kwargs=_place("clause", "scope")),
    "agreements:hand_over": Page(
        get=DOES_IN_PAIR,
        post=_ACTS_IN_PAIR,
        kwargs=_thing("negotiated"),
        data=lambda _world: {"note": "请查收"},
        **_NEGOTIATES,
    ),
    "agreements:accept_changes": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("negotiated"), **_NEGOTIATES),
    "agreements:propose_change": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_place("terms", "terms"), **_NEGOTIATES
    ),
    "agreements:propose_removal": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_place("clause", "scope"), **_NEGOTIATES
    ),
    "agreements:propose_move": Page(
        get=DOES_IN_PAIR,
        post=DOES_IN_PAIR,
        kwargs=lambda world: {"pk": world.things["negotiated"].pk, "slug": "scope"},
        **_NEGOTIATES,
    ),
    "agreements:propose_addition": Page(
        get=DOES_IN_PAIR,
        post=_ACTS_IN_PAIR,
        kwargs=lambda world: {"pk": world.things["negotiated"].pk, "kind": "duty"},
        data=lambda _world: {"duty_zh": "月度会议", "duty_en": "Monthly meeting"},
        **_NEGOTIATES,
    ),
    "agreements:remark_on_row": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_place("clause", "scope"), **_REMARKS),
    "agreements:accept_change": Page(post=_ACTS_IN_PAIR, kwargs=_thing("their change"), **_NEGOTIATES),
    "agreements:decline_change": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("their change"), **_NEGOTIATES
    ),
    "agreements:counter_change": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("their change"), **_NEGOTIATES
    ),
    "agreements:withdraw_change": Page(
        get=DOES_IN_PAIR,
        post=_ACTS_IN_PAIR,
        kwargs=_thing("own change"),
        data=lambda _world: {"reason": "重复"},
        **_NEGOTIATES,
    ),
    "agreements:offer": Page(post=_ACTS_IN_PAIR, kwargs=_thing("agreement"), **_QUALITY_C),
    "agreements:draft_findings": Page(get=SEES_PAIR, kwargs=_thing("agreement")),
    "agreements:set_order": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement"), **_QUALITY_C),
    "agreements:put_back": Page(post=_ACTS_IN_PAIR, kwargs=_thing("agreement"), **_QUALITY_C),
    "agreements:move_clause": Page(post=_ACTS_IN_PAIR, kwargs=_thing("clause"), **_QUALITY_C),
    "agreements:add_clause": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement"), **_QUALITY_C),
    "agreements:edit_clause": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("clause"), **_QUALITY_C),
    "agreements:remove_clause": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("clause"), **_QUALITY_C),
    "agreements:autosave_clause": Page(post=_KEEPS, kwargs=_thing("clause"), **_QUALITY_C),
    "agreements:add_duty": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement"), **_QUALITY_C),
    "agreements:edit_duty": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("duty"), **_QUALITY_C),
    "agreements:remove_duty": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("duty"), **_QUALITY_C),
    "agreements:autosave_duty": Page(post=_KEEPS, kwargs=_thing("duty"), **_QUALITY_C),
    "agreements:add_obligation": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement"), **_QUALITY_C),
    "agreements:edit_obligation": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("draft obligation"), **_QUALITY_C
    ),
    "agreements:remove_obligation": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("draft obligation"), **_QUALITY_C
    ),
    "agreements:autosave_obligation": Page(post=_KEEPS, kwargs=_thing("draft obligation"), **_QUALITY_C),
    "agreements:pair_agreements": Page(get=SEES_PAIR, kwargs=_pair),
    "agreements:create_agreement": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair, **_QUALITY_C),
    "agreements:register_paper": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair, **_QUALITY_C),
    "agreements:revision": Page(get=SEES_PAIR, kwargs=_thing("concluded")),
    "agreements:sign": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("waiting"), **_SIGNS),
    "agreements:confirm_paper": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("paper"), **_QUALITY_C),
    "agreements:decline": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("waiting"), **_SIGNS),
    "agreements:withdraw": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("waiting"), **_QUALITY_C),
    "agreements:terminate": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("concluded"), **_SIGNS),
    "agreements:restore_draft": Page(get=DOES_IN_PAIR, post=_ACTS_IN_PAIR, kwargs=_thing("concluded"), **_QUALITY_C),
    "agreements:begin_renewal": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement"), **_QUALITY_C),
    "agreements:offer_termination": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement"), **_QUALITY_C),
    "agreements:compare": Page(get=SEES_PAIR, kwargs=_thing("agreement")),
    "agreements:document": Page(
        get=SEES_PAIR, kwargs=lambda world: _thing("concluded")(world) | {"language": "zh", "kind": "docx"}
    ),
    "agreements:holds": Page(get=ANYBODY),
    "agreements:hold": Page(get=SEES_PAIR, kwargs=_thing("agreement hold")),
    "agreements:lift_hold": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement hold")),
    "agreements:pair_holds": Page(get=SEES_PAIR, kwargs=_pair),
    "agreements:place_hold": Page(get=_ANY_POST, post=_ANY_POST, kwargs=_pair),
    "agreements:veto": Page(
        get=DOES_IN_PAIR,
        post=DOES_IN_PAIR,
        kwargs=_pair,
        right=("registrant", "management_representative"),
        wrong=("registrant", "quality_manager"),
    ),
    "agreements:record_duty": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair, wrong=_CONTRACTOR),
    "agreements:make_posting": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair, wrong=_CONTRACTOR),
    "agreements:set_pair_policy": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair, wrong=_CONTRACTOR),
    "agreements:posting": Page(get=SEES_PAIR, kwargs=_thing("posting")),
    "agreements:end_posting": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("posting"), wrong=_CONTRACTOR),
    "agreements:check_in": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("posting"), **_RESIDENT),
    "agreements:check_out": Page(get=DOES_IN_PAIR, post=_ACTS_IN_PAIR, kwargs=_thing("posting"), **_RESIDENT),
    "agreements:correct_presence": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("presence"), wrong=_CONTRACTOR
    ),
    "agreements:pair_suppliers": Page(get=SEES_PAIR, kwargs=_pair),
    "agreements:approve_supplier": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair, wrong=_CONTRACTOR),
    "agreements:supplier": Page(get=SEES_PAIR, kwargs=_thing("supplier")),
    "agreements:end_supplier_approval": Page(
        get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("supplier"), wrong=_CONTRACTOR
    ),
    "agreements:templates": Page(get=ANYBODY),
    "agreements:built_in_template": Page(get=ANYBODY),
    "agreements:built_in_file": Page(get=ANYBODY),
    "agreements:keep_template": Page(get=DOES_AT_HOME, post=DOES_AT_HOME, wrong=("registrant", "viewer")),
    "agreements:own_template": Page(get=_OF_REGISTRANT, kwargs=_thing("own template"), wrong=_CONTRACTOR),
    "agreements:template_file": Page(get=_OF_REGISTRANT, kwargs=_thing("own template"), wrong=_CONTRACTOR),
    "agreements:withdraw_template": Page(
        get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_thing("own template"), wrong=("registrant", "viewer")
    ),
    "agreements:word_templates": Page(get=ANYBODY),
    "agreements:keep_word_template": Page(get=DOES_AT_HOME, post=DOES_AT_HOME, wrong=("registrant", "viewer")),
    "agreements:word_template": Page(get=_OF_REGISTRANT, kwargs=_thing("Word template"), wrong=_CONTRACTOR),
    "agreements:word_template_file": Page(get=_OF_REGISTRANT, kwargs=_thing("Word template"), wrong=_CONTRACTOR),
    "agreements:word_template_preview": Page(get=_OF_REGISTRANT, kwargs=_thing("Word template"), wrong=_CONTRACTOR),
    "agreements:withdraw_word_template": Page(
        get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_thing("Word template"), wrong=("registrant", "viewer")
    ),
    "agreements:return_word": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("agreement")),
    "agreements:returned_file": Page(get=SEES_OWN, kwargs=_thing("returned file")),
    "agreements:take_over_file": Page(post=DOES_FOR_OWN, kwargs=_thing("returned file")),
    "agreements:put_file_aside": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_thing("returned file")),
    "agreements:returned_content": Page(get=SEES_OWN, kwargs=_thing("returned file")),
    "agreements:work_in_word": Page(get=SEES_PAIR, kwargs=_thing("agreement")),
    "agreements:word_file": Page(get=SEES_PAIR, kwargs=_thing("agreement")),
    "agreements:obligations": Page(get=SEES_PAIR, kwargs=_thing("agreement")),
    "agreements:record_obligation": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_obligation, **_QUALITY_C),
    "agreements:obligation_record": Page(get=SEES_PAIR, kwargs=_thing("performance")),
    "agreements:validity": Page(get=ANYBODY),
    "agreements:pair_validity": Page(get=SEES_PAIR, kwargs=_pair),
    "agreements:load_edition": Page(
        get=row(right=200, wrong=403, foreign=200, granted=403, expired=403, administrator=403),
        post=row(right=200, wrong=403, foreign=200, granted=403, expired=403, administrator=403),
        **_QUALITY_C,
    ),
}

"""Gates about the people who decide.

Identity is judged here and not by permission: a superuser flag must never satisfy it.
"""

from __future__ import annotations

from agreements.wording.sentence import QUALITY_BOTH

from ..facts.values import MARKET, PRODUCTION
from .gate import GMP25, MARKET_RELEASER, O53, PRODUCTION_RELEASER, Case, Verdict, gate
from .manufacture import REGISTRANT_QUALITY

ROLES = {
    PRODUCTION: ("production_releaser", "受托方生产放行人", "production releaser of the contractor"),
    MARKET: ("market_releaser", "注册人上市放行人", "market releaser of the registrant"),
}
APPOINTERS = {PRODUCTION: "contractor:quality_manager", MARKET: REGISTRANT_QUALITY}


@gate(
    "releaser_post",
    "放行人在本单位担任该放行岗位",
    "The releaser holds the post at the deciding legal entity",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    binds_rejection=True,
    needs="releaser",
    who=QUALITY_BOTH,
    todo=(
        "由现任放行人作出决定，或由本单位登记该岗位并经质量负责人确认。",
        "Somebody who holds the post decides, or the post is entered and confirmed by quality of the same organisation.",
    ),
)
def releaser_post(case: Case, verdict: Verdict) -> None:
    person, (role, zh, en) = case.releaser, ROLES[case.stage]
    assert person is not None
    own = case.lot.registrant_id if case.for_market else case.lot.contractor_id
    verdict.rests_on(person=person.person, post=person.role, from_day=person.starts_on, last_day=person.ends_on)
    if (person.role, person.side, person.organisation_id) != (role, case.side, own):
        text = f"{person.person} is not a {en}; nobody else may decide."
        verdict.blocks(f"{person.person}不是{zh}，不得作出该决定。", text, who=APPOINTERS[case.stage])
    elif not person.holds_post_on(case.on):
        text = f"The post of {person.person} is not effective on {case.on}."
        sentence = f"{person.person}的{zh}岗位在{case.on}不在任期内。"
        verdict.blocks(sentence, text, code="releaser_post_not_effective", who=APPOINTERS[case.stage])


@gate(
    "releaser_authorised",
    "放行人已获书面授权",
    "The releaser is authorised in writing",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    needs="releaser",
    who=QUALITY_BOTH,
    todo=(
        "由本单位质量负责人登记该放行人的书面授权（日期和文号）。",
        "Quality of the same organisation records the written authorisation with its day and reference.",
    ),
)
def releaser_authorised(case: Case, verdict: Verdict) -> None:
    person = case.releaser
    assert person is not None
    verdict.rests_on(authorised_on=person.authorised_on, authorisation=person.authorisation_reference)
    if person.authorised_on is None or person.authorised_on > case.on or not person.authorisation_reference:
        zh = f"{person.person}没有在放行之日有效的书面授权。"
        en = f"{person.person} has no written authorisation in effect on the day of release."
        verdict.blocks(zh, en, who=APPOINTERS[case.stage])


@gate(
    "releaser_trained",
    "放行人已完成产品放行培训",
    "The releaser is trained for release",
    basis="announcement",
    citation="GMP25-22",
    applies_from=GMP25,
    needs="releaser",
    who=QUALITY_BOTH,
    todo=(
        "由本单位安排放行培训，并由质量负责人登记培训日期。",
        "The organisation trains the person for release; its quality records the day.",
    ),
)
def releaser_trained(case: Case, verdict: Verdict) -> None:
    person = case.releaser
    assert person is not None
    verdict.rests_on(trained_on=person.trained_on)
    if person.trained_on is None or person.trained_on > case.on:
        zh = f"{person.person}没有放行培训记录。"
        verdict.blocks(zh, f"{person.person} has no record of release training.", who=APPOINTERS[case.stage])


@gate(
    "releaser_full_time",
    "放行人为本单位专职人员",
    "The releaser is the enterprise's own full-time employee",
    basis="announcement",
    citation="GMP25-17",
    applies_from=GMP25,
    needs="releaser",
    who=QUALITY_BOTH,
    todo=(
        "由本单位专职的放行人作出决定；登记有误的，由质量负责人更正岗位。",
        "A full-time releaser of the organisation decides; if the post is recorded wrongly, quality corrects it.",
    ),
)
def releaser_full_time(case: Case, verdict: Verdict) -> None:
    person = case.releaser
    assert person is not None
    verdict.rests_on(full_time=person.full_time)
    if not person.full_time:
        zh = f"{person.person}不是本单位专职人员，不得放行。"
        verdict.blocks(
            zh, f"{person.person} is not a full-time employee of the enterprise.", who=APPOINTERS[case.stage]
        )


@gate(
    "another_person",
    "两次放行由不同的人作出",
    "The two releases are by different people",
    basis="policy",
    citation="POLICY-TWO-PEOPLE",
    applies_from=None,
    stages=(MARKET,),
    binds_rejection=True,
    needs="releaser",
    who=MARKET_RELEASER,
    todo=(
        "由注册人的另一名上市放行人作出决定。",
        "Another market releaser of the registrant decides.",
    ),
)
def another_person(case: Case, verdict: Verdict) -> None:
    made, person = case.lot.standing(PRODUCTION), case.releaser
    assert person is not None
    verdict.rests_on(production_released_by=made.person if made else None, person=person.person)
    if made is not None and made.person_id == person.person_id:
        zh = f"{person.person}已作出生产放行，同一人不得再作上市放行。"
        verdict.blocks(zh, f"{person.person} decided on production; the same person may not release to market.")


@gate(
    "releaser_signature",
    "生产放行由获授权的放行人签名",
    "The production release bears the signature of the person authorised for it",
    basis="announcement",
    citation="GMP25-113",
    applies_from=GMP25,
    dated_by=PRODUCTION,
    stages=(MARKET,),
    who=PRODUCTION_RELEASER,
    todo=("由受托方撤回并重新作出生产放行。", "The contractor withdraws its decision and decides anew."),
)
def releaser_signature(case: Case, verdict: Verdict) -> None:
    """Only the standing decision is judged; the one to come is signed in the act of deciding."""
    made = case.lot.standing(PRODUCTION)
    verdict.rests_on(production_released_by=made.person if made else None, signed=made.signed if made else None)
    if made is not None and not made.signed:
        zh = f"生产放行没有放行人{made.person}的签名。"
        verdict.blocks(zh, f"The production release does not bear the signature of {made.person}.")

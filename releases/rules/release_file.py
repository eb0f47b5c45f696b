"""Gates about the lot itself: its release file, dates, deviations, holds, and the decisions already taken."""

from __future__ import annotations

from agreements.facts import HoldFact
from agreements.wording.sentence import QUALITY_BOTH
from cmo.clock import SHANGHAI

from ..facts.deviating import DeviationFact
from ..facts.values import MARKET, PRODUCTION, LotHoldFact, RequiredDocument
from .gate import BOTH_RELEASERS, MARKET_RELEASER, N38, O53, PRODUCTION_RELEASER, Case, Verdict, gate

PLANNER = "contractor:production_planner"


@gate(
    "decided_already",
    "本阶段尚无有效的放行决定",
    "No decision of this stage stands yet",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    binds_rejection=True,
    todo=("如需重新决定，请先撤回现有决定。", "To decide anew, withdraw the standing decision first."),
    who=BOTH_RELEASERS,
)
def decided_already(case: Case, verdict: Verdict) -> None:
    standing = case.lot.standing(case.stage)
    verdict.rests_on(decision=standing.number if standing else None, outcome=standing.outcome if standing else None)
    if standing is not None:
        zh = f"本批已有有效决定（第{standing.number}次，{standing.person}），不能重复决定。"
        en = f"A decision stands already (no. {standing.number}, by {standing.person})."
        verdict.blocks(zh, en, who=case.decider)


@gate(
    "production_release_stands",
    "受托方已完成生产放行",
    "The contractor's production release stands",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    stages=(MARKET,),
    who=PRODUCTION_RELEASER,
    binds_rejection=True,
    todo=("由受托方生产放行人完成生产放行。", "The contractor's production releaser decides first."),
)
def production_release_stands(case: Case, verdict: Verdict) -> None:
    made = case.lot.standing(PRODUCTION)
    verdict.rests_on(decision=made.number if made else None, outcome=made.outcome if made else None)
    if made is None:
        verdict.blocks(
            "受托方尚未生产放行，不得上市放行。", "The contractor has not released production yet; no market release."
        )
    elif made.outcome == "rejected":
        zh = "受托方已拒绝生产放行，不得上市放行。"
        verdict.blocks(
            zh, "The contractor rejected the lot; it may not be released to market.", code="production_rejected"
        )
    elif made.outcome == "conditional":
        zh = f"生产放行附有条件：{made.conditions}"
        en = f"Production was released with conditions: {made.conditions}"
        verdict.warns(zh, en, code="production_conditional", who=MARKET_RELEASER)


@gate(
    "other_legal_entity",
    "两次放行由不同的法人单位作出",
    "The two releases are by different legal entities",
    basis="law",
    citation="N38-20",
    applies_from=N38,
    stages=(MARKET,),
    binds_rejection=True,
    who=PRODUCTION_RELEASER,
    todo=(
        "由受托方撤回该决定，并由本单位的生产放行人重新作出。",
        "The contractor withdraws that decision; a production releaser of its own decides anew.",
    ),
)
def other_legal_entity(case: Case, verdict: Verdict) -> None:
    made = case.lot.standing(PRODUCTION)
    by = made.organisation_id if made else None
    verdict.rests_on(production_organisation=by, registrant=case.lot.registrant_id)
    if by is not None and by == case.lot.registrant_id:
        verdict.blocks("生产放行与上市放行由同一单位作出。", "Both releases would be by the same legal entity.")


@gate(
    "window_finished",
    "生产已经结束",
    "Manufacture has ended",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    stages=(PRODUCTION,),
    who=PLANNER,
    todo=(
        "等生产结束后再放行；生产期间登记有误的，由受托方生产计划员更正批记录。",
        "Wait for the end of manufacture; if the recorded days are wrong, the contractor's production planner corrects the lot.",
    ),
)
def window_finished(case: Case, verdict: Verdict) -> None:
    verdict.rests_on(produced_to=case.lot.produced_to, day=case.on)
    if case.on < case.lot.produced_to:
        zh = f"生产尚未结束（至{case.lot.produced_to}），不得生产放行。"
        verdict.blocks(zh, f"Manufacture lasts until {case.lot.produced_to}; production cannot be released before.")


@gate(
    "use_by_date",
    "未超过使用期限",
    "The use-by date has not passed",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    who=BOTH_RELEASERS,
    todo=(
        "由放行人拒绝放行；日期登记有误的，由受托方生产计划员更正批记录。",
        "The releaser rejects the lot; if the recorded date is wrong, the contractor's production planner corrects the lot.",
    ),
)
def use_by_date(case: Case, verdict: Verdict) -> None:
    last = case.lot.expires_on
    verdict.rests_on(expires_on=last, day=case.on)
    if last is None:
        verdict.warns(
            "本批未登记使用期限。",
            "No use-by date is recorded for this lot.",
            code="use_by_date_missing",
            who=PLANNER,
            todo_zh="由受托方生产计划员更正批记录，登记使用期限。",
            todo_en="The contractor's production planner corrects the lot to state its use-by date.",
        )
    elif case.on > last:
        verdict.blocks(f"本批已超过使用期限（{last}）。", f"The use-by date ({last}) has passed.", who=case.decider)


@gate(
    "documents_present",
    "放行资料齐全",
    "The release file is complete",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    who=PLANNER,
    todo=("由受托方补充缺少的放行资料。", "The contractor adds the missing documents."),
)
def documents_present(case: Case, verdict: Verdict) -> None:
    lot = case.lot
    missing = [required for required in lot.required_documents if lot.document(required.key) is None]
    verdict.rests_on(required=[r.key for r in lot.required_documents], missing=[m.key for m in missing])
    if not lot.required_documents:
        zh = "产品尚未规定放行资料清单，请在审核声明中说明审核了哪些记录。"
        en = "The device has no list of release documents; say in the statement which records were reviewed."
        verdict.warns(zh, en, code="no_documents_required", who="registrant:quality_manager")
    if missing:
        zh = f"放行资料不齐，缺少：{_zh(missing)}。"
        verdict.blocks(zh, f"The release file is incomplete; missing: {_en(missing)}.")


def _zh(documents: list[RequiredDocument]) -> str:
    return "、".join(document.zh for document in documents)


def _en(documents: list[RequiredDocument]) -> str:
    return ", ".join(document.en or document.zh for document in documents)


@gate(
    "documents_reviewed",
    "放行资料已由本方指定人员审核",
    "A named person of the deciding side has reviewed every required document",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    todo=(
        "由本方质量负责人或放行人逐份审核并勾选。",
        "A quality manager or releaser of this side reviews and ticks each one.",
    ),
    who=QUALITY_BOTH,
)
def documents_reviewed(case: Case, verdict: Verdict) -> None:
    lot, side = case.lot, case.side
    latest = {required: lot.document(required.key) for required in lot.required_documents}
    open_ones = [required for required, found in latest.items() if found and not found.reviewed_by(side)]
    others = [d.reference for d in lot.documents if d not in latest.values() and not d.reviewed_by(side)]
    verdict.rests_on(side=side, not_reviewed=[required.key for required in open_ones], further_not_reviewed=others)
    if open_ones:
        zh = f"以下放行资料尚未由本方审核：{_zh(open_ones)}。"
        verdict.blocks(zh, f"Not reviewed by this side yet: {_en(open_ones)}.", who=f"{side}:quality_manager")
    if others:
        zh = f"另有资料未由本方审核：{'、'.join(others)}。"
        en = f"Further documents are not reviewed by this side: {', '.join(others)}."
        verdict.warns(zh, en, code="further_documents_not_reviewed", who=f"{side}:quality_manager")


@gate(
    "returns_answered",
    "注册人的询问与退回均已答复",
    "Every question and return of the registrant is answered",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    who="contractor:quality_manager",
    todo=("由受托方答复。", "The contractor answers."),
)
def returns_answered(case: Case, verdict: Verdict) -> None:
    verdict.rests_on(open_returns=[item.return_id for item in case.lot.returns])
    for item in case.lot.returns:
        zh = f"注册人的询问尚未答复（{item.asked_on}，{item.asked_by}）：{item.question}"
        verdict.blocks(zh, f"A question is open ({item.asked_on}, {item.asked_by}): {item.question}")


_CLOSING = {
    "open": ("尚未提出关闭", "nobody has proposed to close it", "contractor:quality_manager"),
    "closure_proposed": ("关闭尚待注册人认可", "its closure awaits the registrant", "registrant:quality_manager"),
    "closure_returned": ("关闭已被注册人退回", "the registrant returned its closure", "contractor:quality_manager"),
}


@gate(
    "deviations_closed",
    "偏差、不合格、返工均已处理完毕",
    "Deviations, nonconformities and rework are settled",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    todo=(
        "由受托方质量负责人提出关闭（原因、措施、影响、处置），由注册人质量负责人认可。",
        "The contractor's quality proposes the closure (cause, action, effect, disposition); the registrant's accepts it.",
    ),
    who=QUALITY_BOTH,
)
def deviations_closed(case: Case, verdict: Verdict) -> None:
    """Production waits for a proposal that is not returned, for a critical one until the registrant has accepted it;
    the market waits for the acceptance of every one (GMP 2025 arts 104, 114)."""
    every = case.lot.deviations
    unsettled = [one for one in every if not _settled(one, case)]
    verdict.rests_on(deviations=[one.reference for one in every], unsettled=[one.reference for one in unsettled])
    for one in unsettled:
        zh, en, who = _CLOSING[one.state]
        critical = one.severity == "critical"
        said_zh = f"{'严重' if critical else ''}偏差{one.reference}{zh}（{one.discovered_on}发现）。"
        said_en = f"{'Critical deviation' if critical else 'Deviation'} {one.reference} ({one.discovered_on}): {en}."
        verdict.blocks(said_zh, said_en, who=who)


def _settled(deviation: DeviationFact, case: Case) -> bool:
    if deviation.closed:
        return True
    proposed = deviation.state == "closure_proposed"
    return proposed and not case.for_market and deviation.severity != "critical"


_SCOPES = {
    "pair": ("委托关系", "the pair"),
    "entrustment": ("委托生产", "the entrustment"),
    "site": ("生产场地", "the site"),
    "lot": ("本批", "this lot"),
}


@gate(
    "holds",
    "没有未解除的暂停、锁定或否决",
    "No hold or veto is open on the lot or on what it belongs to",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    todo=("由设置方的质量负责人逐项解除。", "Quality of the side that placed it lifts each one."),
    who=QUALITY_BOTH,
)
def holds(case: Case, verdict: Verdict) -> None:
    every: list[tuple[HoldFact | LotHoldFact, str]] = [(hold, hold.scope) for hold in case.entrustment.holds]
    every += [(hold, "lot") for hold in case.lot.holds]
    verdict.rests_on(holds=[f"{scope}:{hold.hold_id}" for hold, scope in every])
    for hold, scope in every:
        zh, en = _SCOPES[scope]
        verb = ("被否决", "vetoed") if hold.kind == "veto" else ("被锁定", "on hold")
        verdict.blocks(
            f"{zh}{verb[0]}（{hold.placed_on}，{hold.placed_by}）：{hold.reason}",
            f"{en.capitalize()} is {verb[1]} ({hold.placed_on}, {hold.placed_by}): {hold.reason}",
            code="veto" if hold.kind == "veto" else f"{scope}_on_hold",
            citation="GMP25-19" if hold.kind == "veto" else verdict.gate.citation,
            basis="announcement" if hold.kind == "veto" else verdict.gate.basis,
            who=f"{hold.side}:quality_manager",
        )
    _tell_doubts(case, verdict)


def _tell_doubts(case: Case, verdict: Verdict) -> None:
    """What the supervisor on site found doubtful is before everybody who decides, whether the lot was locked for it or not."""
    days = [f"{doubt.event_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for doubt in case.lot.doubtful]
    verdict.rests_on(doubtful=[f"{day} {doubt.person}" for day, doubt in zip(days, case.lot.doubtful, strict=True)])
    for day, doubt in zip(days, case.lot.doubtful, strict=True):
        verdict.warns(
            f"派驻人员{doubt.person}观察到可疑情况（{day}）：{doubt.text}",
            f"The resident supervisor {doubt.person} found something doubtful ({day}): {doubt.text}",
            code="doubtful_observation",
            citation="N38-08",
            basis="announcement",
            who=case.decider,
            todo_zh="由放行人审核该情况，并在声明中写明结论；有疑问的锁定该批。",
            todo_en="The releaser looks into it and says the result in the statement; in doubt, lock the lot.",
        )


@gate(
    "quantity",
    "放行数量不超过可放行数量",
    "The quantity released does not exceed what may be released",
    basis="law",
    citation="O53-34",
    applies_from=O53,
    needs="quantity",
    who=BOTH_RELEASERS,
    todo=(
        "由放行人减少放行数量；生产数量登记有误的，由受托方生产计划员更正批记录。",
        "The releaser enters a smaller quantity; if the quantity produced is wrong, the contractor's production planner corrects the lot.",
    ),
)
def quantity(case: Case, verdict: Verdict) -> None:
    limit = case.lot.limit(case.stage)
    verdict.rests_on(quantity=case.quantity, limit=limit, unit=case.lot.unit)
    if case.quantity is not None and case.quantity > limit:
        zh = f"放行数量{case.quantity}超过可放行数量{limit}{case.lot.unit}。"
        en = f"The quantity {case.quantity} exceeds the {limit} that may be released."
        verdict.blocks(zh, en, who=case.decider)

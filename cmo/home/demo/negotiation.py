"""A negotiation of the demo world: the hip's agreement is amended and stands in its second round, with open proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agreements import actions
from agreements.models import Agreement, DraftClause, DraftObligation, ProposedChange
from cmo.parties.access import Can
from cmo.parties.models import Pair
from cmo.trail.actor import Actor

from .stage import Stage

PAIR = "kanglan-hengzhu"
#: Days on which the registrant hands over, the contractor proposes and hands back, and the registrant answers.
OPENED, PROPOSED, RETURNED, ANSWERED = -12, -10, -8, -5

#: Clause → what it says, and what the contractor wants there, in Chinese and English; and why.
Wish = tuple[Sequence[tuple[str, str]], str]
DEVIATIONS: Wish = (
    (
        ("应当在一个工作日内报告委托方", "应当在三个工作日内报告委托方"),
        ("within one working day", "within three working days"),
    ),
    "夜班发现的异常在一个工作日内难以完成初步核实。",
)
PLANS: Wish = (
    (
        ("在接到要求后十个工作日内", "在接到要求后十五个工作日内"),
        ("within ten working days", "within fifteen working days"),
    ),
    "涉及外协方的措施需要更多时间协调。",
)
MIDDLE: Wish = (
    (
        ("在接到要求后十个工作日内", "在接到要求后十二个工作日内"),
        ("within ten working days", "within twelve working days"),
    ),
    "折中为十二个工作日，涉及外协方的可以另行申请延长。",
)
COURT: Wish = (
    (
        ("任何一方可以向委托方所在地有管辖权的人民法院起诉", "提交双方共同选定的仲裁机构仲裁"),
        (
            "either party may sue at the competent court of the registrant's domicile",
            "the dispute goes to arbitration by an institution that both parties choose",
        ),
    ),
    "建议以仲裁解决争议。",
)
TRANSPORT: Wish = (
    (
        ("发运责任的交接点", "运输全程使用温度记录仪，记录随货交付。发运责任的交接点"),
        (
            "Responsibility passes",
            "A temperature logger travels with the goods and its record is delivered with them. Responsibility passes",
        ),
    ),
    "与现行运输做法一致。",
)
PACKAGING = {
    "heading_zh": "包装与运输验证",
    "heading_en": "Validation of packaging and transport",
    "text_zh": "受托方对无菌屏障和运输包装进行验证，方案和报告经委托方批准；包装材料、尺寸或者运输方式变更的，重新评估验证的有效性。",
    "text_en": "The contractor validates sterile barrier and transport packaging to a plan and with a report that the "
    "registrant approves; when packaging material, size or way of transport changes, the validation is assessed again.",
}


def build(stage: Stage) -> None:
    """Two rounds: proposals of both sides, one declined with a reason, one countered, remarks on both sides."""
    pair = stage.pairs[PAIR]
    agreement = Agreement.objects.filter(pair=pair).order_by("id")[0]
    _hand_over(stage, agreement, "kanglan.qm1", OPENED, "年度评审后拟修订协议，请贵方审阅并提出意见。")
    asked = _contractor_asks(stage, agreement)
    _hand_over(stage, agreement, "hengzhu.qm1", RETURNED, "除已提出的各项外，贵方草案我方没有其他意见。")
    _registrant_answers(stage, agreement, asked)


def _contractor_asks(stage: Stage, agreement: Agreement) -> Mapping[str, ProposedChange]:
    wishes = {"nonconforming": DEVIATIONS, "capa": PLANS, "disputes": COURT, "storage": TRANSPORT}
    asked = {key: _ask(stage, agreement, "hengzhu.qm1", PROPOSED, key, wish) for key, wish in wishes.items()}
    row = DraftObligation.objects.get(draft__agreement=agreement, key="monthly_quality_data")
    asked[row.key] = actions.propose_change(
        agreement=agreement,
        kind="obligation",
        act="change",
        row_key=row.key,
        seen_edition=row.edition,
        after={"days_allowed": 15},
        reason="月度数据需经双人复核，十日不足。",
        **_who(stage, agreement.pair, "hengzhu.qm1", Can.DRAFT_AGREEMENT, PROPOSED),
    )
    _remark(stage, agreement, "hengzhu.sign", PROPOSED, "仲裁机构待双方法务商定后填写。", asked["disputes"])
    return asked


def _registrant_answers(stage: Stage, agreement: Agreement, asked: Mapping[str, ProposedChange]) -> None:
    for key in ("disputes", "monthly_quality_data"):
        who = _who(stage, agreement.pair, "kanglan.qm2", Can.DRAFT_AGREEMENT, ANSWERED)
        actions.answer_change(change=asked[key], accepted=True, reason="", **who)
    who = _who(stage, agreement.pair, "kanglan.qm2", Can.DRAFT_AGREEMENT, ANSWERED)
    reason = "可能影响产品安全的偏差必须在一个工作日内报告，先报告、后核实。"
    actions.answer_change(change=asked["nonconforming"], accepted=False, reason=reason, **who)
    _ask(stage, agreement, "kanglan.qm2", ANSWERED, "capa", MIDDLE, replaces=asked["capa"])
    _remark(stage, agreement, "kanglan.rep", ANSWERED, "温度记录仪的校准由哪一方负责？请补充。", asked["storage"])
    storage = DraftClause.objects.get(draft__agreement=agreement, key="storage")
    actions.propose_change(
        agreement=agreement,
        kind="clause",
        act="add",
        after={**PACKAGING, "position": storage.position + 1},
        reason="上一年度审核的改进建议。",
        **_who(stage, agreement.pair, "kanglan.qm1", Can.DRAFT_AGREEMENT, ANSWERED),
    )


def _ask(
    stage: Stage, agreement: Agreement, username: str, offset: int, key: str, wish: Wish, **given: Any
) -> ProposedChange:
    row = DraftClause.objects.get(draft__agreement=agreement, key=key)
    (zh, en), reason = wish
    return actions.propose_change(
        agreement=agreement,
        kind="clause",
        act="change",
        row_key=key,
        seen_edition=row.edition,
        after={"text_zh": row.text_zh.replace(*zh), "text_en": row.text_en.replace(*en)},
        reason=reason,
        **given,
        **_who(stage, agreement.pair, username, Can.DRAFT_AGREEMENT, offset),
    )


def _hand_over(stage: Stage, agreement: Agreement, username: str, offset: int, note: str) -> None:
    who = _who(stage, agreement.pair, username, Can.DRAFT_AGREEMENT, offset)
    actions.hand_over(agreement=agreement, note=note, **who)


def _remark(stage: Stage, agreement: Agreement, username: str, offset: int, text: str, about: ProposedChange) -> None:
    who = _who(stage, agreement.pair, username, Can.NEGOTIATE, offset)
    actions.remark(agreement=agreement, text=text, about=about, **who)


def _who(stage: Stage, pair: Pair, username: str, can: Can, offset: int) -> dict[str, Any]:
    at = stage.at(offset)
    by: Actor = stage.as_(username, can, pair, at)
    return {"by": by, "at": at}

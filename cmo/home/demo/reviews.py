"""Yearly reviews of the demo world: one concluded with its actions, one that waits for the contractor's signature."""

from __future__ import annotations

from datetime import date

from agreements import actions
from agreements.models import Agreement, AgreementReview, ReviewDraft
from agreements.review_body import PARTS, Part, Written
from cmo.parties.access import Can
from cmo.parties.models import Pair, Side
from cmo.trail.actor import Actor

from .stage import Stage

#: The first pair's review was signed by both so many days ago; the second one's was offered so many days ago.
CONCLUDED, OFFERED = ("kanglan-hengzhu", -45), ("kanglan-runnuo", -3)
TEXTS = {
    Part.SUITABILITY: "产品、生产场地和双方组织机构未发生变化，协议适用于现行《医疗器械生产质量管理规范》。",
    Part.ADEQUACY: "职责分工表覆盖全部受控过程，本期没有发现未约定的事项。",
    Part.EFFECTIVENESS: "本期偏差均已按约定时限报告，生产放行和上市放行资料完整。",
    Part.PRACTICE: "现场核对了关键工序、检验和放行记录，与约定一致。",
}
DOCUMENTS = "受托方《不合格品控制程序》仍引用协议修订前的报告时限，应当修订。"


def build(stage: Stage) -> None:
    """Both reviews, with the figures of their period."""
    pair_key, offset = CONCLUDED
    review = _offered(stage, pair_key, offset - 2)
    for side in ("registrant", "contractor"):
        _sign(stage, pair_key, review, side, offset)
    first = review.actions.order_by("position")[0]
    at = stage.at(offset + 20)
    by = stage.as_(f"{_firm(pair_key, first.side)}.qm1", Can.PERFORM_REVIEW_ACTION, stage.pairs[pair_key], at)
    note = "《不合格品控制程序》已修订为C/3版并完成培训，报告时限改为24小时。"
    actions.perform_review_action(action=first, done_on=stage.day(offset + 20), note=note, by=by, at=at)
    pair_key, offset = OFFERED
    _sign(stage, pair_key, _offered(stage, pair_key, offset), "registrant", offset + 1)


def _offered(stage: Stage, pair_key: str, offset: int) -> AgreementReview:
    """The review of the pair's agreement, written and offered on one day by the registrant's quality."""
    pair = stage.pairs[pair_key]
    agreement = Agreement.objects.filter(pair=pair).order_by("id")[0]
    draft = actions.begin_review(agreement=agreement, by=_writer(stage, pair_key, pair, offset), at=stage.at(offset))
    draft = _written(stage, pair_key, pair, draft, offset)
    by = _writer(stage, pair_key, pair, offset)
    return actions.offer_review(draft=draft, seen_edition=draft.edition, by=by, at=stage.at(offset))


def _written(stage: Stage, pair_key: str, pair: Pair, draft: ReviewDraft, offset: int) -> ReviewDraft:
    return actions.save_review(
        draft=draft,
        seen_edition=draft.edition,
        period_from=draft.period_from,
        period_to=draft.period_to,
        written=_content(stage.day(offset + 60), stage.day(offset + 90)),
        by=_writer(stage, pair_key, pair, offset),
        at=stage.at(offset),
    )


def _content(first: date, second: date) -> Written:
    parts = {part: ("yes", TEXTS.get(Part(part), "")) for part in PARTS} | {Part.DOCUMENTS: ("with_actions", DOCUMENTS)}
    return Written(
        parts=parts,
        conclusion="协议总体适宜、充分、有效，完成下列措施后继续执行；无需重新签署。",
        actions=(
            ("修订《不合格品控制程序》中的报告时限并完成培训。", Side.CONTRACTOR, first),
            ("审核修订后的程序，并在下次现场审核时核实执行情况。", Side.REGISTRANT, second),
        ),
    )


def _writer(stage: Stage, pair_key: str, pair: Pair, offset: int) -> Actor:
    return stage.as_(f"{_firm(pair_key, 'registrant')}.qm1", Can.DRAFT_REVIEW, pair, stage.at(offset))


def _sign(stage: Stage, pair_key: str, review: AgreementReview, side: str, offset: int) -> None:
    at = stage.at(offset)
    by = stage.as_(f"{_firm(pair_key, side)}.qm1", Can.SIGN_REVIEW, stage.pairs[pair_key], at)
    actions.sign_review(review=review, proof=stage.proof(review), by=by, at=at)


def _firm(pair_key: str, side: str) -> str:
    registrant, contractor = pair_key.split("-")
    return registrant if side == "registrant" else contractor

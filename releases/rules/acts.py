"""Reasons against the smaller acts around a lot: documents, questions, holds, withdrawals."""

from __future__ import annotations

from cmo.errors import Finding

from ..facts.deviating import CLOSED
from ..facts.values import MARKET, PRODUCTION, LotFacts


def blockers_to_change_file(lot: LotFacts) -> list[Finding]:
    """The release file is closed while a market decision stands on it."""
    if lot.standing(MARKET) is None:
        return []
    zh = "本批已有有效的上市放行决定，放行资料不能再更改。如需更改，请先撤回该决定。"
    en = "A market decision stands; the release file is closed. Withdraw the decision first to change it."
    return [_block("file_closed", zh, en, "GMP25-104-2", "announcement")]


def blockers_to_file(lot: LotFacts, _lot_id: int, replaces: bool) -> list[Finding]:
    """Files of the lot itself: more may always come, but none is replaced under a standing decision."""
    if not replaces or not any(lot.standing(stage) for stage in (PRODUCTION, MARKET)):
        return []
    zh = "本批已有有效的放行决定，所依据的文件不能再替换。请另行上传为新文件，或先撤回该决定。"
    en = "A decision stands on this lot; files it could rest on are not replaced. Add the file as a further one, or withdraw the decision first."
    return [_block("file_decided_on", zh, en, "GMP25-113", "announcement")]


def blockers_to_file_document(lot: LotFacts, document_id: int, _replaces: bool) -> list[Finding]:
    """A document keeps its files once somebody has reviewed it: other bytes are a further document, reviewed anew."""
    found = blockers_to_change_file(lot)
    document = next((one for one in lot.documents if one.document_id == document_id), None)
    if document is not None and document.reviews:
        zh = f"该文件已由{document.reviews[0].person}审核，不能再添加或替换附件。请以新的文件编号加入放行资料，并重新审核。"
        en = (
            f"{document.reviews[0].person} has reviewed this document; its files no longer change. Add what is new as a further "
            "document with its own reference, to be reviewed anew."
        )
        found.append(_block("document_reviewed_already", zh, en, "GMP25-104-2", "announcement"))
    return found


def files_changed_meanwhile() -> Finding:
    """Whoever reviews a document says which files lay before them."""
    zh = "打开页面之后，该文件的附件发生了变化，您的审核未被记录。请查看新的附件后再标记为已审核。"
    en = "The files of this document changed after you opened the page; your review was not recorded. Look at the new files, then mark it as reviewed."
    return _block("files_changed_meanwhile", zh, en, "GMP25-104-2", "announcement")


def blockers_to_file_deviation(lot: LotFacts, deviation_id: int, replaces: bool) -> list[Finding]:
    """What an accepted closure rests on is not replaced; more may come."""
    closed = any(one.deviation_id == deviation_id and one.state == CLOSED for one in lot.deviations)
    return [_settled()] if closed and replaces else []


def blockers_to_file_closure(lot: LotFacts, closure_id: int, _replaces: bool) -> list[Finding]:
    """A closure that was answered keeps the files on which it was answered."""
    closures = (one for deviation in lot.deviations for one in deviation.closures)
    answered = any(one.closure_id == closure_id and one.accepted is not None for one in closures)
    return [_settled()] if answered else []


def _settled() -> Finding:
    zh = "该关闭申请已有答复，所依据的文件不能再更改。如有新的证据，请附在偏差记录上。"
    en = "The closure has been answered; the files it rests on no longer change. Attach new evidence to the deviation itself."
    return _block("closure_answered", zh, en, "GMP25-113", "announcement")


def blockers_to_return(lot: LotFacts, question: str) -> list[Finding]:
    """The registrant asks before deciding, in words, and not the same thing twice while it is open."""
    found = blockers_to_change_file(lot)
    if not question.strip():
        found.append(
            _block("question_missing", "请填写询问或退回的理由。", "Write the question or the reason for the return.")
        )
    if any(item.question == question.strip() for item in lot.returns):
        zh, en = "同一询问尚未答复，无需重复。", "The same question is open already."
        found.append(_block("asked_already", zh, en))
    return found


def blockers_to_lift(lot_hold_side: str, side: str, *, lifted: bool, reason: str) -> list[Finding]:
    """A hold is lifted once, with a reason, by quality of the side that placed it."""
    found = [*blockers_without_reason(reason)]
    if lifted:
        found.append(_block("hold_lifted_already", "该锁定已经解除。", "This hold has been lifted already."))
    if lot_hold_side != side:
        zh = "该锁定由另一方设置，只能由设置方的质量负责人解除。"
        en = "The other side placed this hold; only its quality manager lifts it."
        found.append(_block("hold_of_other_side", zh, en))
    return found


def blockers_to_withdraw(lot: LotFacts, stage: str, *, withdrawn: bool, reason: str) -> list[Finding]:
    """A decision is withdrawn once, with a reason; the production release not while the lot is on the market."""
    found = [*blockers_without_reason(reason)]
    if withdrawn:
        found.append(_block("withdrawn_already", "该决定已经撤回。", "This decision has been withdrawn already."))
    market = lot.standing(MARKET)
    if stage == PRODUCTION and market is not None and market.lets_through:
        zh = "本批已上市放行，请先由注册人撤回上市放行。"
        en = "The lot is released to market; the registrant withdraws that release first."
        found.append(_block("market_release_stands", zh, en, "O53-34", "law"))
    return found


def blockers_without_reason(reason: str) -> list[Finding]:
    """Every act that stops or reopens something states its reason."""
    return [] if reason.strip() else [_block("reason_missing", "请填写理由。", "Give the reason.")]


def blockers_to_hold(lot: LotFacts, person_id: int | None, kind: str, reason: str) -> list[Finding]:
    """A hold states its reason; the same person does not place the same one twice."""
    same = [h for h in lot.holds if (h.placed_by_id, h.kind, h.reason) == (person_id, kind, reason.strip())]
    if same:
        zh, en = "您已以同一理由锁定本批，无需重复。", "You have placed this very hold already; it is still open."
        return [_block("held_already", zh, en)]
    return blockers_without_reason(reason)


def blockers_to_answer(*, answered: bool, answer: str) -> list[Finding]:
    """A question is answered once, in words."""
    found = []
    if answered:
        found.append(_block("answered_already", "该询问已经答复。", "This question has been answered already."))
    if not answer.strip():
        found.append(_block("answer_missing", "请填写答复。", "Write the answer."))
    return found


def decided_meanwhile() -> Finding:
    """Somebody else was quicker; the database let exactly one of them through."""
    zh = "他人刚刚作出了决定，您的操作未生效。请重新打开页面查看。"
    en = "Somebody else has decided just now; nothing of yours was recorded. Open the page again."
    return _block("decided_meanwhile", zh, en, "O53-34", "law")


def listed_already(zh: str, en: str) -> Finding:
    """The same line is there already."""
    return _block("listed_already", zh, en)


def _block(code: str, zh: str, en: str, citation: str = "", basis: str = "policy") -> Finding:
    return Finding(code, "blocks", basis, zh, en, citation)  # type: ignore[arg-type]

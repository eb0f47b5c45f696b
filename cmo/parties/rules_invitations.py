"""May this outsider be invited, and may an invitation still be answered, withdrawn or ended?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cmo.errors import Basis, Finding, Sentence

from .facts_invitations import InvitationFacts
from .models import DossierScope, Invitation

#: Days of the longest invitation: an inspection and what follows from it are over by then, and quality looks again.
LONGEST_INVITATION = 180

_POLICY: Basis = "policy"
SENTENCES = {
    "invitation_period": Sentence(
        "邀请的截止日不得早于起始日，也不得早于今天。请更正日期。",
        "The last day must not lie before the first day or before today. Correct the days.",
        basis=_POLICY,
    ),
    "invitation_too_long": Sentence(
        "一次邀请最长{most}天。请缩短期限，到期后可再次邀请。",
        "An invitation lasts {most} days at most. Choose an earlier last day; the person can be invited again.",
        basis=_POLICY,
    ),
    "invitation_pair_ended": Sentence(
        "该委托关系已经终止，不能再邀请外部人员。请导出档案交付。",
        "This pair has ended; nobody is invited to it any more. Hand over its dossier instead.",
        basis=_POLICY,
    ),
    "invitation_needless": Sentence(
        "使用该电子邮箱的人员已在委托双方任职，无需邀请。",
        "Somebody with this e-mail holds a post at one of the two parties; no invitation is needed.",
        basis=_POLICY,
    ),
    "invitation_administrator": Sentence(
        "该电子邮箱属于系统管理员账号，系统管理员不查阅任何委托关系。请填写受邀人的另一个电子邮箱。",
        "This e-mail belongs to an administrator's account, and administrators read no pair. Another e-mail of the person can be "
        "invited.",
        basis=_POLICY,
    ),
    "invitation_waiting": Sentence(
        "已有一份发往该电子邮箱的邀请尚未答复。请先撤回该邀请，再重新邀请。",
        "An invitation to this e-mail is waiting for an answer. Withdraw it first, then invite again.",
        basis=_POLICY,
    ),
    "invitation_scope": Sentence(
        "限定档案范围时，请选择“仅档案”，并填写期间的首日和末日，或者产品、批次、质量协议的编号。",
        "To limit the dossier choose “the dossier only” and give the two days of the period, or the number of the device, lot or "
        "agreement.",
        basis=_POLICY,
    ),
    "invitation_scope_kind": Sentence(
        "档案范围只能是全部记录、期间、产品、批次或者质量协议。请从列表中选择。",
        "A dossier is limited to a period, a device, a lot or a quality agreement, or is whole. Choose one of the list.",
        basis=_POLICY,
    ),
    "invitation_scope_unknown": Sentence(
        "本委托关系没有编号为“{key}”的记录。请按证件、批号或者协议上的编号填写。",
        "This pair has no record numbered “{key}”. Type the number as it is printed on the certificate, the lot or the agreement.",
        basis=_POLICY,
    ),
    "invitation_sign_in": Sentence(
        "该电子邮箱已有账号。请先用该账号登录，再打开邀请链接并接受。",
        "There is an account under this e-mail. Sign in with it, then open the address of the invitation again and accept.",
        basis=_POLICY,
    ),
    "invitation_not_open": Sentence(
        "该邀请不能使用（已经使用、撤回或者过期）。请联系邀请您的人员重新发出邀请。",
        "This invitation cannot be used (any more). Ask the person who invited you for a new one.",
        basis=_POLICY,
    ),
    "invitation_answered": Sentence(
        "该邀请已经答复或者撤回。",
        "This invitation has been answered or withdrawn already.",
        basis=_POLICY,
    ),
    "invitation_nothing_open": Sentence(
        "该邀请没有仍然有效的权限可以终止。",
        "Nothing is open under this invitation any more.",
        basis=_POLICY,
    ),
}


def said(code: str, **facts: object) -> Finding:
    """One sentence about invitations."""
    return SENTENCES[code].finding(code, **facts)


def blockers_to_invite(facts: InvitationFacts) -> list[Finding]:
    """Every reason against an invitation."""
    return [*_about_days(facts), *_about_person(facts), *_about_scope(facts)]


def _about_days(facts: InvitationFacts) -> Iterator[Finding]:
    if facts.ends_on < facts.starts_on or facts.ends_on < facts.today:
        yield said("invitation_period")
    elif (facts.ends_on - facts.starts_on).days >= LONGEST_INVITATION:
        yield said("invitation_too_long", most=LONGEST_INVITATION)
    if facts.pair_ended:
        yield said("invitation_pair_ended")


def _about_person(facts: InvitationFacts) -> Iterator[Finding]:
    if facts.is_party:
        yield said("invitation_needless")
    if facts.is_administrator:
        yield said("invitation_administrator")
    if facts.waiting:
        yield said("invitation_waiting")


def _about_scope(facts: InvitationFacts) -> Iterator[Finding]:
    if facts.scope_kind not in DossierScope.values:
        yield said("invitation_scope_kind")
        return
    whole, period = facts.scope_kind == DossierScope.WHOLE, facts.scope_kind == DossierScope.PERIOD
    needless = facts.reads == Invitation.Reads.PAIR and not whole
    if needless or whole == bool(facts.scope_key) or (period and not _is_period(facts.scope_key)):
        yield said("invitation_scope")
    elif not facts.scope_known:
        yield said("invitation_scope_unknown", key=facts.scope_key)


def _is_period(key: str) -> bool:
    first, _slash, last = key.partition("/")
    try:
        return date.fromisoformat(first) <= date.fromisoformat(last)
    except ValueError:
        return False

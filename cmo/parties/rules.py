"""Rules of the parties app: facts in, all reasons out. No query, clock, request or permission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cmo.codes import check_code
from cmo.errors import Finding
from cmo.regulation.classification import sub_catalogues

from .facts import DecisionFacts, LicenceFacts, PostFacts

#: Posts that one person may not hold together at one legal entity, with the reason.
INCOMPATIBLE: dict[frozenset[str], tuple[str, str, str]] = {
    frozenset({"market_releaser", "production_releaser"}): (
        "上市放行人与生产放行人不得为同一人。",
        "Market releaser and production releaser must be different people.",
        "GMP25-113",
    ),
    frozenset({"quality_manager", "production_planner"}): (
        "生产负责岗位与质量负责岗位不得由同一人担任。",
        "Production and quality posts must not be held by one person.",
        "GMP25-14",
    ),
    frozenset({"production_releaser", "production_planner"}): (
        "登记生产批次的人不得同时担任生产放行人。",
        "Whoever registers lots must not release them.",
        "GMP25-14",
    ),
}
#: 30 working days never fit into fewer days than this (Order 53 art. 17).
RENEWAL_NOTICE = timedelta(days=40)
#: A licence's last day is shown as near from here on: the window for its renewal opens 90 working days before.
NEAR_EXPIRY = timedelta(days=130)
FOUNDING_MANAGERS = 2
#: Days of the longest grant.
LONGEST_GRANT = 366
#: Posts that need the holder's own full-time employment and training for the post (GMP 2025 arts 17, 22).
RELEASERS = frozenset({"market_releaser", "production_releaser"})


def blockers_to_hold_post(post: PostFacts, others: Sequence[PostFacts], roles_of_side: frozenset[str]) -> list[Finding]:
    """Every reason against this appointment."""
    found = [*_role_findings(post, roles_of_side), *_entity_findings(post, others), *_pairing_findings(post, others)]
    if post.role in RELEASERS:
        found += _releaser_findings(post)
    if post.authorised_on > post.starts_on:
        found.append(
            _block(
                "authorised_after_start",
                "书面授权日期晚于上岗日期。请先取得书面授权。",
                "The written authorisation is later than the first day. Obtain it first.",
                "GMP25-22",
            )
        )
    return found


def _role_findings(post: PostFacts, roles_of_side: frozenset[str]) -> list[Finding]:
    if post.role in roles_of_side:
        return []
    zh, en = "该岗位不属于所选的一方。", "This post does not exist on the chosen side."
    return [_block("role_not_on_side", zh, en, "")]


def _entity_findings(post: PostFacts, others: Sequence[PostFacts]) -> list[Finding]:
    if all(other.organisation_id == post.organisation_id for other in others):
        return []
    zh = "该人员已在另一法人单位任职，一人只能在一个法人单位任职。请先终止原岗位。"
    en = "This person holds a post at another legal entity; one person serves one legal entity only. End that post first."
    return [_block("post_at_other_entity", zh, en, "GMP25-17")]


def _pairing_findings(post: PostFacts, others: Sequence[PostFacts]) -> list[Finding]:
    held = {other.role for other in others}
    hits = [words for roles, words in INCOMPATIBLE.items() if post.role in roles and roles - {post.role} <= held]
    return [_block("incompatible_posts", zh, en, citation) for zh, en, citation in hits]


def _releaser_findings(post: PostFacts) -> list[Finding]:
    found = []
    if not post.full_time:
        zh, en = "放行人必须是本单位专职人员。", "A releaser must be the enterprise's own full-time employee."
        found.append(_block("releaser_not_full_time", zh, en, "GMP25-17"))
    if post.trained_on is None or post.trained_on > post.starts_on:
        zh = "放行人上岗前须完成产品放行培训，请填写培训日期。"
        en = "A releaser is trained for release before the first day; enter the training date."
        found.append(_block("releaser_not_trained", zh, en, "GMP25-22"))
    return found


def blockers_to_decide(facts: DecisionFacts, decider_id: int | None) -> list[Finding]:
    """Reasons against deciding on a proposal: four eyes, once only, never behind a later confirmed version."""
    own = decider_id is not None and decider_id == facts.proposed_by_id
    concerned = decider_id is not None and decider_id == facts.concerns_user_id
    cases = (
        (facts.decided, _ALREADY_DECIDED),
        (own, _OWN_PROPOSAL),
        (concerned, _OWN_APPOINTMENT),
        (facts.number <= facts.last_confirmed_number, _OVERTAKEN),
    )
    return [finding for holds, finding in cases if holds]


def blockers_to_propose_organisation(content: dict[str, Any], current_uscc: str | None) -> list[Finding]:
    """Reasons against new organisation data: the credit code must be valid and is changed by the administrator only."""
    found = code_findings(content["uscc"], {"uscc"})
    if current_uscc is not None and content["uscc"] != current_uscc:
        zh = "统一社会信用代码不能在此更改，请联系系统管理员更正。"
        en = "The credit code cannot be changed here; ask the administrator to correct it."
        found.append(_block("uscc_fixed", zh, en, ""))
    return found


def blockers_to_propose_licence(kind: str, content: dict[str, Any]) -> list[Finding]:
    """Reasons against new licence data: number of the right kind, known scope, days that fit the kind."""
    wanted = {"production_licence"} if kind == "licence" else {"production_filing"}
    found = code_findings(content["number_printed"], wanted)
    unknown = sorted(set(content["scope"]) - {s.number for s in sub_catalogues()})
    if unknown or not content["scope"]:
        zh = "生产范围须填写分类目录子目录编号（01–22 或 IVD）。"
        en = "Give the scope as sub-catalogue numbers (01–22 or IVD)."
        found.append(_block("scope_unknown", zh, en, "O53-14", facts={"unknown": unknown}))
    if kind == "licence" and content["last_day"] is None:
        zh, en = "生产许可证须填写有效期截止日。", "A production licence has a last day of validity; enter it."
        found.append(_block("last_day_missing", zh, en, "O53-14"))
    if kind == "filing" and content["last_day"] is not None:
        zh, en = "第一类生产备案没有有效期截止日。", "A class I production filing has no last day."
        found.append(_block("filing_has_no_last_day", zh, en, "O53-22"))
    return found + _renewal_findings(content)


def blockers_to_follow(confirmed: Sequence[Mapping[str, Any]], content: Mapping[str, Any], on: date) -> list[Finding]:
    """Reasons against data of a licence or certificate after all the confirmed ones, oldest first.

    Another standing holds from a later day than that of the data before. A wider scope, a further site, and a longer
    validity of what had lapsed hold from a later day than that of all data they go beyond: otherwise what was made in between
    would be judged by what was not true then, and two steps would do what one may not.
    """
    covered = [known for known in confirmed if content["first_day"] <= known["first_day"]]
    cases = (
        (
            any(content["standing"] != known["standing"] for known in confirmed[-1:] if known in covered),
            _STANDING_BACKDATED,
        ),
        (any(_wider(content, known) for known in covered), _SCOPE_BACKDATED),
        (any(_revived(content, known, on) for known in covered), _VALIDITY_BACKDATED),
    )
    return [finding for holds, finding in cases if holds]


def _wider(content: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    return any(set(content[name]) - set(known[name]) for name in ("scope", "site_ids") if name in known)


def _revived(content: Mapping[str, Any], known: Mapping[str, Any], on: date) -> bool:
    """Whether data whose validity is over would have been valid longer; a renewal deemed granted proves itself otherwise."""
    last, known_last = content.get("last_day"), known.get("last_day")
    lapsed = known_last is not None and known_last < on and not known.get("deemed_renewed")
    return lapsed and not content.get("deemed_renewed") and (last is None or last > known_last)


def _renewal_findings(content: dict[str, Any]) -> list[Finding]:
    """A deemed renewal: applied for in time (30 working days, here at least 40 days, before the last day), with proof."""
    if not content.get("deemed_renewed"):
        return []
    filed_on, last_day = content.get("renewal_filed_on"), content["last_day"]
    if filed_on is None or not content.get("renewal_proof"):
        zh = "视为准予延续须填写延续申请日期及其证明（受理通知书编号）。"
        en = "A deemed renewal needs the day of the application and its proof (number of the acceptance notice)."
        return [_block("renewal_proof_missing", zh, en, "O53-17")]
    if last_day is None or filed_on > last_day - RENEWAL_NOTICE:
        zh = "延续申请应当在有效期届满30个工作日前提出，逾期申请不能视为准予延续。"
        en = "Renewal is applied for at least 30 working days before the last day; a later application is not deemed granted."
        return [_block("renewal_filed_late", zh, en, "O53-17")]
    return []


def blockers_to_turn_down(reason: str) -> list[Finding]:
    """A proposal is turned down with a reason that its author can act on."""
    if reason.strip():
        return []
    zh, en = "请填写退回理由。", "Give the reason for turning it down."
    return [_block("reason_missing", zh, en, "")]


def blockers_to_found(uscc_known: bool, content: dict[str, Any]) -> list[Finding]:
    """Reasons against entering an organisation; the administrator may know that its code is entered already."""
    found = blockers_to_propose_organisation(content, None)
    if uscc_known:
        zh = "该统一社会信用代码已登记，请在组织列表中查找。"
        en = "This credit code is entered already; look it up in the list of organisations."
        found.append(_block("uscc_taken", zh, en, ""))
    return found


def blockers_to_found_posts(role: str, managers: int) -> list[Finding]:
    """The administrator appoints an organisation's first two quality managers; its quality appoints everybody else."""
    if managers < FOUNDING_MANAGERS and role == "quality_manager":
        return []
    zh = "系统管理员只任命单位的前两名质量负责人，其他岗位由该单位质量人员任命。"
    en = "The administrator appoints the first two quality managers only; the organisation's quality appoints others."
    return [_block("founded_already", zh, en, "")]


def blockers_to_end_pair(ended: bool, ended_on: date, created_on: date, today: date) -> list[Finding]:
    """Reasons against ending a pair: once only, not before it began, not in the future."""
    found = []
    if ended:
        found.append(_PAIR_ENDED)
    if not created_on <= ended_on <= today:
        zh = "终止日期须在委托关系建立之日至今天之间。"
        en = "The day of the end lies between the day the pair was formed and today."
        found.append(_block("pair_end_day", zh, en, ""))
    return found


def blockers_to_dismiss(own: bool, active: bool) -> list[Finding]:
    """Reasons against closing an account."""
    found = []
    if own:
        zh, en = (
            "不能停用自己的账号，请由另一名系统管理员处理。",
            "Nobody closes their own account; another administrator does.",
        )
        found.append(_block("own_account", zh, en, ""))
    if not active:
        found.append(_block("account_closed_already", "该账号已停用。", "This account is closed already.", ""))
    return found


def blockers_to_change_email(active: bool, unchanged: bool, taken: bool) -> list[Finding]:
    """Reasons against giving an account another e-mail address."""
    found = []
    if not active:
        found.append(_block("account_closed_already", "该账号已停用。", "This account is closed already.", ""))
    if unchanged:
        found.append(_block("email_unchanged", "电子邮箱没有变化。", "This is the e-mail of the account already.", ""))
    return [*found, EMAIL_TAKEN] if taken else found


def blockers_to_reinstate(active: bool, taken: bool) -> list[Finding]:
    """Reasons against opening a closed account again."""
    found = []
    if active:
        found.append(_block("account_open", "该账号未停用。", "This account is not closed.", ""))
    return [*found, EMAIL_TAKEN] if taken else found


def blockers_to_propose_pair(own_uscc: str, counterpart_uscc: str) -> list[Finding]:
    """Reasons against proposing a pair; says nothing about whether the counterpart is known here."""
    found = code_findings(counterpart_uscc, {"uscc"})
    if own_uscc == counterpart_uscc:
        zh, en = "委托双方不能是同一单位。", "Registrant and contractor cannot be the same enterprise."
        found.append(_block("same_enterprise", zh, en, "O739-34"))
    return found


def blockers_to_accept_licence(licence: LicenceFacts) -> list[Finding]:
    """Reasons against accepting the contractor's licence for a pair."""
    cases = (
        (licence.pair_ended, _PAIR_ENDED),
        (not licence.confirmed, _LICENCE_NOT_CONFIRMED),
        (licence.accepted, _LICENCE_ALREADY_ACCEPTED),
        (licence.overtaken, _LICENCE_OVERTAKEN),
        (not licence.in_force, _LICENCE_NOT_IN_FORCE),
    )
    return [finding for holds, finding in cases if holds]


def blockers_to_grant(starts_on: date, ends_on: date, today: date, is_party: bool, permission: str) -> list[Finding]:
    """Reasons against a named grant on a pair."""
    cases = (
        (ends_on < starts_on or ends_on < today, _GRANT_PERIOD),
        ((ends_on - starts_on).days > LONGEST_GRANT, _GRANT_TOO_LONG),
        (permission == "read_pair" and is_party, _GRANT_NEEDLESS),
        (permission == "limited_to_pair" and not is_party, _LIMIT_NEEDS_POST),
    )
    return [finding for holds, finding in cases if holds]


def code_findings(text: str, kinds: set[str]) -> list[Finding]:
    """The errors of a number as findings; a number of another kind is an error as well."""
    result = check_code(text)
    if result.kind not in kinds:
        zh, en = f"“{text}”不是此处所需的编号格式。", f"“{text}” is not a number of the kind needed here."
        return [_block("code_kind", zh, en, "")]
    return [_block(f"code_{m.code}", m.zh, m.en, "") for m in result.errors]


def _block(code: str, zh: str, en: str, citation: str, facts: dict[str, Any] | None = None) -> Finding:
    basis = "law" if citation else "policy"
    return Finding(code, "blocks", basis, zh, en, citation, facts or {})  # type: ignore[arg-type]


_ALREADY_DECIDED = _block(
    "already_decided", "该提议已经处理，不能再次处理。", "This proposal has been decided already.", "GMP25-45"
)
EMAIL_TAKEN = _block(
    "email_taken",
    "另一个使用中的账号已使用该电子邮箱。一个电子邮箱只对应一个使用中的账号：请先停用另一个账号，或者更改其电子邮箱。",
    "Another open account has this e-mail. One e-mail belongs to one open account: close the other account or change its e-mail "
    "first.",
    "",
)
_OWN_PROPOSAL = _block(
    "own_proposal",
    "提出人不能确认自己的提议，请由另一名质量人员确认。",
    "Whoever proposed it cannot confirm it; another quality person must.",
    "GMP25-45",
)
_OWN_APPOINTMENT = _block(
    "own_appointment", "任何人不能确认对自己的任命。", "Nobody confirms their own appointment.", "GMP25-22"
)
_OVERTAKEN = _block(
    "overtaken",
    "已有更新的版本得到确认，请重新提出。",
    "A later version has been confirmed meanwhile; propose again.",
    "GMP25-45",
)
_STANDING_BACKDATED = _block(
    "standing_backdated",
    "状态变更（暂停、吊销、撤销、注销或者恢复）须填写其起始日，且晚于前一版本的起始日；此前的日子仍按前一版本判断。",
    "A change of standing (suspended, revoked, cancelled, in force again) bears the day from which it applies, later than "
    "the first day of the version before; days before it are judged by that version.",
    "GMP25-45",
)
_SCOPE_BACKDATED = _block(
    "scope_backdated",
    "扩大生产范围或者增加生产场地须填写变更生效之日，且晚于前一版本的起始日；此前的日子仍按前一版本判断。",
    "A wider scope or a further site bears the day from which it applies, later than the first day of the version before; "
    "days before it are judged by that version.",
    "O53-14",
)
_VALIDITY_BACKDATED = _block(
    "validity_backdated",
    "原有效期已经届满，不能以原起始日延长。请按新证填写其起始日；届满至新证起始日之间的日子仍视为无有效许可。",
    "The validity entered before is over and is not extended under the same first day. Enter the new document with the day from "
    "which it is valid; days between stay without a valid one.",
    "O53-14",
)
_PAIR_ENDED = _block("pair_ended", "该委托关系已经终止。", "This pair has ended.", "")
_LICENCE_NOT_CONFIRMED = _block(
    "licence_not_confirmed",
    "该许可证信息尚未经受托方质量人员确认。",
    "The contractor's quality has not confirmed this licence data yet.",
    "O53-32",
)
_LICENCE_ALREADY_ACCEPTED = _block(
    "licence_already_accepted", "该版本已经认可。", "This version has been accepted already.", ""
)
_LICENCE_OVERTAKEN = _block(
    "licence_overtaken",
    "该许可证已有更新的版本，请认可最新版本。",
    "This licence has a later version; accept that one.",
    "",
)
_LICENCE_NOT_IN_FORCE = _block(
    "licence_not_in_force",
    "该许可证不在有效状态，不能认可。",
    "This licence is not in force and cannot be accepted.",
    "O53-14",
)
_GRANT_PERIOD = _block(
    "grant_period",
    "授权截止日不得早于起始日，也不得早于今天。",
    "The last day must not lie before the first day or before today.",
    "",
)
_GRANT_TOO_LONG = _block(
    "grant_too_long",
    "授权期限不超过一年，到期可重新授权。",
    "A grant lasts a year at most; grant again when it ends.",
    "",
)
_GRANT_NEEDLESS = _block(
    "grant_needless",
    "该人员已通过岗位查看此委托关系，无需另行授权。",
    "This person already sees the pair through a post; no grant is needed.",
    "",
)
_LIMIT_NEEDS_POST = _block(
    "limit_needs_post",
    "只能限制在委托双方任职的人员。",
    "Only people with a post at one of the two parties can be limited to a pair.",
    "",
)

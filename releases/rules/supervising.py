"""Gates about the registrant's supervision: presence on site during manufacture, the yearly audit and review.

The policy of the pair in force on a day says which production days need presence, and after how many days an overdue
audit or review no longer warns but blocks. What they block can be waived by a signed exception.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from agreements.facts import PresenceSpan
from agreements.rules.coverage import EVERY_DAY, SUPERVISED_KINDS, Gap, coverage_gaps, open_stays, production_day
from agreements.rules.hold import a_year_after
from agreements.rules.review import review_due_of
from cmo.clock import SHANGHAI

from ..facts.values import MARKET
from ..on_day import implantable_on
from .gate import COVERAGE, GUIDE20, MANUFACTURE, N38, Case, Verdict, gate
from .periods import beyond_records
from .supervised import judged_from, supervised

REGISTRANT_QUALITY = "registrant:quality_manager"
#: A finding names at most so many gaps one by one.
MOST_NAMED = 5


@gate(
    COVERAGE,
    "植入性产品：生产期间有派驻人员在场",
    "Implantable product: a resident supervisor was present during manufacture",
    basis="announcement",
    citation="N38-08",
    applies_from=N38,
    dated_by=MANUFACTURE,
    who=REGISTRANT_QUALITY,
    waivable=True,
    todo=(
        "由注册人任命派驻人员，核对并更正在场记录；仍有缺口的，申请例外批准并由注册人质量负责人签署。",
        "The registrant posts a supervisor and checks the presence log; its quality signs an exception for what remains.",
    ),
)
def coverage(case: Case, verdict: Verdict) -> None:
    """Judged at the end of the day of the act, on stays that are over: a check-in alone shows no presence (invariant 7)."""
    lot = case.lot
    implantable = implantable_on(case.entrustment, lot.produced_from, lot.produced_to)
    first = judged_from(lot.produced_from, lot.taken_over, lot.go_live_on)
    verdict.rests_on(implantable=implantable)
    if implantable == "no":
        return
    if lot.taken_over and lot.go_live_on > lot.produced_from:
        beyond_records(verdict, "投产时派驻人员的在场情况", "the supervisor's presence at that time")
    if first <= lot.produced_to:
        _demand_steps(case, verdict, first)
        _judge_presence(verdict, _gaps(case, first), _posted(case, first))
        _ask_for_check_out(verdict, open_stays(lot.supervision, lot.site_id, first, lot.produced_to))


def _demand_steps(case: Case, verdict: Verdict, first: date) -> None:
    """Where presence is owed for key and special steps only, a lot without any on record would be judged by nothing."""
    lot = case.lot
    days = (first + timedelta(days=n) for n in range((lot.produced_to - first).days + 1))
    only = any(lot.supervision.policy_on(day).production_days != EVERY_DAY for day in days)
    if only and not any(step.kind in SUPERVISED_KINDS for step in lot.steps):
        verdict.rests_on(supervised_steps=0)
        verdict.blocks(
            "本委托关系约定只在关键工序和特殊过程监督，但本批没有登记任何关键工序或特殊过程，无法判断在场情况。",
            "This pair supervises key and special steps only, but none of this lot is on record: presence cannot be judged.",
            code="coverage_no_steps",
            who="contractor:production_planner",
            todo_zh="由受托方生产计划员登记本批的关键工序和特殊过程。",
            todo_en="The contractor's production planner records the lot's key and special steps.",
        )


def _judge_presence(verdict: Verdict, gaps: tuple[Gap, ...], posted: bool) -> None:
    verdict.rests_on(posted=posted, gaps=[_stable(gap) for gap in gaps])
    if not posted:
        zh = "生产期间没有派驻人员被任命到该场地。"
        verdict.blocks(zh, "Nobody was posted to the site during manufacture.", code="coverage_no_posting")
    elif gaps:
        zh = f"生产期间有{len(gaps)}处没有合格派驻人员在场：{_named(gaps, 0, '；')}。"
        many = "1 gap" if len(gaps) == 1 else f"{len(gaps)} gaps"
        en = f"Manufacture had {many} without a qualified supervisor present: {_named(gaps, 1, '; ')}."
        verdict.blocks(zh, en)


def _ask_for_check_out(verdict: Verdict, stays: tuple[PresenceSpan, ...]) -> None:
    """Beside a gap: whoever checked in and has not checked out counts for nothing until that is on record."""
    if not stays or not any(finding.blocks for finding in verdict.findings):
        return
    who_zh = "、".join(f"{stay.person}（{_spoken(stay.starts_at)}到场）" for stay in stays)
    who_en = ", ".join(f"{stay.person} (in at {_spoken(stay.starts_at)})" for stay in stays)
    verdict.warns(
        f"以下派驻人员尚未登记离场，其在场时间在登记离场之前不计入：{who_zh}。",
        f"Not checked out yet, so that their presence does not count until they are: {who_en}.",
        code="check_out_missing",
        who="registrant:resident_supervisor",
        todo_zh="请该派驻人员登记离场；忘记登记的，按原始记录补记实际离场时间。",
        todo_en="The supervisor checks out; if that was forgotten, the time is entered from the original record.",
    )


def _gaps(case: Case, first: date) -> tuple[Gap, ...]:
    lot, (_start, end) = case.lot, production_day(case.on)
    steps = supervised(lot.steps, lot.supervision.suppliers, first)
    return coverage_gaps(first, lot.produced_to, steps, lot.supervision, lot.site_id, end)


def _posted(case: Case, first: date) -> bool:
    """Whether anybody was posted to the site on any production day."""
    lot = case.lot
    postings = [one for one in lot.supervision.postings if one.site_id == lot.site_id]
    return any(one.starts_on <= lot.produced_to and one.ends_on >= first for one in postings)


def _stable(gap: Gap) -> str:
    """A gap as a fact that an exception waives: another gap gives another text."""
    return f"{gap.kind} {gap.what} {_clock(gap.starts_at)}/{_clock(gap.ends_at)}"


def _clock(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _spoken(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _named(gaps: tuple[Gap, ...], language: int, between: str) -> str:
    named = between.join(_words(gap)[language] for gap in gaps[:MOST_NAMED])
    return named if len(gaps) <= MOST_NAMED else f"{named}{between}…"


def _words(gap: Gap) -> tuple[str, str]:
    if gap.kind == "day":
        present, needed = gap.what.split("/")
        return f"{gap.day}（在场{present}分钟，须{needed}分钟）", f"{gap.day} ({present} of {needed} minutes)"
    times = f"{gap.starts_at.astimezone(SHANGHAI):%H:%M}–{gap.ends_at.astimezone(SHANGHAI):%H:%M}"
    return f"{gap.day} {times} 工序“{gap.what}”", f"{gap.day} {times} step “{gap.what}”"


@gate(
    "audit_not_overdue",
    "注册人已按期开展年度现场审核",
    "The yearly on-site audit of the contractor is not overdue",
    basis="guide",
    citation="QA-24",
    applies_from=GUIDE20,
    stages=(MARKET,),
    who=REGISTRANT_QUALITY,
    waivable=True,
    todo=("由注册人完成审核并登记。", "The registrant carries the audit out and records it."),
)
def audit_not_overdue(case: Case, verdict: Verdict) -> None:
    recorded = case.entrustment.audit_due_on
    due = recorded or a_year_after(case.entrustment.starts_on)
    _yearly(case, verdict, (due, recorded is not None), ("对受托方的年度现场审核", "yearly audit of the contractor"))


@gate(
    "review_not_overdue",
    "双方已按期评审质量协议",
    "The yearly review of the quality agreement is not overdue",
    basis="announcement",
    citation="N38-15",
    applies_from=N38,
    stages=(MARKET,),
    who=REGISTRANT_QUALITY,
    waivable=True,
    todo=("由双方完成评审并登记。", "Both sides review the agreement and record it."),
)
def review_not_overdue(case: Case, verdict: Verdict) -> None:
    due = review_due_of(case.entrustment, case.on)
    _yearly(case, verdict, due, ("质量协议年度评审", "yearly review of the agreement"))


def _yearly(case: Case, verdict: Verdict, known: tuple[date, bool], words: tuple[str, str]) -> None:
    """Overdue warns, and blocks after the days of the pair's policy; with nothing on record the first is due after a year.
    ``known``: the day it is due, and whether one was done that is on record."""
    due, on_record = known
    patience = case.lot.supervision.policy_on(case.on).overdue_blocks_after_days
    verdict.rests_on(due_on=due, on_record=on_record, blocks_after_days=patience)
    late = (case.on - due).days
    if late <= 0:
        return
    code, zh, en = _overdue(verdict, due, on_record, words)
    if late > patience:
        zh, en = (
            f"{zh}逾期超过{patience}天，不得上市放行。",
            f"{en} More than {patience} days overdue, it stops release.",
        )
        verdict.blocks(zh, en, code=code, basis="policy")
    else:
        verdict.warns(zh, en, code=code)


def _overdue(verdict: Verdict, due: date, on_record: bool, words: tuple[str, str]) -> tuple[str, str, str]:
    none_zh, none_en = ("", "") if on_record else ("，且没有任何记录", "; none is on record")
    zh = f"{words[0]}已逾期（应于{due}前完成{none_zh}）。"
    en = f"The {words[1]} was due on {due} and is overdue{none_en}."
    return verdict.gate.code + ("" if on_record else "_missing"), zh, en

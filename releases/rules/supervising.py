"""Gates about the registrant's supervision: presence on site during manufacture, the yearly audit and review.

The policy of the pair in force on a day says which production days need presence, and after how many days an overdue
audit or review no longer warns but blocks. What they block can be waived by a signed exception.
"""

from __future__ import annotations

from datetime import date, datetime

from agreements.rules.coverage import Gap, StepSpan, coverage_gaps, production_day
from cmo.clock import SHANGHAI, day_of

from ..facts.values import MARKET
from .gate import COVERAGE, GUIDE20, MANUFACTURE, N38, Case, Verdict, gate
from .periods import beyond_records

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
    """Judged at the end of the day of the act: a production day counts when it is over, the day of the act at its end."""
    implantable, first = _implantable(case), _first_judged(case)
    verdict.rests_on(implantable=implantable)
    if implantable == "no":
        return
    if first > case.lot.produced_from:
        beyond_records(verdict, "投产时派驻人员的在场情况", "the supervisor's presence at that time")
    if first <= case.lot.produced_to:
        _judge_presence(verdict, _gaps(case, first), _posted(case, first))


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


def _implantable(case: Case) -> str:
    certificate = case.entrustment.certificate
    return certificate.implantable if certificate is not None else "unknown"


def _first_judged(case: Case) -> date:
    """The first production day with records here: that of go-live for a lot taken over."""
    lot = case.lot
    return max(lot.produced_from, lot.go_live_on) if lot.taken_over else lot.produced_from


def _gaps(case: Case, first: date) -> tuple[Gap, ...]:
    lot, (_start, end) = case.lot, production_day(case.on)
    own = [step for step in lot.steps if not step.performed_by.strip() and day_of(step.starts_at) >= first]
    steps = [StepSpan(step.name, step.kind, step.starts_at, step.ends_at) for step in own]
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
    _yearly(case, verdict, case.entrustment.audit_due_on, ("对受托方的年度现场审核", "yearly audit of the contractor"))


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
    _yearly(case, verdict, case.entrustment.review_due_on, ("质量协议年度评审", "yearly review of the agreement"))


def _yearly(case: Case, verdict: Verdict, recorded: date | None, words: tuple[str, str]) -> None:
    """Overdue warns, and blocks after the days of the pair's policy; with nothing on record the first is due after a year."""
    due = recorded or anniversary(case.entrustment.starts_on)
    patience = case.lot.supervision.policy_on(case.on).overdue_blocks_after_days
    verdict.rests_on(due_on=due, on_record=recorded is not None, blocks_after_days=patience)
    late = (case.on - due).days
    if late <= 0:
        return
    code, zh, en = _overdue(verdict, due, recorded is not None, words)
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


def anniversary(day: date) -> date:
    """The same day twelve calendar months later (29 February becomes 28 February)."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 2, 28)

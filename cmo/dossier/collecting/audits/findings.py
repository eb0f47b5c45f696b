"""Findings of an audit, each with every round of corrective action, and a finding withdrawn as wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cmo.clock import day_of
from cmo.paper.words import Words, same

from ...sheets import Block, Caution, Fact, Facts, Lane, Pin, Section, Span, Text, Timeline, Tone
from ...snapshot import Row, Snapshot
from ..lots.conditions import cited
from ..saying import NONE, bilingual, by, cell, fact, facts_of, joined, moment, plain

_OWED = Words("尚无答复", "no answer yet")
_NO_PLAN = Words("受托方尚未提出纠正措施计划。", "The contractor has proposed no corrective action.")


def findings_of(snapshot: Snapshot, audit: Row) -> list[Row]:
    """By number."""
    return sorted(snapshot.of("audits.auditfinding", "audit_id", audit.pk), key=lambda row: (row["number"], row.pk))


def withdrawal_of(snapshot: Snapshot, finding: Row) -> Row | None:
    """The row that withdraws a finding as wrong."""
    return next(iter(snapshot.of("audits.findingwithdrawal", "finding_id", finding.pk)), None)


def plans_of(snapshot: Snapshot, finding: Row) -> tuple[Row, ...]:
    """Plans of corrective action, oldest first."""
    return snapshot.of("audits.capaplan", "finding_id", finding.pk)


def answer_to(snapshot: Snapshot, plan: Row) -> Row | None:
    """What the registrant said to a plan."""
    return next(iter(snapshot.of("audits.capaplananswer", "plan_id", plan.pk)), None)


def completion_of(snapshot: Snapshot, plan: Row) -> Row | None:
    """What the contractor reported as done."""
    return next(iter(snapshot.of("audits.capacompletion", "plan_id", plan.pk)), None)


def check_of(snapshot: Snapshot, completion: Row | None) -> Row | None:
    """Whether it was effective."""
    if completion is None:
        return None
    return next(iter(snapshot.of("audits.effectivenesscheck", "completion_id", completion.pk)), None)


def closed_by(snapshot: Snapshot, finding: Row) -> Row | None:
    """The row that closes a finding: its withdrawal, or the check that found the action effective."""
    withdrawn = withdrawal_of(snapshot, finding)
    if withdrawn is not None:
        return withdrawn
    checks = [check_of(snapshot, completion_of(snapshot, plan)) for plan in plans_of(snapshot, finding)]
    return next((check for check in checks if check is not None and check["effective"]), None)


def state_of(snapshot: Snapshot, finding: Row) -> Words:
    """Where a finding stands, by what was done last."""
    if withdrawal_of(snapshot, finding) is not None:
        return Words("已撤回", "withdrawn")
    plans = plans_of(snapshot, finding)
    if not plans:
        return Words("待受托方答复", "answer owed by the contractor")
    answer = answer_to(snapshot, plans[-1])
    if answer is None:
        return Words("纠正措施计划待注册人认可", "plan waits for the registrant")
    if not answer["accepted"]:
        return Words("纠正措施计划被退回，待重新提出", "plan returned, a new one is owed")
    return _done_state(snapshot, completion_of(snapshot, plans[-1]))


def _done_state(snapshot: Snapshot, completion: Row | None) -> Words:
    if completion is None:
        return Words("纠正措施实施中", "action under way")
    check = check_of(snapshot, completion)
    if check is None:
        return Words("待验证有效性", "effectiveness to be checked")
    if check["effective"]:
        return Words("措施有效，已关闭", "effective, closed")
    return Words("措施无效，待重新提出", "not effective, a new plan is owed")


def finding_section(snapshot: Snapshot, finding: Row) -> Section:
    """One finding with all rounds."""
    blocks: list[Block] = [Facts(tuple(_facts(snapshot, finding)))]
    blocks.append(Text(plain(finding["statement"]), Words("不符合事实", "What was found"), quoted=True))
    withdrawn = withdrawal_of(snapshot, finding)
    if withdrawn is not None:
        blocks.append(Caution(_withdrawn(withdrawn)))
    plans = plans_of(snapshot, finding)
    blocks += [_round(snapshot, plan, number) for number, plan in enumerate(plans, start=1)]
    if not plans:
        blocks.append(Text(_NO_PLAN))
    title = Words(f"缺陷项 {finding['number']}", f"Finding {finding['number']}")
    return Section(f"finding-{finding.pk}", title, tuple(blocks), 1)


def _withdrawn(row: Row) -> Words:
    who, at = row["recorded_by_name"], moment(row["recorded_at"])
    return Words(
        f"注册人已撤回此缺陷项（{who}，{at}），理由：{row['reason']}",
        f"The registrant withdrew this finding ({who}, {at}). Reason: {row['reason']}",
    )


def _facts(snapshot: Snapshot, row: Row) -> Iterator[Fact]:
    yield fact("状态", "State", state_of(snapshot, row))
    yield fact("严重程度", "Severity", cell(row, "severity"))
    yield fact("要求", "Requirement", bilingual(row, "requirement"))
    yield fact("依据", "Basis", cited(row["citation"]))
    yield fact("答复期限", "Answer due on", plain(row["answer_due_on"]))
    before = snapshot.one("audits.auditfinding", row["repeats_id"]) if row["repeats_id"] else None
    yield fact("重复发生于", "Repeats", same(before["number"]) if before is not None else NONE)
    hold = snapshot.one("agreements.hold", row["hold_id"]) if row["hold_id"] else None
    yield fact("由此作出的锁定", "Hold that it placed", by(hold) if hold is not None else NONE)
    yield fact("登记人、时间", "Recorded by", by(row))


def _round(snapshot: Snapshot, plan: Row, number: int) -> Block:
    heading = Words(f"纠正措施 第{number}轮", f"Corrective action, round {number}")
    return Facts(tuple(_said(snapshot, plan)), heading)


def _said(snapshot: Snapshot, plan: Row) -> Iterator[Fact]:
    named = ("root_cause", "correction", "correction_due_on", "corrective_action", "action_due_on")
    yield from facts_of(plan, named)
    yield fact("提出人、时间", "Proposed by", by(plan))
    yield from _answered(answer_to(snapshot, plan))
    completion = completion_of(snapshot, plan)
    if completion is None:
        yield fact("完成情况", "Completion", Words("尚未报告完成", "not reported as done"))
        return
    yield from facts_of(completion, ("done_on", "what_was_done"))
    yield fact("报告完成", "Reported as done by", by(completion))
    yield from _checked(check_of(snapshot, completion))


def _answered(answer: Row | None) -> Iterator[Fact]:
    if answer is None:
        yield fact("注册人答复", "Answer of the registrant", _OWED)
        return
    said = Words("认可", "accepted") if answer["accepted"] else Words("退回", "returned")
    yield fact("注册人答复", "Answer of the registrant", joined([said, by(answer)]))
    if answer["reason"]:
        yield fact("理由", "Reason", same(answer["reason"]))
    if answer["check_due_on"]:
        yield fact("验证有效性的期限", "Check of effectiveness due on", plain(answer["check_due_on"]))


def _checked(check: Row | None) -> Iterator[Fact]:
    if check is None:
        yield fact("有效性验证", "Check of effectiveness", Words("尚未验证", "not checked"))
        return
    said = Words("有效", "effective") if check["effective"] else Words("无效", "not effective")
    yield fact("有效性验证", "Check of effectiveness", joined([said, plain(check["checked_on"]), by(check)]))
    yield fact("验证情况", "What was checked and seen", plain(check["statement"]))


def course(snapshot: Snapshot, findings: list[Row], pin: Pin) -> Timeline:
    """From the report to the closure of each finding."""
    lanes = tuple(Lane(same(row["number"]), (_span(snapshot, row),)) for row in findings)
    return Timeline(Words("缺陷项从提出到关闭", "Findings from report to closure"), lanes, pin.as_of)


def _span(snapshot: Snapshot, row: Row) -> Span:
    closing = closed_by(snapshot, row)
    last: date | None = day_of(closing["recorded_at"]) if closing is not None else None
    tones: dict[str, Tone] = {"critical": "bad", "major": "pending"}
    tone: Tone = "good" if closing is not None else tones.get(row["severity"], "active")
    return Span(day_of(row["recorded_at"]), last, state_of(snapshot, row), tone)

"""The chapter on audits: a list, then each audit with its plan editions, report and findings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from audits.models import ItemAnswer
from cmo.paper.words import Words, same
from cmo.trail.canonical import sha256

from ...sheets import Block, Caution, Fact, Facts, Pin, Section, Text
from ...snapshot import Row, Snapshot
from ..confirmed import site_name
from ..reach import Reach, left_out, reach, split
from ..saying import NONE, by, cell, choice, fact, facts, figure, joined, lasting, plain, table
from ..signatures import signature_blocks
from .findings import course, finding_section, findings_of, plans_of, state_of

TITLE = Words("审核、缺陷项和纠正措施", "Audits, findings and corrective action")
_NONE = Words(
    "截至本档案时点，范围内没有已开始的审核。", "No audit within the scope had begun at the moment of this dossier."
)
_WHOLE = Words(
    "审核针对受托方的质量管理体系，不限于个别产品或批次，因此全部列出。",
    "Audits concern the contractor's quality management system and not single devices or lots; all of them are shown.",
)
_WORKING_PAPERS = Words(
    "审核的工作底稿（逐项答复）不属于本档案；报告固定了其全部结果以及工作底稿记录链的长度和末位哈希。",
    "Working papers are not part of this dossier; the report froze their results with length and last hash of their chain.",
)
_COLUMNS = (
    ("number", Words("审核编号", "Audit"), 18.0),
    ("kind", Words("种类", "Kind"), 14.0),
    ("days", Words("计划日期", "Planned days"), 22.0),
    ("state", Words("状态", "State"), 14.0),
    ("outcome", Words("结论", "Outcome"), 26.0),
    ("findings", Words("缺陷项", "Findings"), 10.0),
)
_EDITIONS = (
    ("edition", Words("版次", "Edition"), 8.0),
    ("days", Words("日期", "Days"), 18.0),
    ("manner", Words("方式", "Manner"), 10.0),
    ("scope", Words("范围", "Scope"), 32.0),
    ("team", Words("审核组", "Team"), 18.0),
    ("reason", Words("变更理由", "Reason for the change"), 16.0),
    ("recorded", Words("登记人、时间", "Recorded by"), 18.0),
)
_EVENTS = (
    ("kind", Words("事项", "What"), 20.0),
    ("on", Words("日期", "Date"), 20.0),
    ("reason", Words("理由", "Reason"), 40.0),
    ("recorded", Words("登记人、时间", "Recorded by"), 24.0),
)
_TALLIES = (
    ("severity", Words("条款等级", "Severity marked"), 28.0),
    ("total", Words("条款数", "Items"), 18.0),
    ("ok", Words("符合", "Conform"), 18.0),
    ("defect", Words("不符合", "Defects"), 18.0),
    ("na", Words("不适用", "Not applicable"), 18.0),
)
_LIST = (
    ("number", Words("编号", "Number"), 22.0),
    ("severity", Words("严重程度", "Severity"), 14.0),
    ("requirement", Words("要求", "Requirement"), 34.0),
    ("due", Words("答复期限", "Answer due"), 14.0),
    ("rounds", Words("措施轮次", "Rounds"), 10.0),
    ("state", Words("状态", "State"), 22.0),
)


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """One chapter with a section for each audit that had begun."""
    rows, without = audits_within(snapshot, reach(snapshot, pin))
    listed = table("audits", _COLUMNS, [_line(snapshot, row) for row in rows], empty=_NONE)
    shown = [finding for row in rows for finding in findings_of(snapshot, row)]
    blocks: list[Block] = [*left_out(without, Words("审核", "audits")), listed]
    if rows and pin.scope[0] in {"device", "lot", "agreement"}:
        blocks.insert(0, Text(_WHOLE))
    if shown:
        blocks.append(course(snapshot, shown, pin))
    return [Section("audits", TITLE, tuple(blocks), len(rows), tuple(_audit(snapshot, row) for row in rows))]


def audits_within(snapshot: Snapshot, reached: Reach) -> tuple[list[Row], int]:
    """The audits that the scope reaches, by the day they began, and how many it leaves out."""
    return split(_ordered(snapshot), lambda row: _reached(snapshot, row, reached))


def _ordered(snapshot: Snapshot) -> list[Row]:
    return sorted(snapshot.rows("audits.audit"), key=lambda row: (_event_on(snapshot, row, "begun"), row.pk))


def _reached(snapshot: Snapshot, audit: Row, reached: Reach) -> bool:
    """Whether it was begun, reported or closed in the period, or a finding of it was open then."""
    first = _event_on(snapshot, audit, "begun")
    ends = [_event_on(snapshot, audit, kind, None) for kind in ("closed", "cancelled")]
    return reached.overlaps(first, next((day for day in ends if day is not None), None))


def _event_on(snapshot: Snapshot, audit: Row, kind: str, default: Any = date.min) -> Any:
    events = snapshot.of("audits.auditevent", "audit_id", audit.pk)
    return next((row["event_on"] for row in events if row["kind"] == kind), default)


def _plans(snapshot: Snapshot, audit: Row) -> list[Row]:
    return sorted(snapshot.of("audits.auditplan", "audit_id", audit.pk), key=lambda row: row["edition"])


def _report(snapshot: Snapshot, audit: Row) -> Row | None:
    return next(iter(snapshot.of("audits.auditreport", "audit_id", audit.pk)), None)


def _state(snapshot: Snapshot, audit: Row) -> Words:
    kinds = {row["kind"] for row in snapshot.of("audits.auditevent", "audit_id", audit.pk)}
    for kind in ("cancelled", "closed"):
        if kind in kinds:
            return choice("audits.auditevent", "kind", kind)
    return Words("已报告", "reported") if _report(snapshot, audit) else Words("审核中", "being conducted")


def _line(snapshot: Snapshot, audit: Row) -> tuple[Words, ...]:
    plans, report = _plans(snapshot, audit), _report(snapshot, audit)
    body = json.loads(report["body"]) if report is not None else {}
    return (
        same(audit["number"]),
        cell(audit, "kind"),
        lasting(plans[-1]["starts_on"], plans[-1]["ends_on"]) if plans else NONE,
        _state(snapshot, audit),
        joined([_outcome(one) for one in body.get("judgements", ())]),
        figure(len(findings_of(snapshot, audit))),
    )


def _outcome(judgement: dict[str, Any]) -> Words:
    return Words(judgement["outcome_zh"], judgement["outcome_en"] or judgement["outcome_zh"])


def _audit(snapshot: Snapshot, audit: Row) -> Section:
    report = _report(snapshot, audit)
    blocks: tuple[Block, ...] = (
        Facts(tuple(_facts(snapshot, audit))),
        _editions(snapshot, audit),
        _events(snapshot, audit),
        _findings(snapshot, audit),
    )
    children = (
        *((_reported(snapshot, report),) if report is not None else (_not_reported(audit),)),
        *(finding_section(snapshot, row) for row in findings_of(snapshot, audit)),
    )
    title = Words(f"审核 {audit['number']}", f"Audit {audit['number']}")
    return Section(f"audit-{audit.pk}", title, blocks, 1, children)


def _facts(snapshot: Snapshot, audit: Row) -> Iterator[Fact]:
    yield fact("状态", "State", _state(snapshot, audit))
    yield fact("种类", "Kind", cell(audit, "kind"))
    if audit["cause"]:
        yield fact("原因", "Cause", same(audit["cause"]))
    announced = Words("是", "yes") if audit["announced"] else Words("否（不预先通知）", "no, unannounced")
    yield fact("事先通知受托方", "Announced to the contractor", announced)
    everywhere = Words("受托方全部场地", "all sites of the contractor")
    yield fact("场地", "Site", site_name(snapshot, audit["site_id"]) if audit["site_id"] else everywhere)
    template = snapshot.one("audits.templateversion", audit["template_id"])
    if template is not None:
        zh, en, number = template["title_zh"], template["title_en"] or template["title_zh"], template["version"]
        yield fact("检查表", "Checklist", Words(f"{zh} 第{number}版", f"{en}, version {number}"))
        yield fact("检查表 SHA-256", "Checklist, SHA-256", same(template["body_hash"]))
    yield fact("登记人、时间", "Recorded by", by(audit))


def _editions(snapshot: Snapshot, audit: Row) -> Block:
    rows = [
        (
            same(str(plan["edition"])),
            lasting(plan["starts_on"], plan["ends_on"]),
            cell(plan, "manner"),
            same(plan["scope"]),
            _team(snapshot, plan),
            plain(plan["reason"]),
            by(plan),
        )
        for plan in _plans(snapshot, audit)
    ]
    empty = Words("未登记审核计划。", "No plan was recorded.")
    return table("plan-editions", _EDITIONS, rows, Words("审核计划各版", "Editions of the plan"), empty)


def _team(snapshot: Snapshot, plan: Row) -> Words:
    members = snapshot.of("audits.auditmember", "plan_id", plan.pk)
    said = [(row["name"], row["leads"]) for row in sorted(members, key=lambda row: (not row["leads"], row.pk))]
    return joined([Words(f"{name}（组长）", f"{name} (leads)") if leads else same(name) for name, leads in said])


def _events(snapshot: Snapshot, audit: Row) -> Block:
    rows = [
        (cell(row, "kind"), plain(row["event_on"]), plain(row["reason"]), by(row))
        for row in snapshot.of("audits.auditevent", "audit_id", audit.pk)
    ]
    empty = Words("无记录。", "No records.")
    return table("events", _EVENTS, rows, Words("经过", "What happened"), empty)


def _findings(snapshot: Snapshot, audit: Row) -> Block:
    rows = [
        (
            same(row["number"]),
            cell(row, "severity"),
            Words(row["requirement_zh"], row["requirement_en"] or row["requirement_zh"]),
            plain(row["answer_due_on"]),
            figure(len(plans_of(snapshot, row))),
            state_of(snapshot, row),
        )
        for row in findings_of(snapshot, audit)
    ]
    empty = Words("本次审核没有缺陷项。", "This audit has no findings.")
    return table("findings", _LIST, rows, Words("缺陷项", "Findings"), empty)


def _not_reported(audit: Row) -> Section:
    said = Words(
        "截至本档案时点，本次审核没有签署的报告。", "No report of this audit was signed at the moment of this dossier."
    )
    return Section(f"audit-{audit.pk}-report", Words("审核报告", "Audit report"), (Text(said),))


def _reported(snapshot: Snapshot, report: Row) -> Section:
    body = json.loads(report["body"])
    heading = Words("报告", "Report")
    blocks: list[Block] = [facts(_said(report, body), heading)]
    if sha256(report["body"]) != report["body_hash"]:
        blocks.append(Caution(_ALTERED))
    blocks += [
        Text(plain(report["summary"]), Words("审核概述（原文）", "Summary, word by word"), quoted=True),
        Text(plain(report["conclusion"]), Words("审核结论（原文）", "Conclusion, word by word"), quoted=True),
        _tallies(body),
        Text(_WORKING_PAPERS),
        *signature_blocks(snapshot, report, "report-signatures"),
    ]
    return Section(f"audit-{report['audit_id']}-report", Words("审核报告", "Audit report"), tuple(blocks), 1)


_ALTERED = Words("报告正文与其登记的哈希不符。", "The body of this report does not match the hash recorded with it.")


def _said(report: Row, body: dict[str, Any]) -> Iterator[Fact]:
    yield fact("报告日期", "Date of the report", plain(report["reported_on"]))
    yield fact("报告人、时间", "Reported by", by(report))
    for one in body.get("judgements", ()):
        title = Words(one["title_zh"], one["title_en"] or one["title_zh"])
        yield Fact(title, _outcome(one))
    yield fact("检查表条款答复数", "Items answered", figure(len(body.get("answers", ()))))
    yield fact("报告正文（固定文本）SHA-256", "Body, frozen text, SHA-256", same(report["body_hash"]))
    chain = body.get("chain") or {}
    if chain:
        length, head = chain["seq"], chain["hash"]
        said = Words(f"{length:,} 条，末位哈希 {head}", f"{length:,} entries, last hash {head}")
        yield fact("工作底稿记录链", "Chain of the working papers", said, chain["stream"])


def _tallies(body: dict[str, Any]) -> Block:
    rows = [
        (choice("audits.itemanswer", "severity", level), *(figure(tally[one]) for one in _COUNTED))
        for level, tally in sorted(body.get("tallies", {}).items(), key=lambda item: _ORDER.index(item[0]))
    ]
    empty = Words("报告未列条款统计。", "The report lists no counts.")
    return table("tallies", _TALLIES, rows, Words("条款统计", "Counts"), empty, set(_COUNTED))


_COUNTED = ("total", "ok", "defect", "na")
_ORDER = tuple(ItemAnswer.Severity.values)

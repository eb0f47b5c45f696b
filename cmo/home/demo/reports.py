"""Recurring reports and reminders of the demo world: what fell due is recorded, except one hearing, which is overdue; one
organisation asks to be told of renewals earlier than by default."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from cmo.calendar import actions
from cmo.calendar.facts.reminding import Setting
from cmo.calendar.facts.reports import load_report_facts
from cmo.calendar.models import PeriodicReport
from cmo.calendar.rules.reports import Period, periods
from cmo.duty import Kind
from cmo.parties.access import Can

from .stage import Stage

#: Reports are made so many days before their last day, where the law lets them.
AHEAD = timedelta(days=6)
#: Whose latest hearing nobody recorded.
LATE = "qiheng"
NUMBERS = {
    PeriodicReport.Kind.SELF_INSPECTION: "质量管理体系年度自查报告 ZC",
    PeriodicReport.Kind.REPRESENTATIVE: "听取管理者代表汇报会议纪要 HB",
    PeriodicReport.Kind.RISK_EVALUATION: "定期风险评价报告 PRER",
}


def build(stage: Stage) -> None:
    """Record what fell due up to today, and set reminders."""
    facts = load_report_facts(row.pk for row in stage.organisations.values())
    for key, organisation in stage.organisations.items():
        past = [each for each in periods(facts[organisation.pk], stage.today) if each.due_on < stage.today]
        hearings = [each for each in past if each.kind == PeriodicReport.Kind.REPRESENTATIVE]
        for period in past:
            if key != LATE or period != hearings[-1]:
                _record(stage, key, period)
    _remind(stage)


def _record(stage: Stage, key: str, period: Period) -> None:
    organisation = stage.organisations[key]
    done_on = max(period.earliest, period.due_on - AHEAD)
    at = stage.at((done_on - stage.today).days)
    reference = f"{NUMBERS[PeriodicReport.Kind(period.kind)]}-{done_on:%Y-%m}"
    text = f"示例文件（虚构）\n{reference}\n".encode()
    actions.record_report(
        organisation=organisation,
        period=period.name,
        done_on=done_on,
        reference=reference,
        upload=SimpleUploadedFile("report.txt", text, content_type="text/plain"),
        by=stage.for_own(f"{key}.qm1", Can.RECORD_REPORT, organisation, at),
        at=at,
    )


def _remind(stage: Stage) -> None:
    organisation, at = stage.organisations["kanglan"], stage.at(-120)
    actions.set_reminders(
        organisation=organisation,
        kind=Kind.RENEW.value,
        setting=Setting((180, 90, 30, 7), 2),
        reason="注册证延续资料准备周期较长，按管理评审决议提前提醒",
        by=stage.for_own("kanglan.qm1", Can.SET_REMINDERS, organisation, at),
        at=at,
    )

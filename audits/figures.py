"""The year's numbers about audits, findings and corrective action, and the rows behind them.

Audits and findings count from the day of the signed report, so that a figure never betrays an unannounced audit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from agreements.figures import (
    Counted,
    Figure,
    Group,
    Line,
    Records,
    counted,
    records_url,
    register_figures,
    register_records,
)

from .models import Audit, AuditFinding, EffectivenessCheck

Pairs = Collection[int]
Rows = Callable[[Pairs, date, date], QuerySet[Any]]


def audits(pairs: Pairs, first: date, last: date) -> QuerySet[Audit]:
    """Audits whose report was signed in the period."""
    return Audit.objects.filter(pair_id__in=pairs, report__reported_on__range=(first, last))


def _standing(pairs: Pairs) -> QuerySet[AuditFinding]:
    """Findings that nobody withdrew."""
    return AuditFinding.objects.filter(pair_id__in=pairs, withdrawal__isnull=True)


def findings(severity: str) -> Rows:
    """Findings of one severity that were reported in the period."""
    return lambda pairs, first, last: _standing(pairs).filter(
        severity=severity, audit__report__reported_on__range=(first, last)
    )


def repeated(pairs: Pairs, first: date, last: date) -> QuerySet[AuditFinding]:
    """Findings reported in the period that repeat an earlier one."""
    return _standing(pairs).filter(repeats__isnull=False, audit__report__reported_on__range=(first, last))


def _checks(pairs: Pairs) -> QuerySet[EffectivenessCheck]:
    return EffectivenessCheck.objects.filter(completion__plan__finding__in=_standing(pairs))


def effective(pairs: Pairs, first: date, last: date) -> QuerySet[EffectivenessCheck]:
    """Corrective actions found effective in the period, which closed their finding."""
    return _checks(pairs).filter(effective=True, checked_on__range=(first, last))


def ineffective(pairs: Pairs, first: date, last: date) -> QuerySet[EffectivenessCheck]:
    """Corrective actions found not effective in the period."""
    return _checks(pairs).filter(effective=False, checked_on__range=(first, last))


def not_closed(pairs: Pairs, _first: date, last: date) -> QuerySet[AuditFinding]:
    """Findings reported up to the last day whose corrective action nobody has found effective yet."""
    rows = _standing(pairs).filter(audit__report__reported_on__lte=last)
    return rows.exclude(plans__completion__check_made__effective=True)


def _counted(key: str, zh: str, en: str, rows: Rows, pair: str = "pair_id") -> Counted:
    return Counted(key, Group.AUDITS, zh, en, rows, lambda pk, first, last: records_url(key, pk, first, last), pair)


OF_CHECK = "completion__plan__finding__pair_id"
COUNTED: tuple[Counted, ...] = (
    _counted("audits", "完成的审核", "Audits reported", audits),
    _counted("findings_critical", "严重缺陷", "Critical findings", findings("critical")),
    _counted("findings_major", "主要缺陷", "Major findings", findings("major")),
    _counted("findings_general", "一般缺陷", "General findings", findings("general")),
    _counted("findings_repeated", "重复出现的缺陷", "Repeated findings", repeated),
    _counted("capa_open", "尚未关闭的缺陷", "Findings not closed yet", not_closed),
    _counted("capa_closed", "确认有效的纠正措施", "Corrective actions found effective", effective, OF_CHECK),
    _counted("capa_ineffective", "确认无效的纠正措施", "Corrective actions found not effective", ineffective, OF_CHECK),
)


def audit_figures(pair_ids: frozenset[int], first: date, last: date) -> dict[int, list[Figure]]:
    """Audits, findings and corrective action of the pairs; one query."""
    return counted(COUNTED, pair_ids, first, last)


def _line(row: Any) -> Line:
    if isinstance(row, Audit):
        return Line(row.report.reported_on, row.number, row.get_kind_display(), reverse("audits:audit", args=[row.pk]))
    if isinstance(row, EffectivenessCheck):
        finding = row.completion.plan.finding
        return Line(row.checked_on, finding.number, row.statement, reverse("audits:finding", args=[finding.pk]))
    url = reverse("audits:finding", args=[row.pk])
    return Line(row.audit.report.reported_on, row.number, row.statement, url)


#: What the lines of each table need besides the row.
RELATED: dict[type[Any], tuple[str, ...]] = {
    Audit: ("report",),
    AuditFinding: ("audit__report",),
    EffectivenessCheck: ("completion__plan__finding",),
}


def _lines_of(row: Counted) -> Callable[[int, date, date], Sequence[Line]]:
    def load(pair_id: int, first: date, last: date) -> list[Line]:
        rows = row.rows([pair_id], first, last)
        return [_line(one) for one in rows.select_related(*RELATED[rows.model]).order_by("-pk")]

    return load


def register() -> None:
    """Called once when the app is ready."""
    register_figures(audit_figures, order=40)
    for row in COUNTED:
        register_records(Records(row.key, row.label_zh, row.label_en, _lines_of(row)))

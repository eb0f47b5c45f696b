"""Findings: the list over all visible pairs, those of one pair, and the page of one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agreements.views.records import pair_or_404
from cmo import clock
from cmo.evidence.facts import panel_of
from cmo.parties.access import visible_pairs
from cmo.parties.pages import get_visible_or_404, scope_for
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.pairs import pair_context

from ..facts.capa import FindingFacts, findings_in, in_state, load_findings, open_rows
from ..finding_pages import counted, open_of
from ..finding_states import finding_steps
from ..finding_table import FindingTable
from ..forms.findings import FindingFilter
from ..models import AuditFinding, CapaPlan
from .finding_acts import acts_on

_LISTED = AuditFinding.objects.select_related("repeats", "audit")


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """Every finding this person sees, narrowed as the address says."""
    scope = scope_for(request)
    form = FindingFilter(request.GET, pairs=dict(visible_pairs(scope).values_list("pk", "number")))
    rows = _filtered(_LISTED.visible_to(scope), form)
    table = FindingTable.for_request(request, rows, on=clock.today(), scope=scope)
    if download := table.export_for(request):
        return download
    return render(request, "audits/findings.html", {"table": table, "form": form})


#: What is asked → the rows that fit.
_FITS: dict[str, Any] = {
    "q": lambda rows, words: rows.filter(
        Q(number__icontains=words)
        | Q(statement__icontains=words)
        | Q(requirement_zh__icontains=words)
        | Q(requirement_en__icontains=words)
    ),
    "severity": lambda rows, severity: rows.filter(severity=severity),
    "state": in_state,
    "pair": lambda rows, pair: rows.filter(pair_id=pair),
    "overdue": lambda rows, _yes: rows.filter(pk__in=_overdue(rows)),
    "repeated": lambda rows, _yes: rows.filter(repeats__isnull=False),
}


def _overdue(rows: QuerySet[AuditFinding]) -> list[int]:
    """Last days follow from the steps taken before, so that they are counted here and not by the database."""
    today = clock.today()
    return [pk for pk, facts in findings_in(open_rows(rows)).items() if facts.overdue(today)]


def _filtered(rows: QuerySet[AuditFinding], form: FindingFilter) -> QuerySet[AuditFinding]:
    """What cannot be understood is not asked."""
    form.full_clean()
    for name, value in form.cleaned_data.items():
        if value:
            rows = _FITS[name](rows, value)
    return rows


@require_safe
def pair_findings(request: HttpRequest, pk: int) -> HttpResponse:
    """The findings of one pair, and how many are open by severity."""
    pair = pair_or_404(request, pk)
    rows, scope = _LISTED.filter(pair=pair), scope_for(request)
    shown = {"exclude": ("registrant", "contractor", "pair")}
    table = FindingTable.for_request(request, rows, on=clock.today(), scope=scope, **shown)
    if download := table.export_for(request):
        return download
    owing, today = open_of(pair), clock.today()
    context = pair_context(request, pair, "findings") | {
        "table": table,
        "counts": counted(owing),
        "overdue": sum(facts.overdue(today) for facts in owing),
    }
    return render(request, "audits/pair_findings.html", context)


def finding_or_404(request: HttpRequest, pk: int) -> tuple[AuditFinding, FindingFacts]:
    """The finding with its pair and audit, and where it stands. :raises Http404: unless this person may see it."""
    rows = AuditFinding.objects.select_related("pair", "audit", "item", "repeats", "hold__lift", "withdrawal")
    row = get_visible_or_404(request, rows, pk=pk)
    return row, load_findings([row])[row.pk]


@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: what it is, where it stands and why, what follows, and everything that was done about it."""
    row, facts = finding_or_404(request, pk)
    today = clock.today()
    context = {
        "finding": row,
        "facts": facts,
        "steps": finding_steps(facts, today),
        "acts": acts_on(scope_for(request), row.pair, facts),
        "rounds": _rounds(request, row, facts),
        "panel": panel_of(row, request.user, today),
        "audit_panel": panel_of(row.item, request.user, today) if row.item else None,
        "repeated_by": row.repeated_by.select_related("withdrawal").order_by("id"),
        "today": today,
        "entries": entries_for(row),
    }
    return render(request, "audits/finding.html", context)


def _rounds(request: HttpRequest, row: AuditFinding, facts: FindingFacts) -> list[dict[str, Any]]:
    """Every plan with what became of it and its files, the latest first."""
    plans = CapaPlan.objects.filter(finding=row).select_related("answer", "completion__check_made")
    rows, today = {plan.pk: plan for plan in plans}, clock.today()
    return [
        {
            "number": number,
            "plan": rows[fact.plan_id],
            "fact": fact,
            "panel": panel_of(rows[fact.plan_id], request.user, today),
            "proof": panel_of(rows[fact.plan_id].completion, request.user, today) if fact.completion_id else None,
        }
        for number, fact in reversed(list(enumerate(facts.plans, start=1)))
    ]

"""The audit templates to read: items by section with their marks, judgement tables as printed and how they are read."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..forms import ItemFilter
from ..templates_data import SEVERITIES, AuditTemplate, Item, JudgementTable
from ..templates_data import audit_template as find
from ..templates_data import audit_templates as every


@require_safe
def audit_templates(request: HttpRequest) -> HttpResponse:
    """All templates with the number of their items."""
    rows = [{"template": template, "counts": counts(template)} for template in every()]
    return render(request, "audits/templates.html", {"rows": rows})


@require_safe
def audit_template(request: HttpRequest, key: str) -> HttpResponse:
    """One template; filters by words and severity."""
    template = find(key)
    if template is None:
        raise Http404
    form = ItemFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "severity": ""}
    sections = [
        {"section": section, "items": items}
        for section in template.sections
        if (items := [item for item in template.items_of(section.key) if _fits(item, **asked)])
    ]
    context = {
        "template": template,
        "form": form,
        "counts": counts(template),
        "sections": sections,
        "tables": [_table(table) for table in template.tables],
        "shown": sum(len(section["items"]) for section in sections),
    }
    return render(request, "audits/template.html", context)


def counts(template: AuditTemplate) -> list[tuple[str, int]]:
    """Severity and number of items, gravest first."""
    return [(severity, template.count(severity)) for severity in SEVERITIES]


def _fits(item: Item, q: str, severity: str) -> bool:
    words = q.strip().casefold()
    texts = (str(item.serial), item.clause, item.title_zh, item.title_en, *item.checks_zh, *item.checks_en)
    return (not severity or item.severity == severity) and any(words in text.casefold() for text in texts)


def _table(table: JudgementTable) -> dict[str, Any]:
    rows = [
        {
            "row": row,
            "printed": [row.printed[severity] for severity in SEVERITIES],
            "outcome": table.outcome(row.outcome),
        }
        for row in table.rows
    ]
    return {"table": table, "rows": rows}

"""The checklists to read, the product's and a company's own: items by section, judgement tables as printed and as read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.parties.access import Can, may_for
from cmo.parties.context import display_names
from cmo.parties.pages import not_yours, scope_for

from ..checklist_files.writing import KINDS
from ..facts.checklists import own_checklists
from ..forms import ItemFilter
from ..models import TemplateVersion
from ..templates_data import SEVERITIES, AuditTemplate, Item, JudgementTable
from ..templates_data import audit_template as find
from ..templates_data import audit_templates as every


def own_rows(request: HttpRequest) -> Any:
    """The checklists of the organisations where this person holds a post."""
    return own_checklists(scope_for(request).organisation_ids)


def keeping(request: HttpRequest) -> list[int]:
    """The organisations for which this person may keep checklists."""
    scope = scope_for(request)
    return [pk for pk in sorted(scope.organisation_ids) if may_for(scope, Can.KEEP_CHECKLIST, pk)]


def state_of(row: TemplateVersion, on: date) -> dict[str, str]:
    """Tone and word of a version."""
    if hasattr(row, "end"):
        return {"tone": "idle", "word": _("no longer offered")}
    if row.effective_from is not None and row.effective_from > on:
        return {"tone": "pending", "word": _("not in force yet")}
    return {"tone": "good", "word": _("in force")}


@require_safe
def audit_templates(request: HttpRequest) -> HttpResponse:
    """The product's templates with the number of their items, and every version of the own ones."""
    own, on = list(own_rows(request)), clock.today()
    names = display_names({row.organisation_id for row in own})
    context = {
        "rows": [{"template": template, "counts": counts(template)} for template in every()],
        "own": [{"row": row, "name": names.get(row.organisation_id, ""), "state": state_of(row, on)} for row in own],
        "against_keeping": [] if keeping(request) else [not_yours(Can.KEEP_CHECKLIST)],
    }
    return render(request, "audits/templates.html", context)


@require_safe
def audit_template(request: HttpRequest, key: str) -> HttpResponse:
    """One template; filters by words and severity."""
    template = find(key)
    if template is None:
        raise Http404
    files = [(kind.upper(), reverse("audits:template_file", args=[key, kind])) for kind in KINDS]
    return render(request, "audits/template.html", page_of(template, request.GET) | {"files": files})


def page_of(template: AuditTemplate, asked_for: Mapping[str, Any]) -> dict[str, Any]:
    """What a page shows of a checklist; ``asked_for``: words and severity to filter by."""
    form = ItemFilter(asked_for)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "severity": ""}
    sections = [
        {"section": section, "items": items}
        for section in template.sections
        if (items := [item for item in template.items_of(section.key) if _fits(item, **asked)])
    ]
    return {
        "template": template,
        "form": form,
        "counts": counts(template),
        "sections": sections,
        "tables": [_table(table) for table in template.tables],
        "shown": sum(len(section["items"]) for section in sections),
    }


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

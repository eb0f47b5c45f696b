"""When a company's own checklist is kept or withdrawn."""

from __future__ import annotations

from datetime import date

from cmo.errors import Finding

from ..template_shape import ANNUAL, AuditTemplate, JudgementTable, Section
from ..templates_data import annual_template, audit_template
from ..wording import finding
from .coverage import Case, Fault, faults_of


def blockers_to_keep_checklist(
    template: AuditTemplate, before: AuditTemplate | None, effective_from: date, today: date
) -> list[Finding]:
    """Reasons against keeping: a key of the product's, dated back, the same as the latest version, said to be for the
    yearly audit without covering it, a judgement table with a gap or an overlap.
    """
    found = [finding("checklist_key_of_product", key=template.key)] if audit_template(template.key) else []
    if effective_from < today:
        found.append(finding("checklist_in_past", effective_from=effective_from.isoformat()))
    if template == before:
        found.append(finding("checklist_unchanged"))
    if template.use == ANNUAL and (missing := missing_parts(template, annual_template())):
        zh, en = "、".join(part.title_zh for part in missing), ", ".join(part.title_en for part in missing)
        found.append(finding("checklist_not_whole", parts_zh=zh, parts_en=en))
    for table in template.tables:
        found += [_faulty(table, fault) for fault in faults_of(table, len(template.items))]
    return found


def missing_parts(template: AuditTemplate, model: AuditTemplate) -> list[Section]:
    """The sections of the model of which a checklist cites no basis: the yearly audit is one of the whole system.

    Judged by citations, because they are the one thing that two checklists in different words have in common.
    """
    cited = {item.citation for item in template.items}
    return [
        section
        for section in model.sections
        if cited.isdisjoint(item.citation for item in model.items_of(section.key) if item.citation)
    ]


def _faulty(table: JudgementTable, fault: Fault) -> Finding:
    """One case that the rows of a table do not decide."""
    words = {"table_zh": table.title_zh, "table_en": table.title_en} | _words(fault.cases)
    if not fault.rows:
        return finding("checklist_gap", **words)
    return finding("checklist_overlap", **words, rows=", ".join(map(str, fault.rows)))


def _words(cases: tuple[Case, ...]) -> dict[str, str]:
    names = (("严重", "critical"), ("主要", "major"), ("一般", "general"))
    shown = [f"{case.defects}/{case.judged}" for case in cases]
    return {
        "case_zh": "、".join(f"{zh}{case}" for (zh, _en), case in zip(names, shown, strict=True)),
        "case_en": ", ".join(f"{en} {case}" for (_zh, en), case in zip(names, shown, strict=True)),
    }


def blockers_to_withdraw_checklist(withdrawn: bool, reason: str) -> list[Finding]:
    """Reasons against withdrawing: withdrawn already, no reason."""
    found = [finding("checklist_withdrawn_already")] if withdrawn else []
    return found if reason.strip() else [*found, finding("checklist_reason_needed")]

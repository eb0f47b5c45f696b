"""What a company's own template must keep: the duties that the law fixes, and the ban on sub-entrusting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cmo.errors import Finding

from ..templates_data import Template, TemplateDuty
from ..wording import finding
from .agreement import blockers_to_keep_texts

NO_SUB_ENTRUSTING = "no_sub_entrusting"


def blockers_to_keep_template(
    template: Template, fixed: Iterable[TemplateDuty], effective_from: date, today: date
) -> list[Finding]:
    """Reasons against keeping this template: dated back, a law-fixed duty missing or moved, no ban on sub-entrusting."""
    found = []
    if effective_from < today:
        found.append(finding("template_in_past", effective_from=effective_from.isoformat()))
    if NO_SUB_ENTRUSTING not in {clause.key for clause in template.clauses}:
        found.append(finding("sub_entrusting_allowed"))
    found += blockers_to_keep_texts(text for clause in template.clauses for text in (clause.text_zh, clause.text_en))
    return [*found, *_fixed(template, fixed)]


def _fixed(template: Template, fixed: Iterable[TemplateDuty]) -> list[Finding]:
    held = {duty.key: duty for duty in template.duties}
    found = []
    for law in fixed:
        words = {"duty_zh": law.duty_zh, "duty_en": law.duty_en}
        duty = held.get(law.key)
        if duty is None:
            found.append(finding("template_lacks_fixed_duty", **words))
        elif duty.fixed != law.fixed or duty.when != law.when:
            found.append(finding("template_moves_fixed_duty", **words))
    return found


def blockers_to_withdraw_template(withdrawn: bool, reason: str) -> list[Finding]:
    """Reasons against withdrawing: withdrawn already, no reason."""
    found = [finding("template_withdrawn_already")] if withdrawn else []
    return found if reason.strip() else [*found, finding("reason_needed")]

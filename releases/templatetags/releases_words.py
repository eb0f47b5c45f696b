"""Filters for the pages of lots: gates, facts and states in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from .. import states, wording

register = template.Library()


@register.filter
def gate_state(state: str) -> states.State:
    """``{{ verdict.state|gate_state }}`` → tone and word."""
    return states.GATE_STATES[state]


@register.filter
def lot_state(state: str) -> states.State:
    """``{{ facts.state|lot_state }}`` → tone and word."""
    return states.STATES[state]


@register.filter
def outcome_state(outcome: str) -> states.State:
    """``{{ decision.outcome|outcome_state }}`` → tone and word."""
    return states.OUTCOMES[outcome]


@register.filter
def facts_in_words(facts: Mapping[str, Any], documents: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """``{{ verdict.facts|facts_in_words:names }}`` → terms and values."""
    return wording.fact_rows(facts, documents)


@register.filter
def gate_facts_in_words(facts: Mapping[str, Any], documents: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """As ``facts_in_words`` for a gate beside its lot."""
    return wording.gate_fact_rows(facts, documents)


@register.filter
def of_state(verdicts: list[Any], state: str) -> list[Any]:
    """``{{ verdicts|of_state:"passed" }}`` → the verdicts of one state."""
    return [verdict for verdict in verdicts if verdict.state == state]


@register.filter
def about_the_lot(verdicts: list[Any]) -> list[Any]:
    """``{{ verdicts|about_the_lot }}`` → the conditions that need nobody to decide; they are judged on every page."""
    return [verdict for verdict in verdicts if not verdict.gate.needs]


@register.filter
def about_the_decision(verdicts: list[Any]) -> list[Any]:
    """``{{ verdicts|about_the_decision }}`` → the conditions on who decides and how much."""
    return [verdict for verdict in verdicts if verdict.gate.needs]


@register.filter
def unit(value: str) -> str:
    """``{{ lot.unit|unit }}`` → the unit as the reader knows it."""
    return wording.unit_words(value)


@register.simple_tag
def import_summary(counts: list[dict[str, Any]]) -> dict[str, int]:
    """``{% import_summary counts as summary %}`` → how many rows of a run are written, refused, and on record already."""
    found = {one["key"]: one["number"] for one in counts}
    return {
        "written": found.get("new", 0) + found.get("changed", 0),
        "refused": found.get("wrong", 0),
        "same": found.get("same", 0),
    }


@register.filter
def element_string(text: str) -> SafeString:
    """``(01)…(10)…`` in which a line may end before each application identifier and nowhere else."""
    return format_html_join("", "<wbr>{}", ((part,) for part in re.split(r"(?=\()", text or "") if part))

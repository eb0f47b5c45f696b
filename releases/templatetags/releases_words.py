"""Filters for the pages of lots: gates, facts and states in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from cmo.regulation.references import reference
from cmo.web.wording import is_chinese

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
def who_in_words(who: str) -> str:
    """``{{ finding.who|who_in_words }}`` → posts in words."""
    return wording.who_words(who)


@register.filter
def citation_in_words(key: str) -> str:
    """``{{ finding.citation|citation_in_words }}`` → document and article; the key where it is not known."""
    try:
        found = reference(key)
    except LookupError:
        return key
    return found.label_zh if is_chinese() else found.label_en


@register.filter
def of_state(verdicts: list[Any], state: str) -> list[Any]:
    """``{{ verdicts|of_state:"passed" }}`` → the verdicts of one state."""
    return [verdict for verdict in verdicts if verdict.state == state]

"""Filters for steps, observations and deviations: their states in tone and word."""

from __future__ import annotations

from django import template

from .. import states
from ..making_shown import times_of
from ..models import LotStep

register = template.Library()


@register.filter
def observed_state(outcome: str) -> states.State:
    """``{{ observation.outcome|observed_state }}`` → tone and word."""
    return states.OBSERVED[outcome]


@register.filter
def deviation_state(state: str) -> states.State:
    """``{{ fact.state|deviation_state }}`` → tone and word."""
    return states.DEVIATION_STATES[state]


@register.filter
def severity_tone(severity: str) -> str:
    """``{{ deviation.severity|severity_tone }}`` → the tone of its word."""
    return states.SEVERITIES[severity]


@register.filter
def step_times(row: LotStep) -> str:
    """``{{ step|step_times }}`` → ``09:00 – 11:00``, Shanghai time."""
    return times_of(row)

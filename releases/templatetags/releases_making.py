"""Filters for steps, observations and deviations: their states in tone and word."""

from __future__ import annotations

from django import template
from django.template.context import Context

from cmo.errors import Finding
from cmo.parties.access import Can
from cmo.parties.models import Pair
from cmo.parties.pages import reasons_against, scope_for

from .. import states
from ..making_shown import times_of
from ..models import LotStep

register = template.Library()


@register.simple_tag(takes_context=True)
def against_posting(context: Context, pair: Pair) -> list[Finding]:
    """``{% against_posting item.pair as against %}`` → why this person posts nobody there; empty when they may."""
    return reasons_against(scope_for(context["request"]), Can.POST_SUPERVISOR, pair)


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

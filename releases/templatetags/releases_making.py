"""Filters for steps, observations and deviations: their states in tone and word."""

from __future__ import annotations

from django import template
from django.template.context import Context

from agreements.rules.coverage import LONGEST_OPEN_STAY, production_day
from cmo.errors import Finding
from cmo.parties.access import Can
from cmo.parties.models import Pair
from cmo.parties.pages import reasons_against, scope_for

from .. import states
from ..facts import LotFacts
from ..making_shown import times_of
from ..models import LotStep, Observation

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


@register.filter
def seen_from_outside(observation: Observation, facts: LotFacts) -> bool:
    """``{{ observation|seen_from_outside:facts }}`` → whether the observer was not checked in at the time of the event.

    Presence is known here for the production days of the lot only; of other times nothing is said.
    """
    event, days = observation.event_at, (facts.produced_from, facts.produced_to)
    if not production_day(days[0])[0] <= event < production_day(days[1])[1]:
        return False
    stays = [span for span in facts.supervision.presence if span.posting_id == observation.posting_id]
    return not any(span.starts_at <= event <= (span.ends_at or span.starts_at + LONGEST_OPEN_STAY) for span in stays)

"""States of findings and of plans, for templates."""

from django import template

from audits import finding_states
from audits.facts.capa import FindingFacts, PlanFact
from cmo.parties.states import State

register = template.Library()


@register.filter
def finding_badge(facts: FindingFacts) -> State:
    """``{% with state=facts|finding_badge %}`` → tone and word of where a finding stands."""
    return finding_states.finding_state(facts)


@register.filter
def finding_owed(facts: FindingFacts) -> str:
    """``{{ facts|finding_owed }}`` → what the state means and what follows."""
    return str(finding_states.OWED[facts.state])


@register.filter
def plan_badge(fact: PlanFact) -> State:
    """``{% with state=fact|plan_badge %}`` → tone and word of what became of a plan."""
    return finding_states.plan_state(fact)

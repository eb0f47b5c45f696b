"""The section of exceptions on the page of a lot, from what that page has judged already."""

from __future__ import annotations

from typing import Any

from django import template

from cmo.parties.access import Can
from cmo.parties.pages import reasons_against, scope_for

from ..exceptions_shown import askable, exceptions_of

register = template.Library()


@register.simple_tag(takes_context=True)
def exceptions_on_page(context: Any) -> dict[str, Any]:
    """``{% exceptions_on_page as exceptions %}`` → requests, what can be requested, and why this person may not."""
    verdicts = [(column.stage, verdict) for column in context["columns"] for verdict in column.verdicts]
    scope, pair = scope_for(context["request"]), context["lot"].pair
    return {
        "requests": exceptions_of(context["facts"], context["today"]),
        "askable": askable(context["facts"], verdicts),
        "against": reasons_against(scope, Can.REQUEST_EXCEPTION, pair),
    }

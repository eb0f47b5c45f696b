"""What signing a revision would do, on the page where it is signed."""

from __future__ import annotations

from typing import Any

from django import template

from cmo import clock
from cmo.parties.models import Side
from cmo.parties.pages import scope_for
from cmo.parties.sections import change_previews

from ..models import AgreementRevision

register = template.Library()


@register.inclusion_tag("parties/_previews.html", takes_context=True)
def signing_previews(context: dict[str, Any]) -> dict[str, Any]:
    """``{% signing_previews %}`` → what would follow once both sides have signed ``row``, if they signed today; nothing
    where it has been signed by both or closed."""
    row: AgreementRevision = context["row"]
    if hasattr(row, "event") or row.signatures.count() == len(Side):
        return {"previews": []}
    request = context["request"]
    return {"previews": change_previews(row, scope_for(request), clock.now())}

"""Words for stored keys: posts and provinces, in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django import template

from cmo.codes.provinces import by_short_name
from cmo.parties import trail_pages
from cmo.parties.access import post_with_side
from cmo.parties.models import Role, Side
from cmo.web.wording import is_chinese

register = template.Library()


@register.filter
def post_word(role: str) -> str:
    """``{{ role|post_word }}`` → the post in words."""
    return trail_pages.post_word(role)


@register.filter
def who_in_words(who: str) -> str:
    """``{{ finding.who|who_in_words }}``: ``registrant:quality_manager`` → the post with its side; several by comma."""
    named = []
    for one in filter(None, (part.strip() for part in who.split(","))):
        side, _colon, role = one.partition(":")
        known = side in Side.values and role in Role.values
        named.append(post_with_side(side, role) if known else one)
    return trail_pages.listed(named)


@register.filter
def province(short: str) -> str:
    """``{{ data.province|province }}`` → the province's full name; what is not known is shown as it is."""
    found = by_short_name(short) if short else None
    if found is None:
        return short
    return found.zh if is_chinese() else found.en


@register.filter
def listed(words: Iterable[Any]) -> str:
    """``{{ names|listed }}`` → the words with the comma of the reader's language."""
    return trail_pages.listed(words)
